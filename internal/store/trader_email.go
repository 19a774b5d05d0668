package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// The uses of the digests of a change's two links, and the kinds of messages that bear them.
const (
	emailProof = "email_proof"
	emailUndo  = "email_undo"

	noticeEmailProof  = "email_change_proof"
	noticeEmailUndo   = "email_changed"
	noticeEmailUndone = "email_undone"
	noticeReopened    = "trader_reopened"
)

// emailChange is one change of a trader's address; see the migration.
type emailChange struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	AccountID string
	OldEmail  string
	NewEmail  string
	Taken     bool
	Created   time.Time
	Expires   time.Time
	Proof     *string
	Proven    *time.Time
	Undo      *string
	UndoUntil *time.Time
	Undone    *time.Time
	Voided    *time.Time
}

// TableName is the table's name.
func (emailChange) TableName() string { return "email_changes" }

// AskEmailChange begins a change of the actor's own address: the new one gets a link by which it proves itself, and the old
// one is told. An address of another account is answered alike, and told so itself. models.ErrTooSoon past the pace of
// messages, a fault of the field email where nothing would change.
func (s *Store) AskEmailChange(ctx context.Context, a models.Actor, email string) error {
	return s.transact(ctx, "ask for another address", func(tx *gorm.DB) error {
		now := s.wallNow()
		owner, err := trader(tx.Clauses(forUpdate()), a)
		switch {
		case err != nil:
			return err
		case models.NormalizeEmail(owner.Email) == email:
			return models.Invalid(models.Fault("email", "email_same"))
		}
		var asked []time.Time
		if err := tx.Raw("select created from email_changes where account_id = ? and created > ?", owner.ID, now.Add(-24*time.Hour)).Scan(&asked).Error; err != nil {
			return err
		}
		if !models.MayResend(asked, now) {
			return models.ErrTooSoon
		}
		if err := voidEmailAsked(tx, owner.ID, now); err != nil {
			return err
		}
		change := emailChange{ID: newID(), AgencyID: owner.AgencyID, AccountID: owner.ID, OldEmail: owner.Email, NewEmail: email, Created: now,
			Expires: now.Add(models.EmailProofLife)}
		holders, err := s.addressHolders(tx, change.AgencyID, email, owner.ID)
		if err != nil {
			return err
		}
		change.Taken = len(holders) > 0
		if err := tx.Create(&change).Error; err != nil {
			return err
		}
		if err := s.tellEmailAsked(tx, a, owner, change, holders); err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(owner.ID), action: "email_change_asked", object: "account:" + owner.ID,
			before: map[string]any{"email": maskAddress(owner.Email)}, after: map[string]any{"email": maskAddress(email), "taken": change.Taken}})
	})
}

// voidEmailAsked kills the link that a new address was to prove itself by. Links by which old ones undo a change stay.
func voidEmailAsked(tx *gorm.DB, accountID string, now time.Time) error {
	return tx.Exec("update email_changes set voided = ? where account_id = ? and proven is null and voided is null", now, accountID).Error
}

// addressHolders are the traders who have an address, or can still take it back, but for one account. Nobody else takes it
// before the transaction is over.
func (s *Store) addressHolders(tx *gorm.DB, agency, email, except string) ([]person, error) {
	if !s.sqlite {
		if err := tx.Exec("select pg_advisory_xact_lock(hashtext(?))", email).Error; err != nil {
			return nil, err
		}
	}
	var list []person
	err := tx.Raw(`select a.id as account_id, a.username, a.name, cast(@email as text) as email, a.locale, a.status = @pending as waits from accounts a
		where a.agency_id = @agency and a.company_id is not null and a.id <> @except and (lower(a.email) = @email or exists (
			select 1 from email_changes h where h.account_id = a.id and h.agency_id = a.agency_id and h.old_email = @email
				and h.proven is not null and h.undone is null and h.voided is null and h.undo_until > @now)) order by a.id`,
		map[string]any{"agency": agency, "except": except, "email": email, "now": s.wallNow(), "pending": AccountPending}).Scan(&list).Error
	return list, err
}

