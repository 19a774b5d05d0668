package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/internal/audit"
	"loket/models"
)

const challengeUse = "challenge"

// Challenge is a sign-in whose password was right and whose code is awaited: no session, and nothing but the form for a
// code. DeviceID names the browser where it is known. Instants are wall time.
type Challenge struct {
	ID           string `gorm:"primaryKey"`
	AgencyID     string
	AccountID    string
	Digest       string
	DeviceID     string
	PasswordMark string
	Created      time.Time
	Expires      time.Time
}

// TableName is the table's name.
func (Challenge) TableName() string { return "sign_in_challenges" }

// passwordMark tells one password of an account from the next, without telling anything of it.
func (s *Store) passwordMark(acc Account) string {
	return s.digest("password mark", acc.ID+":"+acc.PasswordHash)
}

// OpenChallenge notes that the password of an account was right, for whoever has the token that is answered to bring a
// code until expires.
func (s *Store) OpenChallenge(ctx context.Context, acc Account, deviceID string, expires time.Time, o models.Origin) (string, error) {
	token := newToken()
	row := Challenge{ID: newID(), AgencyID: acc.AgencyID, AccountID: acc.ID, Digest: s.digest(challengeUse, token), DeviceID: deviceID,
		PasswordMark: s.passwordMark(acc), Created: s.wallNow(), Expires: micro(expires)}
	err := s.transact(ctx, "open a challenge", func(tx *gorm.DB) error {
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, acc.AgencyID, models.AuditEntry{Stream: accountStream(acc.ID), Actor: acc.ID, ActorName: acc.Name, Action: "sign_in",
			Object: "account:" + acc.ID, Origin: o, Outcome: models.ErrCodeNeeded.Code})
	})
	return token, err
}

// ChallengeByToken finds a challenge that is not over; models.ErrUnauthenticated otherwise.
func (s *Store) ChallengeByToken(ctx context.Context, token string) (Challenge, error) {
	var rows []Challenge
	err := s.reader(ctx).Where("digest = ? and expires > ?", s.digest(challengeUse, token), s.wallNow()).Limit(1).Find(&rows).Error
	if err == nil && len(rows) == 0 {
		err = models.ErrUnauthenticated
	}
	if err != nil {
		return Challenge{}, wrap(err, "find a challenge")
	}
	return rows[0], nil
}

// CodeTry is one try at a code. Step is the one whose code was typed, by the key that Sealed stands for, 0 when it was
// none of those that may be; Recovery is what was typed in place of a code, "" for none. Action is what is tried.
// Challenge names the half-done sign-in that it belongs to, if it does.
type CodeTry struct {
	AccountID, DeviceID string
	Sealed              string
	Step                int64
	Recovery            string
	Challenge           string
	Action              string
	Origin              models.Origin
}

// TryCode lets a code or a recovery code count, once: models.ErrWrongCredentials for a wrong one, one that was used, and
// any at all while a lock holds. Failures count as wrong passwords do, on the same lock. Tries at one account come one
// after the other, so that of many at once no more are looked at than the lock allows.
func (s *Store) TryCode(ctx context.Context, try CodeTry) error {
	var refused error
	err := s.transact(ctx, "try a code", func(tx *gorm.DB) error {
		refused = nil
		var acc Account
		if err := tx.Clauses(forUpdate()).Where("id = ?", try.AccountID).Take(&acc).Error; err != nil {
			return err
		}
		device, err := deviceOf(tx, acc.ID, try.DeviceID)
		if err != nil {
			return err
		}
		lock := acc.Failures
		if device.ID != "" {
			lock = device.Failures
		}
		open, by := acc.Status == AccountActive && !lock.Locked(s.wallNow()), ""
		if open {
			if by, err = s.spendCode(tx, acc, try); err != nil {
				return err
			}
		}
		if by != "" {
			return s.codeCounted(tx, acc, try, by)
		}
		refused = models.ErrWrongCredentials
		if open {
			if _, err := s.countFailure(tx, &acc, device); err != nil {
				return err
			}
		}
		return s.noteCode(tx, acc, try, map[string]any{"second_factor": true}, models.ErrWrongCredentials.Code)
	})
	if err != nil {
		return err
	}
	return refused
}

// spendCode uses up what was typed, and tells what it was: "app", "recovery", or "" where it counts for nothing.
func (s *Store) spendCode(tx *gorm.DB, acc Account, try CodeTry) (string, error) {
	if try.Challenge != "" {
		var live int64
		err := tx.Model(&Challenge{}).Where("id = ? and account_id = ? and password_mark = ? and expires > ?", try.Challenge, acc.ID, s.passwordMark(acc), s.wallNow()).
			Count(&live).Error
		if err != nil || live == 0 {
			return "", err
		}
	}
	if try.Step > 0 {
		done := tx.Exec("update second_factors set last_step = ? where account_id = ? and sealed = ? and confirmed is not null and last_step < ?",
			try.Step, acc.ID, try.Sealed, try.Step)
		if done.Error != nil || done.RowsAffected > 0 {
			return "app", done.Error
		}
	}
	if try.Recovery == "" {
		return "", nil
	}
	done := tx.Exec(`update recovery_codes set used_at = ? where account_id = ? and digest = ? and used_at is null
		and exists (select 1 from second_factors f where f.account_id = recovery_codes.account_id and f.confirmed is not null)`,
		s.wallNow(), acc.ID, s.recoveryDigest(acc.ID, try.Recovery))
	if done.Error != nil || done.RowsAffected == 0 {
		return "", done.Error
	}
	return "recovery", nil
}

// codeCounted forgets earlier failures, as a right password does where no code is asked for, and ends the challenge.
func (s *Store) codeCounted(tx *gorm.DB, acc Account, try CodeTry, by string) error {
	err := tx.Exec(`update accounts set failed_count = 0, failed_since = null, lock_count = 0, locked_until = null
		where id = ? and (locked_until is null or locked_until <= ?)`, acc.ID, s.wallNow()).Error
	if err != nil {
		return err
	}
	if err := tx.Exec("delete from sign_in_challenges where id = ?", try.Challenge).Error; err != nil {
		return err
	}
	try.Action = "second_factor_used"
	return s.noteCode(tx, acc, try, map[string]any{"by": by}, outcomeOK)
}

func (s *Store) noteCode(tx *gorm.DB, acc Account, try CodeTry, after map[string]any, outcome string) error {
	state, err := audit.State(after)
	if err != nil {
		return err
	}
	return s.appendAudit(tx, acc.AgencyID, models.AuditEntry{Stream: accountStream(acc.ID), Actor: acc.ID, ActorName: acc.Name, Action: try.Action,
		Object: "account:" + acc.ID, Origin: try.Origin, After: state, Outcome: outcome})
}
