package desk

import (
	"context"

	"github.com/google/uuid"

	"loket/models"
	"loket/workflows"
)

// ReturnMemo sends a memo back for revision.
func (d *Desk) ReturnMemo(ctx context.Context, a models.Actor, id string, in Return, key string) (models.MemoView, error) {
	if faults := models.CheckReturn(in.Reason, in.Notes); len(faults) > 0 {
		return models.MemoView{}, models.Invalid(faults...)
	}
	return d.change(ctx, a, models.ActionReturn, in, in.Seq, ask{caseID: id, update: workflows.UpdateReturn, key: key}, func(by workflows.Asked) any {
		return workflows.Return{Asked: by, Reason: in.Reason, Notes: in.Notes}
	})
}

// ResubmitMemo begins the next round.
func (d *Desk) ResubmitMemo(ctx context.Context, a models.Actor, id string, version int, key string) (models.MemoView, error) {
	return d.submit(ctx, a, models.ActionResubmit, version, ask{caseID: id, update: workflows.UpdateResubmit, key: key}, func(by workflows.Asked, in ask) error {
		in.in = workflows.Resubmit{Asked: by}
		return d.update(ctx, by.Actor, models.KindMemo, in)
	})
}

// NudgeMemo reminds whoever is asked.
func (d *Desk) NudgeMemo(ctx context.Context, a models.Actor, id, key string) (models.MemoView, error) {
	return d.change(ctx, a, models.ActionNudge, nil, 0, ask{caseID: id, update: workflows.UpdateNudge, key: key}, func(by workflows.Asked) any {
		return workflows.Nudge{Asked: by}
	})
}

// CopyMemo begins a new draft with the content of one that ended without accounts, under today's date.
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
	v, err := d.CreateMemo(ctx, a, draft, "copy:"+id+":"+key)
	if err != nil || v.Version != 1 { // written on since: the copy is its writer's
		return v, err
	}
	if err := d.copyAttachments(ctx, a, v.ID, draft.Attachments); err != nil {
		return models.MemoView{}, err
	}
	return d.Memo(ctx, a, v.ID)
}

// revised tells what changed since the round before. Whoever is merely listed reads neither that nor the deciders'
// notes nor the files: all may speak of other people.
func (d *Desk) revised(ctx context.Context, a models.Actor, v models.MemoView) (models.MemoView, error) {
	if a.Listed {
		_, decided, err := d.store.Standing(ctx, v.ID, a)
		if err != nil {
			return v, err
		}
		a.Listed = false
		if !models.Sees(v.Case, a, decided) {
			v.Draft.Attachments = nil
			for i := range v.Timeline {
				v.Timeline[i].Notes = nil
			}
			return v, nil
		}
	}
	var err error
	v.Changes, err = d.changes(ctx, v.Case)
	return v, err
}

// changes compares what is judged now, or written again, with the round before.
func (d *Desk) changes(ctx context.Context, c models.Case) ([]models.FieldChange, error) {
	before := c.Round - 1
	if c.Status == models.StatusReturned {
		before = c.Round
	}
	if before < 1 {
		return nil, nil
	}
	was, err := d.store.Revision(ctx, c.ID, before)
	if err != nil {
		return nil, err
	}
	is, err := d.store.DraftOf(ctx, c.ID)
	return models.DiffMemo(was, is), err
}
