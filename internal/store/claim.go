package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// Claim tells the actor's colleagues that they work on the open item of a case until an instant of case time. A claim
// is advice: it closes nothing, so that the workflow need not know of it. models.ErrClaimed while a colleague has one,
// unless taking over is meant; models.ErrNotNow when nothing is open.
func (s *Store) Claim(ctx context.Context, a models.Actor, caseID string, until time.Time, takeOver bool) error {
	return s.changeClaim(ctx, a, caseID, func(tx *gorm.DB, item itemRow) (string, error) {
		held := item.Assignee != nil && *item.Assignee != a.AccountID && item.ClaimedUntil != nil && item.ClaimedUntil.After(s.caseNow())
		if held && !takeOver {
			var by string
			err := tx.Raw("select name from accounts where id = ?", *item.Assignee).Scan(&by).Error
			if err == nil {
				err = models.ErrClaimed.With("by", by, "until", item.ClaimedUntil.UTC().Format(time.RFC3339))
			}
			return "", err
		}
		action := "claimed"
		if held {
			action = "taken_over"
		}
		return action, tx.Model(&itemRow{}).Where("id = ?", item.ID).
			Updates(map[string]any{"assignee": a.AccountID, "claimed_at": s.caseNow(), "claimed_until": micro(until)}).Error
	})
}

// Release ends the actor's own claim; models.ErrNotNow when they have none.
func (s *Store) Release(ctx context.Context, a models.Actor, caseID string) error {
	return s.changeClaim(ctx, a, caseID, func(tx *gorm.DB, item itemRow) (string, error) {
		if item.Assignee == nil || *item.Assignee != a.AccountID {
			return "", models.ErrNotNow
		}
		return "released", tx.Model(&itemRow{}).Where("id = ?", item.ID).
			Updates(map[string]any{"assignee": nil, "claimed_at": nil, "claimed_until": nil}).Error
	})
}

// changeClaim changes who works on the open item, tells browsers, and puts it on record. Locks are taken in the order
// in which a change of the case takes them.
func (s *Store) changeClaim(ctx context.Context, a models.Actor, caseID string, change func(*gorm.DB, itemRow) (string, error)) error {
	return s.transact(ctx, "change a claim", func(tx *gorm.DB) error {
		told := tx.Exec("update cases set version = version + 1, touched = ? where id = ? and agency_id = ?", s.databaseTime(), caseID, agencyOf(a))
		if told.Error != nil {
			return told.Error
		}
		if told.RowsAffected == 0 {
			return models.ErrNotFound
		}
		var items []itemRow
		err := tx.Clauses(forUpdate()).Where("agency_id = ? and case_id = ? and state = 'open'", agencyOf(a), caseID).Limit(1).Find(&items).Error
		if err != nil {
			return err
		}
		if len(items) == 0 {
			return models.ErrNotNow
		}
		action, err := change(tx, items[0])
		if err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: caseStream(caseID), action: action, object: "item:" + items[0].ID,
			before: map[string]any{"assignee": text(items[0].Assignee), "until": items[0].ClaimedUntil}})
	})
}

// ClaimOn tells who works on the open item of a case; nil when nobody says so.
func (s *Store) ClaimOn(ctx context.Context, a models.Actor, caseID string) (*models.Claim, error) {
	var rows []struct {
		Assignee, Name string
		ClaimedUntil   time.Time
	}
	err := s.reader(ctx).Raw(`select w.assignee, p.name, w.claimed_until from work_items w join accounts p on p.id = w.assignee
		where w.agency_id = @agency and w.case_id = @id and w.state = 'open' and w.claimed_until > @now`,
		map[string]any{"agency": agencyOf(a), "id": caseID, "now": s.caseNow()}).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, wrap(err, "read a claim")
	}
	return &models.Claim{By: rows[0].Name, Mine: rows[0].Assignee == a.AccountID, Until: rows[0].ClaimedUntil}, nil
}
