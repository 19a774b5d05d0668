package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// The kinds of messages that traders get about their accounts begin alike; those that bear a link bear no temporary
// password in its stead.
const (
	traderKinds    = "trader_"
	noticeOld      = "trader_old"
	noticeOldKnown = "trader_known"
	noticeNoneYet  = "trader_waiting"
)

// ForTrader tells whether a message is about a trader's account.
func ForTrader(n models.Notice) bool {
	return strings.HasPrefix(n.Kind, traderKinds) || strings.HasPrefix(n.Kind, registrationKinds)
}

type oldAccountRow struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	Form      string // sealed; empty once looked at
	Lang      string
	Address   string // digest
	AccountID *string
	Outcome   string
	Created   time.Time
	LookedAt  *time.Time
	SentAt    *time.Time
}

// TableName is the table's name.
func (oldAccountRow) TableName() string { return "old_account_requests" }

func (r oldAccountRow) object() string { return "old_account:" + r.ID }

// OldAccountRequest is what somebody asked whose account was imported. Nonce is of the proof that they are no machine, which
// is of use once until NonceExpires.
type OldAccountRequest struct {
	Form         models.OldAccountForm
	Lang         string
	Nonce        string
	NonceExpires time.Time
	Origin       models.Origin
}

// AskOldAccount keeps a request. Nothing is looked up: for whom a form is right takes no longer than for whom it is wrong.
// models.ErrDuplicate where the proof was used before.
func (s *Store) AskOldAccount(ctx context.Context, in OldAccountRequest) error {
	body, err := json.Marshal(in.Form)
	if err != nil {
		return fmt.Errorf("write a form for an old account: %w", err)
	}
	sealed, err := s.seal(body)
	if err != nil {
		return err
	}
	return s.transact(ctx, "keep a request for an old account", func(tx *gorm.DB) error {
		agency := models.DefaultAgency
		if err := spendNonce(tx, agency, in.Nonce, in.NonceExpires); err != nil {
			return err
		}
		row := oldAccountRow{ID: newID(), AgencyID: agency, Form: sealed, Lang: in.Lang, Created: s.wallNow()}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return s.note(tx, models.Actor{Agency: agency, Origin: in.Origin}, deed{stream: "system", action: "old_account_asked", object: row.object()})
	})
}

// LookAtOldAccounts judges the requests that wait, the oldest first, and has links sent where they are right; it gives how
// many it looked at. It may run in many processes: each request is taken by one. One that cannot be looked
// at waits for the next round, and keeps no other waiting.
func (s *Store) LookAtOldAccounts(ctx context.Context, limit int) (int, error) {
	var ids []string
	err := s.reader(ctx).Raw("select id from old_account_requests where looked_at is null order by created limit ?", limit).Scan(&ids).Error
	if err != nil {
		return 0, wrap(err, "look for requests for old accounts")
	}
	return EachOf(ids, Unavailable, func(id string) error { return s.lookAtOldAccount(ctx, id) })
}

func (s *Store) lookAtOldAccount(ctx context.Context, id string) error {
	return s.transact(ctx, "look at a request for an old account", func(tx *gorm.DB) error {
		var row oldAccountRow
		taken := tx.Exec("update old_account_requests set looked_at = ? where id = ? and looked_at is null", s.wallNow(), id)
		if taken.Error != nil || taken.RowsAffected == 0 {
			return taken.Error
		}
		if err := tx.Where("id = ?", id).Take(&row).Error; err != nil {
			return err
		}
		if err := s.answerOldAccount(tx, &row); err != nil {
			return err
		}
		row.Form = ""
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		d := deed{stream: "system", action: "old_account_looked", object: row.object(), after: map[string]any{"matched": row.Outcome == ""}}
		if row.Outcome != "" {
			d.after["turned"] = row.Outcome
		}
		if row.AccountID != nil {
			d.stream = accountStream(*row.AccountID)
		}
		return s.note(tx, models.Actor{Agency: row.AgencyID, Origin: models.Origin{Channel: "clock"}}, d)
	})
}

