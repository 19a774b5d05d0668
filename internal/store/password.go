package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

type passwordRow struct {
	ID, AgencyID, AccountID, Hash string
	Replaced                      time.Time
}

// TableName is the table's name.
func (passwordRow) TableName() string { return "password_history" }

// newPassword is a hash that takes the place of an account's last one, of checked where that is not empty. keep names the session that stays open; reset says
// that whoever asked did not know the last one, so that personal tokens end, too: a stranger may have made them.
type newPassword struct {
	account, hash string
	checked       string
	mustChange    bool
	reset         bool
	keep          string
	by            models.Origin
}

// replacePassword stores a hash. The one before is kept, so that it cannot come back; every session but the kept one
// ends, every browser but that session's is forgotten, open links are dead, a lock is lifted, and the owner is told.
// models.ErrNotFound without an account, models.ErrWrongCredentials where its last one is not what was checked. Passwords age
// in wall time.
func (s *Store) replacePassword(tx *gorm.DB, p newPassword) error {
	now := s.wallNow()
	var owner Account
	if err := tx.Clauses(forUpdate()).Where("id = ?", p.account).Take(&owner).Error; err != nil {
		return err
	}
	if p.checked != "" && !owner.opensBy(p.checked) {
		return models.ErrWrongCredentials
	}
	if err := keepHash(tx, owner, now); err != nil {
		return err
	}
	err := tx.Exec(`update accounts set password_hash = ?, password_changed_at = ?, must_change = ?, password_noticed = 0,
		failed_count = 0, failed_since = null, lock_count = 0, locked_until = null where id = ?`, p.hash, now, p.mustChange, p.account).Error
	if err != nil {
		return err
	}
	if err := forgetDevices(tx, p.account, p.keep); err != nil {
		return err
	}
	if err := tx.Exec("delete from sessions where account_id = ? and id <> ?", p.account, p.keep).Error; err != nil {
		return err
	}
	if err := voidLinks(tx, s.caseNow(), []string{p.account}); err != nil {
		return err
	}
	if err := voidEmailAsked(tx, p.account, now); err != nil {
		return err
	}
	ended := 0
	if p.reset {
		if ended, err = revokeTokens(tx, p.account, now); err != nil {
			return err
		}
	}
	return s.tellPasswordChanged(tx, p.account, p.by, now, ended)
}

// opensBy tells whether an account lets somebody in by a password, whose hash was checked before.
func (r Account) opensBy(hash string) bool {
	return r.Status == AccountActive && r.PasswordHash == hash
}

// keepHash keeps the hash that is replaced, and lets go of those that no policy asks for any more.
func keepHash(tx *gorm.DB, owner Account, now time.Time) error {
	if owner.PasswordHash == "" {
		return nil
	}
	if err := tx.Create(&passwordRow{ID: newID(), AgencyID: owner.AgencyID, AccountID: owner.ID, Hash: owner.PasswordHash, Replaced: now}).Error; err != nil {
		return err
	}
	policy := models.AgencyPolicy()
	return tx.Exec(`delete from password_history where account_id = @account and replaced <= @since and id not in
		(select id from password_history where account_id = @account order by replaced desc, id desc limit @last)`,
		map[string]any{"account": owner.ID, "since": now.Add(-policy.MinAge), "last": policy.History}).Error
}

// dropPasswords takes the passwords of accounts away that are closed, or begin anew. None of them comes back with its account.
func (s *Store) dropPasswords(tx *gorm.DB, accounts ...string) error {
	var owners []Account
	if err := tx.Clauses(forUpdate()).Where("id in ? and password_hash <> ''", accounts).Order("id").Find(&owners).Error; err != nil {
		return err
	}
	for _, owner := range owners {
		if err := keepHash(tx, owner, s.wallNow()); err != nil {
			return err
		}
	}
	return tx.Exec("update accounts set password_hash = '' where id in ?", accounts).Error
}

// PasswordHashes gives the hash of an account's password and of those before it: the last few, and all that were replaced
// since an instant of wall time, so that nobody comes back to an old one by changing often.
func (s *Store) PasswordHashes(ctx context.Context, accountID string, last int, since time.Time) ([]string, error) {
	var hashes []string
	err := s.reader(ctx).Raw(`select password_hash from accounts where id = @account and password_hash <> ''
		union all select hash from password_history where account_id = @account and (replaced > @since or id in
			(select id from password_history where account_id = @account order by replaced desc, id desc limit @last))`,
		map[string]any{"account": accountID, "since": micro(since), "last": last}).Scan(&hashes).Error
	return hashes, wrap(err, "read earlier passwords")
}
