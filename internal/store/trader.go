package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// companyRecord is a company with who changed it last.
type companyRecord struct {
	ID            string `gorm:"primaryKey"`
	AgencyID      string
	NPWP          string `gorm:"column:npwp"`
	Name          string
	Address       string
	Postcode      string
	Phone         string
	EDINumber     string `gorm:"column:edi_number"`
	CustomsNumber string
	Version       int
	ChangedBy     *string
	Changed       *time.Time
	Created       time.Time
}

// TableName is the table's name.
func (companyRecord) TableName() string { return "companies" }

func (r companyRecord) company() models.Company {
	return models.Company{ID: r.ID, NPWP: r.NPWP, Name: r.Name, Address: r.Address, Postcode: r.Postcode, Phone: r.Phone,
		EDINumber: r.EDINumber, CustomsNumber: r.CustomsNumber, Version: r.Version}
}

func companyStream(id string) string { return "company:" + id }

// NewTrader is a trader's account that is made without a registration, as demos and tests do. The company is found by its
// NPWP or made; with a PasswordHash the account is active at once.
type NewTrader struct {
	Company                      models.Company
	Username, Name, Email, Phone string
	Locale                       string // "id" where empty
	PasswordHash                 string
	Responsible                  bool
	Ends                         time.Time
}

// AddTrader makes such an account and gives its id; models.ErrDuplicate when the username is taken.
func (s *Store) AddTrader(ctx context.Context, a models.Actor, in NewTrader) (string, error) {
	ends := micro(in.Ends)
	row := Account{ID: newID(), AgencyID: agencyOf(a), Username: in.Username, Name: in.Name, Email: in.Email, Phone: in.Phone, Status: AccountPending,
		Locale: in.Locale, Zone: "Asia/Jakarta", PasswordHash: in.PasswordHash, Responsible: in.Responsible, EndsAt: &ends, Created: s.caseNow()}
	if row.Locale == "" {
		row.Locale = "id"
	}
	if in.PasswordHash != "" {
		now := s.wallNow()
		row.Status, row.PasswordChangedAt = AccountActive, &now
	}
	err := s.transact(ctx, "add a trader", func(tx *gorm.DB) error {
		company, err := s.foundCompany(tx, row.AgencyID, in.Company)
		if err != nil {
			return err
		}
		row.CompanyID = &company
		if err := unheld(tx, row.AgencyID, row.Username); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return duplicate(err)
		}
		return s.note(tx, a, deed{stream: accountStream(row.ID), action: "account_created", object: "account:" + row.ID,
			after: map[string]any{"username": row.Username, "status": row.Status, "company": company, "responsible": row.Responsible}})
	})
	return row.ID, err
}

// foundCompany gives the id of the company with an NPWP, made where there is none.
func (s *Store) foundCompany(tx *gorm.DB, agency string, c models.Company) (string, error) {
	row := companyRecord{ID: newID(), AgencyID: agency, NPWP: c.NPWP, Name: c.Name, Address: c.Address, Postcode: c.Postcode, Phone: c.Phone,
		EDINumber: c.EDINumber, CustomsNumber: c.CustomsNumber, Version: 1, Created: s.caseNow()}
	if err := tx.Clauses(onConflictNothing()).Create(&row).Error; err != nil {
		return "", err
	}
	var id string
	err := tx.Raw("select id from companies where agency_id = ? and npwp = ?", agency, c.NPWP).Scan(&id).Error
	return id, err
}

// Trader is the actor's own account as a trader's; models.ErrNotFound for everybody else.
func (s *Store) Trader(ctx context.Context, a models.Actor) (models.TraderView, error) {
	row, err := trader(s.reader(ctx), a)
	if err != nil {
		return models.TraderView{}, wrap(err, "read a trader's account")
	}
	view := models.TraderView{Username: row.Username, Name: row.Name, Phone: row.Phone, Email: row.Email, Locale: row.Locale, Responsible: row.Responsible,
		Term: models.TermOf(row.EndsAt, s.wallNow())}
	var waits []emailChange
	err = s.reader(ctx).Where("account_id = ? and proven is null and voided is null and expires > ?", row.ID, s.wallNow()).Limit(1).Find(&waits).Error
	if len(waits) > 0 {
		view.Awaited = &models.EmailAwaited{Email: waits[0].NewEmail, Expires: waits[0].Expires}
	}
	return view, wrap(err, "look for a change of address")
}

