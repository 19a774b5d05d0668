package store

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// traderFound is an account with an address.
type traderFound struct {
	ID, Username, Name, Status, Locale string
	CompanyID                          *string
	Lapsed                             bool
}

// reopens tells whether registering anew opens the account again: a trader's that is closed, or that waits for a first
// password by no link that works. A company keeps nobody's address from them by closing an account, or inviting in vain.
func (t traderFound) reopens() bool {
	return t.CompanyID != nil && (t.Status == AccountDisabled || t.Status == AccountPending && t.Lapsed)
}

// waits tells whether its owner, who is a company's, has no password yet.
func (t traderFound) waits() bool { return t.CompanyID != nil && t.Status == AccountPending }

// withAddress lists the accounts that have an address, those in use first.
func (s *Store) withAddress(tx *gorm.DB, agency, email string) ([]traderFound, error) {
	var found []traderFound
	err := tx.Raw(`select id, username, name, status, locale, company_id,
			exists (select 1 from notices n where n.secret_for = a.id)
			and not exists (select 1 from notices n where n.secret_for = a.id and n.expires > @now) as lapsed
		from accounts a where agency_id = @agency and email <> '' and lower(email) = @email
		order by case status when 'active' then 0 when 'pending' then 1 else 2 end, created`,
		map[string]any{"agency": agency, "email": email, "now": s.caseNow()}).Scan(&found).Error
	return found, err
}

// addressOf gives the accounts that have an address or can still take it back, and the one that registering anew opens again,
// nil for none.
func (s *Store) addressOf(tx *gorm.DB, agency, email string) ([]person, *traderFound, error) {
	back, err := s.addressHolders(tx, agency, email, "")
	if err != nil {
		return nil, nil, err
	}
	found, err := s.withAddress(tx, agency, email)
	if err != nil {
		return nil, nil, err
	}
	var taken []person
	var closed *traderFound
	for _, a := range found {
		if closed == nil && a.reopens() {
			closed = &a
			back = slices.DeleteFunc(back, func(p person) bool { return p.AccountID == a.ID })
			continue
		}
		taken = append(taken, person{AccountID: a.ID, Username: a.Username, Name: a.Name, Email: email, Locale: a.Locale, Waits: a.waits()})
	}
	if len(taken) == 0 {
		taken = back
	}
	return taken, closed, nil
}

// LookAtRegistration judges a request by what is known of its address now. Asked again it answers the same.
func (s *Store) LookAtRegistration(ctx context.Context, caseID string) (models.RegistrationLooked, error) {
	var found models.RegistrationLooked
	err := s.transact(ctx, "look at registration "+caseID, func(tx *gorm.DB) error {
		c, row, err := lockRegistration(tx, caseID)
		if err != nil {
			return err
		}
		if row.Looked == nil {
			if err := s.judgeRegistration(tx, &row); err != nil {
				return err
			}
			now := s.wallNow()
			row.Looked = &now
			if row.Turned != models.RegisteredTooOften {
				row.Told = &now
			}
			if err := tx.Save(&row).Error; err != nil {
				return err
			}
			after := map[string]any{"turned": row.Turned}
			if row.Turned == "" {
				after = map[string]any{"free": true}
			}
			err = s.note(tx, models.Actor{Agency: c.AgencyID}, deed{stream: caseStream(caseID), action: "registration_looked", object: registrationObject(caseID), at: s.caseNow(), after: after})
		}
		found = models.RegistrationLooked{Turned: row.Turned}
		return err
	})
	return found, err
}

// judgeRegistration writes why a request gets no link of its own. Looks of one agency take turns, so that an address has one
// request open.
func (s *Store) judgeRegistration(tx *gorm.DB, row *registrationRow) error {
	if _, err := next(tx, row.AgencyID, "provisioning", 0); err != nil {
		return err
	}
	var told []time.Time
	now := s.wallNow()
	err := tx.Raw("select told from registrations where agency_id = ? and email <> '' and lower(email) = ? and told > ?", row.AgencyID, row.Email, now.Add(-24*time.Hour)).Scan(&told).Error
	if err != nil {
		return err
	}
	if !models.MayResend(told, now) {
		row.Turned = models.RegisteredTooOften
		return nil
	}
	taken, _, err := s.addressOf(tx, row.AgencyID, row.Email)
	if err != nil {
		return err
	}
	if len(taken) > 0 {
		row.Turned = models.RegisteredAccount
		return nil
	}
	return s.openAlready(tx, row)
}

// openAlready has another link to a request sent that the address has open.
func (s *Store) openAlready(tx *gorm.DB, row *registrationRow) error {
	var open []string
	err := tx.Raw(`select r.case_id from registrations r join cases c on c.id = r.case_id where r.agency_id = ? and lower(r.email) = ? and r.case_id <> ?
		and r.sort = 'account' and r.looked is not null and c.closed is null order by r.created limit 1`, row.AgencyID, row.Email, row.CaseID).Scan(&open).Error
	if err != nil || len(open) == 0 {
		return err
	}
	row.Turned = models.RegisteredOpen
	spec := models.NoticeSpec{Kind: "registration_open", To: models.Recipient{Party: models.PartyApplicant}}
	return s.writeRegistrationNotices(tx, row.AgencyID, models.Change{CaseID: open[0], Kind: models.KindRegistration, Notices: []models.NoticeSpec{spec}})
}
