package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

// ClaimNotices takes up to limit messages that are due, the oldest first, and keeps them from other relays for the
// lease. A relay that dies loses its claim when the lease ends; the Message-ID stays the same. One that cannot be read is given
// up for support to see, and keeps no other waiting.
func (s *Store) ClaimNotices(ctx context.Context, limit int, lease time.Duration) ([]models.Notice, error) {
	var rows []noticeRow
	err := s.transact(ctx, "claim notices", func(tx *gorm.DB) error {
		now := s.wallNow()
		err := tx.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).
			Where("state = ? and next_try <= ? and (leased_until is null or leased_until < ?)", noticeQueued, now, now).
			Order("next_try, id").Limit(limit).Find(&rows).Error
		if err != nil || len(rows) == 0 {
			return err
		}
		ids := make([]string, len(rows))
		for i := range rows {
			rows[i].Attempts++
			ids[i] = rows[i].ID
		}
		return tx.Exec("update notices set leased_until = ?, attempts = attempts + 1 where id in ?", now.Add(lease), ids).Error
	})
	if err != nil {
		return nil, err
	}
	notices := make([]models.Notice, 0, len(rows))
	for _, r := range rows {
		n, unread := r.notice()
		if unread != nil {
			if err := s.NoticeFailed(ctx, r.ID, true, unread.Error(), s.wallNow()); err != nil {
				return nil, err
			}
			continue
		}
		if path := n.Data["link"]; strings.HasPrefix(path, "/") {
			n.Data["link"] = s.publicURL + path
		}
		notices = append(notices, n)
	}
	return notices, nil
}

// NoticeSent marks a message as taken by the mail server, or as closed without one, at an instant of wall time.
func (s *Store) NoticeSent(ctx context.Context, id string, at time.Time) error {
	err := s.write.WithContext(ctx).Exec("update notices set state = ?, leased_until = null, last_error = '', finished = ? where id = ? and state = ?",
		noticeSent, micro(at), id, noticeQueued).Error
	return wrap(err, "mark a notice as sent")
}

// NoticeFailed puts a message off until retryAt, or gives it up for support to see when permanent.
func (s *Store) NoticeFailed(ctx context.Context, id string, permanent bool, reason string, retryAt time.Time) error {
	const most = 500
	if len(reason) > most {
		reason = strings.ToValidUTF8(reason[:most], "")
	}
	changes := map[string]any{"leased_until": nil, "last_error": reason, "next_try": micro(retryAt)}
	if permanent {
		changes["state"], changes["finished"] = noticeFailed, s.wallNow()
	}
	err := s.write.WithContext(ctx).Model(&noticeRow{}).Where("id = ? and state = ?", id, noticeQueued).Updates(changes).Error
	return wrap(err, "mark a notice as failed")
}

// FailedNotices lists messages that were given up, the newest first. Addresses are masked.
func (s *Store) FailedNotices(ctx context.Context, agency string, q models.PageQuery) (models.Page[models.FailedNotice], error) {
	type row struct {
		Notice noticeRow `gorm:"embedded"`
		Number string
	}
	limit, after, err := page(q, "failed")
	if err != nil {
		return models.Page[models.FailedNotice]{}, err
	}
	db := s.reader(ctx).Table("notices n").Select("n.*, coalesce(c.number, '') as number").
		Joins("left join cases c on c.id = n.case_id").Where("n.agency_id = ? and n.state = ?", agency, noticeFailed)
	if after != nil {
		db = db.Where("(n.created, n.id) < (?, ?)", after.At, after.ID)
	}
	var rows []row
	err = db.Order("n.created desc, n.id desc").Limit(limit + 1).Find(&rows).Error
	return cut(rows, limit, func(r row) models.FailedNotice {
		n := models.FailedNotice{ID: r.Notice.ID, Kind: r.Notice.Kind, To: maskAddress(r.Notice.ToAddress), CaseID: text(r.Notice.CaseID), Number: r.Number,
			Reason: r.Notice.LastError, At: r.Notice.Created, Attempt: r.Notice.Attempts}
		if r.Notice.Finished != nil {
			n.At = *r.Notice.Finished
		}
		return n
	}, func(r row) cursor { return cursor{List: "failed", At: r.Notice.Created, ID: r.Notice.ID} }), wrap(err, "list failed notices")
}

// ResendNotice queues a failed message again, under its old Message-ID; models.ErrNotFound when it has not failed.
func (s *Store) ResendNotice(ctx context.Context, a models.Actor, id string) error {
	return s.transact(ctx, "resend a notice", func(tx *gorm.DB) error {
		done := tx.Exec("update notices set state = ?, next_try = ?, finished = null where id = ? and agency_id = ? and state = ?",
			noticeQueued, s.wallNow(), id, agencyOf(a), noticeFailed)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.ErrNotFound
		}
		return s.note(tx, a, deed{stream: "system", action: "notice_resent", object: "notice:" + id})
	})
}

// maskAddress leaves the first letter and the domain: s***@mail.example.
func maskAddress(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" {
		return "***"
	}
	first := []rune(local)[0]
	return string(first) + "***@" + domain
}
