package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"loket/models"
)

// Record makes a change of a case and all that follows from it in one transaction: row, event, work items, row
// decisions, notices, audit entry. It answers what stands recorded, which the workflow applies: a repeat of the same
// event converges on the first, and where another event took the place, that one is answered with ByOther. ErrGap when
// the change does not follow the stored sequence, models.ErrStale when a draft was saved while it was being sent.
func (s *Store) Record(ctx context.Context, c models.Change) (models.Recorded, error) {
	var recorded models.Recorded
	err := s.transact(ctx, fmt.Sprintf("record event %d of case %s", c.Seq, c.CaseID), func(tx *gorm.DB) error {
		var row caseRow
		if err := tx.Clauses(forUpdate()).Where("id = ?", c.CaseID).Take(&row).Error; err != nil {
			return err
		}
		var err error
		recorded, err = stands(tx, c)
		if err != nil || recorded.Seq != 0 {
			return err
		}
		if c.Seq != row.Seq+1 {
			return ErrGap.With("stored", fmt.Sprint(row.Seq), "sent", fmt.Sprint(c.Seq))
		}
		recorded = models.Recorded{Change: c}
		return s.recordChange(tx, row, c)
	})
	return recorded, err
}

// stands gives what is recorded already under the change's id, or else at its place.
func stands(tx *gorm.DB, c models.Change) (models.Recorded, error) {
	var rows []eventRow
	err := tx.Where("case_id = ? and (event_id = ? or seq = ?)", c.CaseID, c.EventID, c.Seq).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return models.Recorded{}, err
	}
	row := rows[0]
	for _, r := range rows {
		if r.EventID == c.EventID {
			row = r
		}
	}
	recorded := models.Recorded{ByOther: row.EventID != c.EventID}
	if err := json.Unmarshal([]byte(row.Body), &recorded.Change); err != nil {
		return recorded, fmt.Errorf("read event %d of case %s: %w", row.Seq, c.CaseID, err)
	}
	return recorded, nil
}

// recordChange writes a change whose turn it is. The order of locks is the same for all: case, numbers, items, audit.
func (s *Store) recordChange(tx *gorm.DB, row caseRow, c models.Change) error {
	if err := s.insertEvent(tx, row.AgencyID, c); err != nil {
		return err
	}
	if err := s.updateCase(tx, row, c); err != nil {
		return err
	}
	if c.Kind == models.KindMemo && (c.Type == models.EventSent || c.Type == models.EventResent) {
		if err := send(tx, row, c); err != nil {
			return err
		}
	}
	if err := settleAccess(tx, row, c); err != nil {
		return err
	}
	if err := s.turnItems(tx, row.AgencyID, c); err != nil {
		return err
	}
	if err := decideRows(tx, c); err != nil {
		return err
	}
	lapsed, err := moveRows(tx, c)
	if err != nil {
		return err
	}
	if err := reissue(tx, c); err != nil {
		return err
	}
	if err := seeOwn(tx, c); err != nil {
		return err
	}
	if err := s.settleRegistration(tx, row, c); err != nil {
		return err
	}
	if err := s.writeNotices(tx, row.AgencyID, c, lapsed); err != nil {
		return err
	}
	if err := markReminded(tx, c); err != nil {
		return err
	}
	if err := closeActivation(tx, c); err != nil {
		return err
	}
	if err := closeRegistration(tx, row, c); err != nil {
		return err
	}
	return s.auditChange(tx, row, c)
}

// updateCase takes over how the case stands. The guard on seq repeats what the lock promises.
func (s *Store) updateCase(tx *gorm.DB, row caseRow, c models.Change) error {
	after, at := c.After, micro(c.At)
	changes := map[string]any{
		"status": after.Status, "stage": after.Stage, "seq": c.Seq, "version": gorm.Expr("version + 1"), "round": after.Round,
		"step": after.Step, "unit_code": after.Unit, "unit_path": after.UnitPath, "trouble": after.Trouble,
		"next_due": microPointer(after.Due), "nudged": microPointer(after.Nudged), "asked": microPointer(after.Asked), "updated": at, "touched": s.databaseTime(),
	}
	if c.Calendar != "" || !after.Status.Asks() {
		changes["calendar"] = c.Calendar
	}
	if after.Sender != "" {
		changes["sender_id"] = after.Sender
	}
	if after.Status.Final() {
		changes["closed"] = at
	}
	done := tx.Model(&caseRow{}).Where("id = ? and seq = ?", row.ID, c.Seq-1).Updates(changes)
	if done.Error == nil && done.RowsAffected != 1 {
		return ErrGap
	}
	return done.Error
}

