package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// ApprovalFacts gathers what planning needs of a memo: the smallest unit that holds all rows, the units above it, who
// decides there now and can sign in, who leads the officers, and which employees the rows are about. Rows whose unit is
// unknown, as of a person who is new, count for the sending unit.
func (s *Store) ApprovalFacts(ctx context.Context, caseID string) (models.ApprovalFacts, error) {
	var p approval
	err := s.together(ctx, p.wants(caseID)...)
	if err == nil && len(p.cases) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return models.ApprovalFacts{}, wrap(err, "gather the facts of an approval")
	}
	facts := p.facts()
	err = s.together(ctx, p.deciders(facts, s.caseNow()))
	return p.withDeciders(facts), wrap(err, "find who decides")
}

// approval is what planning is read from: the case, its people, those who sent it already or in whose name it was sent (when it
// is planned anew), and then the holders.
type approval struct {
	cases      []caseRow
	people     []struct{ Path, EmployeeID string }
	principals []struct{ OnBehalfOf string }
	holders    []holderRow
}

type holderRow struct{ Role, UnitCode, AccountID, EmployeeID, Name, OnBehalfOf, ForAccount string }

func (p *approval) wants(caseID string) []want {
	args := map[string]any{"id": caseID}
	return []want{
		{"select c.* from cases c where c.id = @id", args, &p.cases},
		{`select coalesce(u.path, own.path) as path, coalesce(e.id, '') as employee_id
			from memo_rows r
			join memos m on m.case_id = r.case_id
			join units own on own.agency_id = r.agency_id and own.code = m.sending_unit
			left join units u on u.agency_id = r.agency_id and u.code = r.unit_code
			left join employees e on e.id = ` + employeeOfRow + `
			where r.case_id = @id
			union all
			select coalesce(u.path, c.unit_path) as path, coalesce(e.id, '') as employee_id
			from access_requests q
			join cases c on c.id = q.case_id
			join accounts a on a.id = q.account_id
			left join employees e on e.id = a.employee_id
			left join units u on u.agency_id = e.agency_id and u.code = e.unit_code
			where q.case_id = @id`, args, &p.people},
		{`select t.on_behalf_of from events t where t.case_id = @id and t.type in ('sent', 'resubmitted') and t.on_behalf_of is not null
			union select a.employee_id from events t join accounts a on a.id = t.actor_id
			where t.case_id = @id and t.type in ('sent', 'resubmitted') and a.employee_id is not null`, args, &p.principals},
	}
}

// facts are those that do not depend on who decides.
func (p *approval) facts() models.ApprovalFacts {
	facts := models.ApprovalFacts{Listed: map[string]bool{}, Path: p.cases[0].UnitPath}
	paths := make([]string, len(p.people))
	for i, person := range p.people {
		paths[i] = person.Path
		if person.EmployeeID != "" {
			facts.Listed[person.EmployeeID] = true
		}
	}
	if len(paths) > 0 {
		facts.Path = models.CommonPath(paths)
	}
	facts.Chain = chain(facts.Path)
	if len(facts.Chain) > 0 {
		facts.Unit = facts.Chain[0]
	}
	for _, g := range p.principals {
		facts.Listed[g.OnBehalfOf] = true
	}
	return facts
}

// deciders asks who decides in the chain's units, whoever acts for somebody, and for the officers of the whole agency.
func (p *approval) deciders(facts models.ApprovalFacts, at time.Time) want {
	return want{`select h.role, h.unit_code, h.account_id, h.employee_id, h.name, h.on_behalf_of, h.for_account from (` + holdersSQL + `) h
		where h.role in ('officer', 'officer_lead') or h.principal is not null or h.role in ('unit_head', 'acting_head', 'substitute') and h.unit_code in @chain
		order by h.role, h.unit_code, h.account_id`,
		map[string]any{"agency": p.cases[0].AgencyID, "at": at, "chain": append([]string{""}, facts.Chain...)}, &p.holders}
}

func (p *approval) withDeciders(facts models.ApprovalFacts) models.ApprovalFacts {
	for _, r := range p.holders {
		role := models.Role(r.Role)
		if facts.OfficersUnit == "" && (role == models.RoleOfficer || role == models.RoleOfficerLead) {
			facts.OfficersUnit = r.UnitCode
		}
		facts.Holders = append(facts.Holders, models.Holder{Role: role, Unit: r.UnitCode, AccountID: r.AccountID,
			EmployeeID: r.EmployeeID, Name: r.Name, OnBehalfOf: r.OnBehalfOf, ForAccount: r.ForAccount})
	}
	return facts
}

// chain gives the codes of a path from the unit itself up to the root.
func chain(path string) []string {
	codes := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	for i, j := 0, len(codes)-1; i < j; i, j = i+1, j-1 {
		codes[i], codes[j] = codes[j], codes[i]
	}
	return codes
}
