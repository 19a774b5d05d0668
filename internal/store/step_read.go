package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"loket/models"
)

// NameSteps puts names to turns of asking: whoever satisfies each step's rule now, can sign in and is no party to the
// case. Those who act for somebody come with that name and their last day.
func (s *Store) NameSteps(ctx context.Context, c models.Case, steps []models.Step) ([]models.StepView, error) {
	if len(steps) == 0 {
		return nil, nil
	}
	people, err := s.stepPeople(ctx, c, steps)
	if err != nil {
		return nil, err
	}
	units := make([]string, len(steps))
	for i, step := range steps {
		units[i] = step.Candidate.Unit
	}
	names, err := s.UnitNames(ctx, units)
	if err != nil {
		return nil, err
	}
	views := make([]models.StepView, len(steps))
	for i, step := range steps {
		views[i] = named(step, names[step.Candidate.Unit], people)
	}
	return views, nil
}

// named puts those names to a turn that satisfy its rule.
func named(step models.Step, unitName string, people []stepPerson) models.StepView {
	rule := step.Candidate
	v := models.StepView{Stage: step.Stage, Role: rule.Role, Unit: rule.Unit, UnitName: unitName, Minutes: step.Minutes, Names: []string{}}
	for _, p := range people {
		if slices.Contains(p.grant().Rules(), rule) {
			v.Names = append(v.Names, p.Name)
			v.People = append(v.People, p.view())
		}
	}
	return v
}

type stepPerson struct {
	Role, UnitCode, AccountID, Name, OnBehalfOf, ForName string
	ValidUntil                                           *time.Time
}

func (p stepPerson) grant() models.Grant {
	return models.Grant{Role: models.Role(p.Role), Unit: p.UnitCode, OnBehalfOf: p.OnBehalfOf}
}

func (p stepPerson) view() models.StepPerson {
	v := models.StepPerson{Name: p.Name, Acting: p.grant().ActingAs(), For: p.ForName}
	if v.Acting != "" {
		v.Until = p.ValidUntil
	}
	return v
}

// stepPeople lists everybody who satisfies one of the steps' rules, each office holder before whoever acts for them.
func (s *Store) stepPeople(ctx context.Context, c models.Case, steps []models.Step) ([]stepPerson, error) {
	args := map[string]any{"agency": models.DefaultAgency, "at": s.caseNow(), "id": c.ID, "requester": c.Requester, "sender": c.Sender}
	var asked []string
	for i, step := range steps {
		rule := "h.role in @" + name("roles", i)
		args[name("roles", i)] = step.Candidate.Roles()
		if step.Candidate.Unit != "" {
			rule += " and h.unit_code = @" + name("unit", i)
			args[name("unit", i)] = step.Candidate.Unit
		}
		asked = append(asked, rule)
	}
	var people []stepPerson
	err := s.reader(ctx).Raw(stepPeopleSQL("("+strings.Join(asked, " or ")+") and h.account_id not in (@requester, @sender)")+stepOrder, args).Scan(&people).Error
	return people, wrap(err, "name who is asked")
}

// stepPeopleSQL selects holders that may decide on the case @id, under a condition.
func stepPeopleSQL(where string) string {
	return `select h.role, h.unit_code, h.account_id, h.name, h.on_behalf_of, h.for_name, h.valid_until from (` + holdersSQL + `) h
		join cases c on c.id = @id where ` + where + " and " + eligibleSQL()
}

const stepOrder = " order by on_behalf_of <> '', name, account_id"

// UnitCodes tells which units there are.
func (s *Store) UnitCodes(ctx context.Context, agency string) (map[string]bool, error) {
	var codes []string
	err := s.reader(ctx).Raw("select code from units where agency_id = ?", agency).Scan(&codes).Error
	known := make(map[string]bool, len(codes))
	for _, c := range codes {
		known[c] = true
	}
	return known, wrap(err, "read which units there are")
}

// HasEvent tells whether an event stands in the case's timeline.
func (s *Store) HasEvent(ctx context.Context, caseID, eventID string) (bool, error) {
	var n int64
	err := s.reader(ctx).Model(&eventRow{}).Where("case_id = ? and event_id = ?", caseID, eventID).Count(&n).Error
	return n > 0, wrap(err, "look for an event")
}

// DecidedSince names the person behind the newest event after seq, and its time; nobody when only the clock has acted.
func (s *Store) DecidedSince(ctx context.Context, caseID string, seq int) (by string, at time.Time, err error) {
	var rows []struct {
		Name string
		At   time.Time
	}
	err = s.reader(ctx).Raw(`select a.name, e.at from events e join accounts a on a.id = e.actor_id
		where e.case_id = ? and e.seq > ? order by e.seq desc limit 1`, caseID, seq).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return "", time.Time{}, wrap(err, "look for decisions")
	}
	return rows[0].Name, rows[0].At, nil
}
