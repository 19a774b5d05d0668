package store

import (
	"context"

	"gorm.io/gorm"

	"loket/models"
)

// AccessPage is a request as one actor meets it: the actor as they stand before it, and whether they decided on it.
type AccessPage struct {
	models.AccessCaseView
	Actor   models.Actor
	Decided bool
}

// accessFacts is a request's page but for its timeline, read in one statement.
type accessFacts struct {
	Facts                                                       caseFacts        `gorm:"embedded"`
	Request                                                     accessRequestRow `gorm:"embedded;embeddedPrefix:q_"`
	AppName, AppAbout, OwnerName, Position, UnitName, AskedName string
	SenderName                                                  string
}

const accessFactsSQL = `
	select c.*, q.application as about, coalesce(w.candidate_role, '') as candidate_role, coalesce(w.candidate_unit, '') as candidate_unit,
		q.case_id as q_case_id, q.application as q_application, q.reason as q_reason, q.ends as q_ends,
		p.name as app_name, p.about as app_about, coalesce(o.name, '') as owner_name, coalesce(e.position, '') as position,
		coalesce(u.name, c.unit_code) as unit_name, coalesce(asked.name, p.name) as asked_name, a.name as sender_name
	from cases c
	join access_requests q on q.case_id = c.id
	join applications p on p.agency_id = q.agency_id and p.id = q.application
	join accounts a on a.id = q.account_id
	left join employees e on e.id = a.employee_id
	left join accounts o on o.id = p.owner_id
	left join work_items w on w.agency_id = c.agency_id and w.case_id = c.id and w.state = 'open'
	left join units u on u.agency_id = c.agency_id and u.code = c.unit_code
	left join units asked on asked.agency_id = c.agency_id and asked.code = w.candidate_unit
	where c.id = @id`

// AccessPage reads all that a request's page shows an actor, in one round trip. Whether they may see it is left to the
// rules. models.ErrNotFound when there is no such request.
func (s *Store) AccessPage(ctx context.Context, a models.Actor, id string) (AccessPage, error) {
	var facts []accessFacts
	var events []timelineRow
	var people []stepPerson
	args := map[string]any{"id": id}
	stands, standing := facing(id, a)
	err := s.together(ctx, want{accessFactsSQL, args, &facts}, want{timelineSQL, args, &events}, stands,
		want{askedSQL(), map[string]any{"id": id, "agency": models.DefaultAgency, "at": s.caseNow(), "roles": models.HeldRoles()}, &people})
	if err == nil && len(facts) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return AccessPage{}, wrap(err, "read a request's page")
	}
	view, err := facts[0].view(events)
	p := AccessPage{AccessCaseView: view}
	p.Actor, p.Decided = stood(a, *standing)
	p.Steps = askedNow(view.Case, facts[0].AskedName, people)
	return p, wrap(err, "read a request's page")
}

func (f accessFacts) view(events []timelineRow) (models.AccessCaseView, error) {
	c := f.Facts.Row
	v := models.AccessCaseView{CaseSummary: models.CaseSummary{ID: c.ID, Kind: models.KindAccess, Number: c.Number, Subject: f.AppName,
		Status: models.Status(c.Status), Stage: models.Stage(c.Stage), Unit: c.UnitCode, UnitName: f.UnitName, DueUnit: c.UnitCode, SenderName: f.SenderName,
		Opened: c.Opened, Closed: c.Closed, Due: c.NextDue, Trouble: c.Trouble, Asked: c.Asked},
		Request: models.AccessRequest{Application: f.Request.Application, Reason: f.Request.Reason, Ends: f.Request.Ends},
		AppName: f.AppName, AppAbout: f.AppAbout, OwnerName: f.OwnerName, Position: f.Position, Seq: c.Seq, Case: f.Facts.rules()}
	var err error
	v.Timeline, err = timeline(c.ID, events)
	return v, err
}
