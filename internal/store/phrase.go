package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

type phraseRow struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	AccountID *string
	Content   string
	Created   time.Time
}

// TableName is the table's name.
func (phraseRow) TableName() string { return "phrases" }

func (r phraseRow) phrase() models.Phrase {
	return models.Phrase{ID: r.ID, Text: r.Content, Shared: r.AccountID == nil}
}

// stream is where changes of the phrase are audited.
func (r phraseRow) stream() string {
	if r.AccountID == nil {
		return "system"
	}
	return accountStream(*r.AccountID)
}

// Phrases lists the actor's own phrases and then the agency's, each in the order in which they were kept.
func (s *Store) Phrases(ctx context.Context, a models.Actor) ([]models.Phrase, error) {
	var rows []phraseRow
	err := s.reader(ctx).Where("agency_id = ? and (account_id = ? or account_id is null)", agencyOf(a), a.AccountID).
		Order("case when account_id is null then 1 else 0 end, created, id").Find(&rows).Error
	phrases := make([]models.Phrase, len(rows))
	for i, r := range rows {
		phrases[i] = r.phrase()
	}
	return phrases, wrap(err, "list phrases")
}

// SavePhrase keeps a phrase, a new one where it has no id: the actor's own, or one of the agency's. models.ErrNotFound
// for somebody else's. Who may keep the agency's is for the caller to ask.
func (s *Store) SavePhrase(ctx context.Context, a models.Actor, p models.Phrase) (models.Phrase, error) {
	row := phraseRow{ID: p.ID, AgencyID: agencyOf(a), AccountID: optional(a.AccountID), Content: p.Text, Created: s.wallNow()}
	if p.Shared {
		row.AccountID = nil
	}
	err := s.transact(ctx, "save a phrase", func(tx *gorm.DB) error {
		d := deed{stream: row.stream(), action: "phrase_saved", after: map[string]any{"text": p.Text}}
		if row.ID == "" {
			if err := s.phraseRoom(tx, a, row); err != nil {
				return err
			}
			row.ID = newID()
		} else {
			before, err := heldPhrase(tx, a, p.ID, p.Shared)
			if err != nil {
				return err
			}
			row.Created, d.action, d.before = before.Created, "phrase_changed", map[string]any{"text": before.Content}
		}
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		d.object = "phrase:" + row.ID
		return s.note(tx, a, d)
	})
	return row.phrase(), err
}

// phraseRoom bounds how many phrases a person, and the agency, may keep.
func (s *Store) phraseRoom(tx *gorm.DB, a models.Actor, row phraseRow) error {
	if row.AccountID == nil {
		a.AccountID = ""
		var n int64
		err := tx.Model(&phraseRow{}).Where("agency_id = ? and account_id is null", row.AgencyID).Count(&n).Error
		if err != nil || n < models.MaxPhrases {
			return err
		}
		return tooManyPhrases()
	}
	err := room(tx, &phraseRow{}, a, models.MaxPhrases)
	if errors.Is(err, models.ErrInvalid) {
		return tooManyPhrases()
	}
	return err
}

func tooManyPhrases() error {
	return models.Invalid(models.Fault("text", "list_too_long", "max", "50"))
}

func heldPhrase(tx *gorm.DB, a models.Actor, id string, shared bool) (phraseRow, error) {
	var row phraseRow
	db := tx.Clauses(forUpdate()).Where("id = ? and agency_id = ?", id, agencyOf(a))
	if shared {
		db = db.Where("account_id is null")
	} else {
		db = db.Where("account_id = ?", a.AccountID)
	}
	return row, db.Take(&row).Error
}

// DropPhrase forgets a phrase: the actor's own, or one of the agency's.
func (s *Store) DropPhrase(ctx context.Context, a models.Actor, id string, shared bool) error {
	return s.transact(ctx, "drop a phrase", func(tx *gorm.DB) error {
		row, err := heldPhrase(tx, a, id, shared)
		if err != nil {
			return err
		}
		if err := tx.Delete(&row).Error; err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: row.stream(), action: "phrase_dropped", object: "phrase:" + id, before: map[string]any{"text": row.Content}})
	})
}
