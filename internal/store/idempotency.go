package store

import (
	"context"
	"encoding/hex"
	"time"

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
	digested := hex.EncodeToString(digest)
	var stored keyRow
	// One statement keeps the key or finds it; on a conflict it writes what is there, since nothing written returns nothing.
	err := s.write.WithContext(ctx).Raw(`insert into idempotency_keys (agency_id, account_id, route, name, digest, case_id, created) values (?, ?, ?, ?, ?, ?, ?)
		on conflict (agency_id, account_id, route, name) do update set created = idempotency_keys.created returning digest, case_id`,
		agencyOf(a), a.AccountID, route, key, digested, caseID, s.wallNow()).Scan(&stored).Error
	err = wrap(err, "remember an idempotency key")
	if err == nil && stored.Digest != digested {
		err = models.ErrIdempotencyConflict
	}
	return stored.CaseID, err
}
