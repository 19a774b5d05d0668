package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

type savedViewRow struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	AccountID string
	Name      string
	Query     string
	Opens     bool
	Created   time.Time
}

// TableName is the table's name.
func (savedViewRow) TableName() string { return "saved_views" }

func (r savedViewRow) view() models.SavedView {
	return models.SavedView{ID: r.ID, Name: r.Name, Query: r.Query, Opens: r.Opens}
}

func (r savedViewRow) state() map[string]any {
	return map[string]any{"name": r.Name, "query": r.Query, "opens": r.Opens}
}

// SavedViews lists the actor's views by name.
func (s *Store) SavedViews(ctx context.Context, a models.Actor) ([]models.SavedView, error) {
	var rows []savedViewRow
	err := s.reader(ctx).Where("account_id = ? and agency_id = ?", a.AccountID, agencyOf(a)).Order("lower(name), id").Find(&rows).Error
	views := make([]models.SavedView, len(rows))
	for i, r := range rows {
		views[i] = r.view()
	}
	return views, wrap(err, "list saved views")
}

// SaveView keeps a view of the actor's, a new one where it has no id. Names are their own; one view at most opens the
// inbox. models.ErrNotFound for somebody else's.
func (s *Store) SaveView(ctx context.Context, a models.Actor, v models.SavedView) (models.SavedView, error) {
	row := savedViewRow{ID: v.ID, AgencyID: agencyOf(a), AccountID: a.AccountID, Name: v.Name, Query: v.Query, Opens: v.Opens}
	err := s.transact(ctx, "save a view", func(tx *gorm.DB) error {
		before, err := s.heldView(tx, a, row.ID)
		if err != nil {
			return err
		}
		if row.Opens {
			if err := tx.Exec("update saved_views set opens = ? where account_id = ? and opens", false, a.AccountID).Error; err != nil {
				return err
			}
		}
		d := deed{stream: accountStream(a.AccountID), action: "view_changed", before: before.state(), after: row.state()}
		if row.ID == "" {
			if err := room(tx, &savedViewRow{}, a, models.MaxViews); err != nil {
				return err
			}
			row.ID, d.action, d.before = newID(), "view_saved", nil
		}
		row.Created = before.Created
		if row.Created.IsZero() {
			row.Created = s.wallNow()
		}
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		d.object = "view:" + row.ID
		return s.note(tx, a, d)
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		err = models.Invalid(models.Fault("name", "name_taken"))
	}
	return row.view(), err
}

// heldView finds a view of the actor's; the zero one for none asked.
func (s *Store) heldView(tx *gorm.DB, a models.Actor, id string) (savedViewRow, error) {
	var row savedViewRow
	if id == "" {
		return row, nil
	}
	return row, tx.Clauses(forUpdate()).Where("id = ? and account_id = ?", id, a.AccountID).Take(&row).Error
}

// room refuses one more of what a person may keep only so many of.
func room(tx *gorm.DB, of any, a models.Actor, most int) error {
	var n int64
	err := tx.Model(of).Where("account_id = ?", a.AccountID).Count(&n).Error
	if err == nil && n >= int64(most) {
		return models.Invalid(models.Fault("name", "list_too_long", "max", strconv.Itoa(most)))
	}
	return err
}

// DropView forgets a view of the actor's.
func (s *Store) DropView(ctx context.Context, a models.Actor, id string) error {
	return s.transact(ctx, "drop a view", func(tx *gorm.DB) error {
		row, err := s.heldView(tx, a, id)
		if err != nil {
			return err
		}
		if err := tx.Delete(&row).Error; err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "view_dropped", object: "view:" + id, before: row.state()})
	})
}
