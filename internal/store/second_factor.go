package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// recoveryUse binds the digests of recovery codes.
const recoveryUse = "recovery"

// SecondFactor is what makes an account's codes. Sealed is the key under the keyring's key SealedBy; LastStep is the last
// 30 seconds of which a code was used. It counts for nothing until it is Confirmed. CodesLeft is how many recovery codes
// are unused. Instants are wall time.
type SecondFactor struct {
	AccountID string `gorm:"primaryKey"`
	AgencyID  string
	SealedBy  string
	Sealed    string
	LastStep  int64
	Created   time.Time
	Confirmed *time.Time
	CodesLeft int `gorm:"->"`
}

// TableName is the table's name.
func (SecondFactor) TableName() string { return "second_factors" }

// Active tells whether codes are asked for.
func (f SecondFactor) Active() bool { return f.Confirmed != nil }

type recoveryRow struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	AccountID string
	Digest    string
	Created   time.Time
	UsedAt    *time.Time
}

// TableName is the table's name.
func (recoveryRow) TableName() string { return "recovery_codes" }

// SecondFactor gives an account's second factor, confirmed or not; none is the zero SecondFactor.
func (s *Store) SecondFactor(ctx context.Context, accountID string) (SecondFactor, error) {
	var rows []SecondFactor
	err := s.reader(ctx).Select(`second_factors.*, (select count(*) from recovery_codes c
		where c.account_id = second_factors.account_id and c.used_at is null) as codes_left`).
		Where("account_id = ?", accountID).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return SecondFactor{}, wrap(err, "look at a second factor")
	}
	return rows[0], nil
}

// BeginSecondFactor keeps a key that waits for its first code, in place of one that waited before;
// models.ErrSecondFactorSet when one is confirmed.
func (s *Store) BeginSecondFactor(ctx context.Context, a models.Actor, keyID, sealed string) error {
	return s.transact(ctx, "begin a second factor", func(tx *gorm.DB) error {
		if err := lockAccount(tx, a.AccountID); err != nil {
			return err
		}
		if err := tx.Exec("delete from second_factors where account_id = ? and confirmed is null", a.AccountID).Error; err != nil {
			return err
		}
		var set int64
		if err := tx.Model(&SecondFactor{}).Where("account_id = ?", a.AccountID).Count(&set).Error; err != nil {
			return err
		}
		if set > 0 {
			return models.ErrSecondFactorSet
		}
		row := SecondFactor{AccountID: a.AccountID, AgencyID: agencyOf(a), SealedBy: keyID, Sealed: sealed, Created: s.wallNow()}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "second_factor_begun", object: "account:" + a.AccountID})
	})
}

// hasFactor is a column that tells whether the account of a table's row has a second factor.
func hasFactor(table string) string {
	return "exists (select 1 from second_factors f where f.account_id = " + table + ".account_id and f.confirmed is not null) as has_factor"
}

// lockAccount puts whoever changes one account in line.
func lockAccount(tx *gorm.DB, accountID string) error {
	var row Account
	return tx.Clauses(forUpdate()).Select("id").Where("id = ?", accountID).Take(&row).Error
}

// FirstCode confirms a second factor: Sealed tells which, Step is that of the first code, Codes are its recovery codes.
// Where tells which session or token it was confirmed with.
type FirstCode struct {
	Sealed string
	Step   int64
	Codes  []string
	Where  Proof
}

// ConfirmSecondFactor has codes asked for from now on. Every other session ends; the one at hand goes on under a new
// token, which is answered, and counts as opened with a code, as does a personal token at hand. models.ErrNotNow when
// the key that waited is another by now.
func (s *Store) ConfirmSecondFactor(ctx context.Context, a models.Actor, in FirstCode) (string, error) {
	token := ""
	err := s.transact(ctx, "confirm a second factor", func(tx *gorm.DB) error {
		if err := lockAccount(tx, a.AccountID); err != nil {
			return err
		}
		now := s.wallNow()
		done := tx.Exec("update second_factors set confirmed = ?, last_step = ? where account_id = ? and sealed = ? and confirmed is null",
			now, in.Step, a.AccountID, in.Sealed)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.ErrNotNow
		}
		if err := s.replaceCodes(tx, a, in.Codes, now); err != nil {
			return err
		}
		var err error
		if token, err = s.raise(tx, a, in.Where, now); err != nil {
			return err
		}
		if err := s.tellOwner(tx, a, "second_factor_added"); err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "second_factor_added", object: "account:" + a.AccountID,
			after: map[string]any{"recovery_left": len(in.Codes)}})
	})
	return token, err
}

