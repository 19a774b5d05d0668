package desk

import (
	"context"
	"errors"
	"time"

	"loket/internal/store"
	"loket/models"
	"loket/workflows"
)

// CreateMemo keeps a new draft. The same key converges on the same draft.
func (d *Desk) CreateMemo(ctx context.Context, a models.Actor, draft models.MemoDraft, key string) (models.MemoView, error) {
	draft = models.NormalizeMemo(draft)
	return d.createMemo(ctx, a, draft, key, draft)
}

// createMemo keeps a draft; words are the caller's own, for telling a repeat from another request under the same key.
func (d *Desk) createMemo(ctx context.Context, a models.Actor, draft models.MemoDraft, key string, words any) (models.MemoView, error) {
	if err := d.mayWrite(ctx, a, draft); err != nil {
		return models.MemoView{}, err
	}
	id, err := d.idUnder(ctx, a, "memos", key, words)
	if err != nil {
		return models.MemoView{}, err
	}
	created, err := d.store.CreateDraft(ctx, a, id, draft, d.now())
	if err != nil {
		return models.MemoView{}, err
	}
	return d.Memo(ctx, a, created)
}

// mayWrite asks that the draft can be kept and that the actor writes memos for its unit.
func (d *Desk) mayWrite(ctx context.Context, a models.Actor, draft models.MemoDraft) error {
	if faults := models.CheckMemoDraft(draft); len(faults) > 0 {
		return models.Invalid(faults...)
	}
	units, err := d.SendingUnits(ctx, a)
	if err != nil {
		return err
	}
	for _, u := range units {
		if u.Code != draft.Unit {
			continue
		}
		for _, k := range u.Kinds {
			if k == draft.Kind {
				return nil
			}
		}
		return models.Invalid(models.Fault("kind", "kind_not_for_unit"))
	}
	return models.Invalid(models.Fault("unit", "unit_not_yours", "code", draft.Unit))
}

// SaveMemo replaces a draft's content.
func (d *Desk) SaveMemo(ctx context.Context, a models.Actor, id string, draft models.MemoDraft, version int) (models.MemoView, error) {
	draft = models.NormalizeMemo(draft)
	if _, _, err := d.may(ctx, a, id, models.ActionEdit); err != nil {
		return models.MemoView{}, err
	}
	if err := d.mayWrite(ctx, a, draft); err != nil {
		return models.MemoView{}, err
	}
	if err := d.store.SaveDraft(ctx, a, id, draft, version); err != nil {
		return models.MemoView{}, err
	}
	return d.Memo(ctx, a, id)
}

// DiscardMemo throws a draft away.
func (d *Desk) DiscardMemo(ctx context.Context, a models.Actor, id string) error {
	if _, _, err := d.may(ctx, a, id, models.ActionDiscard); err != nil {
		return err
	}
	return d.store.DiscardDraft(ctx, a, id)
}

// Memo is the memo's page: at most what the actor may see, with what the actor may do.
func (d *Desk) Memo(ctx context.Context, a models.Actor, id string) (models.MemoView, error) {
	p, err := d.store.MemoPage(ctx, a, id)
	if err != nil {
		return models.MemoView{}, err
	}
	a, v := p.Actor, p.MemoView
	if !models.Sees(v.Case, a, p.Decided) {
		return models.MemoView{}, models.ErrNotFound
	}
	v.Actions = models.Allowed(v.Case, a, d.now())
	if v.Letters, err = d.letterKinds(ctx, a, v); err != nil {
		return v, err
	}
	return d.revised(ctx, a, v)
}

// memo gives the rules' view of a memo; a case of another kind is not found.
func (d *Desk) memo(ctx context.Context, a models.Actor, id string) (models.Case, error) {
	c, err := d.store.Case(ctx, a.Agency, id)
	if err == nil && c.Kind != models.KindMemo {
		err = models.ErrNotFound
	}
	return c, err
}

// sees answers the actor with what the case is to them, or ErrNotFound.
func (d *Desk) sees(ctx context.Context, a models.Actor, c models.Case) (models.Actor, error) {
	a, decided, err := d.store.Facing(ctx, c.ID, a)
	if err != nil {
		return a, err
	}
	if !models.Sees(c, a, decided) {
		return a, models.ErrNotFound
	}
	return a, nil
}

