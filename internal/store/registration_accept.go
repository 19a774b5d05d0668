package store

import (
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// accepting is one acceptance of a registration within its transaction.
type accepting struct {
	s    *Store
	tx   *gorm.DB
	reg  registrationRow
	form models.RegistrationForm
	c    models.Change
}

// acceptRegistration makes or finds the company and makes the account, or changes the company: once, with the event that
// says so.
func (s *Store) acceptRegistration(tx *gorm.DB, reg registrationRow, c models.Change) error {
	form, err := reg.form()
	if err != nil {
		return err
	}
	if _, err := next(tx, reg.AgencyID, "provisioning", 0); err != nil { // whoever makes accounts takes turns
		return err
	}
	a := &accepting{s: s, tx: tx, reg: reg, form: form, c: c}
	if reg.Sort == string(models.RegistrationCompany) {
		return a.changeCompany()
	}
	company, err := a.company()
	if err != nil {
		return err
	}
	account, err := a.account(company)
	if err != nil {
		return err
	}
	if err := tx.Exec("update registrations set company_id = ?, account_id = ? where case_id = ?", company.ID, account, reg.CaseID).Error; err != nil {
		return err
	}
	return tx.Exec("update cases set company_id = ? where id = ?", company.ID, reg.CaseID).Error
}

// sameNPWP lists the ways in which one number is written: the 16 digits of a company are its 15 behind a nought.
func sameNPWP(npwp string) []string {
	switch {
	case len(npwp) == 15:
		return []string{npwp, "0" + npwp}
	case strings.HasPrefix(npwp, "0"):
		return []string{npwp, npwp[1:]}
	}
	return []string{npwp}
}

// company gives the one with the NPWP, made where there is none. One that is there keeps its own data.
func (a *accepting) company() (companyRecord, error) {
	var found companyRecord
	err := a.tx.Clauses(forUpdate()).Where("agency_id = ? and npwp in ?", a.reg.AgencyID, sameNPWP(a.form.NPWP)).Order("created").Take(&found).Error
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return found, err
	}
	f := a.form.CompanyForm
	found = companyRecord{ID: newID(), AgencyID: a.reg.AgencyID, NPWP: f.NPWP, Name: f.Company, Address: f.Address, Postcode: f.Postcode, Phone: f.CompanyPhone,
		EDINumber: f.EDINumber, CustomsNumber: f.CustomsNumber, Version: 1, Created: micro(a.c.At)}
	if err := a.tx.Create(&found).Error; err != nil {
		return found, err
	}
	if err := a.tx.Exec("update companies set created_by_case = ? where id = ?", a.reg.CaseID, found.ID).Error; err != nil {
		return found, err
	}
	return found, a.note(companyStream(found.ID), "company_created", "company:"+found.ID, nil, map[string]any{"npwp": f.NPWP, "name": f.Company})
}

// account makes the account, or opens a closed one again, and gives its id. The first of a company is responsible for it. A
// fault of email says that the address has become somebody's meanwhile.
func (a *accepting) account(company companyRecord) (string, error) {
	taken, closed, err := a.s.addressOf(a.tx, a.reg.AgencyID, a.reg.Email)
	if err != nil {
		return "", err
	}
	if len(taken) > 0 {
		return "", models.Invalid(models.Fault("email", "email_taken"))
	}
	first, err := a.first(company, closed)
	if err != nil {
		return "", err
	}
	ends := micro(a.s.wallNow().Add(a.s.validity))
	row := Account{ID: newID(), AgencyID: a.reg.AgencyID, Username: a.form.Username, Name: a.form.Name, Email: a.reg.Email, Phone: a.form.Phone, Status: AccountPending,
		Locale: a.reg.Lang, Zone: "Asia/Jakarta", CreatedByCase: &a.reg.CaseID, CompanyID: &company.ID, Responsible: first, EndsAt: &ends, Created: micro(a.c.At)}
	if closed != nil {
		return closed.ID, a.reopen(*closed, row)
	}
	if err := a.tx.Exec("delete from username_holds where case_id = ?", a.reg.CaseID).Error; err != nil {
		return "", err
	}
	if err := a.tx.Create(&row).Error; err != nil {
		return "", err
	}
	return row.ID, a.note(accountStream(row.ID), "account_created", "account:"+row.ID, nil, map[string]any{"username": row.Username, "status": row.Status,
		"company": company.ID, "responsible": row.Responsible, "ends": ends.Format(time.RFC3339)})
}

