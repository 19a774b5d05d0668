package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// Terms is what one round of KeepTerms came to: how many traders were told that their accounts end, and how many accounts
// were closed.
type Terms struct{ Told, Closed int }

// endingTerm is an account whose owner is to be told, or that is to be closed.
type endingTerm struct {
	Owner      person `gorm:"embedded"`
	AgencyID   string
	Status     string
	EndsAt     time.Time
	EndNoticed *int
}

// KeepTerms tells traders in time that their accounts end, and closes those that nobody has renewed. It may run anywhere and
// at any time: each step marks the account in the transaction that acts, so that none happens twice. One account that fails
// keeps none of the others from their news; its error is among those that are given.
func (s *Store) KeepTerms(ctx context.Context, limit int) (Terms, error) {
	var done Terms
	now := s.wallNow()
	list, failed := s.dueTerms(ctx, now, limit)
	for _, e := range list {
		step, n := s.tellTerm, &done.Told
		if models.TermOf(&e.EndsAt, now).Over(now) {
			step, n = s.closeTerm, &done.Closed
		}
		acted, err := step(ctx, e, now)
		if err == nil {
			*n += acted
		}
		failed = errors.Join(failed, err)
	}
	return done, failed
}

// dueTerms finds accounts of which something is due. What models.TermNotice says in the end is asked of them alone.
func (s *Store) dueTerms(ctx context.Context, now time.Time, limit int) ([]endingTerm, error) {
	var list []endingTerm
	var due []endingTerm
	err := s.reader(ctx).Raw(`select id as account_id, username, name, email, locale, agency_id, status, ends_at, end_noticed from accounts
		where status <> @disabled and ends_at <= @over
		union all
		select id, username, name, email, locale, agency_id, status, ends_at, end_noticed from accounts
		where status = @active and ends_at > @over and ends_at <= @first and coalesce(end_noticed, 99) > 0
		order by ends_at, account_id`, map[string]any{"disabled": AccountDisabled, "active": AccountActive, "over": now.Add(-models.RenewalAfter),
		"first": now.Add(models.FirstTermNotice())}).Scan(&list).Error
	for _, e := range list {
		_, tell := models.TermNotice(e.EndsAt, now, e.EndNoticed)
		if len(due) < limit && (tell || models.TermOf(&e.EndsAt, now).Over(now)) {
			due = append(due, e)
		}
	}
	return due, wrap(err, "look for accounts that end")
}

func (s *Store) tellTerm(ctx context.Context, e endingTerm, now time.Time) (int, error) {
	n, days := 0, 0
	err := s.transact(ctx, "tell that an account ends", func(tx *gorm.DB) error {
		n = 0
		days, _ = models.TermNotice(e.EndsAt, now, e.EndNoticed)
		marked := tx.Exec("update accounts set end_noticed = ? where id = ? and ends_at = ? and status = ? and coalesce(end_noticed, 99) > ?",
			days, e.Owner.AccountID, e.EndsAt, AccountActive, days)
		if marked.Error != nil || marked.RowsAffected == 0 {
			return marked.Error
		}
		n = 1
		kind := "account_ending"
		if days == 0 {
			kind = "account_ended"
		}
		if err := s.tellOfTerm(tx, e, kind, strconv.Itoa(days)); err != nil {
			return err
		}
		return s.note(tx, clockActor(), deed{stream: accountStream(e.Owner.AccountID), action: "account_end_told", object: "account:" + e.Owner.AccountID,
			after: map[string]any{"days": days, "ends": e.EndsAt.UTC().Format(time.RFC3339)}})
	})
	return n, err
}

