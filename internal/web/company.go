package web

import (
	"errors"
	"net/http"
	"net/url"

	"loket/internal/edge"
	"loket/models"
)

// companyRoutes are a company's people: what each may do, and how they come and go.
func companyRoutes() []route {
	in, reads, admin := edge.SignedIn(), edge.Roles(models.CompanyReaderRoles()...), edge.Roles(models.RoleAdmin)
	list := []route{
		get("/company/people", in, (*visit).staffPage, "Our people, and what each may do"),
		get("/company/people/new", in, (*visit).invitePage, "Invite a colleague: the form"),
		post("/company/people/new", in, (*visit).invite, "Invite a colleague").proven((*visit).showInvite),
		get("/company/people/:id", in, (*visit).colleaguePage, "One colleague: their areas, and what can be done"),
		get("/company/people/:id/areas", in, (*visit).areasPreviewPage, "What giving somebody areas would open and take away"),
		post("/company/people/:id/areas", in, (*visit).setAreas, "Give somebody areas").proven((*visit).showAreasAgain),
		get("/companies", reads, (*visit).companiesPage, "Companies of traders"),
		get("/companies/:id", reads, (*visit).companyPage, "A company and its people"),
		post("/companies/:id/responsible", admin, (*visit).appointResponsible, "Appoint somebody responsible where nobody is left").proven((*visit).showAppointment),
		get("/activate-trader", edge.Public(), (*visit).oldAccountPage, "A link for the owner of an imported account: the form"),
		post("/activate-trader", edge.Public(), (*visit).oldAccount, "A link for the owner of an imported account").limited(edge.RatePublicForm),
		get("/activate-trader/sent", edge.Public(), (*visit).oldAccountSentPage, "What comes next, the same for everybody"),
	}
	for _, step := range staffSteps() {
		path := "/company/people/:id/" + step.path
		list = append(list, get(path, in, step.page, "Ask whether to "+step.what), post(path, in, step.do, step.summary()).proven(step.again))
	}
	return list
}

// areaLine is one area of the form, with the level that is chosen.
type areaLine struct {
	Area    models.Area
	Level   models.AreaLevel
	Options []option
	Error   string
}

// personLine is one of the people as a list shows them.
type personLine struct {
	models.CompanyPerson
	Self, Manages bool
}

// Closed tells whether the account is closed.
func (p personLine) Closed() bool { return p.Status == "disabled" }

// Waits tells whether the account waits for its owner's first password.
func (p personLine) Waits() bool { return p.Status == "pending" }

// staffBody is a company with its people.
type staffBody struct {
	models.StaffView
	Lines []personLine
	Own   bool
}

func (v *visit) staffBody(s models.StaffView) staffBody {
	body := staffBody{StaffView: s, Own: s.ID == v.actor().Company}
	for _, p := range s.People {
		body.Lines = append(body.Lines, personLine{p, p.ID == v.actor().AccountID, s.Manages})
	}
	return body
}

