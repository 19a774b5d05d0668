package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

const (
	liveProof = "proof = ? and proven is null and voided is null and not taken and expires > ?"
	liveUndo  = "undo = ? and proven is not null and undone is null and voided is null and undo_until > ?"
)

// EmailLink looks at one of the two links without spending it; undo tells which. models.ErrLinkSpent when it is unknown,
// used, replaced or over.
func (s *Store) EmailLink(ctx context.Context, token string, undo bool) (models.EmailLink, error) {
	change, err := s.changeBehind(s.reader(ctx), token, undo)
	if err != nil {
		return models.EmailLink{}, wrap(err, "look at a link for an address")
	}
	owner, err := s.AccountByID(ctx, change.AccountID)
	link := models.EmailLink{Username: owner.Username, Name: owner.Name, Email: change.NewEmail, Expires: change.Expires}
	if undo {
		link.Email, link.Instead, link.Expires = change.OldEmail, maskAddress(change.NewEmail), *change.UndoUntil
	}
	return link, err
}

func (s *Store) changeBehind(tx *gorm.DB, token string, undo bool) (emailChange, error) {
	live, use := liveProof, emailProof
	if undo {
		live, use = liveUndo, emailUndo
	}
	var found emailChange
	err := tx.Where(live, s.digest(use, token), s.wallNow()).Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = models.ErrLinkSpent
	}
	return found, err
}

// ProveEmail spends the link of the new address, once however many try: it is the account's from then on, and the old one
// gets a link by which to undo that. models.ErrLinkSpent for everybody but the first, and where the address has become
// another account's.
func (s *Store) ProveEmail(ctx context.Context, token string, o models.Origin) error {
	return s.transact(ctx, "prove an address", func(tx *gorm.DB) error {
		change, err := s.changeBehind(tx, token, false)
		if err != nil {
			return err
		}
		owner, err := lockedTrader(tx, change.AccountID)
		if err == nil && owner.Status != AccountActive {
			err = models.ErrLinkSpent
		}
		if err != nil {
			return err
		}
		holders, err := s.addressHolders(tx, owner.AgencyID, change.NewEmail, owner.ID)
		if err == nil && len(holders) > 0 {
			err = models.ErrLinkSpent
		}
		if err != nil {
			return err
		}
		now := s.wallNow()
		change.OldEmail, change.Proven = owner.Email, &now
		until := now.Add(models.EmailUndoLife)
		if err := spent(tx.Exec("update email_changes set proven = ?, undo_until = ?, old_email = ? where "+liveProof, now, until, owner.Email,
			s.digest(emailProof, token), now)); err != nil {
			return err
		}
		if err := tx.Exec("update accounts set email = ? where id = ?", change.NewEmail, owner.ID).Error; err != nil {
			return err
		}
		if err := s.tellEmailProven(tx, owner, change, until); err != nil {
			return err
		}
		return s.note(tx, models.Actor{Agency: owner.AgencyID, AccountID: owner.ID, Origin: o}, deed{stream: accountStream(owner.ID), action: "email_changed",
			object: "account:" + owner.ID, before: map[string]any{"email": maskAddress(owner.Email)}, after: map[string]any{"email": maskAddress(change.NewEmail)}})
	})
}

// spent tells of a link that somebody else has used meanwhile.
func spent(done *gorm.DB) error {
	if done.Error == nil && done.RowsAffected == 0 {
		return models.ErrLinkSpent
	}
	return done.Error
}

// tellEmailProven gives the old address the link by which it can undo the change.
func (s *Store) tellEmailProven(tx *gorm.DB, owner Account, c emailChange, until time.Time) error {
	old := person{AccountID: owner.ID, Name: owner.Name, Email: c.OldEmail, Locale: owner.Locale, Expires: &until}
	row, err := s.newNotice(owner.AgencyID, noticeEmailUndo, "", old, map[string]string{"name": owner.Name, "username": owner.Username,
		"new_email": maskAddress(c.NewEmail), "when": c.Proven.Format(time.RFC3339), "change": c.ID})
	if err != nil {
		return err
	}
	return queue(tx, []noticeRow{row.bearing(old)})
}

