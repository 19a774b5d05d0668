package desk

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"loket/models"
	"loket/workflows"
)

// VerifyMemo is an officer's word on rows. Officers share a memo: what another of them decided meanwhile concerns only
// the rows that both decided, and the answer names them.
func (d *Desk) VerifyMemo(ctx context.Context, a models.Actor, id string, in Verification, key string) (models.MemoView, error) {
	if (in.All == "") == (len(in.Rows) == 0) {
		return models.MemoView{}, models.Invalid(models.Fault("rows", "rows_or_all"))
	}
	if faults := models.CheckWords("reason", in.Reason); faults != nil {
		return models.MemoView{}, models.Invalid(faults...)
	}
	if in.All != "" {
		return d.change(ctx, a, ask{caseID: id, act: models.ActionVerify, update: workflows.UpdateVerify, key: key, words: in, seq: in.Seq, content: in.Content, payload: func(by workflows.Asked) any {
			return workflows.Verify{Asked: by, All: in.All, Reason: in.Reason}
		}})
	}
	one := ask{caseID: id, update: workflows.UpdateVerify, key: key, words: in}
	if done, err := d.repeated(ctx, a, one); done || err != nil {
		v, err := d.unless(ctx, a, id, err)
		if err == nil {
			v.RowResults, err = d.repeatedRows(ctx, a, id, in.Rows)
		}
		return v, err
	}
	c, a, err := d.may(ctx, a, id, models.ActionVerify)
	if err != nil {
		return models.MemoView{}, err
	}
	if err := d.sameRound(ctx, c, in.Seq); err != nil {
		return models.MemoView{}, err
	}
	return d.verifyRows(ctx, a, c, in, one)
}

// repeatedRows tells a repeat what its first time came to: what others decided was skipped then.
func (d *Desk) repeatedRows(ctx context.Context, a models.Actor, id string, asked []models.RowDecision) ([]models.RowResult, error) {
	decided, err := d.store.DecidedRows(ctx, id, rowNumbers(asked))
	others := slices.DeleteFunc(decided, func(r models.DecidedRow) bool { return r.ByID == a.AccountID })
	return rowResults(asked, others), err
}

// sameRound refuses decisions on rows that were written anew since the page was read.
func (d *Desk) sameRound(ctx context.Context, c models.Case, seq int) error {
	if seq == 0 || seq >= c.Seq {
		return nil
	}
	if begun, err := d.store.RoundBegunSince(ctx, c.ID, seq); err != nil || !begun {
		return err
	}
	return d.unseen(ctx, c, seq)
}

func (d *Desk) verifyRows(ctx context.Context, a models.Actor, c models.Case, in Verification, one ask) (models.MemoView, error) {
	taken, err := d.store.DecidedRows(ctx, c.ID, rowNumbers(in.Rows))
	if err != nil {
		return models.MemoView{}, err
	}
	rest := slices.DeleteFunc(slices.Clone(in.Rows), func(r models.RowDecision) bool { return decidedAs(taken, r.No) != nil })
	if len(taken) > 0 && (!in.SkipDecided || len(rest) == 0) {
		return models.MemoView{}, rowsTaken(in.Rows, taken)
	}
	by, err := d.asking(ctx, a, c, models.ActionVerify)
	if err == nil {
		err = d.same(ctx, c, in.Content, by.Content)
	}
	if err != nil {
		return models.MemoView{}, err
	}
	one.in = workflows.Verify{Asked: by, Rows: rest, Reason: in.Reason}
	one.still = func(ctx context.Context, c models.Case) error {
		if err := models.May(c, a, models.ActionVerify, d.now()); err != nil {
			return err
		}
		if err := d.sameRound(ctx, c, in.Seq); err != nil {
			return err
		}
		taken, err := d.store.DecidedRows(ctx, c.ID, rowNumbers(rest))
		if err == nil && len(taken) > 0 {
			err = rowsTaken(in.Rows, taken)
		}
		return err
	}
	if err := d.update(ctx, a, one); err != nil {
		return models.MemoView{}, d.overtaken(ctx, c.ID, in.Rows, err)
	}
	v, err := d.Memo(ctx, a, c.ID)
	v.RowResults = rowResults(in.Rows, taken)
	return v, err
}

// overtaken names the rows where the workflow found that another officer had been faster still.
func (d *Desk) overtaken(ctx context.Context, id string, asked []models.RowDecision, err error) error {
	var p *models.Problem
	if !errors.As(err, &p) || !errors.Is(p, models.ErrAlreadyDecided) || p.Params["row"] == "" {
		return err
	}
	taken, failed := d.store.DecidedRows(ctx, id, rowNumbers(asked))
	if failed != nil || len(taken) == 0 {
		return err
	}
	return rowsTaken(asked, taken)
}

// rowsTaken is the refusal with one fault for each row that is decided, in the order in which they were asked for.
func rowsTaken(asked []models.RowDecision, taken []models.DecidedRow) error {
	p := models.ErrAlreadyDecided.With("row", strconv.Itoa(taken[0].No), "status", string(taken[0].State))
	for i, r := range asked {
		if t := decidedAs(taken, r.No); t != nil {
			p.Faults = append(p.Faults, models.Fault("rows["+strconv.Itoa(i)+"].no", "row_"+string(t.State), "no", strconv.Itoa(t.No), "by", t.By,
				"at", t.At.Format(time.RFC3339)))
		}
	}
	return p
}

func rowResults(asked []models.RowDecision, taken []models.DecidedRow) []models.RowResult {
	results := make([]models.RowResult, len(asked))
	for i, r := range asked {
		results[i] = models.RowResult{No: r.No, State: models.RowRejected, Done: true}
		if r.Accept {
			results[i].State = models.RowAccepted
		}
		if t := decidedAs(taken, r.No); t != nil {
			results[i] = models.RowResult{No: r.No, State: t.State, By: t.By}
		}
	}
	return results
}

func rowNumbers(rows []models.RowDecision) []int {
	nos := make([]int, len(rows))
	for i, r := range rows {
		nos[i] = r.No
	}
	return nos
}

func decidedAs(taken []models.DecidedRow, no int) *models.DecidedRow {
	at, found := slices.BinarySearchFunc(taken, no, func(t models.DecidedRow, no int) int { return t.No - no })
	if !found {
		return nil
	}
	return &taken[at]
}
