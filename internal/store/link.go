package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

const purposeSetPassword = "set_password"

type linkRow struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	Purpose   string
	AccountID string
	Digest    string
	Created   time.Time
	Expires   time.Time
	UsedAt    *time.Time
	VoidedAt  *time.Time
}

// TableName is the table's name.
func (linkRow) TableName() string { return "one_use_links" }

// Link is what a one-use link's page shows before it is used.
type Link struct {
	AccountID, Username, Name, Purpose string
	Expires                            time.Time
}

// Mint makes the one-use link that a message bears, at the moment of sending: the receiver's last one is dead from
// then on. It gives what the message lacks, "link" and "valid_until" (RFC 3339). The life of a memo's link begins when
// its message first leaves; a resend does not lengthen it. ErrTooLate when it would be over already; models.ErrLinkSpent when its owner has a password by now, or another
// address, or their contract has ended.
func (s *Store) Mint(ctx context.Context, n models.Notice) (map[string]string, error) {
	token, now := newToken(), s.caseNow()
	var expires time.Time
	err := s.transact(ctx, "mint a link", func(tx *gorm.DB) error {
		row, err := mintable(tx, n, now)
		if err != nil {
			return err
		}
		expires = *row.Expires
		return replaceLinks(tx, linkRow{AgencyID: row.AgencyID, Purpose: purposeSetPassword, AccountID: text(row.SecretFor),
			Digest: s.digest(purposeSetPassword, token), Created: now, Expires: expires})
	})
	if err != nil {
		return nil, err
	}
	return map[string]string{"link": s.publicURL + "/password/" + token, "valid_until": expires.Format(time.RFC3339)}, nil
}

// mintable gives the message for which a secret is to be made, with its receiver's account locked.
func mintable(tx *gorm.DB, n models.Notice, now time.Time) (noticeRow, error) {
	var row noticeRow
	if err := tx.Where("id = ?", n.ID).Take(&row).Error; err != nil {
		return row, err
	}
	var owner Account
	if err := tx.Clauses(forUpdate()).Where("id = ?", text(row.SecretFor)).Take(&owner).Error; err != nil {
		return row, err
	}
	if row.Expires == nil || owner.Status != AccountPending || strays(row, owner) {
		return row, models.ErrLinkSpent
	}
	if err := row.begin(tx, now); err != nil {
		return row, err
	}
	if !row.Expires.After(now) {
		return row, ErrTooLate
	}
	return row, nil
}

// ErrTooLate is models.ErrLinkSpent for a message that waited so long that what it bears would be over, to somebody who
// still waits for it.
var ErrTooLate = fmt.Errorf("a message waited too long: %w", models.ErrLinkSpent)

// strays tells of a message to an address that was a trader's when it was written and is no more. An employee's may go to
// the address that their memo or their request gave.
func strays(row noticeRow, owner Account) bool {
	return owner.CompanyID != nil && models.NormalizeEmail(row.ToAddress) != models.NormalizeEmail(owner.Email)
}

// replaceLinks keeps a new secret of an account; the last ones of every purpose are dead.
func replaceLinks(tx *gorm.DB, link linkRow) error {
	if err := voidLinks(tx, link.Created, []string{link.AccountID}); err != nil {
		return err
	}
	link.ID = newID()
	return tx.Create(&link).Error
}

// LinkInfo looks at a link without spending it; models.ErrLinkSpent when it is unknown, used or over.
func (s *Store) LinkInfo(ctx context.Context, token string) (Link, error) {
	var found []Link
	err := s.reader(ctx).Raw(`
		select l.account_id, a.username, a.name, l.purpose, l.expires
		from one_use_links l join accounts a on a.id = l.account_id
		where l.digest = ? and l.used_at is null and l.voided_at is null and l.expires > ? and a.status <> ?`,
		s.digest(purposeSetPassword, token), s.caseNow(), AccountDisabled).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = models.ErrLinkSpent
	}
	if err != nil {
		return Link{}, wrap(err, "look at a link")
	}
	return found[0], nil
}

// Spent is what spending a link came to. Finished lists the memos that wait for no link any more, and Registrations those
// that waited for this one.
type Spent struct {
	AccountID     string
	Finished      []string
	Registrations []string
}