// oldAccount is an account that a form may mean, with its company's name.
type oldAccount struct {
	Account Account `gorm:"embedded"`
	Company string
}

// answerOldAccount writes into the row whose account is meant, and sends what is to be sent.
func (s *Store) answerOldAccount(tx *gorm.DB, row *oldAccountRow) error {
	var form models.OldAccountForm
	body, err := s.unseal(row.Form)
	if err != nil || json.Unmarshal(body, &form) != nil {
		row.Outcome = models.OldAccountUnreadable
		return nil
	}
	row.Address = s.digest("old_account", form.Email)
	owner, err := s.oldAccount(tx, row.AgencyID, form)
	if errors.Is(err, models.ErrNotFound) {
		row.Outcome = models.OldAccountUnknown
		return nil
	}
	if err != nil {
		return err
	}
	row.AccountID = &owner.Account.ID
	if owner.Account.Status == AccountDisabled {
		row.Outcome = models.OldAccountClosed
		return nil
	}
	may, err := s.mayOldAccountBeSent(tx, row)
	if err != nil || !may {
		row.Outcome = models.OldAccountTooOften
		return err
	}
	now := s.wallNow()
	row.SentAt = &now
	if owner.Account.Status == AccountActive {
		row.Outcome = models.OldAccountActive
		return s.tellKnown(tx, row, owner.Account)
	}
	return s.firstLink(tx, row.AgencyID, noticeOld, owner.Account, map[string]string{"company": owner.Company})
}

// oldAccount finds and locks the account that a form means: of the company with the NPWP, in either of its forms.
func (s *Store) oldAccount(tx *gorm.DB, agency string, form models.OldAccountForm) (oldAccount, error) {
	var found []oldAccount
	key := models.NPWPKey(form.NPWP)
	err := tx.Raw(`select a.*, c.name as company from accounts a join companies c on c.id = a.company_id
		where a.agency_id = @agency and lower(a.email) = @email and c.npwp in @npwp
		order by case a.status when 'pending' then 0 when 'active' then 1 else 2 end, a.id limit 1`+s.forUpdateOf("a"),
		map[string]any{"agency": agency, "email": form.Email, "npwp": []string{key, "0" + key}}).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return oldAccount{}, err
	}
	return found[0], nil
}

// forUpdateOf locks the rows of one table among several that a written statement reads.
func (s *Store) forUpdateOf(table string) string {
	if s.sqlite {
		return ""
	}
	return " for update of " + table
}

// mayOldAccountBeSent keeps a stranger from filling somebody's mailbox, whichever of their accounts is named.
func (s *Store) mayOldAccountBeSent(tx *gorm.DB, row *oldAccountRow) (bool, error) {
	now := s.wallNow()
	var sent []time.Time
	err := tx.Raw("select sent_at from old_account_requests where (account_id = ? or address = ?) and sent_at > ?",
		*row.AccountID, row.Address, now.Add(-24*time.Hour)).Scan(&sent).Error
	return models.MayResend(sent, now), err
}

// tellKnown says to somebody who has a password that it is asked for elsewhere.
func (s *Store) tellKnown(tx *gorm.DB, row *oldAccountRow, owner Account) error {
	return s.tellTheWay(tx, row.AgencyID, noticeOldKnown, owner, "/forgotten")
}

// tellTheWay sends the owner of an account from one public form to another, which is the right one.
func (s *Store) tellTheWay(tx *gorm.DB, agency, kind string, owner Account, link string) error {
	to := person{AccountID: owner.ID, Name: owner.Name, Email: owner.Email, Locale: owner.Locale}
	notice, err := s.newNotice(agency, kind, "", to, map[string]string{"name": owner.Name, "username": owner.Username, "link": link})
	if err != nil {
		return err
	}
	return queue(tx, []noticeRow{notice})
}

// SweepOldAccounts forgets requests that are older than 90 days.
func (s *Store) SweepOldAccounts(ctx context.Context) error {
	err := s.write.WithContext(ctx).Exec("delete from old_account_requests where looked_at < ?", s.wallNow().Add(-90*24*time.Hour)).Error
	return wrap(err, "sweep requests for old accounts")
}