// may is mayOn for a memo.
func (d *Desk) may(ctx context.Context, a models.Actor, id string, act models.Action) (models.Case, models.Actor, error) {
	return d.mayOn(ctx, a, models.KindMemo, id, act)
}

// mayOn answers the case and the actor with their standing when the action is allowed now. A denial is audited. A case of
// another kind is not found.
func (d *Desk) mayOn(ctx context.Context, a models.Actor, kind models.Kind, id string, act models.Action) (models.Case, models.Actor, error) {
	c, a, decided, err := d.store.CaseFor(ctx, a, id)
	switch {
	case err != nil:
	case c.Kind != kind || !models.Sees(c, a, decided):
		err = models.ErrNotFound
	default:
		err = models.May(c, a, act, d.now())
	}
	return c, a, d.denied(ctx, a, string(act), string(kind)+":"+id, err)
}

// MemoRows pages over the rows of a memo the actor may see. Somebody who is merely listed sees their own row; what the
// registry says is for the officers, who compare.
func (d *Desk) MemoRows(ctx context.Context, a models.Actor, id string, state models.RowState, q models.PageQuery) (models.Page[models.RowView], error) {
	c, err := d.memo(ctx, a, id)
	if err != nil {
		return models.Page[models.RowView]{}, err
	}
	listed, decided, err := d.store.Standing(ctx, id, a)
	if err != nil {
		return models.Page[models.RowView]{}, err
	}
	in := store.RowQuery{State: state, PageQuery: q}
	switch {
	case models.Sees(c, a, decided): // on grounds other than being listed
	case listed:
		in.Of = &a
	default:
		return models.Page[models.RowView]{}, models.ErrNotFound
	}
	page, err := d.store.MemoRows(ctx, id, in)
	if !a.Has(models.RoleOfficer, models.RoleOfficerLead) {
		for i := range page.Items {
			page.Items[i].Registry = nil
		}
	}
	return page, err
}

// SendMemo checks the draft once more and has its workflow begin.
func (d *Desk) SendMemo(ctx context.Context, a models.Actor, id string, version int, key string) (models.MemoView, error) {
	return d.submit(ctx, a, version, ask{caseID: id, act: models.ActionSend, update: workflows.UpdateSend, key: key, payload: func(by workflows.Asked) any {
		return workflows.Send{Asked: by}
	}})
}

// submit is the sending of what is written: first or again, checked either way.
func (d *Desk) submit(ctx context.Context, a models.Actor, version int, in ask) (models.MemoView, error) {
	if done, err := d.repeated(ctx, a, in); done || err != nil {
		return d.unless(ctx, a, in.caseID, err)
	}
	c, a, err := d.may(ctx, a, in.caseID, in.act)
	if err == nil {
		err = d.ready(ctx, a, c, version)
	}
	if err != nil {
		return d.unless(ctx, a, in.caseID, d.meanwhile(ctx, a, in, err))
	}
	by, send := workflows.Asked{Actor: a, Seen: c.Seq}, d.update
	if in.act == models.ActionSend {
		by.Seen, send = 0, d.send // there is no run yet that could be behind
	}
	in.in = in.payload(by)
	in.still = func(_ context.Context, c models.Case) error { return models.May(c, a, in.act, d.now()) }
	if err := send(ctx, a, in); err != nil {
		return models.MemoView{}, err
	}
	return d.Memo(ctx, a, in.caseID)
}

// DecideMemo is a head's word.
func (d *Desk) DecideMemo(ctx context.Context, a models.Actor, id string, in Decision, key string) (models.MemoView, error) {
	act, faults := verdict(in.Approve, in.Reason)
	if faults != nil {
		return models.MemoView{}, models.Invalid(faults...)
	}
	return d.change(ctx, a, ask{caseID: id, act: act, update: workflows.UpdateDecide, key: key, words: in, seq: in.Seq, content: in.Content, payload: func(by workflows.Asked) any {
		return workflows.Decide{Asked: by, Approve: in.Approve, Reason: in.Reason}
	}})
}

// verdict is the action of a word, and what is wrong with its reason: a refusal needs one.
func verdict(approve bool, reason string) (models.Action, []models.FieldFault) {
	if approve {
		return models.ActionApprove, models.CheckWords("reason", reason)
	}
	return models.ActionRefuse, models.CheckReason("reason", reason)
}

