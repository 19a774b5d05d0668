package store

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// endAccess takes away access that is over, and closes the accounts that have nothing left by it.
func (s *Store) endAccess(ctx context.Context, over []ending, now time.Time) (int, error) {
	n := 0
	err := s.transact(ctx, "end access", func(tx *gorm.DB) error {
		var locked []string
		// Accounts before cases, as whoever spends a link does.
		if err := tx.Raw("select id from accounts where id in ? order by id"+s.forUpdateSQL(), accountsOf(over)).Scan(&locked).Error; err != nil {
			return err
		}
		ended, err := takeAway(tx, over, now)
		if n = len(ended); err != nil || n == 0 {
			return err
		}
		closed, err := s.closeAccounts(tx, slices.Compact(accountsOf(ended)), now)
		if err != nil {
			return err
		}
		if err := s.showEnded(tx, ended, now); err != nil {
			return err
		}
		entries, err := entriesOf(ended, now)
		if err != nil {
			return err
		}
		return s.appendAudit(tx, models.DefaultAgency, append(entries, closed...)...)
	})
	return n, err
}

// takeAway marks access as ended and gives what was there: the rest another process has ended, or a new memo prolonged.
func takeAway(tx *gorm.DB, over []ending, now time.Time) ([]ending, error) {
	var ended []ending
	for _, e := range over {
		done := tx.Exec("update account_applications set ended_at = ? where account_id = ? and application = ? and ends = ? and ended_at is null",
			now, e.AccountID, e.Application, e.Ends)
		if done.Error != nil {
			return nil, done.Error
		}
		if done.RowsAffected > 0 {
			ended = append(ended, e)
		}
	}
	return ended, nil
}

func entriesOf(ended []ending, now time.Time) ([]models.AuditEntry, error) {
	entries := make([]models.AuditEntry, len(ended))
	for i, e := range ended {
		var err error
		if entries[i], err = (deed{stream: accountStream(e.AccountID), action: "access_ended", object: "account:" + e.AccountID, at: now,
			before: map[string]any{"application": e.Application, "ends": e.Ends}}).by(clockActor()); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// forUpdateSQL locks what a written statement selects; SQLite has one writer anyway.
func (s *Store) forUpdateSQL() string {
	if s.sqlite {
		return ""
	}
	return " for update"
}

// showEnded lets watchers of the memos know.
func (s *Store) showEnded(tx *gorm.DB, ended []ending, now time.Time) error {
	cases := make([]string, len(ended))
	for i, e := range ended {
		cases[i] = e.CaseID
	}
	return tx.Exec("update cases set version = version + 1, updated = ?, touched = ? where id in ?", now, s.databaseTime(), cases).Error
}

// nothingLeft are contract staff without any access or role: their accounts open nothing any more.
const nothingLeft = `
	select a.id from accounts a left join employees e on e.id = a.employee_id
	where a.id in @accounts and a.status <> @disabled
		and (e.employment_type = @contract or a.employee_id is null and a.nik is not null)
		and not exists (select 1 from account_applications x where x.account_id = a.id and x.ended_at is null)
		and not exists (select 1 from role_grants g where (g.account_id = a.id or g.employee_id = a.employee_id)
			and (g.valid_until is null or g.valid_until > @now))
	order by a.id`

// closeAccounts disables accounts that have nothing left, and whatever could still open them: sessions, tokens, links,
// known browsers.
func (s *Store) closeAccounts(tx *gorm.DB, accounts []string, now time.Time) ([]models.AuditEntry, error) {
	var ids []string
	err := tx.Raw(nothingLeft, map[string]any{"accounts": accounts, "disabled": AccountDisabled, "contract": models.EmploymentContract, "now": now}).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	if err := s.shutOut(tx, ids, now); err != nil {
		return nil, err
	}
	if err := tx.Exec("update accounts set status = ? where id in ?", AccountDisabled, ids).Error; err != nil {
		return nil, err
	}
	entries := make([]models.AuditEntry, len(ids))
	for i, id := range ids {
		if entries[i], err = (deed{stream: accountStream(id), action: "account_disabled", object: "account:" + id, at: now,
			after: map[string]any{"status": AccountDisabled, "why": "contract_ended"}}).by(clockActor()); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// shutAway is shutOut for those who may come back and then begin anew: without their second factors either.
func (s *Store) shutAway(tx *gorm.DB, accounts []string, now time.Time) error {
	for _, table := range []string{"second_factors", "recovery_codes"} {
		if err := tx.Exec("delete from "+table+" where account_id in ?", accounts).Error; err != nil {
			return err
		}
	}
	return s.shutOut(tx, accounts, now)
}

// shutOut takes away whatever opens accounts besides a password: sessions, with what they opened, known browsers, tokens and
// links. now is case time.
func (s *Store) shutOut(tx *gorm.DB, accounts []string, now time.Time) error {
	for _, statement := range []string{"delete from sessions where account_id in ?", "delete from known_devices where account_id in ?"} {
		if err := tx.Exec(statement, accounts).Error; err != nil {
			return err
		}
	}
	if err := tx.Exec("update personal_tokens set revoked = ? where account_id in ? and revoked is null", s.wallNow(), accounts).Error; err != nil {
		return err
	}
	return voidLinks(tx, now, accounts)
}
