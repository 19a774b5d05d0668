package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// definitionVersion is the version of the memo's definition under which new cases begin.
const definitionVersion = 1

// CreateDraft stores a memo that is being written and gives its id: the one given, so that a repeat converges on it,
// or a new one where id is empty. The event of seq 1 says that it was drafted.
func (s *Store) CreateDraft(ctx context.Context, a models.Actor, id string, d models.MemoDraft, at time.Time) (string, error) {
	if id == "" {
		id = newID()
	}
	err := s.transact(ctx, "create a draft", func(tx *gorm.DB) error {
		var known int64
		if err := tx.Model(&caseRow{}).Where("id = ?", id).Count(&known).Error; err != nil || known > 0 {
			return err
		}
		return s.insertDraft(tx, a, id, d, micro(at))
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		err = nil // another request with the same id was first
	}
	return id, err
}

func (s *Store) insertDraft(tx *gorm.DB, a models.Actor, id string, d models.MemoDraft, at time.Time) error {
	agency := agencyOf(a)
	path, err := unitPath(tx, agency, d.Unit)
	if err != nil {
		return err
	}
	row, err := s.newCase(tx, agency, models.KindMemo, id, models.StatusDraft, at)
	if err != nil {
		return err
	}
	row.RequesterID, row.UnitCode, row.UnitPath = a.AccountID, d.Unit, path
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	if err := s.touch(tx, id); err != nil {
		return err
	}
	if err := writeMemo(tx, agency, id, d); err != nil {
		return err
	}
	after := row.rules()
	after.Candidates, after.RowsOpen = models.DraftCandidates(d.Kind, d.Unit), len(d.Rows)
	change := models.Change{CaseID: id, Kind: models.KindMemo, Seq: 1, EventID: "draft", Type: models.EventDrafted, At: at, Actor: a, After: after}
	if err := s.insertEvent(tx, agency, change); err != nil {
		return err
	}
	return s.note(tx, a, deed{stream: caseStream(id), action: string(models.EventDrafted), object: "memo:" + id, at: at,
		after: map[string]any{"number": row.Number, "status": row.Status, "draft": d}})
}

// SaveDraft replaces a draft's content; rows that are nil leave the list as it is, empty ones empty it. version is the
// one the writer saw, 0 does not compare: models.ErrStale when another has been saved since. models.ErrNotNow when it is
// no draft any more.
func (s *Store) SaveDraft(ctx context.Context, a models.Actor, id string, d models.MemoDraft, version int) error {
	return s.transact(ctx, "save a draft", func(tx *gorm.DB) error {
		row, err := lockDraft(tx, agencyOf(a), id, version, models.StatusDraft, models.StatusReturned)
		if err != nil {
			return err
		}
		path, err := unitPath(tx, row.AgencyID, d.Unit)
		if err != nil {
			return err
		}
		was, is, err := rewrite(tx, row, d)
		if err != nil {
			return err
		}
		now := s.caseNow()
		unit := d.Unit
		if row.Status == string(models.StatusReturned) {
			unit, path = row.UnitCode, row.UnitPath // whose heads are asked stays until it is sent again
		}
		err = tx.Exec("update cases set unit_code = ?, unit_path = ?, version = version + 1, updated = ?, touched = ? where id = ?",
			unit, path, now, s.databaseTime(), id).Error
		if err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: caseStream(id), action: "draft_saved", object: "memo:" + id, at: now,
			after: map[string]any{"version": row.Version + 1, "changes": models.DiffMemo(was, is)}})
	})
}

// rewrite puts a draft in the place of what was written, and gives both. Rows that are nil stay.
func rewrite(tx *gorm.DB, row caseRow, d models.MemoDraft) (was, is models.MemoDraft, err error) {
	if was, err = readDraft(tx, row.ID); err != nil {
		return was, d, err
	}
	if row.Status == string(models.StatusReturned) {
		if faults := models.CheckRevised(was, d); faults != nil {
			return was, d, models.Invalid(faults...)
		}
	}
	if d.Rows == nil {
		d.Rows = was.Rows
	}
	if err = tx.Exec("delete from memo_rows where case_id = ?", row.ID).Error; err != nil {
		return was, d, err
	}
	return was, d, writeMemo(tx, row.AgencyID, row.ID, d)
}

