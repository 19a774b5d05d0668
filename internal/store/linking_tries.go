package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

type triesRow struct {
	AgencyID    string `gorm:"primaryKey"`
	Application string `gorm:"primaryKey"`
	AccountID   string `gorm:"primaryKey"`
	Failures    `gorm:"embedded"`
}

// TableName is the table's name.
func (triesRow) TableName() string { return "link_tries" }

// BeginLinkTry counts a proof of an application's user before it is asked about, so that of many at once five are;
// models.ErrLinkLocked while a lock holds. A right one forgets them all.
func (s *Store) BeginLinkTry(ctx context.Context, a models.Actor, application string) error {
	return s.transact(ctx, "count a proof", func(tx *gorm.DB) error {
		row, err := heldTries(tx, a, application)
		if err != nil {
			return err
		}
		now := s.wallNow()
		if row.Locked(now) {
			return models.ErrLinkLocked.With("until", row.LockedUntil.Format(time.RFC3339))
		}
		row.fail(now)
		return row.keep(tx)
	})
}

// ReturnLinkTry takes back a try that the application did not answer.
func (s *Store) ReturnLinkTry(ctx context.Context, a models.Actor, application string) error {
	return s.transact(ctx, "take back a proof", func(tx *gorm.DB) error {
		row, err := heldTries(tx, a, application)
		if err != nil {
			return err
		}
		now := s.wallNow()
		if row.Locked(now) { // it was the fifth
			row.LockedUntil, row.LockCount, row.FailedCount, row.FailedSince = nil, max(0, row.LockCount-1), failuresToLock, &now
		}
		row.FailedCount = max(0, row.FailedCount-1)
		return row.keep(tx)
	})
}

// RefuseLinkTry writes down that a proof was wrong. What was typed is no part of it: a password may stand in the wrong
// field.
func (s *Store) RefuseLinkTry(ctx context.Context, a models.Actor, application, why string) error {
	return s.transact(ctx, "write down a wrong proof", func(tx *gorm.DB) error {
		return s.appendAudit(tx, agencyOf(a), models.AuditEntry{Stream: accountStream(a.AccountID), Actor: a.AccountID, Action: "application_linked",
			Object: "application:" + application, Origin: a.Origin, Outcome: why})
	})
}

// heldTries locks the row of an account and an application, which it makes where there is none.
func heldTries(tx *gorm.DB, a models.Actor, application string) (triesRow, error) {
	row := triesRow{AgencyID: agencyOf(a), Application: application, AccountID: a.AccountID}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return row, err
	}
	return row, tx.Clauses(forUpdate()).Where("agency_id = ? and application = ? and account_id = ?", row.AgencyID, application, row.AccountID).Take(&row).Error
}

func (r triesRow) keep(tx *gorm.DB) error {
	return tx.Model(&r).Select("failed_count", "failed_since", "lock_count", "locked_until").Updates(&r).Error
}

func (s *Store) forgetTries(tx *gorm.DB, row linkedRow) error {
	return tx.Exec("delete from link_tries where agency_id = ? and application = ? and account_id = ?", row.AgencyID, row.Application, row.AccountID).Error
}
