package store

import (
	"context"
	"strings"

	"loket/models"
)

// ApprovalFacts gathers what planning needs of a memo: the smallest unit that holds all rows, the units above it, who
// decides there now and can sign in, who leads the officers, and which employees the rows are about. Rows whose unit is
// unknown, as of a person who is new, count for the sending unit.
func (s *Store) ApprovalFacts(ctx context.Context, caseID string) (models.ApprovalFacts, error) {
	facts := models.ApprovalFacts{Listed: map[string]bool{}}
	var row caseRow
	if err := s.reader(ctx).Where("id = ?", caseID).Take(&row).Error; err != nil {
		return facts, wrap(err, "gather the facts of an approval")
	}
	var people []struct{ Path, EmployeeID string }
	err := s.reader(ctx).Raw(`
		select coalesce(u.path, own.path) as path, coalesce(e.id, '') as employee_id
		from memo_rows r
		join memos m on m.case_id = r.case_id
		join units own on own.agency_id = r.agency_id and own.code = m.sending_unit
		left join units u on u.agency_id = r.agency_id and u.code = r.unit_code
		left join employees e on e.id = `+employeeOfRow+`
		where r.case_id = ?`, caseID).Scan(&people).Error
	if err != nil {
		return facts, wrap(err, "gather the people of a memo")
	}
	paths := make([]string, len(people))
	for i, p := range people {
		paths[i] = p.Path
		if p.EmployeeID != "" {
			facts.Listed[p.EmployeeID] = true
		}
	}
	facts.Path = models.CommonPath(paths)
	if len(paths) == 0 {
		facts.Path = row.UnitPath
	}
	facts.Chain = chain(facts.Path)
	if len(facts.Chain) > 0 {
		facts.Unit = facts.Chain[0]
	}
	if err := s.sentForWhom(ctx, caseID, facts.Listed); err != nil {
		return facts, err
	}
	return facts, s.holders(ctx, row.AgencyID, &facts)
}

// sentForWhom adds those in whose name a memo was sent already, when it is planned anew.
func (s *Store) sentForWhom(ctx context.Context, caseID string, into map[string]bool) error {
	var ids []string
	err := s.reader(ctx).Raw("select distinct g.on_behalf_of from role_grants g cross join cases c where c.id = ? and g.on_behalf_of is not null and "+
		sentFor("g.on_behalf_of"), caseID).Scan(&ids).Error
	for _, id := range ids {
		into[id] = true
	}
	return wrap(err, "find for whom a memo was sent")
}

// holders fills in who decides in the chain's units, whoever acts for somebody, and the officers of the whole agency.
func (s *Store) holders(ctx context.Context, agency string, facts *models.ApprovalFacts) error {
	var rows []struct{ Role, UnitCode, AccountID, EmployeeID, Name, OnBehalfOf, ForAccount string }
	err := s.reader(ctx).Raw(`select h.role, h.unit_code, h.account_id, h.employee_id, h.name, h.on_behalf_of, h.for_account from (`+holdersSQL+`) h
		where h.role in ('officer', 'officer_lead') or h.on_behalf_of <> '' or h.role in ('unit_head', 'acting_head', 'substitute') and h.unit_code in @chain
		order by h.role, h.unit_code, h.account_id`,
		map[string]any{"agency": agency, "at": s.caseNow(), "chain": append([]string{""}, facts.Chain...)}).Scan(&rows).Error
	if err != nil {
		return wrap(err, "find who decides")
	}
	for _, r := range rows {
		role := models.Role(r.Role)
		if facts.OfficersUnit == "" && (role == models.RoleOfficer || role == models.RoleOfficerLead) {
			facts.OfficersUnit = r.UnitCode
		}
		facts.Holders = append(facts.Holders, models.Holder{Role: role, Unit: r.UnitCode, AccountID: r.AccountID,
			EmployeeID: r.EmployeeID, Name: r.Name, OnBehalfOf: r.OnBehalfOf, ForAccount: r.ForAccount})
	}
	return nil
}

// chain gives the codes of a path from the unit itself up to the root.
func chain(path string) []string {
	codes := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	for i, j := 0, len(codes)-1; i < j; i, j = i+1, j-1 {
		codes[i], codes[j] = codes[j], codes[i]
	}
	return codes
}
