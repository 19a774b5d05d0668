package desk

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"loket/models"
	"loket/workflows"
)

// ReturnMemo sends a memo back for revision.
func (d *Desk) ReturnMemo(ctx context.Context, a models.Actor, id string, in Return, key string) (models.MemoView, error) {
	if faults := models.CheckReturn(in.Reason, in.Notes); len(faults) > 0 {
		return models.MemoView{}, models.Invalid(faults...)
	}
	notes, err := d.named(ctx, a, id, in.Notes)
	if err != nil {
		return models.MemoView{}, err
	}
	return d.change(ctx, a, ask{caseID: id, act: models.ActionReturn, update: workflows.UpdateReturn, key: key, words: in, seq: in.Seq, content: in.Content, payload: func(by workflows.Asked) any {
		return workflows.Return{Asked: by, Reason: in.Reason, Notes: notes}
	}})
}

// ResubmitMemo begins the next round.
func (d *Desk) ResubmitMemo(ctx context.Context, a models.Actor, id string, version int, key string) (models.MemoView, error) {
	return d.submit(ctx, a, version, ask{caseID: id, act: models.ActionResubmit, update: workflows.UpdateResubmit, key: key, payload: func(by workflows.Asked) any {
		return workflows.Resubmit{Asked: by}
	}})
}

// NudgeMemo reminds whoever is asked.
func (d *Desk) NudgeMemo(ctx context.Context, a models.Actor, id, key string) (models.MemoView, error) {
	return d.change(ctx, a, ask{caseID: id, act: models.ActionNudge, update: workflows.UpdateNudge, key: key, payload: func(by workflows.Asked) any {
		return workflows.Nudge{Asked: by}
	}})
}

// CopyMemo begins a new draft with the content of one that ended without accounts, under today's date. The key stands for
// the memo that is copied: a repeat after midnight is one.
func (d *Desk) CopyMemo(ctx context.Context, a models.Actor, id, key string) (models.MemoView, error) {
	c, _, err := d.may(ctx, a, id, models.ActionCopy)
	if err != nil {
		return models.MemoView{}, err
	}
	draft, err := d.store.DraftOf(ctx, id)
	if err != nil {
		return models.MemoView{}, err
	}
	today, err := d.today(ctx, a.Agency, c.Unit)
	if err != nil {
		return models.MemoView{}, err
	}
	draft.Date = today.String()
	if key == "" {
		key = uuid.NewString()
	}
	v, err := d.createMemo(ctx, a, models.NormalizeMemo(draft), "copy:"+id+":"+key, id)
	if err != nil || v.Version != 1 { // written on since: the copy is its writer's
		return v, err
	}
	if err := d.copyAttachments(ctx, a, v.ID, draft.Attachments); err != nil {
		return models.MemoView{}, err
	}
	return d.Memo(ctx, a, v.ID)
}

// revised tells what changed since the round before. Whoever is merely listed reads neither that nor what anybody wrote
// nor the files: all may speak of other people. Why their own row was rejected stands with the row.
func (d *Desk) revised(ctx context.Context, a models.Actor, v models.MemoView) (models.MemoView, error) {
	listed := false
	if a.Listed {
		_, decided, err := d.store.Standing(ctx, v.ID, a)
		if err != nil {
			return v, err
		}
		a.Listed = false
		if !models.Sees(v.Case, a, decided) {
			v.Draft.Attachments, v.Content = nil, ""
			for i := range v.Timeline {
				v.Timeline[i].Reason, v.Timeline[i].Notes, v.Timeline[i].Content = "", nil, ""
			}
			listed = true
		}
	}
	for i, e := range v.Timeline { // why an outside system refused is for those who can help
		if e.Type == models.EventTrouble && !a.Support() {
			v.Timeline[i].Reason = ""
		}
	}
	if listed {
		return v, nil
	}
	return d.compared(ctx, v)
}

// compared holds what is judged now, or written again, against the round before, and puts the notes of a return where
// their people stand by now.
func (d *Desk) compared(ctx context.Context, v models.MemoView) (models.MemoView, error) {
	before := v.Case.Round - 1
	if v.Case.Status == models.StatusReturned {
		before = v.Case.Round
	}
	if before < 1 {
		return v, nil
	}
	was, err := d.store.Revision(ctx, v.ID, before)
	if err != nil {
		return v, err
	}
	is, err := d.store.DraftOf(ctx, v.ID)
	if err != nil {
		return v, err
	}
	v.Changes = models.DiffMemo(was, is)
	if last := len(v.Timeline) - 1; v.Case.Status == models.StatusReturned && last >= 0 {
		v.Timeline[last].Notes = models.PlaceNotes(v.Timeline[last].Notes, was.Rows, is.Rows)
	}
	return v, nil
}

// named has notes on rows name whose rows they are. Whoever may not decide is refused later, and learns nothing here.
func (d *Desk) named(ctx context.Context, a models.Actor, id string, notes []models.FieldNote) ([]models.FieldNote, error) {
	if !slices.ContainsFunc(notes, models.FieldNote.OnRow) {
		return notes, nil
	}
	c, err := d.store.Case(ctx, a.Agency, id)
	if err != nil {
		return nil, err
	}
	judged, err := d.store.Revision(ctx, id, c.Round)
	if errors.Is(err, models.ErrNotFound) { // not sent yet, which is for the rules to refuse
		return notes, nil
	}
	return models.NameNotes(notes, judged.Rows), err
}
