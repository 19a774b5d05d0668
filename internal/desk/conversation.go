package desk

import (
	"context"
	"time"

	"loket/models"
	"loket/workflows"
)

// AskSender puts a question to the sender.
func (d *Desk) AskSender(ctx context.Context, a models.Actor, id string, in Message, key string) (models.MemoView, error) {
	if faults := models.CheckReason("text", in.Text); faults != nil {
		return models.MemoView{}, models.Invalid(faults...)
	}
	return d.change(ctx, a, ask{caseID: id, act: models.ActionAsk, update: workflows.UpdateAsk, key: key, words: in, seq: in.Seq, payload: func(by workflows.Asked) any {
		return workflows.Ask{Asked: by, Question: in.Text}
	}})
}

// AnswerMemo answers the open question.
func (d *Desk) AnswerMemo(ctx context.Context, a models.Actor, id string, in Message, key string) (models.MemoView, error) {
	if faults := models.CheckReason("text", in.Text); faults != nil {
		return models.MemoView{}, models.Invalid(faults...)
	}
	return d.change(ctx, a, ask{caseID: id, act: models.ActionAnswer, update: workflows.UpdateAnswer, key: key, words: in, seq: in.Seq, payload: func(by workflows.Asked) any {
		return workflows.Answer{Asked: by, Answer: in.Text}
	}})
}

// ReissueMemo sends people another copy of their credentials.
func (d *Desk) ReissueMemo(ctx context.Context, a models.Actor, id string, rows []int, key string) (models.MemoView, error) {
	if len(rows) == 0 {
		return models.MemoView{}, models.Invalid(models.Fault("rows", "required"))
	}
	if len(rows) > models.MaxRecapRows {
		return models.MemoView{}, models.Invalid(models.Fault("rows", "no_open_link"))
	}
	return d.change(ctx, a, ask{caseID: id, act: models.ActionReissue, update: workflows.UpdateReissue, key: key, words: rows, payload: func(by workflows.Asked) any {
		return workflows.Reissue{Asked: by, Rows: rows}
	}})
}

// SkipRows leaves out what cannot be made.
func (d *Desk) SkipRows(ctx context.Context, a models.Actor, id, reason, key string) (models.MemoView, error) {
	if faults := models.CheckReason("reason", reason); faults != nil {
		return models.MemoView{}, models.Invalid(faults...)
	}
	return d.change(ctx, a, ask{caseID: id, act: models.ActionSkip, update: workflows.UpdateSkip, key: key, words: reason, payload: func(by workflows.Asked) any {
		return workflows.Skip{Asked: by, Reason: reason}
	}})
}

// asking is who asks, and what they saw: a decision records the digest of what it was about.
func (d *Desk) asking(ctx context.Context, a models.Actor, c models.Case, act models.Action) (workflows.Asked, error) {
	by := workflows.Asked{Actor: a, Seen: c.Seq}
	switch act {
	case models.ActionApprove, models.ActionRefuse, models.ActionReturn, models.ActionVerify:
	default:
		return by, nil
	}
	var err error
	by.Content, err = d.store.Content(ctx, c.ID, c.Round)
	return by, err
}

// same refuses a decision on something else than what its decider saw: seen is that, is what they would decide on.
func (d *Desk) same(ctx context.Context, c models.Case, seen, is string) error {
	if seen == "" || seen == is {
		return nil
	}
	by, at, err := d.store.DecidedSince(ctx, c.ID, 0)
	if err != nil {
		return err
	}
	return models.ErrStale.With("by", by, "at", at.Format(time.RFC3339), "status", string(c.Status))
}
