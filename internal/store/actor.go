package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"loket/models"
)

// selfFacts is an account with what its owner may be and use at an instant, read in one statement: every request
// begins with it.
type selfFacts struct {
	Account
	UnitCode, UnitName string
	Held, Used, Owned  *string
}

// selfSQL gives the grants that hold at @at, whether granted to the account or to its employee, and the applications,
// each as one text.
const selfSQL = `
	select a.*, coalesce(e.unit_code, '') as unit_code, coalesce(u.name, '') as unit_name,
		(select string_agg(g.role || '` + between + `' || g.unit_code || '` + between + `' || t.path || '` + between + `' || coalesce(g.on_behalf_of, ''), '` +
	beyond + `' order by g.role, g.unit_code, g.id)
		from role_grants g join units t on t.agency_id = g.agency_id and t.code = g.unit_code
		where (g.account_id = a.id or g.employee_id = a.employee_id) and g.valid_from <= @at and (g.valid_until is null or g.valid_until > @at)) as held,
		(select string_agg(p.id, '` + beyond + `' order by p.id) from applications p where p.owner_id = a.id) as owned,
		(select string_agg(x.application, '` + beyond + `' order by x.application) from account_applications x where x.account_id = a.id and x.ended_at is null) as used
	from accounts a
	left join employees e on e.id = a.employee_id
	left join units u on u.agency_id = e.agency_id and u.code = e.unit_code
	where a.id = @account`

func (s *Store) self(ctx context.Context, accountID string, at time.Time) (selfFacts, error) {
	var f selfFacts
	err := s.reader(ctx).Raw(selfSQL, map[string]any{"account": accountID, "at": micro(at)}).Take(&f).Error
	return f, wrap(err, "read an account")
}

func (f selfFacts) grants() []models.Grant {
	var grants []models.Grant
	for _, line := range apart(f.Held) {
		if g := strings.Split(line, between); len(g) == 4 {
			grants = append(grants, models.Grant{Role: models.Role(g[0]), Unit: g[1], UnitPath: g[2], OnBehalfOf: g[3]})
		}
	}
	return grants
}

// apart takes an aggregated text apart; none gives none.
func apart(aggregated *string) []string {
	if text(aggregated) == "" {
		return nil
	}
	return strings.Split(*aggregated, beyond)
}

func (f selfFacts) actor() models.Actor {
	return models.Actor{Agency: f.AgencyID, AccountID: f.ID, EmployeeID: text(f.EmployeeID), Unit: f.UnitCode,
		Company: text(f.CompanyID), Responsible: f.Responsible, Grants: append(f.grants(), f.owned()...)}
}

// owned are the applications that the account answers for, as roles in them.
func (f selfFacts) owned() []models.Grant {
	var grants []models.Grant
	for _, application := range apart(f.Owned) {
		grants = append(grants, models.Grant{Role: models.RoleOwner, Unit: application})
	}
	return grants
}

// view is the account at an instant of wall time.
func (f selfFacts) view(now time.Time) models.AccountView {
	return models.AccountView{Ends: f.EndsAt, Ended: models.TermOf(f.EndsAt, now).Ended, ID: f.ID, Username: f.Username, Name: f.Name, Email: f.Email, Locale: f.Locale,
		Unit: f.UnitCode, UnitName: f.UnitName, MustChangePassword: f.MustChange, PasswordChangedAt: f.PasswordChangedAt,
		Roles: append([]models.Grant{}, f.grants()...), Applications: append([]string{}, apart(f.Used)...)}
}

// Identity gives who asks, with the grants that hold at an instant of case time, and their own account as they see it.
// An account that cannot sign in is models.ErrUnauthenticated.
func (s *Store) Identity(ctx context.Context, accountID string, at time.Time) (models.Actor, models.AccountView, error) {
	f, err := s.self(ctx, accountID, at)
	if errors.Is(err, models.ErrNotFound) || err == nil && f.Status != AccountActive {
		err = fmt.Errorf("find an actor: %w", models.ErrUnauthenticated)
	}
	if err != nil {
		return models.Actor{}, models.AccountView{}, err
	}
	return f.actor(), f.view(s.wallNow()), nil
}

// ActorOf is Identity for whoever needs the actor alone.
func (s *Store) ActorOf(ctx context.Context, accountID string, at time.Time) (models.Actor, error) {
	a, _, err := s.Identity(ctx, accountID, at)
	return a, err
}

// AccountView is what the signed-in person sees of their own account.
func (s *Store) AccountView(ctx context.Context, accountID string, at time.Time) (models.AccountView, error) {
	f, err := s.self(ctx, accountID, at)
	if err != nil {
		return models.AccountView{}, err
	}
	return f.view(s.wallNow()), nil
}
