package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// notificationLife is how long the portal keeps what it told, in case time; the memo's own timeline keeps it for ever.
const notificationLife = 180 * 24 * time.Hour

type notificationRow struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	AccountID string
	Kind      string
	CaseID    string
	At        time.Time
	Seen      *time.Time
}

// TableName is the table's name.
func (notificationRow) TableName() string { return "notifications" }

// tellings gathers what the portal tells people of one change, each person each kind once.
type tellings struct {
	rows []notificationRow
	told map[[2]string]bool
}

func (t *tellings) add(agency, kind string, c models.Change, to person) {
	key := [2]string{to.AccountID, kind}
	if to.AccountID == "" || t.told[key] {
		return
	}
	if t.told == nil {
		t.told = map[[2]string]bool{}
	}
	t.told[key] = true
	t.rows = append(t.rows, notificationRow{ID: newID(), AgencyID: agency, AccountID: to.AccountID, Kind: kind, CaseID: c.CaseID, At: micro(c.At)})
}

func (t *tellings) write(tx *gorm.DB) error {
	if len(t.rows) == 0 {
		return nil
	}
	return tx.Create(&t.rows).Error
}

// Notifications lists what the actor was told, the newest first.
func (s *Store) Notifications(ctx context.Context, a models.Actor, q models.PageQuery) (models.Page[models.Notification], error) {
	limit, after, err := page(q, "notifications")
	if err != nil {
		return models.Page[models.Notification]{Items: []models.Notification{}, Total: -1}, err
	}
	args, narrow := map[string]any{"account": a.AccountID, "limit": limit + 1}, ""
	if after != nil {
		args["afterAt"], args["afterID"] = after.At, after.ID
		narrow = " and (n.at, n.id) < (@afterAt, @afterID)"
	}
	var rows []models.Notification
	err = s.reader(ctx).Raw(`select n.id, n.kind, n.case_id, n.at, n.seen, c.number, c.kind as case_kind, `+subjectSQL+` as subject
		from notifications n join cases c on c.id = n.case_id left join memos m on m.case_id = c.id
		where n.account_id = @account`+narrow+" order by n.at desc, n.id desc limit @limit", args).Scan(&rows).Error
	return cut(rows, limit, func(n models.Notification) models.Notification { return n },
		func(n models.Notification) cursor { return cursor{List: "notifications", At: n.At, ID: n.ID} }), wrap(err, "list notifications")
}

// Unseen counts what the actor was told and has not looked at, up to models.CountedMost.
func (s *Store) Unseen(ctx context.Context, a models.Actor) (int, error) {
	var n int
	err := s.reader(ctx).Raw("select count(*) from (select 1 from notifications where account_id = @account and seen is null order by at limit @most) u",
		map[string]any{"account": a.AccountID, "most": models.CountedMost}).Scan(&n).Error
	return n, wrap(err, "count notifications")
}

// SeeNotification marks one as seen and gives the case that it is about; models.ErrNotFound for somebody else's. One
// that was seen stays as it is.
func (s *Store) SeeNotification(ctx context.Context, a models.Actor, id string) (string, error) {
	var row notificationRow
	err := s.transact(ctx, "see a notification", func(tx *gorm.DB) error {
		if err := tx.Clauses(forUpdate()).Where("id = ? and account_id = ?", id, a.AccountID).Take(&row).Error; err != nil || row.Seen != nil {
			return err
		}
		if err := tx.Model(&row).Update("seen", s.wallNow()).Error; err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "notification_seen", object: "notification:" + id})
	})
	return row.CaseID, err
}

// SeeNotifications marks all of the actor's as seen and tells how many were not.
func (s *Store) SeeNotifications(ctx context.Context, a models.Actor) (int, error) {
	n := 0
	err := s.transact(ctx, "see notifications", func(tx *gorm.DB) error {
		done := tx.Exec("update notifications set seen = ? where account_id = ? and seen is null", s.wallNow(), a.AccountID)
		if n = int(done.RowsAffected); done.Error != nil || n == 0 {
			return done.Error
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "notifications_seen", object: "account:" + a.AccountID,
			after: map[string]any{"count": n}})
	})
	return n, err
}

// Concern is whom a change of a case concerns: those it belongs to or who were just told of it, and whoever satisfies
// a rule that it is, or was until now, asked by.
type Concern struct {
	Accounts []string
	Rules    []models.Candidate
}

// Concerns tells whom the cases concern. It is for telling browsers, never for deciding what they may read.
func (s *Store) Concerns(ctx context.Context, cases []string) (map[string]Concern, error) {
	var rows []struct{ CaseID, AccountID, Role, Unit string }
	err := s.reader(ctx).Raw(`
		select id as case_id, requester_id as account_id, '' as role, '' as unit from cases where id in @ids
		union select id, sender_id, '', '' from cases where id in @ids and sender_id is not null
		union select case_id, account_id, '', '' from notifications where case_id in @ids and seen is null
		union select case_id, '', candidate_role, candidate_unit from work_items where case_id in @ids`, map[string]any{"ids": cases}).Scan(&rows).Error
	found := make(map[string]Concern, len(cases))
	for _, r := range rows {
		c := found[r.CaseID]
		if r.AccountID != "" {
			c.Accounts = append(c.Accounts, r.AccountID)
		} else {
			c.Rules = append(c.Rules, models.Candidate{Role: models.Role(r.Role), Unit: r.Unit})
		}
		found[r.CaseID] = c
	}
	return found, wrap(err, "find whom changes concern")
}

// CaseByNumber finds a case by its own number or its memo's, in any letter case; models.ErrNotFound for none. What the
// actor may see is for the caller to ask.
func (s *Store) CaseByNumber(ctx context.Context, agency, number string) (string, error) {
	var ids []string
	err := s.reader(ctx).Raw(`select id from cases where agency_id = @agency and number = @number
		union all select case_id from memos where agency_id = @agency and memo_number = @number limit 1`,
		map[string]any{"agency": agency, "number": number}).Scan(&ids).Error
	if err == nil && len(ids) == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return "", wrap(err, "find a case by number")
	}
	return ids[0], nil
}

// seeOwn takes what the portal told somebody of a case as seen once they have acted on it.
func seeOwn(tx *gorm.DB, c models.Change) error {
	if c.Actor.AccountID == "" {
		return nil
	}
	return tx.Exec("update notifications set seen = ? where account_id = ? and case_id = ? and seen is null", micro(c.At), c.Actor.AccountID, c.CaseID).Error
}
