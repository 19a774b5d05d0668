package store

import (
	"context"
	"time"

	"loket/models"
)

// DelegationQuery narrows a list of delegations. Given are those in the employee's stead or by the account, Received
// those to either; Paths those of offices there and below, no paths meaning everywhere.
type DelegationQuery struct {
	Agency              string
	Given, Received     bool
	Account, EmployeeID string
	Paths               []string
}

// mostDelegations bounds a list; keepDelegations is how long one that is over is still shown.
const (
	mostDelegations = 500
	keepDelegations = 30 * 24 * time.Hour
)

type delegationFactsRow struct {
	ID, Role, UnitCode, UnitName, UnitPath, DelegateID, DelegateName string
	PrincipalID, PrincipalName, Reason, GivenBy, EndedBy             string
	ValidFrom                                                        time.Time
	ValidUntil                                                       *time.Time
}

const delegationFactsSQL = `
	select g.id, g.role, g.unit_code, u.name as unit_name, u.path as unit_path, coalesce(g.employee_id, '') as delegate_id,
		coalesce(e.name, a.name, '') as delegate_name, coalesce(g.on_behalf_of, '') as principal_id, coalesce(p.name, '') as principal_name,
		g.reason, coalesce(giver.name, '') as given_by, coalesce(ender.name, '') as ended_by, g.valid_from, g.valid_until
	from role_grants g
	join units u on u.agency_id = g.agency_id and u.code = g.unit_code
	left join employees e on e.id = g.employee_id
	left join accounts a on a.id = g.account_id
	left join employees p on p.id = g.on_behalf_of
	left join delegations d on d.grant_id = g.id
	left join accounts giver on giver.id = d.given_by
	left join accounts ender on ender.id = d.ended_by
	where g.agency_id = @agency and (g.role in ('acting_head', 'substitute') or g.on_behalf_of is not null)`

// Delegations lists who acts for whom, by their beginning, the newest first; what has long been over is left out.
func (s *Store) Delegations(ctx context.Context, q DelegationQuery) ([]models.DelegationView, error) {
	args := map[string]any{"agency": q.Agency, "account": q.Account, "employee": optional(q.EmployeeID), "most": mostDelegations,
		"since": micro(s.caseNow().Add(-keepDelegations))}
	query := delegationFactsSQL + " and (g.valid_until is null or g.valid_until > @since)"
	if q.Given {
		query += " and (g.on_behalf_of = @employee or d.given_by = @account)"
	}
	if q.Received {
		query += " and (g.employee_id = @employee or g.account_id = @account)"
	}
	query += underSQL(q.Paths, args)
	var rows []delegationFactsRow
	err := s.reader(ctx).Raw(query+" order by g.valid_from desc, g.id limit @most", args).Scan(&rows).Error
	views := make([]models.DelegationView, len(rows))
	for i, r := range rows {
		views[i] = r.view()
	}
	return views, wrap(err, "list delegations")
}

// Delegation gives one; models.ErrNotFound when there is none.
func (s *Store) Delegation(ctx context.Context, agency, id string) (models.DelegationView, error) {
	var row delegationFactsRow
	err := s.reader(ctx).Raw(delegationFactsSQL+" and g.id = @id", map[string]any{"agency": agency, "id": id}).Take(&row).Error
	return row.view(), wrap(err, "read a delegation")
}

func (r delegationFactsRow) view() models.DelegationView {
	kind := models.Grant{Role: models.Role(r.Role), OnBehalfOf: r.PrincipalID}.ActingAs()
	role := models.Role(r.Role)
	if role == models.RoleActingHead || role == models.RoleSubstitute {
		role = models.RoleHead
	}
	return models.DelegationView{ID: r.ID, Kind: kind, Role: role, Unit: r.UnitCode, UnitName: r.UnitName, UnitPath: r.UnitPath, DelegateID: r.DelegateID,
		DelegateName: r.DelegateName, PrincipalID: r.PrincipalID, PrincipalName: r.PrincipalName, From: r.ValidFrom, Until: r.ValidUntil,
		Reason: r.Reason, GivenBy: r.GivenBy, EndedBy: r.EndedBy}
}

// OfficeHolder gives the employee who holds an office in their own right now; empty where nobody does.
func (s *Store) OfficeHolder(ctx context.Context, agency string, office models.Role, unit string) (string, error) {
	var ids []string
	err := s.reader(ctx).Raw(`select g.employee_id from role_grants g where g.agency_id = @agency and g.role = @office and g.unit_code = @unit
			and g.employee_id is not null and g.on_behalf_of is null and g.valid_from <= @at and (g.valid_until is null or g.valid_until > @at)
		order by g.valid_from desc, g.id limit 1`, map[string]any{"agency": agency, "office": office, "unit": unit, "at": s.caseNow()}).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return "", wrap(err, "find who holds an office")
	}
	return ids[0], nil
}

// Absences lists the deciding offices whose holder is on leave or retired while nobody acts in them, now or later: of
// the units at paths and below, no paths meaning everywhere, or of one employee.
func (s *Store) Absences(ctx context.Context, agency string, paths []string, employee string) ([]models.Absence, error) {
	args := map[string]any{"agency": agency, "at": s.caseNow(), "employee": employee, "most": mostDelegations}
	var rows []models.Absence
	err := s.reader(ctx).Raw(`
		select g.role, g.unit_code as unit, u.name as unit_name, u.path as unit_path, e.id as employee_id, e.name as employee_name, e.status
		from role_grants g
		join employees e on e.id = g.employee_id and e.status in ('leave', 'retired')
		join units u on u.agency_id = g.agency_id and u.code = g.unit_code
		where g.agency_id = @agency and g.role in ('unit_head', 'officer_lead') and g.on_behalf_of is null
			and g.valid_from <= @at and (g.valid_until is null or g.valid_until > @at)
			and (@employee = '' or e.id = @employee)
			and not exists (select 1 from role_grants q where q.agency_id = g.agency_id and q.unit_code = g.unit_code
				and (g.role = 'unit_head' and q.role = 'acting_head' or g.role = q.role and q.on_behalf_of = e.id)
				and (q.valid_until is null or q.valid_until > @at))`+underSQL(paths, args)+" order by u.path, g.role, e.name limit @most", args).Scan(&rows).Error
	return rows, wrap(err, "list who is away")
}

// underSQL asks that a unit u lies at one of the paths or below; nothing for no paths.
func underSQL(paths []string, args map[string]any) string {
	if len(paths) == 0 {
		return ""
	}
	sql := " and (1 = 0"
	for i, path := range paths {
		from, to := name("under", i), name("beyond", i)
		args[from], args[to] = path, path[:max(len(path)-1, 0)]+"0"
		sql += " or u.path >= @" + from + " and u.path < @" + to
	}
	return sql + ")"
}
