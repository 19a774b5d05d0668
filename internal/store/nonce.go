package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// spendNonce uses up the proof that somebody who sends a public form is no machine; models.ErrDuplicate where it was used
// before.
func spendNonce(tx *gorm.DB, agency, nonce string, expires time.Time) error {
	used := tx.Exec("insert into captcha_nonces (agency_id, nonce, expires) values (?, ?, ?) on conflict do nothing", agency, nonce, micro(expires))
	if used.Error == nil && used.RowsAffected == 0 {
		return models.ErrDuplicate
	}
	return used.Error
}

// SweepNonces forgets used proofs that would not be taken any more.
func (s *Store) SweepNonces(ctx context.Context) error {
	return wrap(s.write.WithContext(ctx).Exec("delete from captcha_nonces where expires < ?", s.wallNow()).Error, "sweep used proofs")
}
