package store

import (
	"context"
	"encoding/hex"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

// keyLife is how long an Idempotency-Key is remembered, since the engine's own memory ends with the run.
const keyLife = 30 * 24 * time.Hour

type keyRow struct {
	AgencyID, AccountID, Route, Name, Digest, CaseID string
	Created                                          time.Time
}

// TableName is the table's name.
func (keyRow) TableName() string { return "idempotency_keys" }

// Remember ties a key of an account and a route to a case, once: it gives the case that the key was first used for.
// digest is of the request's body; the same key with another body is models.ErrIdempotencyConflict.
func (s *Store) Remember(ctx context.Context, a models.Actor, route, key string, digest []byte, caseID string) (string, error) {
	row := keyRow{AgencyID: agencyOf(a), AccountID: a.AccountID, Route: route, Name: key, Digest: hex.EncodeToString(digest),
		CaseID: caseID, Created: s.wallNow()}
	stored := row
	err := s.transact(ctx, "remember an idempotency key", func(tx *gorm.DB) error {
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return err
		}
		return tx.Where("agency_id = ? and account_id = ? and route = ? and name = ?", row.AgencyID, row.AccountID, route, key).
			Take(&stored).Error
	})
	if err == nil && stored.Digest != row.Digest {
		err = models.ErrIdempotencyConflict
	}
	return stored.CaseID, err
}
