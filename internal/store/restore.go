package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"loket/models"
)

// Restore brings the projection of a case to where its workflow stands. What the workflow recorded and the timeline
// lacks is recorded again, in order and without its messages, since they went out the first time; then the row and the
// open work item are set to the workflow's. It tells what it did, nothing when the two agree already.
//
// A projection that is ahead of the workflow is left alone: that is either a step under way, or an engine that has
// lost its history, which no projection can give back. Nothing is done about accounts, links and rows.
func (s *Store) Restore(ctx context.Context, truth models.Case, recorded []models.Change) ([]string, error) {
	var did []string
	err := s.transact(ctx, "restore case "+truth.ID, func(tx *gorm.DB) error {
		did = nil
		r := restoring{s: s, tx: tx, truth: truth}
		if err := tx.Clauses(forUpdate()).Where("id = ?", truth.ID).Take(&r.row).Error; err != nil {
			return err
		}
		if r.row.Seq > truth.Seq {
			return nil
		}
		for _, step := range []func() error{func() error { return r.events(recorded) }, r.standing, r.item, r.note} {
			if err := step(); err != nil {
				return err
			}
		}
		did = r.did
		return nil
	})
	return did, err
}

type restoring struct {
	s     *Store
	tx    *gorm.DB
	truth models.Case
	row   caseRow
	did   []string
}

// errIncomplete keeps a timeline from being written around a hole.
var errIncomplete = errors.New("the workflow's history does not hold every event that the timeline lacks")

// events records what the timeline lacks.
func (r *restoring) events(recorded []models.Change) error {
	for _, c := range recorded {
		if c.Seq != r.row.Seq+1 {
			continue
		}
		c.Notices = nil
		if err := r.s.recordChange(r.tx, r.row, c); err != nil {
			return err
		}
		r.did = append(r.did, fmt.Sprintf("recorded event %d (%s) again", c.Seq, c.Type))
		if err := r.tx.Where("id = ?", r.row.ID).Take(&r.row).Error; err != nil {
			return err
		}
	}
	if r.row.Seq != r.truth.Seq {
		return errIncomplete
	}
	return nil
}

// standing sets how the row stands.
func (r *restoring) standing() error {
	is, t := r.row.rules(), r.truth
	if t.Status == models.StatusDraft || t.Status == models.StatusReturned { // what stands in it is its writer's
		t.Unit, t.UnitPath = is.Unit, is.UnitPath
	}
	if is.Status == t.Status && is.Stage == t.Stage && is.Round == t.Round && is.Step == t.Step && is.Trouble == t.Trouble && is.Sender == t.Sender &&
		is.Unit == t.Unit && is.UnitPath == t.UnitPath &&
		sameInstant(is.Due, microPointer(t.Due)) && sameInstant(is.Nudged, microPointer(t.Nudged)) && sameInstant(is.Asked, microPointer(t.Asked)) {
		return nil
	}
	changes := map[string]any{"status": t.Status, "stage": t.Stage, "round": t.Round, "step": t.Step, "trouble": t.Trouble, "unit_code": t.Unit, "unit_path": t.UnitPath,
		"sender_id": optional(t.Sender), "next_due": microPointer(t.Due), "nudged": microPointer(t.Nudged), "asked": microPointer(t.Asked), "version": gorm.Expr("version + 1"), "touched": r.s.databaseTime()}
	if !t.Status.Final() {
		changes["closed"] = nil
	} else if r.row.Closed == nil {
		changes["closed"] = r.s.caseNow()
	}
	r.did = append(r.did, fmt.Sprintf("set the row from %s to %s", r.row.Status, t.Status))
	return r.tx.Model(&caseRow{}).Where("id = ?", r.row.ID).Updates(changes).Error
}

// item has exactly that candidate asked whom the workflow asks. While the sender is asked something no clock runs, and the
// item stands all the same.
func (r *restoring) item() error {
	var open []itemRow
	if err := r.tx.Where("case_id = ? and state = 'open'", r.row.ID).Find(&open).Error; err != nil {
		return err
	}
	if len(r.truth.Candidates) == 0 {
		if len(open) == 0 {
			return nil
		}
		r.did = append(r.did, "closed a work item that nobody waits for")
		return r.close("restored")
	}
	item := r.asked(r.truth.Candidates[0])
	if len(open) == 1 && open[0].CandidateRole == item.CandidateRole && open[0].CandidateUnit == item.CandidateUnit && open[0].Stage == item.Stage {
		return r.clock(open[0], item.Stands)
	}
	if err := r.close("restored"); err != nil {
		return err
	}
	r.did = append(r.did, "asked "+item.CandidateRole+" again")
	return r.tx.Create(&item).Error
}

// asked is the item of whom the workflow asks. When it was due before the clock stopped is not known any more: nobody is
// shown that.
func (r *restoring) asked(who models.Candidate) itemRow {
	item := itemRow{ID: newID(), AgencyID: r.row.AgencyID, CaseID: r.row.ID, Kind: r.row.Kind, Stage: string(r.truth.Stage),
		Round: r.truth.Round, Step: r.truth.Step, Queue: "approval", CandidateRole: string(who.Role), CandidateUnit: who.Unit,
		Opened: r.s.caseNow(), State: "open"}
	if r.truth.Stage == models.StageOfficer {
		item.Queue = "verification"
	}
	if r.row.Kind == string(models.KindRegistration) {
		item.Queue = models.QueueRegistration
	}
	if r.truth.Due == nil {
		item.Due, item.Stands = item.Opened, 1
		return item
	}
	item.Due = micro(*r.truth.Due)
	return item
}

// clock has an item's clock stand, or run.
func (r *restoring) clock(item itemRow, stands int) error {
	if item.Stands == stands {
		return nil
	}
	r.did = append(r.did, "set the clock of a work item")
	return r.tx.Exec("update work_items set stands = ? where id = ?", stands, item.ID).Error
}

func (r *restoring) close(outcome string) error {
	return r.tx.Exec("update work_items set state = 'closed', outcome = ?, closed = ? where case_id = ? and state = 'open'",
		outcome, r.s.caseNow(), r.row.ID).Error
}

// note tells the audit trail, which is never repaired.
func (r *restoring) note() error {
	if len(r.did) == 0 {
		return nil
	}
	return r.s.note(r.tx, models.Actor{Agency: r.row.AgencyID, Origin: models.Origin{Channel: "terminal"}},
		deed{stream: caseStream(r.row.ID), action: "projection_restored", object: r.row.Kind + ":" + r.row.ID, after: map[string]any{"did": r.did}})
}