// WithdrawMemo takes a memo back.
func (d *Desk) WithdrawMemo(ctx context.Context, a models.Actor, id, reason, key string) (models.MemoView, error) {
	if faults := models.CheckWords("reason", reason); faults != nil {
		return models.MemoView{}, models.Invalid(faults...)
	}
	return d.change(ctx, a, ask{caseID: id, act: models.ActionWithdraw, update: workflows.UpdateWithdraw, key: key, words: reason, payload: func(by workflows.Asked) any {
		return workflows.Withdraw{Asked: by, Reason: reason}
	}})
}

// RetryMemo has what kept failing tried again.
func (d *Desk) RetryMemo(ctx context.Context, a models.Actor, id, key string) (models.MemoView, error) {
	return d.change(ctx, a, ask{caseID: id, act: models.ActionRetry, update: workflows.UpdateRetry, key: key, payload: func(by workflows.Asked) any {
		return workflows.Retry{Asked: by}
	}})
}

// change is every update of a memo that has been sent, and answers the memo.
func (d *Desk) change(ctx context.Context, a models.Actor, in ask) (models.MemoView, error) {
	return d.unless(ctx, a, in.caseID, d.step(ctx, a, in))
}

// unless answers a memo as it stands, unless there is something wrong.
func (d *Desk) unless(ctx context.Context, a models.Actor, id string, err error) (models.MemoView, error) {
	if err != nil {
		return models.MemoView{}, err
	}
	return d.Memo(ctx, a, id)
}

// step is every update of a case that has been sent, of any kind. Whoever comes after a decision is told whose it was.
func (d *Desk) step(ctx context.Context, a models.Actor, in ask) error {
	err := d.tryStep(ctx, a, in)
	var p *models.Problem
	if !errors.As(err, &p) || !errors.Is(p, models.ErrAlreadyDecided) || p.Params["row"] != "" {
		return err
	}
	by, at, failed := d.store.DecidedSince(ctx, in.caseID, in.seq)
	if failed != nil || by == "" {
		return err
	}
	return models.ErrAlreadyDecided.With("status", p.Params["status"], "by", by, "at", at.Format(time.RFC3339))
}

// tryStep takes a repeat for done already; the rest is asked of the rules, then of the workflow.
func (d *Desk) tryStep(ctx context.Context, a models.Actor, in ask) error {
	if done, err := d.repeated(ctx, a, in); done || err != nil {
		return err
	}
	c, a, err := d.mayOn(ctx, a, in.of(), in.caseID, in.act)
	if err == nil {
		err = d.unseen(ctx, c, in.seq)
	}
	var by workflows.Asked
	if err == nil {
		by, err = d.asking(ctx, a, c, in.act)
	}
	if err == nil {
		err = d.same(ctx, c, in.content, by.Content)
	}
	if err != nil {
		return d.meanwhile(ctx, a, in, err)
	}
	in.in = in.payload(by)
	round := c.Round
	in.still = func(ctx context.Context, c models.Case) error {
		if err := models.May(c, a, in.act, d.now()); err != nil {
			return err
		}
		if c.Round != round && in.content != "" {
			return d.same(ctx, c, in.content, "")
		}
		return d.unseen(ctx, c, in.seq)
	}
	return d.update(ctx, a, in)
}

// unseen refuses a decision on a page that does not show what has happened since: by people, not by the clock.
func (d *Desk) unseen(ctx context.Context, c models.Case, seq int) error {
	if seq == 0 || seq >= c.Seq {
		return nil
	}
	by, at, err := d.store.DecidedSince(ctx, c.ID, seq)
	if err != nil || by == "" {
		return err
	}
	return models.ErrStale.With("by", by, "at", at.Format(time.RFC3339), "status", string(c.Status))
}

// repeated tells whether this ask stands in the timeline already; then its answer is the case as it is.
func (d *Desk) repeated(ctx context.Context, a models.Actor, in ask) (bool, error) {
	if in.key == "" {
		return false, nil
	}
	if err := d.remember(ctx, a, in.update, in); err != nil {
		return false, err
	}
	return d.store.HasEvent(ctx, in.caseID, updateID(a.AccountID, in))
}