// UndoEmail spends the link of the old address, once however many try: the account has that address again. Whoever changed
// it may have known the password, and may have added a second factor first, so that both are void, with whatever else opens
// the account; the old address gets a link by which to set another password. Later changes and their links are dead; an earlier one
// can be undone still, so that nobody shakes the first owner off by changing twice. models.ErrLinkSpent for everybody but
// the first.
func (s *Store) UndoEmail(ctx context.Context, token string, o models.Origin) error {
	return s.transact(ctx, "undo a change of address", func(tx *gorm.DB) error {
		change, err := s.changeBehind(tx, token, true)
		if err != nil {
			return err
		}
		owner, err := lockedTrader(tx, change.AccountID)
		if err != nil {
			return err
		}
		now := s.wallNow()
		if err := spent(tx.Exec("update email_changes set undone = ? where "+liveUndo, now, s.digest(emailUndo, token), now)); err != nil {
			return err
		}
		err = tx.Exec(`update email_changes set voided = ? where account_id = ? and undone is null and voided is null and (proven is null or proven > ? or proven = ? and id > ?)`,
			now, owner.ID, change.Proven, change.Proven, change.ID).Error
		if err != nil {
			return err
		}
		factor, err := s.takeBack(tx, owner, change, now)
		if err != nil {
			return err
		}
		return s.note(tx, models.Actor{Agency: owner.AgencyID, AccountID: owner.ID, Origin: o}, deed{stream: accountStream(owner.ID), action: "email_change_undone",
			object: "account:" + owner.ID, before: map[string]any{"email": maskAddress(owner.Email)},
			after: map[string]any{"email": maskAddress(change.OldEmail), "second_factor_removed": factor}})
	})
}

// takeBack gives an account the address of before, and leaves nothing that whoever changed it could come back by. It tells
// whether there was a second factor.
func (s *Store) takeBack(tx *gorm.DB, owner Account, change emailChange, now time.Time) (factor bool, err error) {
	if err := keepHash(tx, owner, now); err != nil {
		return false, err
	}
	err = tx.Exec(`update accounts set email = ?, password_hash = '', password_changed_at = ?, must_change = ?, password_noticed = 0,
		failed_count = 0, failed_since = null, lock_count = 0, locked_until = null where id = ?`, change.OldEmail, now, false, owner.ID).Error
	if err != nil {
		return false, err
	}
	removed := tx.Exec("delete from second_factors where account_id = ?", owner.ID)
	if removed.Error != nil {
		return false, removed.Error
	}
	factor = removed.RowsAffected > 0
	if err := tx.Exec("delete from sign_in_challenges where account_id = ?", owner.ID).Error; err != nil {
		return factor, err
	}
	if err := s.shutAway(tx, []string{owner.ID}, s.caseNow()); err != nil {
		return factor, err
	}
	return factor, s.tellTakenBack(tx, owner, change, now)
}

// tellTakenBack sends the address of before the link by which to set a password: another one, or the first where the account
// waits for that still.
func (s *Store) tellTakenBack(tx *gorm.DB, owner Account, change emailChange, now time.Time) error {
	owner.Email = change.OldEmail
	if owner.Status == AccountPending {
		var company string
		if err := tx.Raw("select name from companies where id = ?", text(owner.CompanyID)).Scan(&company).Error; err != nil {
			return err
		}
		return s.firstLink(tx, owner.AgencyID, noticeReopened, owner, map[string]string{"company": company})
	}
	if owner.Status != AccountActive {
		return nil
	}
	expires := now.Add(models.ResetMessageLife)
	to := person{AccountID: owner.ID, Name: owner.Name, Email: owner.Email, Locale: owner.Locale, Expires: &expires}
	row, err := s.newNotice(owner.AgencyID, noticeEmailUndone, "", to, map[string]string{"name": owner.Name, "username": owner.Username})
	if err != nil {
		return err
	}
	row.MessageID = fmt.Sprintf("undone-%s", change.ID)
	return queue(tx, []noticeRow{row.bearing(to)})
}
