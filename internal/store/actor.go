package store

import (
	"context"
	"time"

	"loket/models"
)

// validGrants joins what an account may be at @at, whether granted to it or to its employee.
const validGrants = `
	select g.role, g.unit_code, u.path, coalesce(g.on_behalf_of, '') as on_behalf_of
	from role_grants g
	join units u on u.agency_id = g.agency_id and u.code = g.unit_code
	where (g.account_id = @account or g.employee_id = @employee)
		and g.valid_from <= @at and (g.valid_until is null or g.valid_until > @at)
	order by g.role, g.unit_code, g.id`

// ActorOf gives who asks, with the grants that hold at an instant of case time. An account that cannot sign in is
// models.ErrUnauthenticated.
func (s *Store) ActorOf(ctx context.Context, accountID string, at time.Time) (models.Actor, error) {
	var who []struct{ AgencyID, EmployeeID, UnitCode, Status string }
	err := s.reader(ctx).Raw(`
		select a.agency_id, coalesce(a.employee_id, '') as employee_id, coalesce(e.unit_code, '') as unit_code, a.status
		from accounts a left join employees e on e.id = a.employee_id
		where a.id = ?`, accountID).Scan(&who).Error
	if err == nil && (len(who) == 0 || who[0].Status != AccountActive) {
		err = models.ErrUnauthenticated
	}
	if err != nil {
		return models.Actor{}, wrap(err, "find an actor")
	}
	actor := models.Actor{Agency: who[0].AgencyID, AccountID: accountID, EmployeeID: who[0].EmployeeID, Unit: who[0].UnitCode}
	actor.Grants, err = s.grantsOf(ctx, accountID, actor.EmployeeID, at)
	return actor, err
}

func (s *Store) grantsOf(ctx context.Context, accountID, employeeID string, at time.Time) ([]models.Grant, error) {
	var rows []struct{ Role, UnitCode, Path, OnBehalfOf string }
	err := s.reader(ctx).Raw(validGrants, map[string]any{"account": accountID, "employee": employeeID, "at": micro(at)}).Scan(&rows).Error
	var grants []models.Grant
	for _, r := range rows {
		grants = append(grants, models.Grant{Role: models.Role(r.Role), Unit: r.UnitCode, UnitPath: r.Path, OnBehalfOf: r.OnBehalfOf})
	}
	return grants, wrap(err, "read an actor's grants")
}

// AccountView is what the signed-in person sees of their own account.
func (s *Store) AccountView(ctx context.Context, accountID string, at time.Time) (models.AccountView, error) {
	var row struct {
		Account
		UnitCode, UnitName string
	}
	err := s.reader(ctx).Raw(`
		select a.*, coalesce(e.unit_code, '') as unit_code, coalesce(u.name, '') as unit_name
		from accounts a
		left join employees e on e.id = a.employee_id
		left join units u on u.agency_id = e.agency_id and u.code = e.unit_code
		where a.id = ?`, accountID).Take(&row).Error
	if err != nil {
		return models.AccountView{}, wrap(err, "read an account")
	}
	v := models.AccountView{ID: row.ID, Username: row.Username, Name: row.Name, Email: row.Email, Locale: row.Locale,
		Unit: row.UnitCode, UnitName: row.UnitName, MustChangePassword: row.MustChange, PasswordChangedAt: row.PasswordChangedAt,
		Roles: []models.Grant{}, Applications: []string{}}
	grants, err := s.grantsOf(ctx, accountID, text(row.EmployeeID), at)
	if err != nil {
		return v, err
	}
	v.Roles = append(v.Roles, grants...)
	err = s.reader(ctx).Raw("select application from account_applications where account_id = ? and ended_at is null order by application", accountID).
		Scan(&v.Applications).Error
	return v, wrap(err, "read an account's applications")
}

// Names gives the names of accounts and employees by id; unknown ids are left out.
func (s *Store) Names(ctx context.Context, ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	var rows []struct{ ID, Name string }
	err := s.reader(ctx).Raw("select id, name from accounts where id in @ids union all select id, name from employees where id in @ids",
		map[string]any{"ids": ids}).Scan(&rows).Error
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, wrap(err, "read names")
}