// first tells whether a company has no account but the one that opens again. Where it has, and nobody answers for it, an
// admin appoints somebody: a newcomer's papers say nothing of those who are there.
func (a *accepting) first(company companyRecord, again *traderFound) (bool, error) {
	var others int64
	query := a.tx.Table("accounts").Where("company_id = ?", company.ID)
	if again != nil {
		query = query.Where("id <> ?", again.ID)
	}
	err := query.Count(&others).Error
	return others == 0, err
}

// reopen gives a closed account to its owner again: with the old username, no password, and what was just checked. A fault
// of email says that it is closed no more.
func (a *accepting) reopen(was traderFound, row Account) error {
	opened := a.tx.Exec(`update accounts set name = ?, phone = ?, locale = ?, status = ?, company_id = ?, responsible = ?, ends_at = ?, end_noticed = null,
		password_changed_at = null, must_change = ?, people_version = people_version + 1 where id = ? and status = ?`,
		row.Name, row.Phone, row.Locale, AccountPending, row.CompanyID, row.Responsible, row.EndsAt, false, was.ID, was.Status)
	if opened.Error != nil || opened.RowsAffected == 0 {
		return orFault(opened.Error, "email", "email_taken")
	}
	if err := a.s.dropPasswords(a.tx, was.ID); err != nil {
		return err
	}
	if err := a.beginAnew(was.ID); err != nil {
		return err
	}
	return a.note(accountStream(was.ID), "account_reopened", "account:"+was.ID, map[string]any{"status": was.Status, "company": text(was.CompanyID)},
		map[string]any{"status": AccountPending, "company": text(row.CompanyID), "responsible": row.Responsible, "ends": row.EndsAt.Format(time.RFC3339)})
}

// beginAnew takes from an account what it could before, maybe for another company: that is for others to say anew.
func (a *accepting) beginAnew(id string) error {
	for _, table := range []string{"company_areas", "application_links", "directorate_choices", "openid_consents"} {
		if err := a.tx.Exec("delete from "+table+" where account_id = ?", id).Error; err != nil {
			return err
		}
	}
	at := micro(a.c.At)
	if err := a.tx.Exec("update account_applications set ended_at = ? where account_id = ? and ended_at is null", at, id).Error; err != nil {
		return err
	}
	err := a.tx.Exec("update role_grants set valid_until = ?, ended = ? where account_id = ? and (valid_until is null or valid_until > ?)", at, a.s.wallNow(), id, at).Error
	if err != nil {
		return err
	}
	return a.s.shutAway(a.tx, []string{id}, at)
}

// changeCompany gives a company the data that officers checked. A fault of npwp says that another company has the number,
// one of company that whoever asked answers for it no more.
func (a *accepting) changeCompany() error {
	var was companyRecord
	if err := a.tx.Clauses(forUpdate()).Where("id = ?", text(a.reg.CompanyID)).Take(&was).Error; err != nil {
		return err
	}
	if ours, err := isSteered(a.tx, a.reg.CaseID); err != nil || !ours {
		return orFault(err, "company", "asker_gone")
	}
	f, err := a.reg.wish(was.company().Form())
	if err != nil {
		return err
	}
	var others int64
	err = a.tx.Raw("select count(*) from companies where agency_id = ? and npwp in ? and id <> ?", was.AgencyID, sameNPWP(f.NPWP), was.ID).Scan(&others).Error
	if err != nil || others > 0 {
		return orFault(err, "npwp", "npwp_taken")
	}
	err = a.tx.Exec(`update companies set npwp = ?, name = ?, address = ?, postcode = ?, phone = ?, edi_number = ?, customs_number = ?, version = version + 1,
		changed_by = (select sender_id from cases where id = ?), changed = ? where id = ?`, f.NPWP, f.Company, f.Address, f.Postcode, f.CompanyPhone, f.EDINumber,
		f.CustomsNumber, a.reg.CaseID, a.s.wallNow(), was.ID).Error
	if err != nil {
		return err
	}
	return a.note(companyStream(was.ID), "company_changed", "company:"+was.ID, formState(was.company().Form()), formState(f))
}

func formState(f models.CompanyForm) map[string]any {
	return map[string]any{"npwp": f.NPWP, "name": f.Company, "address": f.Address, "postcode": f.Postcode, "phone": f.CompanyPhone,
		"edi_number": f.EDINumber, "customs_number": f.CustomsNumber}
}

func (a *accepting) note(stream, action, object string, before, after map[string]any) error {
	return a.s.note(a.tx, a.c.Actor, deed{stream: stream, action: action, object: object, at: micro(a.c.At), before: before, after: after})
}
