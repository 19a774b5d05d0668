package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

type registrationRow struct {
	CaseID    string `gorm:"primaryKey"`
	AgencyID  string
	Sort      string
	Name      string
	Email     string
	Lang      string
	Form      string // models.RegistrationForm as JSON
	Had       string // models.CompanyForm as JSON: the company's data when its change was asked for
	NPWP      string
	Company   string
	CompanyID *string
	AccountID *string
	Turned    string
	Looked    *time.Time
	Told      *time.Time
	Heard     *time.Time
	Uploads   int        // papers of the day that began at Uploading, with those that are gone again
	Uploading *time.Time // wall time
	Created   time.Time
	Closed    *time.Time
}

// TableName is the table's name.
func (registrationRow) TableName() string { return "registrations" }

func (r registrationRow) form() (models.RegistrationForm, error) {
	var form models.RegistrationForm
	if err := json.Unmarshal([]byte(r.Form), &form); err != nil {
		return form, fmt.Errorf("read the form of registration %s: %w", r.CaseID, err)
	}
	return form, nil
}

// write takes over a form, with what is looked for beside it.
func (r *registrationRow) write(form models.RegistrationForm) error {
	body, err := json.Marshal(form)
	if err != nil {
		return fmt.Errorf("write the form of a registration: %w", err)
	}
	r.Form, r.NPWP, r.Company = string(body), models.NormalizeNPWP(form.NPWP), form.Company
	return nil
}

// had keeps what the company's data are now, so that officers' yes changes what was asked for alone.
func (r *registrationRow) had(tx *gorm.DB) error {
	var company companyRecord
	if err := tx.Where("id = ?", text(r.CompanyID)).Take(&company).Error; err != nil {
		return err
	}
	body, err := json.Marshal(company.company().Form())
	r.Had = string(body)
	return err
}

// wish gives what a company's data come to by what was asked: the NPWP and name as asked, of the rest what was to be other.
func (r registrationRow) wish(now models.CompanyForm) (models.CompanyForm, error) {
	form, err := r.form()
	if err != nil {
		return now, err
	}
	var had models.CompanyForm
	if err := json.Unmarshal([]byte(r.Had), &had); err != nil {
		return now, fmt.Errorf("read what registration %s began with: %w", r.CaseID, err)
	}
	return form.CompanyForm.Over(had, now), nil
}

func registrationObject(id string) string { return string(models.KindRegistration) + ":" + id }

// RegistrationRequest is what somebody asked who wants a trader's account. Nonce is of the proof that they are no machine,
// which is of use once until NonceExpires.
type RegistrationRequest struct {
	Name, Email, Lang, Nonce string
	NonceExpires             time.Time
	Origin                   models.Origin
}

// AskRegistration keeps a request. Nothing is looked up: whose address is known takes no longer than whose is not.
// models.ErrDuplicate where the proof was used before.
func (s *Store) AskRegistration(ctx context.Context, in RegistrationRequest) error {
	row := registrationRow{Sort: string(models.RegistrationAccount), Name: in.Name, Email: in.Email, Lang: in.Lang}
	if err := row.write(models.RegistrationForm{Name: in.Name}); err != nil {
		return err
	}
	return s.transact(ctx, "keep a request for a registration", func(tx *gorm.DB) error {
		agency := models.DefaultAgency
		if err := spendNonce(tx, agency, in.Nonce, in.NonceExpires); err != nil {
			return err
		}
		row.CaseID = newCaseID()
		return s.beginRegistration(tx, models.Actor{Agency: agency, Applicant: true, Origin: in.Origin}, row)
	})
}

// AskCompanyChange keeps what somebody responsible wants changed of their company, and gives its case's id.
// models.ErrNotNow while the company has another such wish open, models.ErrForbidden for whoever answers for it no more.
func (s *Store) AskCompanyChange(ctx context.Context, a models.Actor, id string, form models.CompanyForm) (string, error) {
	err := s.transact(ctx, "keep a company's wish", func(tx *gorm.DB) error {
		var was int64
		if err := tx.Model(&registrationRow{}).Where("case_id = ?", id).Count(&was).Error; err != nil || was > 0 {
			return err // a repeat
		}
		var owner Account
		err := tx.Clauses(forUpdate()).Where("id = ? and company_id = ? and responsible and status = ?", a.AccountID, a.Company, AccountActive).Take(&owner).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return models.ErrForbidden
		}
		if err != nil {
			return err
		}
		row := registrationRow{CaseID: id, Sort: string(models.RegistrationCompany), Name: owner.Name, Email: owner.Email, Lang: owner.Locale, CompanyID: &a.Company}
		if err := row.write(models.RegistrationForm{CompanyForm: form}); err != nil {
			return err
		}
		if err := row.had(tx); err != nil {
			return err
		}
		err = s.beginRegistration(tx, a, row)
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			err = models.ErrNotNow.With("status", string(models.StatusVerification))
		}
		return err
	})
	return id, err
}