func (v *visit) staffPage() error {
	staff, err := v.portal.Desk.OwnStaff(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	title, lead := "company.people.title", "company.people.lead"
	if !staff.Manages {
		title, lead = "company.mine.title", "company.mine.lead"
	}
	return v.show("company-people", frame{Title: v.say.T(title), Lead: v.say.T(lead, "company", staff.Name), Body: v.staffBody(staff)})
}

// colleagueBody is one colleague. Lines are the areas as they are chosen.
type colleagueBody struct {
	personLine
	Lines []areaLine
	Alone bool // nobody else answers for the company
}

func (v *visit) colleaguePage() error {
	staff, one, err := v.colleague()
	if err != nil {
		return err
	}
	body := colleagueBody{personLine: one, Lines: v.areaLines(one.Areas, nil)}
	body.Alone = one.Responsible && len(staff.Responsible) < 2
	if v.Request.URL.RawQuery != "" { // back from the preview, to choose otherwise
		body.Lines = v.areaLines(areasAsked(v.Query), nil)
	}
	return v.show("company-person", frame{Title: one.Name, Lead: staff.Name, Crumbs: v.staffCrumbs(), Body: body})
}

func (v *visit) staffCrumbs() []link {
	return []link{{v.say.T("company.people.title"), "/company/people"}}
}

// colleague is whom the path names, within the reader's own company.
func (v *visit) colleague() (models.StaffView, personLine, error) {
	staff, err := v.portal.Desk.OwnStaff(v.Request.Context(), v.actor())
	if err != nil {
		return staff, personLine{}, err
	}
	p, err := v.portal.Desk.Colleague(v.Request.Context(), v.actor(), v.Param("id"))
	return staff, personLine{p, p.ID == v.actor().AccountID, staff.Manages}, err
}

func (v *visit) areaLines(held []models.AreaGrant, lines []faultLine) []areaLine {
	var list []areaLine
	for _, a := range models.Areas() {
		line := areaLine{Area: a, Level: models.LevelIn(held, a), Error: of(lines, string(a))}
		for _, l := range append([]models.AreaLevel{""}, models.AreaLevels()...) {
			key := "company.level." + string(l)
			if l == "" {
				key = "company.level.none"
			}
			line.Options = append(line.Options, option{Value: string(l), Text: v.say.T(key), On: l == line.Level})
		}
		list = append(list, line)
	}
	return list
}

// areasAsked reads the areas of a form or a query.
func areasAsked(field func(string) string) []models.AreaGrant {
	var list []models.AreaGrant
	for _, a := range models.Areas() {
		if level := models.AreaLevel(field(string(a))); level != "" {
			list = append(list, models.AreaGrant{Area: a, Level: level})
		}
	}
	return list
}

// menuPart are the entries of one area that open or close.
type menuPart struct {
	Area    models.Area
	Entries []string
}

func menuParts(entries []models.AreaEntry) []menuPart {
	var list []menuPart
	for _, e := range entries {
		if len(list) == 0 || list[len(list)-1].Area != e.Area {
			list = append(list, menuPart{Area: e.Area})
		}
		last := &list[len(list)-1]
		last.Entries = append(last.Entries, e.Entry)
	}
	return list
}

// previewBody is what the areas come to, before anybody has them.
type previewBody struct {
	models.AreaPreview
	Open, Close []menuPart
	Back        string
	Proof       proofPart
}

func (v *visit) areasPreviewPage() error { return v.showAreas(areasAsked(v.Query), 0, nil) }

func (v *visit) showAreasAgain(p *models.Problem) error {
	return v.showAreas(areasAsked(v.form), atoi(v.form("version")), p)
}

func (v *visit) showAreas(areas []models.AreaGrant, version int, p *models.Problem) error {
	preview, err := v.portal.Desk.PreviewAreas(v.Request.Context(), v.actor(), v.Param("id"), areas)
	if err != nil {
		return err
	}
	if version != 0 {
		preview.Version = version // as it was seen first
	}
	query := url.Values{}
	for _, a := range models.Areas() {
		query.Set(string(a), string(models.LevelIn(areas, a)))
	}
	at := "/company/people/" + preview.Person.ID
	body := previewBody{AreaPreview: preview, Open: menuParts(preview.Opens), Close: menuParts(preview.Closes), Back: at + "?" + query.Encode()}
	f := frame{Title: v.say.T("company.preview.title", "name", preview.Person.Name), Crumbs: append(v.staffCrumbs(), link{preview.Person.Name, at}), Path: at + "/areas?" + query.Encode()}
	status := http.StatusOK
	if p != nil {
		f.Faults, status = v.faultLines(p), statusOf(p.Code)
	}
	body.Proof = v.proof(f.Faults)
	f.Body = body
	return v.showAs(status, "company-preview", f)
}

func (v *visit) setAreas() error {
	_, err := v.portal.Desk.SetAreas(v.Request.Context(), v.actor(), v.Param("id"), areasAsked(v.form), atoi(v.form("version")))
	return v.staffed(err, "areas_set")
}

// staffed leads back to the person with a word on what became of a change: done, or why not.
func (v *visit) staffed(err error, done string) error {
	at := "/company/people/" + v.Param("id")
	var p *models.Problem
	if errors.As(err, &p) {
		for _, told := range []*models.Problem{models.ErrStale, models.ErrNotNow, models.ErrTooSoon, models.ErrLastResponsible} {
			if errors.Is(p, told) {
				return v.to(at, "warn."+p.Code)
			}
		}
	}
	if err != nil {
		return err
	}
	return v.to(at, done)
}
