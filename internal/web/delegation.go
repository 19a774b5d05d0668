package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

// delegationRoutes are who acts for whom.
func delegationRoutes() []route {
	in := edge.SignedIn()
	return []route{
		get("/delegations", in, (*visit).delegationsPage, "Who acts for whom, and which offices are empty"),
		get("/delegations/new", in, (*visit).delegatePage, "Name somebody to act: the form"),
		post("/delegations/search", in, (*visit).searchDelegate, "Search for a colleague to name"),
		post("/delegations/new", in, (*visit).delegate, "Name somebody to act").proven(nil),
		get("/delegations/:id/end", in, (*visit).endDelegationPage, "Ask whether to end a delegation"),
		post("/delegations/:id/end", in, (*visit).endDelegation, "End a delegation").proven(nil),
	}
}

// delegationLine is one delegation as a list shows it.
type delegationLine struct {
	models.DelegationView
	State   models.DelegationState
	LastDay *time.Time
	Alone   bool // it is no item of a list
}

type delegationsBody struct {
	Given, Received, Units []delegationLine
	Away                   []models.Absence
	Delegates, Oversees    bool // the reader may name somebody; looks after units
	Everywhere             bool
}

func (v *visit) delegationsPage() error {
	a := v.actor()
	body := delegationsBody{Everywhere: a.Has(models.RoleAdmin, models.RoleAuditor), Delegates: a.Has(models.RoleAdmin) || len(a.HeldOffices()) > 0}
	body.Oversees = body.Everywhere || a.Has(models.RoleHead, models.RoleActingHead)
	boxes := []struct {
		name string
		into *[]delegationLine
	}{{desk.BoxGiven, &body.Given}, {desk.BoxReceived, &body.Received}, {desk.BoxUnits, &body.Units}}
	shown := map[string]bool{}
	for _, box := range boxes {
		list, err := v.portal.Desk.Delegations(v.Request.Context(), a, box.name)
		if err != nil {
			return err
		}
		for _, d := range list {
			if !shown[d.ID] {
				*box.into = append(*box.into, v.delegationLine(d))
			}
			shown[d.ID] = true
		}
	}
	var err error
	if body.Away, err = v.portal.Desk.Absences(v.Request.Context(), a); err != nil {
		return err
	}
	return v.show("delegations", frame{Title: v.say.T("portal.delegation.title"), Lead: v.say.T("portal.delegation.lead"), Body: body})
}

func (v *visit) delegationLine(d models.DelegationView) delegationLine {
	return delegationLine{DelegationView: d, State: d.State(v.portal.Now()), LastDay: lastDay(d.Until)}
}

// Shown is the line on a page of its own, with nothing to press beside it.
func (l delegationLine) Shown() delegationLine {
	l.Revocable, l.Alone = false, true
	return l
}

// lastDay is the last instant of a period that is said by the first one after it.
func lastDay(until *time.Time) *time.Time {
	if until == nil {
		return nil
	}
	last := until.Add(-time.Second)
	return &last
}

// delegationForm is what the form holds. Office is the office of somebody away that the form was opened for; Offices are
// the reader's own. Without either, an admin types the unit.
type delegationForm struct {
	Office                                                 *models.Absence
	Offices, Kinds, Roles, Found                           []option
	Unit, Role, Kind, Principal, Text, From, Until, Reason string
	Searched, Overlap, Overlaps, Admin                     bool
	Lines                                                  []faultLine
}

// Error is the sentence beside one field.
func (f delegationForm) Error(field string) string { return of(f.Lines, field) }

func (v *visit) delegatePage() error {
	return v.showDelegate(v.delegationAsk(v.Query), nil)
}

