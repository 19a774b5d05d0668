package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// DirectoryState counts what waits, failed or was left out. Trouble is what the directory said last to what waits.
func (s *Store) DirectoryState(ctx context.Context, agency string) (models.DirectoryState, error) {
	var rows []struct {
		State string
		N     int
	}
	var state models.DirectoryState
	db := s.reader(ctx)
	if err := db.Raw("select state, count(*) as n from directory_changes where agency_id = ? group by state", agency).Scan(&rows).Error; err != nil {
		return state, wrap(err, "count what the directory is to hear of")
	}
	for _, r := range rows {
		switch r.State {
		case models.DirectoryQueued:
			state.Waiting = r.N
		case models.DirectoryFailed:
			state.Failed = r.N
		case models.DirectoryLeftOut:
			state.LeftOut = r.N
		}
	}
	if state.Waiting == 0 {
		return state, nil
	}
	var oldest []struct {
		Changed   time.Time
		LastError string
	}
	err := db.Raw("select changed, last_error from directory_changes where agency_id = ? and state = ? order by last_error = '', changed limit 1", agency, models.DirectoryQueued).
		Scan(&oldest).Error
	if len(oldest) > 0 {
		state.Since, state.Trouble = &oldest[0].Changed, oldest[0].LastError
	}
	return state, wrap(err, "look at what waits for the directory")
}

// DirectoryFailures lists accounts that the directory refused for good, and those left out, the longest first.
func (s *Store) DirectoryFailures(ctx context.Context, agency string, q models.PageQuery) (models.Page[models.DirectoryFailure], error) {
	limit, after, err := page(q, "directory")
	if err != nil {
		return models.Page[models.DirectoryFailure]{}, err
	}
	db := s.reader(ctx).Table("directory_changes d").
		Select("d.account_id, a.username, a.name, d.state, d.last_error as reason, d.changed as since, d.attempts").
		Joins("join accounts a on a.id = d.account_id").
		Where("d.agency_id = ? and d.state in ?", agency, []string{models.DirectoryFailed, models.DirectoryLeftOut})
	if after != nil {
		db = db.Where("(d.changed, d.account_id) > (?, ?)", after.At, after.ID)
	}
	var rows []models.DirectoryFailure
	err = db.Order("d.changed, d.account_id").Limit(limit + 1).Scan(&rows).Error
	return cut(rows, limit, func(r models.DirectoryFailure) models.DirectoryFailure { return r },
		func(r models.DirectoryFailure) cursor { return cursor{List: "directory", At: r.Since, ID: r.AccountID} }), wrap(err, "list what the directory refused")
}

// RetryDirectory has an account that failed or was left out carried again, or every one that failed where account is
// empty; models.ErrNotFound when there is none.
func (s *Store) RetryDirectory(ctx context.Context, a models.Actor, account string) error {
	return s.transact(ctx, "carry an account again", func(tx *gorm.DB) error {
		var ids []string
		find := tx.Table("directory_changes").Where("agency_id = ? and state = ?", agencyOf(a), models.DirectoryFailed)
		if account != "" {
			find = tx.Table("directory_changes").Where("agency_id = ? and state in ? and account_id = ?", agencyOf(a),
				[]string{models.DirectoryFailed, models.DirectoryLeftOut}, account)
		}
		if err := find.Order("account_id").Pluck("account_id", &ids).Error; err != nil {
			return err
		}
		if len(ids) == 0 {
			return models.ErrNotFound
		}
		if err := s.putUp(tx, ids); err != nil {
			return err
		}
		return s.noteDirectory(tx, a, "directory_retried", ids)
	})
}

// LeaveOutOfDirectory settles that what failed is not carried; the account's next change is tried again.
// models.ErrNotFound when it has not failed.
func (s *Store) LeaveOutOfDirectory(ctx context.Context, a models.Actor, account string) error {
	return s.transact(ctx, "leave an account out of the directory", func(tx *gorm.DB) error {
		done := tx.Exec("update directory_changes set state = ? where agency_id = ? and account_id = ? and state = ?",
			models.DirectoryLeftOut, agencyOf(a), account, models.DirectoryFailed)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.ErrNotFound
		}
		return s.noteDirectory(tx, a, "directory_left_out", []string{account})
	})
}

func (s *Store) noteDirectory(tx *gorm.DB, a models.Actor, action string, accounts []string) error {
	for _, id := range accounts {
		if err := s.note(tx, a, deed{stream: accountStream(id), action: action, object: "account:" + id}); err != nil {
			return err
		}
	}
	return nil
}

// SurveyDirectory looks for changes that wait longer than patience, and for rows that contradict themselves or are not
// there. Where accounts are carried nowhere, waiting is no fault.
func (s *Store) SurveyDirectory(ctx context.Context, carried bool, patience time.Duration) (Survey, error) {
	questions := []question{
		{"account", "is not in the list of what the directory is to hear of", "select a.id, '' as more from accounts a where not exists (select 1 from directory_changes d where d.account_id = a.id)"},
		{"account", "counts more changes in the directory than were made:", "select account_id as id, cast(carried as text) as more from directory_changes where carried > wanted"},
		{"account", "counts as carried with changes that were not:", "select account_id as id, cast(wanted as text) as more from directory_changes where state = 'carried' and carried <> wanted"},
	}
	if carried {
		questions = append(questions, question{"account", "waits too long for the directory:", `
			select account_id as id, last_error as more from directory_changes where state = 'queued' and changed < @before`})
	}
	return s.ask(ctx, "survey what the directory is to hear of", "select count(*) from directory_changes",
		map[string]any{"before": s.wallNow().Add(-patience)}, questions...)
}

// shortened is a reason as it is kept.
func shortened(reason string) string {
	const most = 500
	if len(reason) > most {
		reason = strings.ToValidUTF8(reason[:most], "")
	}
	return reason
}