// turnItems closes what was asked and asks anew, as the change says; one that says neither leaves the open item alone. The
// clock of one about which the sender is asked stands, until the answer opens another. Another calendar moves what is due.
func (s *Store) turnItems(tx *gorm.DB, agency string, c models.Change) error {
	if c.Type == models.EventAsked {
		return tx.Exec("update work_items set stands = 1 where agency_id = ? and case_id = ? and state = 'open'", agency, c.CaseID).Error
	}
	if c.Type == models.EventCalendar && c.After.Due != nil {
		return tx.Exec("update work_items set due = ? where agency_id = ? and case_id = ? and state = 'open'", micro(*c.After.Due), agency, c.CaseID).Error
	}
	if c.Item == nil && c.Outcome == "" {
		return nil
	}
	outcome := c.Outcome
	if outcome == "" {
		outcome = string(c.Type)
	}
	at := micro(c.At)
	err := tx.Exec("update work_items set state = 'closed', outcome = ?, closed = ?, content_hash = ? where agency_id = ? and case_id = ? and state = 'open'",
		outcome, at, c.Content, agency, c.CaseID).Error
	if err != nil || c.Item == nil {
		return err
	}
	item := itemRow{ID: newID(), AgencyID: agency, CaseID: c.CaseID, Kind: string(c.Kind), Stage: string(c.Item.Stage), Round: c.Item.Round,
		Step: c.Item.Step, Queue: c.Item.Queue, CandidateRole: string(c.Item.Candidate.Role), CandidateUnit: c.Item.Candidate.Unit,
		Opened: at, Due: micro(c.Item.Due), State: "open"}
	return tx.Create(&item).Error
}

// auditChange closes the transaction: who, what, and how the case stood before and after.
func (s *Store) auditChange(tx *gorm.DB, row caseRow, c models.Change) error {
	before := map[string]any{"seq": row.Seq, "status": row.Status, "stage": row.Stage, "step": row.Step, "due": row.NextDue}
	after := map[string]any{"seq": c.Seq, "status": c.After.Status, "stage": c.After.Stage, "step": c.After.Step, "due": microPointer(c.After.Due)}
	for name, value := range map[string]string{"reason": c.Reason, "trouble": c.After.Trouble, "event": c.EventID, "content": c.Content} {
		if value != "" {
			after[name] = value
		}
	}
	if c.Type == models.EventCalendar {
		before["calendar"], after["calendar"] = row.Calendar, c.Calendar
	}
	if len(c.Rows) > 0 {
		after["rows"] = c.Rows
	}
	if c.Move != nil {
		after["move"] = c.Move
	}
	if len(c.Reissue) > 0 {
		after["reissue"] = c.Reissue
	}
	a := c.Actor
	if a.AccountID == "" && !a.Applicant {
		a.Agency, a.Origin.Channel = row.AgencyID, "clock"
	}
	return s.note(tx, a, deed{stream: caseStream(c.CaseID), action: string(c.Type), object: string(c.Kind) + ":" + c.CaseID,
		at: micro(c.At), onBehalfOf: c.OnBehalfOf, before: before, after: after})
}

// Events gives every change of a case in order, for `loket check` and tests.
func (s *Store) Events(ctx context.Context, caseID string) ([]models.Change, error) {
	var rows []eventRow
	if err := s.reader(ctx).Where("case_id = ?", caseID).Order("seq").Find(&rows).Error; err != nil {
		return nil, wrap(err, "read events")
	}
	changes := make([]models.Change, len(rows))
	var err error
	for i, r := range rows {
		err = errors.Join(err, json.Unmarshal([]byte(r.Body), &changes[i]))
	}
	return changes, wrap(err, "read events")
}
