package store

import (
	"context"

	"gorm.io/gorm"

	"loket/models"
)

// Delegate has somebody act in an office for a period, by the calendar of its unit. The rules are asked by check within
// the transaction, so that two who delegate at once see each other. models.ErrNotFound for a unit that is not there.
func (s *Store) Delegate(ctx context.Context, a models.Actor, d models.Delegation, cal models.Calendar,
	check func(models.DelegationFacts) error) (id string, err error) {
	err = s.transact(ctx, "delegate an office", func(tx *gorm.DB) error {
		row := newGrantRow(agencyOf(a), "admin", d.Grant(s.caseNow(), cal.Location()))
		facts, err := s.delegationFacts(tx, d, *row)
		if err != nil {
			return err
		}
		facts.Today = models.DateOf(s.caseNow().In(cal.Location()))
		if err := check(facts); err != nil {
			return err
		}
		id = row.ID
		if err := tx.Create(row).Error; err != nil {
			return absent(err)
		}
		return s.enrol(tx, a, *row, cal, "delegated")
	})
	return id, err
}

// enrol notes who gave a grant to act, tells of it and audits it.
func (s *Store) enrol(tx *gorm.DB, a models.Actor, g grantRow, cal models.Calendar, action string) error {
	known := delegationRow{GrantID: g.ID, AgencyID: g.AgencyID, GivenBy: optional(a.AccountID), Created: s.wallNow()}
	if err := tx.Create(&known).Error; err != nil {
		return err
	}
	if err := s.announceDelegation(tx, g, cal); err != nil {
		return err
	}
	return s.note(tx, a, deed{stream: "system", action: action, object: "grant:" + g.ID, after: grantState(g.grant())})
}

// delegationFacts reads what the rules ask, holding the unit so that nobody else delegates its offices meanwhile.
func (s *Store) delegationFacts(tx *gorm.DB, d models.Delegation, g grantRow) (models.DelegationFacts, error) {
	var f models.DelegationFacts
	var unit unitRow
	if err := tx.Clauses(forUpdate()).Where("agency_id = ? and code = ?", g.AgencyID, d.Unit).Take(&unit).Error; err != nil {
		return f, err
	}
	f.UnitPath = unit.Path
	args := map[string]any{"agency": g.AgencyID, "unit": d.Unit, "office": d.Role, "role": g.Role, "principal": d.Principal, "delegate": d.Delegate,
		"from": g.ValidFrom, "until": *g.ValidUntil}
	var row struct {
		Holds, DelegateHolds, DelegateAway bool
		Status                             string
	}
	const during = "q.valid_from < @until and (q.valid_until is null or q.valid_until > @from)"
	const office = "exists (select 1 from role_grants q where q.agency_id = @agency and q.role = @office and q.unit_code = @unit and q.on_behalf_of is null and " +
		during + " and q.employee_id = "
	err := tx.Raw("select "+office+"@principal) as holds, "+office+"@delegate) as delegate_holds, "+
		"exists (select 1 from role_grants q where q.agency_id = @agency and q.on_behalf_of = @delegate and "+during+") as delegate_away, "+
		"coalesce((select e.status from employees e where e.agency_id = @agency and e.id = @principal), '') as status", args).Scan(&row).Error
	if err != nil {
		return f, err
	}
	f.Holds, f.DelegateHolds, f.DelegateAway, f.Principal = row.Holds, row.DelegateHolds, row.DelegateAway, models.EmployeeStatus(row.Status)
	if err := delegateFacts(tx, args, &f); err != nil {
		return f, err
	}
	err = tx.Raw(`select coalesce(e.name, a.name, '') from role_grants q left join employees e on e.id = q.employee_id left join accounts a on a.id = q.account_id
		where q.agency_id = @agency and q.unit_code = @unit and q.role = @role and (q.role <> @office or q.on_behalf_of is not null) and `+during+` order by 1`,
		args).Scan(&f.Others).Error
	return f, err
}

// delegateFacts reads who is to act.
func delegateFacts(tx *gorm.DB, args map[string]any, f *models.DelegationFacts) error {
	var rows []struct {
		ID, Name, Status, Path string
		SignsIn                bool
	}
	err := tx.Raw(`select e.id, e.name, e.status, u.path,
			exists (select 1 from accounts a where a.agency_id = e.agency_id and a.employee_id = e.id and a.status = 'active') as signs_in
		from employees e join units u on u.agency_id = e.agency_id and u.code = e.unit_code
		where e.agency_id = @agency and e.id = @delegate`, args).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return err
	}
	f.Delegate = &models.EmployeeView{ID: rows[0].ID, Name: rows[0].Name, Status: rows[0].Status}
	f.DelegatePath, f.DelegateSignsIn = rows[0].Path, rows[0].SignsIn
	return nil
}

// EndDelegation ends a delegation now; it counts at the next request, and both are told. check sees it first.
// models.ErrNotFound when there is none or it is over.
func (s *Store) EndDelegation(ctx context.Context, a models.Actor, id string, cal func(unit string) (models.Calendar, error),
	check func(models.DelegationView) error) error {
	v, err := s.Delegation(ctx, agencyOf(a), id)
	if err != nil {
		return err
	}
	if err := check(v); err != nil {
		return err
	}
	c, err := cal(v.Unit)
	if err != nil {
		return err
	}
	return s.transact(ctx, "end a delegation", func(tx *gorm.DB) error { return s.endGrant(tx, a, id, c, "delegation_ended") })
}

// endGrant ends any grant now. Where somebody acts by it, what was to be told of it is taken back, and both are told
// that it is over. With an office end the delegations that its holder gave.
func (s *Store) endGrant(tx *gorm.DB, a models.Actor, id string, cal models.Calendar, action string) error {
	now := s.caseNow()
	var row grantRow
	err := tx.Clauses(forUpdate()).Where("id = ? and agency_id = ? and (valid_until is null or valid_until > ?)", id, agencyOf(a), now).
		Take(&row).Error
	if err != nil {
		return err
	}
	before := grantState(row.grant())
	if err := tx.Model(&grantRow{}).Where("id = ?", id).Updates(map[string]any{"valid_until": now, "ended": s.wallNow()}).Error; err != nil {
		return err
	}
	row.ValidUntil = &now
	if row.acting() != "" {
		err := tx.Model(&delegationRow{}).Where("grant_id = ?", id).Updates(map[string]any{"ended": s.wallNow(), "ended_by": optional(a.AccountID)}).Error
		if err != nil {
			return err
		}
		if err := forgetDelegationNotices(tx, id, s.wallNow()); err != nil {
			return err
		}
		if err := s.tellDelegation(tx, row, noticeDelegationEnded, now, cal); err != nil {
			return err
		}
	}
	err = s.note(tx, a, deed{stream: "system", action: action, object: "grant:" + id, before: before, after: grantState(row.grant())})
	if err != nil {
		return err
	}
	return s.endGiven(tx, a, row, cal)
}

// acting tells how the grant's holder acts for another; empty for an office of their own.
func (r grantRow) acting() models.ActingKind {
	return models.Grant{Role: models.Role(r.Role), OnBehalfOf: text(r.OnBehalfOf)}.ActingAs()
}