// tellEmailAsked writes to the old address, and to the new one what it is to do.
func (s *Store) tellEmailAsked(tx *gorm.DB, a models.Actor, owner Account, c emailChange, holders []person) error {
	old := person{AccountID: owner.ID, Username: owner.Username, Name: owner.Name, Email: c.OldEmail, Locale: owner.Locale}
	asked, err := s.newNotice(c.AgencyID, "email_change_asked", "", old, map[string]string{"name": owner.Name, "username": owner.Username,
		"new_email": maskAddress(c.NewEmail), "when": c.Created.Format(time.RFC3339), "where": whereFrom(a.Origin), "link": "/account/password"})
	if err != nil {
		return err
	}
	rows := []noticeRow{asked}
	if len(holders) == 0 {
		to := old
		to.Email, to.Expires = c.NewEmail, &c.Expires
		row, err := s.newNotice(c.AgencyID, noticeEmailProof, "", to, map[string]string{"name": owner.Name, "username": owner.Username, "change": c.ID})
		if err != nil {
			return err
		}
		rows = append(rows, row.bearing(to))
	}
	if err := queue(tx, rows); err != nil {
		return err
	}
	return s.tellHolders(tx, c.AgencyID, holders)
}

// The kinds of messages to those who have an address that somebody asked for: who has no password yet is led to one.
const (
	noticeTaken   = "email_taken"
	noticeWaiting = "email_waiting"
)

// tellHolders writes to those who have an address that somebody asked for it.
func (s *Store) tellHolders(tx *gorm.DB, agency string, holders []person) error {
	var rows []noticeRow
	for _, h := range holders {
		kind, link := noticeTaken, "/sign-in"
		if h.Waits {
			kind, link = noticeWaiting, "/activate-trader"
		}
		row, err := s.newNotice(agency, kind, "", h, map[string]string{"name": h.Name, "username": h.Username, "link": link})
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return queue(tx, rows)
}

func whereFrom(o models.Origin) string {
	switch {
	case o.IP != "":
		return o.IP
	case o.Channel != "":
		return o.Channel
	}
	return "loket"
}

// BearsEmailLink tells whether a message bears a link by which an address proves itself, or undoes a change.
func BearsEmailLink(n models.Notice) bool {
	return n.Kind == noticeEmailProof || n.Kind == noticeEmailUndo
}

// MintEmailLink makes the link of such a message at the moment of sending; one that was made for an earlier try is dead. It
// gives "link" and "valid_until" (RFC 3339). ErrTooLate when it would be over already; models.ErrLinkSpent when the change is.
func (s *Store) MintEmailLink(ctx context.Context, n models.Notice) (map[string]string, error) {
	token, use, path := newToken(), emailProof, "/email/confirm/"
	query := `update email_changes set proof = @digest where id = @id and account_id = @account and proven is null and voided is null and not taken
		and expires > @now returning expires as until`
	if n.Kind == noticeEmailUndo {
		use, path = emailUndo, "/email/undo/"
		query = `update email_changes set undo = @digest where id = @id and account_id = @account and proven is not null and undone is null and voided is null
			and undo_until > @now returning undo_until as until`
	}
	var made []struct{ Until time.Time }
	err := s.transact(ctx, "mint a link for an address", func(tx *gorm.DB) error {
		made = nil
		args := map[string]any{"digest": s.digest(use, token), "id": n.Data["change"], "account": n.SecretFor, "now": s.wallNow()}
		err := tx.Raw(query, args).Scan(&made).Error
		if err == nil && len(made) == 0 {
			err = tooLate(tx, n)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return map[string]string{"link": s.publicURL + path + token, "valid_until": made[0].Until.UTC().Format(time.RFC3339)}, nil
}

// tooLate says why no link was made: its time was over, or there is nothing left to prove or to undo.
func tooLate(tx *gorm.DB, n models.Notice) error {
	open := "proven is null and not taken"
	if n.Kind == noticeEmailUndo {
		open = "proven is not null and undone is null"
	}
	var waits int64
	err := tx.Raw("select count(*) from email_changes where id = ? and account_id = ? and voided is null and "+open, n.Data["change"], n.SecretFor).Scan(&waits).Error
	switch {
	case err != nil:
		return err
	case waits > 0:
		return ErrTooLate
	}
	return models.ErrLinkSpent
}
