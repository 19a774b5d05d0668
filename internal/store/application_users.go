package store

import "context"

// ApplicationUsers counts the active accounts that have each application: those linked to one with its own login, those
// granted it, those with its area in a company, everybody, or every employee.
func (s *Store) ApplicationUsers(ctx context.Context, agency string, ids []string) (map[string]int, error) {
	users := map[string]int{}
	if len(ids) == 0 {
		return users, nil
	}
	var rows []struct {
		ID    string
		Users int
	}
	err := s.reader(ctx).Raw(`select p.id, case
			when p.linking_address <> '' then (select count(*) from application_links l join accounts a on a.id = l.account_id
				where l.agency_id = p.agency_id and l.application = p.id and a.status = 'active')
			when p.access = 'company' then (select count(*) from company_areas y where y.agency_id = p.agency_id and y.area = p.area and `+heldArea+`)
			when p.access in ('everyone', 'employees') then (select count(*) from accounts a where a.agency_id = p.agency_id and a.status = 'active'
				and (p.access = 'everyone' or a.company_id is null))
			else (select count(*) from account_applications x join accounts a on a.id = x.account_id
				where x.agency_id = p.agency_id and x.application = p.id and x.ended_at is null and a.status = 'active') end as users
		from applications p where p.agency_id = @agency and p.id in @ids`, map[string]any{"agency": agency, "ids": ids, "wall": s.wallNow()}).Scan(&rows).Error
	for _, r := range rows {
		users[r.ID] = r.Users
	}
	return users, wrap(err, "count who has applications")
}
