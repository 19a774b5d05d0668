package store

import (
	"context"
	"slices"

	"loket/models"
)

// Orphans lists the cases that ask somebody who cannot decide: nobody eligible holds the office any more, or the unit
// has moved. Those of which an admin was told are left out unless told is true, or somebody has followed since.
func (s *Store) Orphans(ctx context.Context, told bool) ([]string, error) {
	var roles []models.Role
	err := s.reader(ctx).Raw("select distinct candidate_role from work_items where agency_id = ? and state = 'open'", models.DefaultAgency).Scan(&roles).Error
	if err != nil {
		return nil, wrap(err, "look for items without a decider")
	}
	ids, err := s.misplaced(ctx)
	for _, r := range roles {
		if err != nil {
			break
		}
		var some []string
		some, err = s.orphansOf(ctx, r, told)
		ids = append(ids, some...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), wrap(err, "look for items without a decider")
}

func (s *Store) orphansOf(ctx context.Context, r models.Role, told bool) ([]string, error) {
	var ids []string
	err := s.reader(ctx).Raw(`with h as (select * from (`+holdersSQL+`) g where g.role in @roles)
		select w.case_id from work_items w join cases c on c.id = w.case_id
		where w.agency_id = @agency and w.state = 'open' and w.candidate_role = @role and case
			when exists (select 1 from h where (w.candidate_unit = '' or h.unit_code = w.candidate_unit) and `+eligibleSQL()+`) then c.trouble = @vacant
			else c.trouble = '' or @told end`,
		map[string]any{"vacant": models.TroubleApprover, "agency": models.DefaultAgency, "at": s.caseNow(), "role": r, "roles": models.Candidate{Role: r}.Roles(), "told": told}).Scan(&ids).Error
	return ids, err
}

func (s *Store) misplaced(ctx context.Context) ([]string, error) {
	var ids []string
	err := s.reader(ctx).Raw(`select w.case_id from work_items w join cases c on c.id = w.case_id
		join units u on u.agency_id = c.agency_id and u.code = c.unit_code
		where w.agency_id = ? and w.state = 'open' and u.path <> c.unit_path`, models.DefaultAgency).Scan(&ids).Error
	return ids, err
}