// SpendLink uses a link up, once however many try: the owner gets the password, the account becomes active, and the
// rows of every memo that waited for them are activated. models.ErrLinkSpent for everybody but the first.
func (s *Store) SpendLink(ctx context.Context, token, passwordHash string, o models.Origin) (Spent, error) {
	var spent Spent
	err := s.transact(ctx, "spend a link", func(tx *gorm.DB) error {
		now := s.caseNow()
		var err error
		if spent.AccountID, err = s.useLink(tx, token, now); err != nil {
			return err
		}
		if err := voidLinks(tx, now, []string{spent.AccountID}); err != nil { // the temporary password that led to it
			return err
		}
		if err := tx.Exec(`update accounts set password_hash = ?, password_changed_at = ?, password_noticed = 0, status = ?, must_change = ?,
			failed_count = 0, failed_since = null, lock_count = 0, locked_until = null where id = ?`,
			passwordHash, s.wallNow(), AccountActive, false, spent.AccountID).Error; err != nil {
			return err
		}
		if err := forgetDevices(tx, spent.AccountID, ""); err != nil {
			return err
		}
		waited, err := s.activateRows(tx, spent.AccountID, now)
		if err != nil {
			return err
		}
		if spent.Finished, err = settled(tx, waited); err != nil {
			return err
		}
		if spent.Registrations, err = registrationsOf(tx, spent.AccountID); err != nil {
			return err
		}
		return s.auditActivation(tx, spent.AccountID, waited, o, now)
	})
	return spent, err
}

func (s *Store) useLink(tx *gorm.DB, token string, now time.Time) (string, error) {
	var used []struct{ AccountID string }
	err := tx.Raw(`update one_use_links set used_at = @now
		where digest = @digest and used_at is null and voided_at is null and expires > @now
			and account_id in (select a.id from accounts a where a.id = one_use_links.account_id and a.status <> @disabled) returning account_id`,
		map[string]any{"now": now, "digest": s.digest(purposeSetPassword, token), "disabled": AccountDisabled}).Scan(&used).Error
	if err == nil && len(used) == 0 {
		err = models.ErrLinkSpent
	}
	if err != nil {
		return "", err
	}
	return used[0].AccountID, nil
}

// waited is a memo that waited for an account, and how its row stood.
type waited struct{ CaseID, State string }

// activateRows marks what the account's link was waited for, and lets everybody who watches those cases know. A row whose
// link lapsed waits too, while its memo is open: its person came by another.
func (s *Store) activateRows(tx *gorm.DB, accountID string, now time.Time) ([]waited, error) {
	var found []waited
	err := tx.Raw(`select r.case_id, max(r.state) as state from memo_rows r join cases c on c.id = r.case_id
		where r.account_id = ? and (r.state = ? or r.state = ? and c.closed is null) group by r.case_id order by r.case_id`,
		accountID, models.RowProvisioned, models.RowLapsed).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	// The cases' rows are locked first, in one order, as Record does.
	err = tx.Exec("update cases set version = version + 1, updated = ?, touched = ? where id in ?", now, s.databaseTime(), casesOf(found)).Error
	if err != nil {
		return nil, err
	}
	err = tx.Exec("update memo_rows set state = ?, activated_at = ? where account_id = ? and state in ? and case_id in ?",
		models.RowActivated, now, accountID, openLinkStates(), casesOf(found)).Error
	return found, err
}

func casesOf(rows []waited) []string {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.CaseID
	}
	return ids
}

// settled picks the cases whose accounts are all made and whose links are all used.
func settled(tx *gorm.DB, rows []waited) ([]string, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var done []string
	err := tx.Raw(`select id from cases c where c.id in ? and not exists (
		select 1 from memo_rows r where r.case_id = c.id and r.state in ('pending', 'accepted', 'provisioned')) order by id`, casesOf(rows)).
		Scan(&done).Error
	return done, err
}

func (s *Store) auditActivation(tx *gorm.DB, accountID string, rows []waited, o models.Origin, now time.Time) error {
	a := models.Actor{AccountID: accountID, Origin: o}
	var name string
	if err := tx.Raw("select name from accounts where id = ?", accountID).Scan(&name).Error; err != nil {
		return err
	}
	deeds := []deed{{stream: accountStream(accountID), action: "account_activated", object: "account:" + accountID,
		before: map[string]any{"status": AccountPending}, after: map[string]any{"status": AccountActive}}}
	for _, r := range rows {
		deeds = append(deeds, deed{stream: caseStream(r.CaseID), action: "row_activated", object: "account:" + accountID,
			before: map[string]any{"state": r.State}, after: map[string]any{"state": models.RowActivated}})
	}
	entries := make([]models.AuditEntry, len(deeds))
	for i, d := range deeds {
		d.at, d.actorName = now, name
		var err error
		if entries[i], err = d.by(a); err != nil {
			return err
		}
	}
	return s.appendAudit(tx, models.DefaultAgency, entries...)
}

// voidLinks kills the live links of accounts.
func voidLinks(tx *gorm.DB, now time.Time, accounts []string) error {
	return tx.Exec("update one_use_links set voided_at = ? where account_id in ? and used_at is null and voided_at is null",
		now, accounts).Error
}