// tellOfTerm queues one message about an account's end. Its id is made of what it says, so that the same news goes out once.
func (s *Store) tellOfTerm(tx *gorm.DB, e endingTerm, kind, step string) error {
	if e.Owner.Email == "" {
		return nil
	}
	left := int(e.EndsAt.Sub(s.wallNow()).Hours()/24 + 0.999)
	row, err := s.newNotice(e.AgencyID, kind, "", e.Owner, map[string]string{"name": e.Owner.Name, "username": e.Owner.Username,
		"valid_until": e.EndsAt.UTC().Format(time.RFC3339), "left": strconv.Itoa(max(0, left)), "link": "/profile/renewal",
		"due": e.EndsAt.Add(models.RenewalAfter).UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	row.MessageID = fmt.Sprintf("term-%s-%d-%s", e.Owner.AccountID, e.EndsAt.Unix(), step)
	return queue(tx, []noticeRow{row})
}

// closeTerm closes an account that can be renewed no more, with whatever opens it and what it was allowed: one that comes back
// begins with neither.
func (s *Store) closeTerm(ctx context.Context, e endingTerm, now time.Time) (int, error) {
	n := 0
	err := s.transact(ctx, "close an account that ended", func(tx *gorm.DB) error {
		n = 0
		closed := tx.Exec(`update accounts set status = @disabled, responsible = @no, people_version = people_version + 1
			where id = @id and ends_at = @ends and status <> @disabled`, map[string]any{"disabled": AccountDisabled, "no": false, "id": e.Owner.AccountID, "ends": e.EndsAt})
		if closed.Error != nil || closed.RowsAffected == 0 {
			return closed.Error
		}
		n = 1
		if err := s.dropPasswords(tx, e.Owner.AccountID); err != nil {
			return err
		}
		if err := tx.Exec("delete from company_areas where account_id = ?", e.Owner.AccountID).Error; err != nil {
			return err
		}
		if err := s.shutAway(tx, []string{e.Owner.AccountID}, s.caseNow()); err != nil {
			return err
		}
		if err := voidEmailAsked(tx, e.Owner.AccountID, now); err != nil {
			return err
		}
		if err := s.tellOfTerm(tx, e, "account_closed", "closed"); err != nil {
			return err
		}
		return s.note(tx, clockActor(), deed{stream: accountStream(e.Owner.AccountID), action: "account_disabled", object: "account:" + e.Owner.AccountID,
			before: map[string]any{"status": e.Status}, after: map[string]any{"status": AccountDisabled, "why": "not_renewed"}})
	})
	return n, err
}

// Renewal is a trader's word that their company's data hold. Data, if any, are what they ought to be, against the Version
// that was seen.
type Renewal struct {
	Data    *models.CompanyData
	Version int
}

// Renew lengthens the actor's account: models.ErrNotNow outside the time for it, models.ErrStale where the company's data
// were changed since they were seen.
func (s *Store) Renew(ctx context.Context, a models.Actor, in Renewal) (models.Term, error) {
	var term models.Term
	err := s.transact(ctx, "renew an account", func(tx *gorm.DB) error {
		now := s.wallNow()
		owner, err := trader(tx.Clauses(forUpdate()), a)
		if err != nil {
			return err
		}
		had := models.TermOf(owner.EndsAt, now)
		if !had.RenewableNow {
			return models.ErrNotNow
		}
		if err := s.confirmCompany(tx, a, in); err != nil {
			return err
		}
		ends := micro(had.Renewed(now, s.validity))
		term = models.TermOf(&ends, now)
		if err := tx.Exec("update accounts set ends_at = ?, end_noticed = null where id = ?", ends, owner.ID).Error; err != nil {
			return err
		}
		e := endingTerm{Owner: person{AccountID: owner.ID, Username: owner.Username, Name: owner.Name, Email: owner.Email, Locale: owner.Locale}, AgencyID: owner.AgencyID, EndsAt: ends}
		if err := s.tellOfTerm(tx, e, "account_renewed", "renewed"); err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(owner.ID), action: "account_renewed", object: "account:" + owner.ID,
			before: map[string]any{"ends": owner.EndsAt.Format(time.RFC3339)}, after: map[string]any{"ends": ends.Format(time.RFC3339), "company_version": in.Version}})
	})
	return term, err
}

// confirmCompany sees to it that what is confirmed is what stands there, or comes to.
func (s *Store) confirmCompany(tx *gorm.DB, a models.Actor, in Renewal) error {
	if in.Data != nil {
		return s.changeCompany(tx, a, *in.Data, in.Version)
	}
	var row companyRecord
	if err := tx.Where("id = ? and agency_id = ?", a.Company, agencyOf(a)).Take(&row).Error; err != nil {
		return err
	}
	if row.Version != in.Version {
		return staleCompany(tx, row)
	}
	return nil
}