// raise marks a session or token as opened with a code, and ends every other session and half-done sign-in.
func (s *Store) raise(tx *gorm.DB, a models.Actor, p Proof, now time.Time) (token string, err error) {
	var done *gorm.DB
	if p.SessionID != "" {
		token = newToken()
		done = tx.Exec("update sessions set digest = ?, proved = ?, factor = true where id = ? and account_id = ?",
			s.digest(sessionUse, token), now, p.SessionID, a.AccountID)
	} else {
		done = tx.Exec("update personal_tokens set factor = true where id = ? and account_id = ? and revoked is null", p.TokenID, a.AccountID)
	}
	if done.Error == nil && done.RowsAffected == 0 {
		return "", models.ErrUnauthenticated
	}
	if done.Error != nil {
		return "", done.Error
	}
	for _, table := range []string{"sessions where id <> @session and", "sign_in_challenges where"} {
		err := tx.Exec("delete from "+table+" account_id = @account", map[string]any{"account": a.AccountID, "session": p.SessionID}).Error
		if err != nil {
			return "", err
		}
	}
	return token, nil
}

// ReplaceRecoveryCodes puts new recovery codes in place of the old; models.ErrNotNow without a second factor.
func (s *Store) ReplaceRecoveryCodes(ctx context.Context, a models.Actor, codes []string) error {
	return s.transact(ctx, "replace recovery codes", func(tx *gorm.DB) error {
		if err := lockAccount(tx, a.AccountID); err != nil {
			return err
		}
		var set int64
		if err := tx.Model(&SecondFactor{}).Where("account_id = ? and confirmed is not null", a.AccountID).Count(&set).Error; err != nil {
			return err
		}
		if set == 0 {
			return models.ErrNotNow
		}
		if err := s.replaceCodes(tx, a, codes, s.wallNow()); err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "recovery_codes_replaced", object: "account:" + a.AccountID,
			after: map[string]any{"recovery_left": len(codes)}})
	})
}

func (s *Store) replaceCodes(tx *gorm.DB, a models.Actor, codes []string, now time.Time) error {
	if err := tx.Exec("delete from recovery_codes where account_id = ?", a.AccountID).Error; err != nil {
		return err
	}
	rows := make([]recoveryRow, len(codes))
	for i, code := range codes {
		rows[i] = recoveryRow{ID: newID(), AgencyID: agencyOf(a), AccountID: a.AccountID, Digest: s.recoveryDigest(a.AccountID, code), Created: now}
	}
	return tx.Create(&rows).Error
}

func (s *Store) recoveryDigest(accountID, code string) string {
	return s.digest(recoveryUse, accountID+":"+code)
}

// RemoveSecondFactor has no codes asked for any more, and nothing counts as opened with one; models.ErrNotNow where there
// is no second factor. a is whoever does it, who need not be the owner.
func (s *Store) RemoveSecondFactor(ctx context.Context, a models.Actor, accountID string) error {
	return s.transact(ctx, "remove a second factor", func(tx *gorm.DB) error {
		if err := lockAccount(tx, accountID); err != nil {
			return err
		}
		done := tx.Exec("delete from second_factors where account_id = ? and confirmed is not null", accountID)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.ErrNotNow
		}
		for _, change := range []string{"delete from recovery_codes", "delete from sign_in_challenges", "update sessions set factor = false",
			"update personal_tokens set factor = false"} {
			if err := tx.Exec(change+" where account_id = ?", accountID).Error; err != nil {
				return err
			}
		}
		owner := a
		owner.AccountID = accountID
		if err := s.tellOwner(tx, owner, "second_factor_removed"); err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(accountID), action: "second_factor_removed", object: "account:" + accountID})
	})
}
