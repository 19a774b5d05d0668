package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// purposeTemporary is a temporary password's; what is kept of it is an encoded argon2id hash.
const purposeTemporary = "temporary_password"

// changeLife is how long, in wall time, the form stays open to which a temporary password leads.
const changeLife = 30 * time.Minute

// MintPassword makes the temporary password that a message bears, at the moment of sending: hash is all that is kept
// of it, and whatever opened the receiver's account before is dead. It gives "link", where to sign in, and "valid_until"
// (RFC 3339, wall time). It lives for models.TemporaryLife of wall time and no longer than the link in its place would.
// models.ErrLinkSpent as from Mint.
func (s *Store) MintPassword(ctx context.Context, n models.Notice, hash string) (map[string]string, error) {
	var until time.Time
	err := s.transact(ctx, "mint a temporary password", func(tx *gorm.DB) error {
		now, wall := s.caseNow(), s.wallNow()
		row, err := mintable(tx, n, now)
		if err != nil {
			return err
		}
		expires := s.caseAt(wall.Add(models.TemporaryLife))
		if row.Expires.Before(expires) {
			expires = *row.Expires
		}
		until = wall.Add(s.clock.Load().Wait(expires.Sub(now)))
		return replaceLinks(tx, linkRow{AgencyID: row.AgencyID, Purpose: purposeTemporary, AccountID: text(row.SecretFor), Digest: hash, Created: now, Expires: expires})
	})
	if err != nil {
		return nil, err
	}
	return map[string]string{"link": s.publicURL + "/sign-in", "valid_until": until.Format(time.RFC3339)}, nil
}

// Awaited tells whether the message about a secret is of use still, where it bears none; models.ErrLinkSpent as from
// Mint. It gives "link", where to sign in.
func (s *Store) Awaited(ctx context.Context, n models.Notice) (map[string]string, error) {
	err := s.transact(ctx, "look at a message", func(tx *gorm.DB) error {
		_, err := mintable(tx, n, s.caseNow())
		return err
	})
	if err != nil {
		return nil, err
	}
	return map[string]string{"link": s.publicURL + "/sign-in"}, nil
}

// caseAt is the instant of case time at an instant of wall time.
func (s *Store) caseAt(wall time.Time) time.Time { return micro(s.clock.Load().At(wall)) }

// TemporaryHash gives the encoded hash of an account's temporary password, empty where none is live.
func (s *Store) TemporaryHash(ctx context.Context, accountID string) (string, error) {
	var hashes []string
	err := s.reader(ctx).Raw(liveTemporary, map[string]any{"account": accountID, "purpose": purposeTemporary, "now": s.caseNow()}).Scan(&hashes).Error
	if err != nil || len(hashes) == 0 {
		return "", wrap(err, "look for a temporary password")
	}
	return hashes[0], nil
}

const liveTemporary = `select digest from one_use_links where account_id = @account and purpose = @purpose
	and used_at is null and voided_at is null and expires > @now`

// Change is what a temporary password opens: a one-use link for setting an own password, and nothing else.
type Change struct {
	Token   string
	Expires time.Time // wall time
}

// OpenChange lets somebody who gave the temporary password with this hash set an own one. The temporary password stays,
// for whoever closes the form unused; models.ErrWrongCredentials when it is no more.
func (s *Store) OpenChange(ctx context.Context, accountID, hash string, o models.Origin) (Change, error) {
	change := Change{Token: newToken()}
	err := s.transact(ctx, "open the form for a password", func(tx *gorm.DB) error {
		now, wall := s.caseNow(), s.wallNow()
		var owner Account
		if err := tx.Clauses(forUpdate()).Where("id = ?", accountID).Take(&owner).Error; err != nil {
			return err
		}
		var live []linkRow
		if err := tx.Where("account_id = ? and digest = ? and used_at is null and voided_at is null and expires > ?", accountID, hash, now).Find(&live).Error; err != nil {
			return err
		}
		if len(live) == 0 || owner.Status != AccountPending {
			return models.ErrWrongCredentials
		}
		expires := s.caseAt(wall.Add(changeLife))
		if live[0].Expires.Before(expires) {
			expires = live[0].Expires
		}
		change.Expires = wall.Add(s.clock.Load().Wait(expires.Sub(now)))
		if err := tx.Exec("update one_use_links set voided_at = ? where account_id = ? and purpose = ? and used_at is null and voided_at is null",
			now, accountID, purposeSetPassword).Error; err != nil {
			return err
		}
		link := linkRow{ID: newID(), AgencyID: owner.AgencyID, Purpose: purposeSetPassword, AccountID: accountID, Digest: s.digest(purposeSetPassword, change.Token), Created: now, Expires: expires}
		if err := tx.Create(&link).Error; err != nil {
			return err
		}
		return s.note(tx, models.Actor{Agency: owner.AgencyID, AccountID: accountID, Origin: o}, deed{stream: accountStream(accountID), action: "sign_in",
			object: "account:" + accountID, after: map[string]any{"temporary_password": true}})
	})
	return change, err
}
