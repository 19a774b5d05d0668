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

// purposeReset is of the link by which a forgotten password is replaced. Its instants are wall time.
const purposeReset = "reset_password"

// The kinds of messages that bear such a link.
const (
	noticeReset     = "password_reset"
	noticeHelpReset = "password_reset_helped"
)

type resetRow struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	Form      string // sealed; empty once looked at
	Lang      string
	AccountID *string
	AskedBy   *string
	OnSight   string
	Outcome   string
	Created   time.Time
	LookedAt  *time.Time
	SentAt    *time.Time
}

// TableName is the table's name.
func (resetRow) TableName() string { return "password_resets" }

// ResetRequest is what somebody asked who forgot their password. Nonce is of the proof that they are no machine, which
// is of use once until NonceExpires.
type ResetRequest struct {
	Form         models.ForgottenForm
	Lang         string
	Nonce        string
	NonceExpires time.Time
	Origin       models.Origin
}

// AskReset keeps a request. Nothing is looked up: for whom a form is right takes no longer than for whom it is wrong.
// models.ErrDuplicate where the proof was used before.
func (s *Store) AskReset(ctx context.Context, in ResetRequest) error {
	body, err := json.Marshal(in.Form)
	if err != nil {
		return fmt.Errorf("write a form for a forgotten password: %w", err)
	}
	sealed, err := s.seal(body)
	if err != nil {
		return err
	}
	return s.transact(ctx, "keep a request for a password", func(tx *gorm.DB) error {
		agency := models.DefaultAgency
		if err := spendNonce(tx, agency, in.Nonce, in.NonceExpires); err != nil {
			return err
		}
		row := resetRow{ID: newID(), AgencyID: agency, Form: sealed, Lang: in.Lang, Created: s.wallNow()}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return s.note(tx, models.Actor{Agency: agency, Origin: in.Origin}, deed{stream: "system", action: "password_reset_asked", object: resetObject(row.ID)})
	})
}

func resetObject(id string) string { return "password_reset:" + id }

// LookAtResets judges the requests that wait, the oldest first, and has links sent where they are right; it gives how
// many it looked at. It may run in many processes: each request is taken by one. One that cannot be looked
// at waits for the next round, and keeps no other waiting.
func (s *Store) LookAtResets(ctx context.Context, limit int) (int, error) {
	var ids []string
	err := s.reader(ctx).Raw("select id from password_resets where looked_at is null order by created limit ?", limit).Scan(&ids).Error
	if err != nil {
		return 0, wrap(err, "look for requests for passwords")
	}
	return EachOf(ids, Unavailable, func(id string) error { return s.lookAtReset(ctx, id) })
}

func (s *Store) lookAtReset(ctx context.Context, id string) error {
	return s.transact(ctx, "look at a request for a password", func(tx *gorm.DB) error {
		var row resetRow
		taken := tx.Exec("update password_resets set looked_at = ? where id = ? and looked_at is null", s.wallNow(), id)
		if taken.Error != nil || taken.RowsAffected == 0 {
			return taken.Error
		}
		if err := tx.Where("id = ?", id).Take(&row).Error; err != nil {
			return err
		}
		owner, err := s.judgeReset(tx, &row)
		if err != nil {
			return err
		}
		if row.Outcome == "" {
			if err := s.sendReset(tx, &row, owner, noticeReset); err != nil {
				return err
			}
		}
		row.Form = ""
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		return s.noteLook(tx, row)
	})
}

// judgeReset writes into the row whose account is meant, and why it gets no link.
func (s *Store) judgeReset(tx *gorm.DB, row *resetRow) (Account, error) {
	var form models.ForgottenForm
	body, err := s.unseal(row.Form)
	if err != nil || json.Unmarshal(body, &form) != nil {
		row.Outcome = models.ResetUnreadable
		return Account{}, nil
	}
	if form.Trader {
		return s.judgeTrader(tx, row, form.Email)
	}
	var owner Account
	err = tx.Clauses(forUpdate()).Where("agency_id = ? and username = ?", row.AgencyID, form.Username).Take(&owner).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		row.Outcome = models.ResetUnknown
		return owner, nil
	}
	if err != nil {
		return owner, err
	}
	row.AccountID = &owner.ID
	known, err := recoverable(tx, owner)
	if err != nil {
		return owner, err
	}
	if row.Outcome = form.Judge(known); row.Outcome != "" {
		return owner, nil
	}
	may, err := s.mayResetBeSent(tx, owner.ID)
	if !may {
		row.Outcome = models.ResetTooOften
	}
	return owner, err
}

func recoverable(tx *gorm.DB, owner Account) (models.Recoverable, error) {
	known := models.Recoverable{Known: true, Active: owner.Status == AccountActive, NIK: text(owner.NIK), Email: owner.Email}
	if owner.EmployeeID == nil {
		return known, nil
	}
	var e employeeRow
	err := tx.Where("id = ?", *owner.EmployeeID).Take(&e).Error
	known.NIK, known.BirthPlace, known.BirthDate = e.NIK, e.BirthPlace, e.BirthDate
	return known, err
}

// mayResetBeSent keeps a stranger, or an eager helper, from filling somebody's mailbox.
func (s *Store) mayResetBeSent(tx *gorm.DB, accountID string) (bool, error) {
	now := s.wallNow()
	var sent []time.Time
	err := tx.Raw("select sent_at from password_resets where account_id = ? and sent_at > ?", accountID, now.Add(-24*time.Hour)).Scan(&sent).Error
	return models.MayResend(sent, now), err
}

// sendReset queues the message with the link, to the registered address and no other.
func (s *Store) sendReset(tx *gorm.DB, row *resetRow, owner Account, kind string) error {
	now := s.wallNow()
	expires := now.Add(models.ResetMessageLife)
	row.SentAt = &now
	to := person{AccountID: owner.ID, Name: owner.Name, Email: owner.Email, Locale: owner.Locale, Expires: &expires}
	notice, err := s.newNotice(row.AgencyID, kind, "", to, map[string]string{"name": owner.Name, "username": owner.Username})
	if err != nil {
		return err
	}
	return queue(tx, []noticeRow{notice.bearing(to)})
}

// noteLook tells the trail what a look came to: in the account's stream where there is one.
func (s *Store) noteLook(tx *gorm.DB, row resetRow) error {
	d := deed{stream: "system", action: "password_reset_looked", object: resetObject(row.ID), after: map[string]any{"matched": row.Outcome == ""}}
	if row.Outcome != "" {
		d.after = map[string]any{"matched": false, "turned": row.Outcome}
	}
	if row.AccountID != nil {
		d.stream = accountStream(*row.AccountID)
	}
	return s.note(tx, models.Actor{Agency: row.AgencyID, Origin: models.Origin{Channel: "clock"}}, d)
}

// SweepResets forgets requests that are older than 90 days.
func (s *Store) SweepResets(ctx context.Context) error {
	err := s.write.WithContext(ctx).Exec("delete from password_resets where looked_at < ?", s.wallNow().Add(-90*24*time.Hour)).Error
	return wrap(err, "sweep requests for passwords")
}
