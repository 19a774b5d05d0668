package store

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// directoryRow is an account with what its directory is to know and how that stands. Triggers of the database put
// accounts up; see the migration.
type directoryRow struct {
	Account    `gorm:"embedded"`
	Employment string
	Used       *string
	State      string
	Wanted     int64
	Attempts   int
	Changed    time.Time
	LastError  string
}

const directorySQL = `select a.*, coalesce(e.employment_type, '') as employment, d.state, d.wanted, d.attempts, d.changed, d.last_error,
	(select string_agg(x.application, '` + beyond + `' order by x.application) from account_applications x where x.account_id = a.id and x.ended_at is null) as used
	from directory_changes d join accounts a on a.id = d.account_id left join employees e on e.id = a.employee_id`

// entry makes an account what a directory shall have at an instant of wall time. A password that its owner did not choose
// opens nothing there, nor does one of a trader whose account has ended and may still be renewed.
func (r directoryRow) entry(now time.Time) models.DirectoryEntry {
	e := models.DirectoryEntry{AccountID: r.ID, Username: r.Username, Name: r.Name, Email: r.Email, Kind: models.AccountOfEmployee, Disabled: r.Status == AccountDisabled}
	switch {
	case r.CompanyID != nil:
		e.Kind = models.AccountOfCompany
	case r.EmployeeID == nil && r.NIK != nil, r.Employment == string(models.EmploymentContract):
		e.Kind = models.AccountOfContract
	}
	ended := models.TermOf(r.EndsAt, now).Ended
	if r.Status == AccountActive && !r.MustChange && !ended {
		e.PasswordHash, e.PasswordSet = r.PasswordHash, r.PasswordChangedAt
	}
	if !e.Disabled && !ended {
		e.Applications = apart(r.Used)
	}
	return e
}

func (r directoryRow) task(lease string, now time.Time) models.DirectoryTask {
	return models.DirectoryTask{Entry: r.entry(now), Version: r.Wanted, Lease: lease, State: r.State, Attempts: r.Attempts, Changed: r.Changed, LastError: r.LastError}
}

// ClaimDirectory takes up to limit accounts that the directory is to hear of, the oldest changes first, and keeps them
// from other carriers for the lease. What an account is comes from the same instant as its version or a later one.
func (s *Store) ClaimDirectory(ctx context.Context, limit int, lease time.Duration) ([]models.DirectoryTask, error) {
	id := newID()
	var claimed []string
	err := s.transact(ctx, "claim what the directory is to hear of", func(tx *gorm.DB) error {
		now := s.wallNow()
		claimed = nil
		err := tx.Raw(`select account_id from directory_changes where state = ? and next_try <= ? and (leased_until is null or leased_until < ?)
			order by next_try, changed, account_id limit ?`+s.skipLockedSQL(), models.DirectoryQueued, now, now, limit).Scan(&claimed).Error
		if err != nil || len(claimed) == 0 {
			return err
		}
		return tx.Exec("update directory_changes set lease = ?, leased_until = ?, attempts = attempts + 1 where account_id in ?", id, now.Add(lease), claimed).Error
	})
	if err != nil || len(claimed) == 0 {
		return nil, err
	}
	// From the connection that writes: a reader of another replica might not have the change yet.
	var rows []directoryRow
	err = s.write.WithContext(ctx).Raw(directorySQL+" where d.account_id in ? and d.lease = ? order by d.changed, a.id", claimed, id).Scan(&rows).Error
	tasks := make([]models.DirectoryTask, len(rows))
	for i, r := range rows {
		tasks[i] = r.task(id, s.wallNow())
	}
	return tasks, wrap(err, "read what the directory is to hear of")
}

// skipLockedSQL has two claimers pass each other; SQLite has one writer anyway.
func (s *Store) skipLockedSQL() string {
	if s.sqlite {
		return ""
	}
	return " for update skip locked"
}

