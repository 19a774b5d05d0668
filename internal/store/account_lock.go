package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/internal/audit"
	"loket/models"
)

// The lock of an account or a device; QUALITY 3: 5 failures in 15 minutes lock for 15 minutes, doubling up to an hour.
const (
	failuresToLock = 5
	failureWindow  = 15 * time.Minute
	lockFirst      = 15 * time.Minute
	lockMost       = time.Hour
)

// Failures counts wrong passwords: FailedCount of them since FailedSince. LockedUntil is wall time; LockCount is how
// often in a row it was set.
type Failures struct {
	FailedCount int
	FailedSince *time.Time
	LockCount   int
	LockedUntil *time.Time
}

// Locked tells whether a lock holds at an instant of wall time. It opens by itself.
func (f Failures) Locked(now time.Time) bool {
	return f.LockedUntil != nil && now.Before(*f.LockedUntil)
}

// fail counts within a window that begins with its first failure. While a lock holds nothing counts: of many wrong
// tries at once the fifth locks, and the others must not double it.
func (f *Failures) fail(now time.Time) {
	if f.Locked(now) {
		return
	}
	if f.FailedSince == nil || now.Sub(*f.FailedSince) > failureWindow {
		f.FailedCount, f.FailedSince = 0, &now
	}
	f.FailedCount++
	if f.FailedCount < failuresToLock {
		return
	}
	lock := min(lockFirst<<min(f.LockCount, 8), lockMost)
	until := micro(now.Add(lock))
	f.LockCount, f.LockedUntil, f.FailedCount, f.FailedSince = f.LockCount+1, &until, 0, nil
}

// LoginFailed counts a failure and gives the instant until which whoever failed is locked out, nil while they are not.
// With a device that is known for the account, it is the device that fails and is locked; any other failure is the
// account's.
func (s *Store) LoginFailed(ctx context.Context, accountID, deviceID string, o models.Origin) (*time.Time, error) {
	var until *time.Time
	err := s.transact(ctx, "count a failed sign-in", func(tx *gorm.DB) error {
		var row Account
		if err := tx.Clauses(forUpdate()).Where("id = ?", accountID).Take(&row).Error; err != nil {
			return err
		}
		device, err := deviceOf(tx, accountID, deviceID)
		if err != nil {
			return err
		}
		if until, err = s.countFailure(tx, &row, device); err != nil {
			return err
		}
		entry := models.AuditEntry{Stream: accountStream(accountID), Actor: accountID, ActorName: row.Name, Action: "sign_in",
			Object: "account:" + accountID, Origin: o, Outcome: models.ErrWrongCredentials.Code}
		if device.ID != "" {
			if entry.After, err = audit.State(map[string]any{"device": device.ID}); err != nil {
				return err
			}
		}
		return s.appendAudit(tx, row.AgencyID, entry)
	})
	return until, err
}

// countFailure needs the account's row locked, which keeps failures of one device in line too.
func (s *Store) countFailure(tx *gorm.DB, account *Account, device Device) (*time.Time, error) {
	row, failures := any(account), &account.Failures
	if device.ID != "" {
		row, failures = &device, &device.Failures
	}
	failures.fail(s.wallNow())
	err := tx.Model(row).Select("failed_count", "failed_since", "lock_count", "locked_until").Updates(row).Error
	return failures.LockedUntil, err
}

// LoginSucceeded forgets the account's earlier failures. A lock that holds stays: whoever comes in by a known device
// does not open the door to the stranger who locked it.
func (s *Store) LoginSucceeded(ctx context.Context, accountID string) error {
	err := s.write.WithContext(ctx).Exec(`update accounts set failed_count = 0, failed_since = null, lock_count = 0, locked_until = null
		where id = ? and (failed_count > 0 or lock_count > 0) and (locked_until is null or locked_until <= ?)`, accountID, s.wallNow()).Error
	return wrap(err, "forget failed sign-ins")
}
