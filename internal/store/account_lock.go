package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// The lock of an account; QUALITY 3: 5 failures in 15 minutes lock for 15 minutes, doubling up to an hour.
const (
	failuresToLock = 5
	failureWindow  = 15 * time.Minute
	lockFirst      = 15 * time.Minute
	lockMost       = time.Hour
)

// LoginFailed counts a failure and gives the instant until which the account is locked, nil while it is not. A lock
// opens by itself.
func (s *Store) LoginFailed(ctx context.Context, accountID string, o models.Origin) (*time.Time, error) {
	var until *time.Time
	err := s.transact(ctx, "count a failed sign-in", func(tx *gorm.DB) error {
		var row Account
		if err := tx.Clauses(forUpdate()).Where("id = ?", accountID).Take(&row).Error; err != nil {
			return err
		}
		row.fail(s.wallNow())
		until = row.LockedUntil
		err := tx.Model(&row).Select("failed_count", "failed_since", "lock_count", "locked_until").Updates(&row).Error
		if err != nil {
			return err
		}
		return s.appendAudit(tx, row.AgencyID, models.AuditEntry{Stream: accountStream(accountID), Actor: accountID,
			ActorName: row.Name, Action: "sign_in", Object: "account:" + accountID, Origin: o, Outcome: models.ErrWrongCredentials.Code})
	})
	return until, err
}

// fail counts within a window that begins with its first failure. While a lock holds nothing counts: of many wrong
// tries at once the fifth locks, and the others must not double it.
func (r *Account) fail(now time.Time) {
	if r.LockedUntil != nil && now.Before(*r.LockedUntil) {
		return
	}
	if r.FailedSince == nil || now.Sub(*r.FailedSince) > failureWindow {
		r.FailedCount, r.FailedSince = 0, &now
	}
	r.FailedCount++
	if r.FailedCount < failuresToLock {
		return
	}
	lock := min(lockFirst<<min(r.LockCount, 8), lockMost)
	until := micro(now.Add(lock))
	r.LockCount, r.LockedUntil, r.FailedCount, r.FailedSince = r.LockCount+1, &until, 0, nil
}

// LoginSucceeded forgets earlier failures.
func (s *Store) LoginSucceeded(ctx context.Context, accountID string) error {
	err := s.write.WithContext(ctx).Exec(`update accounts set failed_count = 0, failed_since = null, lock_count = 0, locked_until = null
		where id = ? and (failed_count > 0 or lock_count > 0)`, accountID).Error
	return wrap(err, "forget failed sign-ins")
}