// DirectoryCarried marks an account as carried, unless it has changed since. Whoever has lost the lease meanwhile may
// have overwritten what a later carrier did: the account is put up once more.
func (s *Store) DirectoryCarried(ctx context.Context, task models.DirectoryTask) error {
	return s.transact(ctx, "mark an account as carried", func(tx *gorm.DB) error {
		done := tx.Exec(`update directory_changes set carried = @version, lease = '', leased_until = null, attempts = 0, last_error = '',
				state = case when wanted = @version and state = 'queued' then 'carried' else state end,
				changed = case when wanted = @version then changed else @now end
			where account_id = @account and lease = @lease`,
			map[string]any{"version": task.Version, "now": s.wallNow(), "account": task.Entry.AccountID, "lease": task.Lease})
		if done.Error != nil || done.RowsAffected > 0 {
			return done.Error
		}
		return s.putUp(tx, []string{task.Entry.AccountID})
	})
}

// DirectoryPutOff lets go of an account that could not be carried until retryAt. What has changed since is tried with the
// next batch.
func (s *Store) DirectoryPutOff(ctx context.Context, task models.DirectoryTask, reason string, retryAt time.Time) error {
	err := s.write.WithContext(ctx).Exec(`update directory_changes set lease = '', leased_until = null, last_error = ?,
		next_try = case when wanted = ? then ? else next_try end where account_id = ? and lease = ?`,
		shortened(reason), task.Version, micro(retryAt), task.Entry.AccountID, task.Lease).Error
	return wrap(err, "put an account off")
}

// DirectoryHandBack lets go of accounts of one claim that were not tried, all at once; reason, if any, is why.
func (s *Store) DirectoryHandBack(ctx context.Context, tasks []models.DirectoryTask, reason string) error {
	if len(tasks) == 0 {
		return nil
	}
	ids := make([]string, len(tasks))
	for i, task := range tasks {
		ids[i] = task.Entry.AccountID
	}
	err := s.write.WithContext(ctx).Exec(`update directory_changes set lease = '', leased_until = null, last_error = case when ? = '' then last_error else ? end,
		attempts = case when attempts > 0 then attempts - 1 else 0 end where account_id in ? and lease = ?`,
		reason, shortened(reason), ids, tasks[0].Lease).Error
	return wrap(err, "hand accounts back")
}

// DirectoryFailed gives up what the directory refuses for good, for the service desk to see, unless the account has
// changed since.
func (s *Store) DirectoryFailed(ctx context.Context, task models.DirectoryTask, reason string) error {
	return s.transact(ctx, "give up carrying an account", func(tx *gorm.DB) error {
		done := tx.Exec(`update directory_changes set lease = '', leased_until = null, last_error = ?, state = case when wanted = ? then 'failed' else state end
			where account_id = ? and lease = ? and state = ?`, shortened(reason), task.Version, task.Entry.AccountID, task.Lease, models.DirectoryQueued)
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		return s.note(tx, clockActor(), deed{stream: accountStream(task.Entry.AccountID), action: "directory_failed", object: "account:" + task.Entry.AccountID,
			after: map[string]any{"reason": shortened(reason)}})
	})
}

// PutUpForDirectory has accounts carried again, whatever became of them.
func (s *Store) PutUpForDirectory(ctx context.Context, a models.Actor, accounts []string) error {
	return s.transact(ctx, "put accounts up for the directory", func(tx *gorm.DB) error {
		for chunk := range slices.Chunk(accounts, 500) {
			if err := s.putUp(tx, chunk); err != nil {
				return err
			}
		}
		return s.noteDirectory(tx, a, "directory_repaired", accounts)
	})
}

func (s *Store) putUp(tx *gorm.DB, accounts []string) error {
	now := s.wallNow()
	return tx.Exec(`update directory_changes set wanted = wanted + 1, state = ?, next_try = ?, attempts = 0,
		changed = case when state = ? then ? else changed end where account_id in ?`, models.DirectoryQueued, now, models.DirectoryCarried, now, accounts).Error
}

// DirectoryAccounts gives accounts as the directory shall have them, in the order of their ids, after one of them.
func (s *Store) DirectoryAccounts(ctx context.Context, agency, after string, limit int) ([]models.DirectoryTask, error) {
	var rows []directoryRow
	err := s.reader(ctx).Raw(directorySQL+" where d.agency_id = ? and d.account_id > ? order by d.account_id limit ?", agency, after, limit).Scan(&rows).Error
	tasks := make([]models.DirectoryTask, len(rows))
	for i, r := range rows {
		tasks[i] = r.task("", s.wallNow())
	}
	return tasks, wrap(err, "read the accounts of the directory")
}
