package store

import (
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"

	"loket/models"
)

// Completion is what somebody gave to activate an account, read into the form in which it is compared, and the encoded
// hash of the password that it is to have. Case is the request that the message's link names, empty without it.
type Completion struct {
	Case                   string
	Username, Code, Secret string
	PasswordHash, Locale   string
}

// CompleteActivation takes a try: it is counted against every open request that it touches before anything is compared,
// and who has everything right gets the account, once however many try. models.ErrActivationRefused for anything else.
func (s *Store) CompleteActivation(ctx context.Context, in Completion, o models.Origin) error {
	won := false
	err := s.transact(ctx, "take a try at an activation", func(tx *gorm.DB) error {
		t := &trying{s: s, tx: tx, in: in, origin: o}
		var err error
		won, err = t.take()
		return err
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) || err == nil && !won { // the person got an account elsewhere this very moment
		return models.ErrActivationRefused
	}
	return err
}

// trying is one try within its transaction.
type trying struct {
	s      *Store
	tx     *gorm.DB
	in     Completion
	origin models.Origin
	flows  []*models.ActivationFlow
	rows   map[string]activationRow
	codes  map[string]codeRow
	audit  []models.AuditEntry
}

func (t *trying) take() (bool, error) {
	try := models.ActivationTry{Flow: t.in.Case, Username: t.in.Username, Code: t.digest(useCode, t.in.Code), Secret: t.digest(useSecret, t.in.Secret)}
	if err := t.load(try); err != nil {
		return false, err
	}
	if err := t.countTries(try); err != nil {
		return false, err
	}
	won := models.TakeTry(t.flows, try, t.s.caseNow())
	if won != nil {
		taken, err := t.open(won)
		if err != nil {
			return false, err
		}
		if taken {
			won.Came, won = models.ActivatedVoided, nil
		}
	}
	return won != nil, t.settle(won)
}

func (t *trying) digest(use, read string) string {
	if read == "" {
		return ""
	}
	return t.s.digest(use, read)
}

// load locks the open requests that a try touches, in one order, and reads how they stand.
func (t *trying) load(try models.ActivationTry) error {
	var ids []string
	err := t.tx.Raw(`select case_id from activation_codes where case_id = @case and used_at is null and voided_at is null
		union select case_id from activation_codes where code_digest = @code and used_at is null and voided_at is null
		union select case_id from activation_codes where secret_digest = @secret and used_at is null and voided_at is null`,
		map[string]any{"case": try.Flow, "code": try.Code, "secret": try.Secret}).Scan(&ids).Error
	if err != nil {
		return err
	}
	slices.Sort(ids)
	t.rows, t.codes = map[string]activationRow{}, map[string]codeRow{}
	for _, id := range ids {
		row, err := lockActivation(t.tx, id)
		if err != nil {
			return err
		}
		var codes []codeRow
		if err := t.tx.Where("case_id = ? and used_at is null and voided_at is null", id).Find(&codes).Error; err != nil {
			return err
		}
		if len(codes) == 0 || row.Ends == nil {
			continue
		}
		held, err := heldBy(t.tx, id)
		if err != nil {
			return err
		}
		t.rows[id], t.codes[id] = row, codes[0]
		t.flows = append(t.flows, &models.ActivationFlow{ID: id, Held: held, Code: codes[0].CodeDigest, Secret: codes[0].SecretDigest, Tries: codes[0].Tries,
			Ends: *row.Ends, Came: models.Activated(row.Came)})
	}
	return nil
}

// countTries counts before anything is compared. The guard repeats what the lock promises.
func (t *trying) countTries(try models.ActivationTry) error {
	now := t.s.caseNow()
	for _, f := range t.flows {
		if !f.Live(now) || !try.Touches(f) {
			continue
		}
		done := t.tx.Exec("update activation_codes set tries = tries + 1 where id = ? and used_at is null and voided_at is null and tries < ?",
			t.codes[f.ID].ID, models.ActivationMost)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			f.Code = "" // somebody else's try was the last
		}
	}
	return nil
}

// open makes the account of the request that is spent. It tells whether the person has one by now.
func (t *trying) open(f *models.ActivationFlow) (taken bool, err error) {
	row, now, wall := t.rows[f.ID], t.s.caseNow(), t.s.wallNow() // passwords age in wall time
	var known int64
	if err := t.tx.Model(&Account{}).Where("agency_id = ? and employee_id = ?", row.AgencyID, row.EmployeeID).Count(&known).Error; err != nil || known > 0 {
		return true, err
	}
	var name string
	if err := t.tx.Raw("select name from employees where id = ?", row.EmployeeID).Scan(&name).Error; err != nil {
		return false, err
	}
	account := Account{ID: newID(), AgencyID: row.AgencyID, Username: t.in.Username, Name: name, Email: row.Email, EmployeeID: row.EmployeeID,
		Status: AccountActive, Locale: t.in.Locale, Zone: "Asia/Jakarta", PasswordHash: t.in.PasswordHash, PasswordChangedAt: &wall, CreatedByCase: &f.ID, Created: now}
	if err := t.tx.Create(&account).Error; err != nil {
		return false, err
	}
	for _, app := range models.DefaultApplications() {
		if err := t.tx.Create(&accessRow{AgencyID: row.AgencyID, AccountID: account.ID, Application: app, CaseID: &f.ID, Created: now}).Error; err != nil {
			return false, err
		}
	}
	if err := t.tx.Exec("update activation_codes set used_at = ? where id = ? and used_at is null", now, t.codes[f.ID].ID).Error; err != nil {
		return false, err
	}
	if err := t.tx.Exec("update activations set account_id = ? where case_id = ?", account.ID, f.ID).Error; err != nil {
		return false, err
	}
	return false, t.note(models.Actor{Agency: row.AgencyID, AccountID: account.ID, Origin: t.origin}, outcomeOK,
		deed{stream: accountStream(account.ID), action: "account_activated", object: "account:" + account.ID, actorName: name, at: now,
			after: map[string]any{"username": account.Username, "status": account.Status, "case": f.ID, "applications": models.DefaultApplications()}})
}

// settle writes what came of each request, and tells the trail of the try.
func (t *trying) settle(won *models.ActivationFlow) error {
	now, nobody := t.s.caseNow(), models.Actor{Agency: models.DefaultAgency, Origin: t.origin}
	for _, f := range t.flows {
		if f.Tries == t.codes[f.ID].Tries {
			continue // not live
		}
		if f.Came != "" {
			if err := t.s.release(t.tx, f.ID, f.Came, now); err != nil {
				return err
			}
		}
		outcome := models.ErrActivationRefused.Code
		if f == won {
			outcome = outcomeOK
		}
		if err := t.note(nobody, outcome, deed{stream: caseStream(f.ID), action: "activation_tried", object: activationObject(f.ID), at: now,
			after: map[string]any{"tries": f.Tries, "came": f.Came}}); err != nil {
			return err
		}
	}
	if len(t.audit) == 0 {
		if err := t.note(nobody, models.ErrActivationRefused.Code, deed{stream: "system", action: "activation_tried", object: "activation", at: now}); err != nil {
			return err
		}
	}
	return t.s.appendAudit(t.tx, models.DefaultAgency, t.audit...)
}

func (t *trying) note(a models.Actor, outcome string, d deed) error {
	e, err := d.by(a)
	e.Outcome = outcome
	t.audit = append(t.audit, e)
	return err
}