// delegationAsk reads the form, or the query that opened it.
func (v *visit) delegationAsk(field func(string) string) models.Delegation {
	ask := func(name string) string { return strings.TrimSpace(field(name)) }
	d := models.Delegation{Kind: models.ActingKind(ask("kind")), Role: models.Role(ask("role")), Unit: ask("unit"), Principal: ask("principal_id"),
		Delegate: ask("delegate_id"), Reason: ask("reason"), Overlap: ask("overlap") != ""}
	if role, unit, ok := strings.Cut(ask("office"), "@"); ok {
		d.Role, d.Unit = models.Role(role), unit
	}
	if d.Kind == "" {
		d.Kind = models.ActingDaily
	}
	if d.Role == "" {
		d.Role = models.RoleHead
	}
	return d
}

// searchDelegate looks for a colleague; what else was filled in stays.
func (v *visit) searchDelegate() error {
	const least = 2
	var p *models.Problem
	if utf8.RuneCountInString(v.form("q")) < least {
		p = models.Invalid(models.Fault("delegate_id", "search_short"))
	}
	return v.showDelegate(v.delegationAsk(v.PostForm), p)
}

// delegate names somebody.
func (v *visit) delegate() error {
	in := v.delegationAsk(v.PostForm)
	var faults []models.FieldFault
	for _, day := range []struct {
		field string
		into  *models.Date
	}{{"from", &in.From}, {"until", &in.Until}} {
		if text := v.form(day.field); text != "" {
			d, err := models.ParseDate(storedDate(text))
			if err != nil {
				faults = append(faults, models.Fault(day.field, "date_invalid"))
			}
			*day.into = d
		}
	}
	if len(faults) > 0 || in.Unit == "" {
		return v.showDelegate(in, models.Invalid(withMissing(faults, models.MissingInDelegation(in))...))
	}
	_, err := v.portal.Desk.Delegate(v.Request.Context(), v.actor(), in)
	if p, ok := formProblem(err); ok && len(p.Faults) > 0 {
		return v.showDelegate(in, p)
	}
	if err != nil {
		return err
	}
	return v.to("/delegations", "delegated")
}

// withMissing adds what is missing, but where something is wrong with the same field.
func withMissing(faults, missing []models.FieldFault) []models.FieldFault {
	for _, m := range missing {
		if !slices.ContainsFunc(faults, func(f models.FieldFault) bool { return f.Field == m.Field }) {
			faults = append(faults, m)
		}
	}
	return faults
}

func (v *visit) showDelegate(in models.Delegation, p *models.Problem) error {
	a := v.actor()
	form := delegationForm{Unit: in.Unit, Role: string(in.Role), Kind: string(in.Kind), Principal: in.Principal, Text: v.form("q"), From: v.form("from"),
		Until: v.form("until"), Reason: in.Reason, Overlap: in.Overlap, Admin: a.Has(models.RoleAdmin)}
	if form.From == "" && v.Request.Method == http.MethodGet {
		form.From = models.DateOf(v.portal.Now().In(v.portal.Zone)).FormString()
	}
	if err := v.delegationOffice(&form, in); err != nil {
		return err
	}
	if err := v.delegationFound(&form, in); err != nil {
		return err
	}
	f := frame{Title: v.say.T("portal.delegation.new"), Crumbs: []link{{v.say.T("portal.delegation.title"), "/delegations"}, {Text: v.say.T("portal.delegation.new")}}}
	if p == nil {
		f.Body = form
		return v.show("delegate", f)
	}
	form.Lines = v.faultLines(onForm(p))
	form.Overlaps = form.Error("overlap") != ""
	f.Faults, f.Body = form.Lines, form
	return v.showAs(statusOf(p.Code), "delegate", f)
}

// onForm puts faults where the form can show them: what is wrong with an office stands beside the unit.
func onForm(p *models.Problem) *models.Problem {
	q := *p
	q.Faults = nil
	for _, f := range p.Faults {
		if f.Field == "principal_id" || f.Field == "role" {
			f.Field = "unit"
		}
		q.Faults = append(q.Faults, f)
	}
	return &q
}