// DiscardDraft throws a draft away; its row stays, closed.
func (s *Store) DiscardDraft(ctx context.Context, a models.Actor, id string) error {
	return s.transact(ctx, "discard a draft", func(tx *gorm.DB) error {
		row, err := lockDraft(tx, agencyOf(a), id, 0, models.StatusDraft)
		if err != nil {
			return err
		}
		now := s.caseNow()
		after := row.rules()
		after.Status, after.Seq = models.StatusDiscarded, row.Seq+1
		change := models.Change{CaseID: id, Kind: models.KindMemo, Seq: after.Seq, EventID: "discard", Type: models.EventDrafted, At: now,
			Actor: a, After: after}
		if err := s.insertEvent(tx, row.AgencyID, change); err != nil {
			return err
		}
		err = tx.Exec("update cases set status = ?, seq = ?, version = version + 1, closed = ?, updated = ?, touched = ? where id = ?",
			after.Status, after.Seq, now, now, s.databaseTime(), id).Error
		if err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: caseStream(id), action: string(models.StatusDiscarded), object: "memo:" + id, at: now,
			before: map[string]any{"status": row.Status}, after: map[string]any{"status": after.Status}})
	})
}

// lockDraft takes a case that stands at one of the statuses, in the version the writer saw.
func lockDraft(tx *gorm.DB, agency, id string, version int, at ...models.Status) (caseRow, error) {
	var row caseRow
	if err := tx.Clauses(forUpdate()).Where("id = ? and agency_id = ?", id, agency).Take(&row).Error; err != nil {
		return row, err
	}
	switch {
	case !slices.Contains(at, models.Status(row.Status)):
		return row, models.ErrNotNow.With("status", row.Status)
	case version != 0 && version != row.Version:
		return row, models.ErrStale
	}
	return row, nil
}

// writeMemo stores the detail row and the recap list, which must be empty.
func writeMemo(tx *gorm.DB, agency, id string, d models.MemoDraft) error {
	memo, err := newMemoRow(agency, id, d)
	if err != nil {
		return err
	}
	if err := tx.Omit("MemoNumber").Save(&memo).Error; err != nil {
		return err
	}
	if len(d.Rows) == 0 {
		return nil
	}
	return tx.Create(newPersonRows(agency, id, d.Rows)).Error
}

// insertEvent writes the timeline's row with the whole change beside it.
func (s *Store) insertEvent(tx *gorm.DB, agency string, c models.Change) error {
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write event %d of case %s: %w", c.Seq, c.CaseID, err)
	}
	row := eventRow{CaseID: c.CaseID, Seq: c.Seq, AgencyID: agency, EventID: c.EventID, Type: string(c.Type), At: micro(c.At),
		RecordedAt: s.wallNow(), ActorID: optional(c.Actor.AccountID), OnBehalfOf: optional(c.OnBehalfOf), Reason: c.Reason,
		Status: string(c.After.Status), Body: string(body), Content: c.Content, Acting: string(c.Acting)}
	return tx.Create(&row).Error
}

// touch makes the change feed tell of a case, by the database's clock.
func (s *Store) touch(tx *gorm.DB, id string) error {
	return tx.Exec("update cases set touched = ? where id = ?", s.databaseTime(), id).Error
}

func unitPath(tx *gorm.DB, agency, code string) (string, error) {
	var paths []string
	err := tx.Raw("select path from units where agency_id = ? and code = ?", agency, code).Scan(&paths).Error
	if err == nil && len(paths) == 0 {
		err = models.Invalid(models.Fault("unit", "unit_unknown", "code", code))
	}
	if err != nil {
		return "", err
	}
	return paths[0], nil
}
