package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// BearsReset tells whether a message bears the link by which a forgotten password is replaced.
func BearsReset(n models.Notice) bool {
	return n.Kind == noticeReset || n.Kind == noticeHelpReset || n.Kind == noticeEmailUndone
}

// MintReset makes the link that such a message bears, at the moment of sending: every other link of its owner is dead
// from then on, and this one lives for an hour of wall time. It gives "link" and "valid_until" (RFC 3339).
// ErrTooLate when the message waited too long; models.ErrLinkSpent when the account is not active, or its password was
// replaced since.
func (s *Store) MintReset(ctx context.Context, n models.Notice) (map[string]string, error) {
	token, now := newToken(), s.wallNow()
	expires := now.Add(models.ResetLife)
	err := s.transact(ctx, "mint a link for a forgotten password", func(tx *gorm.DB) error {
		var row noticeRow
		if err := tx.Where("id = ?", n.ID).Take(&row).Error; err != nil {
			return err
		}
		var owner Account
		if err := tx.Clauses(forUpdate()).Where("id = ?", text(row.SecretFor)).Take(&owner).Error; err != nil {
			return err
		}
		replaced := owner.PasswordChangedAt != nil && owner.PasswordChangedAt.After(row.Created)
		switch {
		case row.Expires == nil || owner.Status != AccountActive || replaced:
			return models.ErrLinkSpent
		case !row.Expires.After(now):
			return ErrTooLate
		}
		return replaceLinks(tx, linkRow{AgencyID: row.AgencyID, Purpose: purposeReset, AccountID: owner.ID,
			Digest: s.digest(purposeReset, token), Created: now, Expires: expires})
	})
	if err != nil {
		return nil, err
	}
	return map[string]string{"link": s.publicURL + "/reset/" + token, "valid_until": expires.Format(time.RFC3339)}, nil
}

const liveReset = "digest = @digest and purpose = @purpose and used_at is null and voided_at is null and expires > @now"

func (s *Store) liveReset(token string) map[string]any {
	return map[string]any{"digest": s.digest(purposeReset, token), "purpose": purposeReset, "now": s.wallNow(), "active": AccountActive}
}

// ResetInfo looks at such a link without spending it; models.ErrLinkSpent when it is unknown, used or over, or the
// account is not active.
func (s *Store) ResetInfo(ctx context.Context, token string) (Link, error) {
	var found []Link
	err := s.reader(ctx).Raw(`select l.account_id, a.username, a.name, l.purpose, l.expires from one_use_links l
		join accounts a on a.id = l.account_id where a.status = @active and `+liveReset, s.liveReset(token)).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = models.ErrLinkSpent
	}
	if err != nil {
		return Link{}, wrap(err, "look at a link for a forgotten password")
	}
	return found[0], nil
}

// SpendReset uses such a link up, once however many try: the owner gets the password, and whatever opened the account
// before is over. models.ErrLinkSpent for everybody but the first.
func (s *Store) SpendReset(ctx context.Context, token, hash string, o models.Origin) error {
	return s.transact(ctx, "spend a link for a forgotten password", func(tx *gorm.DB) error {
		var used []struct{ AccountID string }
		args := s.liveReset(token)
		err := tx.Raw("update one_use_links set used_at = @now where "+liveReset+` and account_id in
			(select a.id from accounts a where a.id = one_use_links.account_id and a.status = @active) returning account_id`, args).Scan(&used).Error
		if err == nil && len(used) == 0 {
			err = models.ErrLinkSpent
		}
		if err != nil {
			return err
		}
		owner := used[0].AccountID
		if err := s.replacePassword(tx, newPassword{account: owner, hash: hash, by: o, reset: true}); err != nil {
			return err
		}
		return s.note(tx, models.Actor{AccountID: owner, Origin: o}, deed{stream: accountStream(owner), action: "password_reset", object: "account:" + owner})
	})
}
