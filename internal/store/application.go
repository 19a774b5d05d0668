package store

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

const clientSecretUse = "client_secret"

type applicationRow struct {
	AgencyID     string `gorm:"primaryKey"`
	ID           string `gorm:"primaryKey"`
	Name         string
	About        string
	Provider     string
	Kind         models.ApplicationKind
	Icon         string
	Access       models.ApplicationAccess
	Area         models.Area
	Launch       string
	Redirects    string
	PostLogout   string
	BackChannel  string
	OwnerID      *string
	ThirdParty   bool
	Enabled      bool
	SecretDigest string
	SecretSet    *time.Time
	Version      int
	Created      time.Time

	LinkingAddress string
	LinkingSet     *time.Time
}

// TableName is the table's name.
func (applicationRow) TableName() string { return "applications" }

func (r applicationRow) application() (models.Application, error) {
	app := models.Application{ID: r.ID, Name: r.Name, About: r.About, Provider: r.Provider, Kind: r.Kind, Icon: r.Icon, Access: r.Access, Area: r.Area, Launch: r.Launch,
		BackChannel: r.BackChannel, ThirdParty: r.ThirdParty, Enabled: r.Enabled, Version: r.Version, SecretSet: r.SecretSet,
		Linking: r.LinkingAddress, LinkingSet: r.LinkingSet}
	err := errors.Join(json.Unmarshal([]byte(r.Redirects), &app.Redirects), json.Unmarshal([]byte(r.PostLogout), &app.PostLogout))
	if err != nil {
		return app, fmt.Errorf("read the addresses of application %s: %w", r.ID, err)
	}
	return app, nil
}

func (r applicationRow) state() map[string]any {
	return map[string]any{"name": r.Name, "kind": r.Kind, "access": r.Access, "area": r.Area, "launch": r.Launch, "redirects": r.Redirects, "post_logout": r.PostLogout,
		"back_channel": r.BackChannel, "owner": text(r.OwnerID), "third_party": r.ThirdParty, "enabled": r.Enabled,
		"linking_address": r.LinkingAddress}
}

// describedApplication is a row with what stands in other tables.
type describedApplication struct {
	Row                      applicationRow `gorm:"embedded"`
	OwnerUsername, OwnerName string
	Users, LinkedUsers       int
}

func (r describedApplication) described() (models.Application, error) {
	app, err := r.Row.application()
	app.Owner, app.OwnerName, app.Users, app.LinkedUsers = r.OwnerUsername, r.OwnerName, r.Users, r.LinkedUsers
	return app, err
}

const applicationSQL = `select p.*, coalesce(o.username, '') as owner_username, coalesce(o.name, '') as owner_name,
	case when p.access = 'company' then (select count(*) from company_areas y where y.agency_id = p.agency_id and y.area = p.area and ` + heldArea + `)
		else (select count(*) from account_applications x where x.agency_id = p.agency_id and x.application = p.id and x.ended_at is null) end as users,
	(select count(*) from application_links l where l.agency_id = p.agency_id and l.application = p.id) as linked_users
	from applications p left join accounts o on o.id = p.owner_id`

