package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

type catalogRow struct {
	Tile                            models.ApplicationTile `gorm:"embedded"`
	Access                          models.ApplicationAccess
	Opens, Owns                     bool
	CaseID, Number, Ends, OwnerName string
	Granted                         int
}

// Catalog lists every enabled application by provider and name, with what it is to the actor; text narrows to names that
// hold it. What companies' people open is listed for them alone, and for whoever opens it.
func (s *Store) Catalog(ctx context.Context, a models.Actor, words string) ([]models.CatalogEntry, error) {
	var rows []catalogRow
	err := s.reader(ctx).Raw(`
		select p.id, p.name, p.about, p.provider, p.icon, p.launch, p.access, coalesce(p.owner_id = @account, false) as owns, coalesce(o.name, '') as owner_name,
			case when`+opensSQL+` then 1 else 0 end = 1 as opens, coalesce(c.id, '') as case_id, coalesce(c.number, '') as number,
			coalesce((select x.ends from account_applications x where x.account_id = @account and x.application = p.id and x.ended_at is null), '') as ends,
			(select count(*) from account_applications x where x.agency_id = p.agency_id and x.application = p.id and x.ended_at is null) as granted
		from applications p
		left join accounts o on o.id = p.owner_id
		left join access_requests q on q.agency_id = p.agency_id and q.application = p.id and q.account_id = @account and q.open
		left join cases c on c.id = q.case_id and c.status <> 'draft'
		where p.agency_id = @agency and p.enabled and (p.access <> 'company' or @company <> '') and (p.access <> 'employees' or @company = '')
			and (lower(p.name) like @words escape '!' or lower(p.about) like @words escape '!' or lower(p.provider) like @words escape '!')
		order by lower(p.provider), lower(p.name), p.id`,
		map[string]any{"agency": agencyOf(a), "account": a.AccountID, "company": a.Company, "wall": s.wallNow(),
			"words": "%" + literally(strings.ToLower(words)) + "%"}).Scan(&rows).Error
	entries := make([]models.CatalogEntry, len(rows))
	for i, r := range rows {
		entries[i] = r.entry(a)
	}
	return entries, wrap(err, "list the catalogue")
}

func (r catalogRow) entry(a models.Actor) models.CatalogEntry {
	e := models.CatalogEntry{ApplicationTile: r.Tile, State: r.state(a), CaseID: r.CaseID, Number: r.Number, Ends: r.Ends, Owns: r.Owns}
	if r.Access == models.AccessByRequest {
		e.Owner = r.OwnerName
	}
	if e.State != models.AccessOpen {
		e.Launch = ""
	}
	if r.Owns || a.Has(models.RoleAdmin) {
		e.Users = &r.Granted
	}
	return e
}

func (r catalogRow) state(a models.Actor) models.AccessState {
	switch {
	case r.Opens:
		return models.AccessOpen
	case r.CaseID != "":
		return models.AccessAsked
	case r.Access == models.AccessByCompany:
		return models.AccessThroughCompany
	case r.Access == models.AccessByGrant:
		return models.AccessByMemo
	case a.EmployeeID == "" || r.Owns:
		return models.AccessClosed
	}
	return models.AccessAskable
}

const holdersOfSQL = `
	select a.id as account_id, a.username, a.name, coalesce(e.unit_code, '') as unit, coalesce(u.name, '') as unit_name, x.created as since, x.ends,
		coalesce(c.kind, '') as kind, coalesce(c.id, '') as case_id, coalesce(c.number, '') as number
	from account_applications x
	join accounts a on a.id = x.account_id
	left join employees e on e.id = a.employee_id
	left join units u on u.agency_id = e.agency_id and u.code = e.unit_code
	left join cases c on c.id = x.case_id
	where x.agency_id = @agency and x.application = @application and x.ended_at is null`

// AccessHolder finds one of AccessHolders; models.ErrNotFound for whoever does not have the application.
func (s *Store) AccessHolder(ctx context.Context, agency, application, accountID string) (models.AccessHolder, error) {
	var rows []models.AccessHolder
	err := s.reader(ctx).Raw(holdersOfSQL+" and a.id = @account", map[string]any{"agency": agency, "application": application, "account": accountID}).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return models.AccessHolder{}, wrap(err, "find who has an application")
	}
	return rows[0], nil
}

