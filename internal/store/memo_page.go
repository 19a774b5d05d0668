package store

import (
	"context"

	"gorm.io/gorm"

	"loket/models"
)

// MemoPage is a memo as one actor meets it: the actor as they stand before it, whether they decided on it, and who is
// asked now.
type MemoPage struct {
	models.MemoView
	Actor   models.Actor
	Decided bool
}

// askedSQL selects the people behind the open work item of the case @id: by its unit, or by its role where any unit
// will do. Which of them satisfy its rule is the rule's to say. The item is looked up once, before the holders, so that
// they are found by index; joined with it PostgreSQL would read every holder there is.
func askedSQL() string {
	item := func(column string) string {
		return "(select " + column + " from work_items w where w.agency_id = @agency and w.case_id = @id and w.state = 'open' limit 1)"
	}
	return "select * from (" + stepPeopleSQL("h.role in @roles and h.unit_code = "+item("nullif(w.candidate_unit, '')")) +
		" union " + stepPeopleSQL("h.role = "+item("case when w.candidate_unit = '' then w.candidate_role end")) + ") p" + stepOrder
}

// MemoPage reads all that a memo's page shows an actor, in one round trip. Whether they may see it is left to the rules.
// models.ErrNotFound when there is no such memo.
func (s *Store) MemoPage(ctx context.Context, a models.Actor, id string) (MemoPage, error) {
	var facts []memoFacts
	var events []timelineRow
	var people []stepPerson
	args := map[string]any{"id": id}
	stands, standing := facing(id, a)
	err := s.together(ctx, want{memoFactsSQL, args, &facts}, want{timelineSQL, args, &events}, stands,
		want{askedSQL(), map[string]any{"id": id, "agency": models.DefaultAgency, "at": s.caseNow(), "roles": models.HeldRoles()}, &people})
	if err == nil && len(facts) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return MemoPage{}, wrap(err, "read a memo's page")
	}
	view, err := facts[0].view(events)
	p := MemoPage{MemoView: view}
	p.Actor, p.Decided = stood(a, *standing)
	p.Steps = askedNow(view.Case, facts[0].AskedName, people)
	return p, err
}

// askedNow names who is asked now.
func askedNow(c models.Case, unitName string, people []stepPerson) []models.StepView {
	if !c.Status.Asks() {
		return nil
	}
	steps := []models.StepView{}
	for _, candidate := range c.Candidates {
		v := named(models.Step{Stage: c.Stage, Candidate: candidate}, unitName, people)
		v.Current, v.Due = true, c.Due
		steps = append(steps, v)
	}
	return steps
}

// CaseFor gives the rules' view of a case as Case does, the actor as they stand before it, and whether they decided on
// it: what every step by a person begins with, in one round trip.
func (s *Store) CaseFor(ctx context.Context, a models.Actor, id string) (models.Case, models.Actor, bool, error) {
	var facts []caseFacts
	stands, standing := facing(id, a)
	err := s.together(ctx, want{caseFactsSQL + " and c.agency_id = @agency", map[string]any{"id": id, "agency": a.Agency}, &facts}, stands)
	if err == nil && len(facts) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return models.Case{}, a, false, wrap(err, "read a case")
	}
	a, decided := stood(a, *standing)
	return facts[0].rules(), a, decided, nil
}