// delegationOffice finds which office the form is about: of somebody who is away, or of the reader's own.
func (v *visit) delegationOffice(form *delegationForm, in models.Delegation) error {
	a := v.actor()
	if in.Principal != "" && in.Principal != a.EmployeeID {
		if err := v.absentOffice(form, in); err != nil {
			return err
		}
	}
	for _, g := range a.HeldOffices() {
		unit, err := v.portal.Desk.Unit(v.Request.Context(), a, g.Unit)
		if err != nil {
			return err
		}
		form.Offices = append(form.Offices, option{Value: string(g.Role) + "@" + g.Unit, On: g.Role == in.Role && g.Unit == in.Unit,
			Text: v.say.T("delegation.office."+string(g.Role)) + ", " + unit.Name})
	}
	if form.Admin {
		for _, k := range models.ActingKinds() {
			key := "portal.delegation.kind_" + string(k)
			form.Kinds = append(form.Kinds, option{Value: string(k), Text: v.say.T(key), Hint: v.say.T(key + "_hint"), On: k == in.Kind})
		}
		for _, r := range models.DelegableRoles() {
			form.Roles = append(form.Roles, option{Value: string(r), Text: v.say.T("delegation.office." + string(r)), On: r == in.Role})
		}
		return nil
	}
	if form.Office == nil && len(form.Offices) == 0 {
		return models.ErrForbidden
	}
	return nil
}

// absentOffice finds the office of somebody away that the reader may fill.
func (v *visit) absentOffice(form *delegationForm, in models.Delegation) error {
	away, err := v.portal.Desk.Absences(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	for _, x := range away {
		if x.EmployeeID == in.Principal && x.Unit == in.Unit && x.Role == in.Role && x.Fillable {
			form.Office = &x
		}
	}
	if form.Office == nil && !form.Admin {
		return models.ErrNotFound
	}
	return nil
}

// delegationFound lists whom the search finds; whoever was chosen stays in the list.
func (v *visit) delegationFound(form *delegationForm, in models.Delegation) error {
	unit := in.Unit
	if unit == "" && len(form.Offices) > 0 {
		_, unit, _ = strings.Cut(form.Offices[0].Value, "@")
	}
	if len([]rune(form.Text)) < 2 || unit == "" {
		return nil
	}
	people, err := v.portal.Desk.Delegates(v.Request.Context(), v.actor(), unit, form.Text)
	if err != nil && !errors.Is(err, models.ErrNotFound) {
		return err
	}
	form.Searched = err == nil
	for _, e := range people {
		form.Found = append(form.Found, option{Value: e.ID, Text: e.Name, Hint: e.Position + " · " + e.UnitName, On: e.ID == in.Delegate})
	}
	return nil
}

type endDelegationBody struct{ Delegation delegationLine }

func (v *visit) endDelegationPage() error {
	d, err := v.portal.Desk.Delegation(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	if !d.Revocable {
		return v.to("/delegations", "warn."+models.ErrNotNow.Code)
	}
	title := v.say.T("portal.delegation.end_title")
	return v.show("delegation-end", frame{Title: title, Crumbs: []link{{v.say.T("portal.delegation.title"), "/delegations"}, {Text: title}},
		Body: endDelegationBody{v.delegationLine(d)}})
}

func (v *visit) endDelegation() error {
	err := v.portal.Desk.EndDelegation(v.Request.Context(), v.actor(), v.Param("id"))
	if errors.Is(err, models.ErrNotNow) {
		return v.to("/delegations", "warn."+models.ErrNotNow.Code)
	}
	if err != nil {
		return err
	}
	return v.to("/delegations", "delegation_ended")
}

// onLeave are the reader's own offices that nobody looks after while the registry says that they are away.
func (v *visit) onLeave() ([]models.Absence, error) {
	a := v.actor()
	if len(a.HeldOffices()) == 0 {
		return nil, nil
	}
	away, err := v.portal.Desk.Absences(v.Request.Context(), a)
	var own []models.Absence
	for _, x := range away {
		if x.EmployeeID == a.EmployeeID && x.Status == models.EmployeeOnLeave {
			own = append(own, x)
		}
	}
	return own, err
}