// Applications lists every application of the agency by provider and name.
func (s *Store) Applications(ctx context.Context, agency string) ([]models.Application, error) {
	var rows []describedApplication
	if err := s.reader(ctx).Raw(applicationSQL+" where p.agency_id = @agency order by lower(p.provider), lower(p.name), p.id",
		map[string]any{"agency": agency, "wall": s.wallNow()}).Scan(&rows).Error; err != nil {
		return nil, wrap(err, "list applications")
	}
	list := make([]models.Application, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = r.described(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Application finds one, enabled or not; models.ErrNotFound otherwise.
func (s *Store) Application(ctx context.Context, agency, id string) (models.Application, error) {
	var rows []describedApplication
	err := s.reader(ctx).Raw(applicationSQL+" where p.agency_id = @agency and p.id = @id", map[string]any{"agency": agency, "id": id, "wall": s.wallNow()}).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return models.Application{}, wrap(err, "find an application")
	}
	return rows[0].described()
}

// opensSQL narrows applications p to those that account @account may open.
const opensSQL = ` p.enabled and (p.access = 'everyone' or p.access = 'employees' and exists (select 1 from accounts i where i.id = @account and i.company_id is null)
	or exists (select 1 from account_applications x where x.account_id = @account and x.application = p.id and x.ended_at is null)
	or p.access = 'company' and exists (select 1 from company_areas y where y.account_id = @account and y.area = p.area and ` + heldArea + `))`

// heldArea holds for an area y that counts: of one of the company's people whose account is open.
const heldArea = `exists (select 1 from accounts b where b.id = y.account_id and b.company_id = y.company_id and b.status = 'active'
	and (b.ends_at is null or b.ends_at > @wall))`

// tileRow is a tile with the directorates of the link, which are counted here.
type tileRow struct {
	Tile            models.ApplicationTile `gorm:"embedded"`
	LinkDirectorate string
}

// ApplicationTiles lists what an account may open, by provider and name; text narrows to names that hold it. Who has
// each is for ApplicationUsers to count.
func (s *Store) ApplicationTiles(ctx context.Context, a models.Actor, words string) ([]models.ApplicationTile, error) {
	var rows []tileRow
	err := s.reader(ctx).Raw(`select p.id, p.name, p.about, p.provider, p.icon, p.launch, p.linking_address <> '' as linking,
			case when p.linking_address <> '' then coalesce(l.application_user, '') else '' end as linked_as, l.linked,
			coalesce(d.directorates, l.directorates, '') as link_directorate
		from applications p left join application_links l on l.agency_id = p.agency_id and l.application = p.id and l.account_id = @account
		left join company_directorates d on d.agency_id = p.agency_id and d.application = p.id and d.company_id = @company and d.directorates <> '[]'
		where p.agency_id = @agency and`+opensSQL+`
		and (lower(p.name) like @words escape '!' or lower(p.about) like @words escape '!' or lower(p.provider) like @words escape '!')
		order by lower(p.provider), lower(p.name), p.id`,
		map[string]any{"agency": agencyOf(a), "account": a.AccountID, "company": a.Company, "wall": s.wallNow(), "words": "%" + literally(strings.ToLower(words)) + "%"}).Scan(&rows).Error
	tiles := make([]models.ApplicationTile, len(rows))
	for i, r := range rows {
		list, fault := directorates(r.LinkDirectorate)
		err = errors.Join(err, fault)
		tiles[i] = r.Tile
		tiles[i].Directorates = len(list)
	}
	return tiles, wrap(err, "list what somebody may open")
}

// literally keeps what was typed from being a pattern.
func literally(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// MayOpen tells whether an active account may open an enabled application now.
func (s *Store) MayOpen(ctx context.Context, agency, accountID, application string) (bool, error) {
	var n int64
	err := s.reader(ctx).Raw(`select count(*) from applications p join accounts a on a.id = @account and a.status = 'active'
		where p.agency_id = @agency and p.id = @application and`+opensSQL,
		map[string]any{"agency": agency, "account": accountID, "application": application, "wall": s.wallNow()}).Scan(&n).Error
	return n > 0, wrap(err, "see whether somebody may open an application")
}

// SaveApplication registers an application (Version 0) or changes one: models.ErrDuplicate when the id is taken,
// models.ErrStale when it has changed since Version, a fault when nobody has the owner's username.
func (s *Store) SaveApplication(ctx context.Context, a models.Actor, app models.Application) error {
	row, err := newApplicationRow(agencyOf(a), app)
	if err != nil {
		return err
	}
	return s.transact(ctx, "save an application", func(tx *gorm.DB) error {
		if err := row.own(tx, app.Owner); err != nil {
			return err
		}
		d := deed{stream: "system", action: "application_registered", object: "application:" + row.ID, after: row.state()}
		if app.Version == 0 {
			row.Created, row.Version = s.wallNow(), 1
			if err := tx.Create(&row).Error; err != nil {
				return duplicate(err)
			}
			return s.note(tx, a, d)
		}
		var before applicationRow
		if err := tx.Where("agency_id = ? and id = ?", row.AgencyID, row.ID).Take(&before).Error; err != nil {
			return err
		}
		done := tx.Model(&applicationRow{}).Where("agency_id = ? and id = ? and version = ?", row.AgencyID, row.ID, app.Version).
			Select("name", "about", "provider", "kind", "icon", "access", "area", "launch", "redirects", "post_logout", "back_channel", "owner_id", "third_party", "enabled", "linking_address", "version").
			Updates(&row)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.ErrStale
		}
		d.action, d.before = "application_changed", before.state()
		return s.note(tx, a, d)
	})
}

func newApplicationRow(agency string, app models.Application) (applicationRow, error) {
	redirects, err := json.Marshal(append([]string{}, app.Redirects...))
	if err != nil {
		return applicationRow{}, err
	}
	after, err := json.Marshal(append([]string{}, app.PostLogout...))
	return applicationRow{AgencyID: agency, ID: app.ID, Name: app.Name, About: app.About, Provider: app.Provider, Kind: app.Kind, Icon: app.Icon, Access: app.Access, Area: app.Area,
		Launch: app.Launch, Redirects: string(redirects), PostLogout: string(after), BackChannel: app.BackChannel, ThirdParty: app.ThirdParty, LinkingAddress: app.Linking,
		Enabled: app.Enabled, Version: app.Version + 1}, err
}

// own finds the owner's account.
func (r *applicationRow) own(tx *gorm.DB, username string) error {
	if username == "" {
		return nil
	}
	var owner Account
	err := tx.Where("agency_id = ? and username = ?", r.AgencyID, strings.ToLower(username)).Take(&owner).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Invalid(models.Fault("owner", "account_unknown"))
	}
	r.OwnerID = &owner.ID
	return err
}

// RenewSecret gives an application a new secret and answers it, this once; the old one opens nothing any more.
func (s *Store) RenewSecret(ctx context.Context, a models.Actor, id string) (string, error) {
	secret := newToken()
	err := s.transact(ctx, "renew an application's secret", func(tx *gorm.DB) error {
		done := tx.Exec("update applications set secret_digest = ?, secret_set = ? where agency_id = ? and id = ? and kind = ?",
			s.digest(clientSecretUse, secret), s.wallNow(), agencyOf(a), id, models.ApplicationConfidential)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.ErrNotFound
		}
		return s.note(tx, a, deed{stream: "system", action: "application_secret_renewed", object: "application:" + id})
	})
	return secret, err
}

// SecretFits compares a secret with the one that an application was given.
func (s *Store) SecretFits(ctx context.Context, agency, id, secret string) (bool, error) {
	var kept string
	err := s.reader(ctx).Raw("select secret_digest from applications where agency_id = ? and id = ? and enabled", agency, id).Scan(&kept).Error
	fits := kept != "" && subtle.ConstantTimeCompare([]byte(kept), []byte(s.digest(clientSecretUse, secret))) == 1
	return fits, wrap(err, "compare an application's secret")
}
