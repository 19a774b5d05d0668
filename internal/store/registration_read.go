package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"loket/models"
)

// RegistrationPage is a registration as one reader meets it: the actor as they stand before it, and whether they decided
// on it.
type RegistrationPage struct {
	models.RegistrationView
	Actor   models.Actor
	Decided bool
}

// registrationPage is what a registration's page is read from.
type registrationPage struct {
	facts  []registrationPageRow
	events []timelineRow
	people []stepPerson
	rounds []registrationRevision
	papers []paperRow
	known  []knownCompany
}

type registrationPageRow struct {
	Facts               caseFacts       `gorm:"embedded"`
	Reg                 registrationRow `gorm:"embedded;embeddedPrefix:r_"`
	Username, AskedName string
}

// knownCompany is a company with how many accounts it has that are not closed.
type knownCompany struct {
	Row    companyRecord `gorm:"embedded"`
	People int
}

const registrationPageSQL = `
	select c.*, coalesce(w.candidate_role, '') as candidate_role, coalesce(w.candidate_unit, '') as candidate_unit,
		r.case_id as r_case_id, r.agency_id as r_agency_id, r.sort as r_sort, r.name as r_name, r.email as r_email, r.lang as r_lang, r.form as r_form, r.had as r_had,
		r.npwp as r_npwp, r.company as r_company, r.company_id as r_company_id, r.account_id as r_account_id,
		coalesce((select a.username from accounts a where a.id = r.account_id), '') as username, coalesce(asked.name, '') as asked_name
	from cases c
	join registrations r on r.case_id = c.id
	left join work_items w on w.agency_id = c.agency_id and w.case_id = c.id and w.state = 'open'
	left join units asked on asked.agency_id = c.agency_id and asked.code = w.candidate_unit
	where c.id = @id`

// knownCompanySQL finds the company that a registration is of, or that has its NPWP.
const knownCompanySQL = `
	select k.*, (select count(*) from accounts a where a.company_id = k.id and a.status <> 'disabled') as people
	from registrations r join companies k on k.agency_id = r.agency_id and (k.id = r.company_id or r.company_id is null and r.npwp <> ''
		and (k.npwp = r.npwp or '0' || k.npwp = r.npwp or k.npwp = '0' || r.npwp))
	where r.case_id = @id order by k.created limit 1`

// RegistrationPage reads all that a registration's page shows a reader, in one round trip. Whether they may see it is left to
// the rules. models.ErrNotFound when there is no such registration.
func (s *Store) RegistrationPage(ctx context.Context, a models.Actor, id string) (RegistrationPage, error) {
	var p registrationPage
	args := map[string]any{"id": id}
	stands, standing := facing(id, a)
	err := s.together(ctx, stands, want{registrationPageSQL, args, &p.facts}, want{timelineSQL, args, &p.events},
		want{"select * from registration_revisions where case_id = @id order by round desc limit 2", args, &p.rounds},
		want{"select * from registration_papers where case_id = @id order by position", args, &p.papers}, want{knownCompanySQL, args, &p.known},
		want{askedSQL(), map[string]any{"id": id, "agency": models.DefaultAgency, "at": s.caseNow(), "roles": models.HeldRoles()}, &p.people})
	if err == nil && len(p.facts) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return RegistrationPage{}, wrap(err, "read a registration's page")
	}
	view, err := p.view()
	page := RegistrationPage{RegistrationView: view}
	page.Actor, page.Decided = stood(a, *standing)
	return page, wrap(err, "read a registration's page")
}

func (p *registrationPage) view() (models.RegistrationView, error) {
	f := p.facts[0]
	c, reg := f.Facts.Row, f.Reg
	v := models.RegistrationView{ID: c.ID, Number: c.Number, Sort: models.RegistrationSort(reg.Sort), Status: models.Status(c.Status), Stage: models.Stage(c.Stage),
		Round: c.Round, Seq: c.Seq, Version: c.Version, Opened: c.Opened, Closed: c.Closed, Due: c.NextDue, Email: reg.Email, Papers: []models.Paper{},
		Username: f.Username, Trouble: c.Trouble, Case: f.Facts.rules()}
	var err error
	if v.Form, err = reg.form(); err != nil {
		return v, err
	}
	for _, row := range p.papers {
		v.Papers = append(v.Papers, row.paper())
	}
	if v.Timeline, err = timeline(c.ID, p.events); err != nil {
		return v, err
	}
	for _, e := range v.Timeline {
		if e.Type == models.EventReturned || e.Type == models.EventRefused {
			v.Reason, v.Notes = e.Reason, e.Notes
		}
	}
	if len(p.known) > 0 {
		known := p.known[0].Row.company()
		v.Known, v.People = &known, p.known[0].People
	}
	v.Steps = askedNow(v.Case, f.AskedName, p.people)
	v.Changes, err = p.changes(v)
	return v, err
}

// changes tells what is other than in the round before, or, of a company's first, than it is now.
func (p *registrationPage) changes(v models.RegistrationView) ([]models.FieldChange, error) {
	var rounds []registrationRound
	for _, row := range p.rounds {
		var round registrationRound
		if err := json.Unmarshal([]byte(row.Body), &round); err != nil {
			return nil, fmt.Errorf("read round %d of registration %s: %w", row.Round, row.CaseID, err)
		}
		rounds = append(rounds, round)
	}
	switch {
	case v.Status == models.StatusReturned && len(rounds) > 0:
		return models.DiffRegistration(rounds[0].Form, v.Form, rounds[0].Papers, v.Papers), nil
	case len(rounds) > 1:
		return models.DiffRegistration(rounds[1].Form, rounds[0].Form, rounds[1].Papers, rounds[0].Papers), nil
	case v.Sort == models.RegistrationCompany && v.Known != nil && v.Closed == nil:
		wish, err := p.facts[0].Reg.wish(v.Known.Form())
		return models.DiffRegistration(models.RegistrationForm{CompanyForm: v.Known.Form()}, models.RegistrationForm{CompanyForm: wish}, nil, nil), err
	}
	return nil, nil
}