// AccessHolders lists whom an application was given to and who have it still, by name.
func (s *Store) AccessHolders(ctx context.Context, agency, application string, q models.PageQuery) (models.Page[models.AccessHolder], error) {
	limit, after, err := page(q, "holders")
	if err != nil {
		return models.Page[models.AccessHolder]{Items: []models.AccessHolder{}, Total: -1}, err
	}
	args, narrow := map[string]any{"agency": agency, "application": application, "limit": limit + 1}, ""
	if after != nil {
		args["afterName"], args["afterID"] = after.Name, after.ID
		narrow = " and (lower(a.name), a.id) > (@afterName, @afterID)"
	}
	var rows []models.AccessHolder
	err = s.reader(ctx).Raw(holdersOfSQL+narrow+" order by lower(a.name), a.id limit @limit", args).Scan(&rows).Error
	p := cut(rows, limit, func(h models.AccessHolder) models.AccessHolder { return h },
		func(h models.AccessHolder) cursor {
			return cursor{List: "holders", Name: strings.ToLower(h.Name), ID: h.AccountID}
		})
	return p, wrap(err, "list who has an application")
}

// RevokeAccess takes an application from an account, and tells its owner why; models.ErrNotFound where they do not have it.
// What is open of it ends at once.
func (s *Store) RevokeAccess(ctx context.Context, a models.Actor, application, accountID, reason string) error {
	return s.transact(ctx, "take access away", func(tx *gorm.DB) error {
		now := s.caseNow()
		var had []struct {
			CaseID *string
			Ends   string
		}
		err := tx.Raw(`update account_applications set ended_at = @now, ended_by = @by, ended_why = @why
			where agency_id = @agency and account_id = @account and application = @application and ended_at is null returning case_id, ends`,
			map[string]any{"now": now, "by": a.AccountID, "why": reason, "agency": agencyOf(a), "account": accountID, "application": application}).Scan(&had).Error
		if err == nil && len(had) == 0 {
			err = models.ErrNotFound
		}
		if err != nil {
			return err
		}
		wall := s.wallNow()
		err = tx.Exec("update openid_grants set ended = ?, next_try = ? where account_id = ? and application = ? and ended is null", wall, wall, accountID, application).Error
		if err != nil {
			return err
		}
		if err := s.tellRevoked(tx, a, application, accountID, text(had[0].CaseID), reason, now); err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(accountID), action: "access_revoked", object: "account:" + accountID, at: now,
			before: map[string]any{"application": application, "ends": had[0].Ends}, after: map[string]any{"reason": reason}})
	})
}

// tellRevoked tells whoever lost an application, by message and, where a case gave it, in the portal.
func (s *Store) tellRevoked(tx *gorm.DB, a models.Actor, application, accountID, caseID, reason string, at time.Time) error {
	var to person
	if err := tx.Raw("select id as account_id, username, name, email, locale from accounts where id = ?", accountID).Scan(&to).Error; err != nil {
		return err
	}
	var row struct{ Subject, Decider, Number string }
	err := tx.Raw(`select p.name as subject, (select name from accounts where id = @by) as decider, coalesce((select number from cases where id = @case), '') as number
		from applications p where p.agency_id = @agency and p.id = @application`,
		map[string]any{"by": a.AccountID, "case": caseID, "agency": agencyOf(a), "application": application}).Scan(&row).Error
	if err != nil {
		return err
	}
	if caseID != "" {
		var told tellings
		told.add(agencyOf(a), "access_revoked", models.Change{CaseID: caseID, At: at}, to)
		if err := told.write(tx); err != nil {
			return err
		}
	}
	if to.Email == "" {
		return nil
	}
	notice, err := s.newNotice(agencyOf(a), "access_revoked", caseID, to, map[string]string{"name": to.Name, "username": to.Username, "subject": row.Subject, "application": row.Subject,
		"number": row.Number, "decider": row.Decider, "reason": reason, "link": "/applications"})
	if err != nil {
		return err
	}
	return queue(tx, []noticeRow{notice})
}