func trader(tx *gorm.DB, a models.Actor) (Account, error) {
	var row Account
	err := tx.Where("id = ? and agency_id = ? and company_id is not null and status = ?", a.AccountID, agencyOf(a), AccountActive).Take(&row).Error
	return row, err
}

// SetProfile stores what traders change of themselves.
func (s *Store) SetProfile(ctx context.Context, a models.Actor, p models.TraderProfile) error {
	return s.transact(ctx, "change a trader's profile", func(tx *gorm.DB) error {
		was, err := trader(tx.Clauses(forUpdate()), a)
		if err != nil {
			return err
		}
		if err := tx.Exec("update accounts set name = ?, phone = ?, locale = ? where id = ?", p.Name, p.Phone, p.Locale, was.ID).Error; err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(was.ID), action: "profile_changed", object: "account:" + was.ID,
			before: map[string]any{"name": was.Name, "phone": was.Phone, "locale": was.Locale},
			after:  map[string]any{"name": p.Name, "phone": p.Phone, "locale": p.Locale}})
	})
}

// Company is the actor's company; models.ErrNotFound for who has none.
func (s *Store) Company(ctx context.Context, a models.Actor) (models.CompanyView, error) {
	var row struct {
		Record        companyRecord `gorm:"embedded"`
		ChangedByName string        `gorm:"column:changed_by_name"`
	}
	err := s.reader(ctx).Raw(`select c.*, coalesce(p.name, '') as changed_by_name from companies c left join accounts p on p.id = c.changed_by
		where c.id = ? and c.agency_id = ?`, a.Company, agencyOf(a)).Take(&row).Error
	return models.CompanyView{Company: row.Record.company(), Changed: row.Record.Changed, ChangedBy: row.ChangedByName}, wrap(err, "read a company")
}

// ChangeCompanyData stores what whoever is responsible changed of their company. version is the one that they saw
// (0 = do not compare): models.ErrStale otherwise, which tells by whom and when it was changed.
func (s *Store) ChangeCompanyData(ctx context.Context, a models.Actor, d models.CompanyData, version int) error {
	return s.transact(ctx, "change a company", func(tx *gorm.DB) error { return s.changeCompany(tx, a, d, version) })
}

func (s *Store) changeCompany(tx *gorm.DB, a models.Actor, d models.CompanyData, version int) error {
	var was companyRecord
	if err := tx.Clauses(forUpdate()).Where("id = ? and agency_id = ?", a.Company, agencyOf(a)).Take(&was).Error; err != nil {
		return err
	}
	if version != 0 && version != was.Version {
		return staleCompany(tx, was)
	}
	had := (models.CompanyView{Company: was.company()}).Data()
	if d == had {
		return nil
	}
	err := tx.Exec(`update companies set address = ?, postcode = ?, phone = ?, edi_number = ?, customs_number = ?, version = version + 1,
		changed_by = ?, changed = ? where id = ?`, d.Address, d.Postcode, d.Phone, d.EDINumber, d.CustomsNumber, a.AccountID, s.wallNow(), was.ID).Error
	if err != nil {
		return err
	}
	return s.note(tx, a, deed{stream: companyStream(was.ID), action: "company_changed", object: "company:" + was.ID, before: companyState(had), after: companyState(d)})
}

func companyState(d models.CompanyData) map[string]any {
	return map[string]any{"address": d.Address, "postcode": d.Postcode, "phone": d.Phone, "edi_number": d.EDINumber, "customs_number": d.CustomsNumber}
}

func staleCompany(tx *gorm.DB, was companyRecord) error {
	var by string
	if err := tx.Raw("select coalesce(min(name), '') from accounts where id = ?", was.ChangedBy).Scan(&by).Error; err != nil {
		return err
	}
	problem := models.ErrStale.With("by", by)
	if was.Changed != nil {
		problem = problem.With("at", was.Changed.Format(time.RFC3339))
	}
	return problem
}

// lockedTrader gives an account of a company and keeps others from changing it meanwhile; models.ErrLinkSpent without one.
func lockedTrader(tx *gorm.DB, id string) (Account, error) {
	var owner Account
	err := tx.Clauses(forUpdate()).Where("id = ? and company_id is not null", id).Take(&owner).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = models.ErrLinkSpent
	}
	return owner, err
}