// beginRegistration writes the case with its first event.
func (s *Store) beginRegistration(tx *gorm.DB, a models.Actor, row registrationRow) error {
	agency, now := agencyOf(a), s.caseNow()
	row.AgencyID, row.Created = agency, now
	if row.Had == "" {
		row.Had = "{}"
	}
	c, err := s.newCase(tx, agency, models.KindRegistration, row.CaseID, models.StatusAsked, now)
	if err != nil {
		return err
	}
	c.RequesterID, c.SenderID, c.CompanyID = a.AccountID, optional(a.AccountID), row.CompanyID
	if err := tx.Create(&c).Error; err != nil {
		return err
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	change := models.Change{CaseID: c.ID, Kind: models.KindRegistration, Seq: 1, EventID: "asked", Type: models.EventRegistrationAsked, At: now, Actor: a, After: c.rules()}
	if err := s.insertEvent(tx, agency, change); err != nil {
		return err
	}
	return s.note(tx, a, deed{stream: caseStream(c.ID), action: string(models.EventRegistrationAsked), object: registrationObject(c.ID), at: now,
		after: map[string]any{"number": c.Number, "status": c.Status, "sort": row.Sort}})
}

// UnheardRegistration is one whose workflow has to be started.
type UnheardRegistration struct {
	CaseID, Agency, Sender string
	Sort                   models.RegistrationSort
}

// UnheardRegistrations lists those, the oldest first.
func (s *Store) UnheardRegistrations(ctx context.Context, limit int) ([]UnheardRegistration, error) {
	var list []UnheardRegistration
	err := s.reader(ctx).Raw(`select r.case_id, r.agency_id as agency, r.sort, coalesce(c.sender_id, '') as sender from registrations r join cases c on c.id = r.case_id
		where r.heard is null and r.closed is null order by r.created limit ?`, limit).Scan(&list).Error
	return list, wrap(err, "look for registrations that are unheard of")
}

// RegistrationHeard marks that the workflow runs.
func (s *Store) RegistrationHeard(ctx context.Context, caseID string) error {
	err := s.write.WithContext(ctx).Exec("update registrations set heard = ? where case_id = ? and heard is null", s.wallNow(), caseID).Error
	return wrap(err, "mark a registration as heard of")
}

// lockRegistration locks the case first, as Record does.
func lockRegistration(tx *gorm.DB, caseID string) (caseRow, registrationRow, error) {
	var c caseRow
	var row registrationRow
	if err := tx.Clauses(forUpdate()).Where("id = ?", caseID).Take(&c).Error; err != nil {
		return c, row, err
	}
	err := tx.Where("case_id = ?", caseID).Take(&row).Error
	return c, row, err
}

// RegistrationLinkUsed tells whether the account that came of a registration has a password by now. One that was closed has
// none.
func (s *Store) RegistrationLinkUsed(ctx context.Context, caseID string) (bool, error) {
	var n int64
	err := s.reader(ctx).Raw("select count(*) from registrations r join accounts a on a.id = r.account_id where r.case_id = ? and a.status = ?",
		caseID, AccountActive).Scan(&n).Error
	return n > 0, wrap(err, "look whether a trader has a password")
}

// OfficerFacts gathers what planning needs of the officers: who they are, who leads them, and their unit.
func (s *Store) OfficerFacts(ctx context.Context, agency string) (models.ApprovalFacts, error) {
	p := approval{cases: []caseRow{{AgencyID: agency}}}
	facts := models.ApprovalFacts{Listed: map[string]bool{}}
	if err := s.together(ctx, p.deciders(facts, s.caseNow())); err != nil {
		return facts, wrap(err, "find the officers")
	}
	facts = p.withDeciders(facts)
	facts.Unit = facts.OfficersUnit
	facts.Chain = []string{facts.OfficersUnit} // its head is the last to be asked
	p.holders, facts.Holders = nil, nil
	if err := s.together(ctx, p.deciders(facts, s.caseNow())); err != nil {
		return facts, wrap(err, "find the officers' head")
	}
	facts = p.withDeciders(facts)
	var paths []string
	err := s.reader(ctx).Raw("select path from units where agency_id = ? and code = ?", agency, facts.Unit).Scan(&paths).Error
	if len(paths) > 0 {
		facts.Path = paths[0]
	}
	return facts, wrap(err, "find the officers' unit")
}

// registrationsOf lists the registrations that wait for an account's password.
func registrationsOf(tx *gorm.DB, accountID string) ([]string, error) {
	var ids []string
	err := tx.Raw("select r.case_id from registrations r join cases c on c.id = r.case_id where r.account_id = ? and c.status = ?",
		accountID, models.StatusActivation).Scan(&ids).Error
	return ids, err
}
