package web

import (
	"slices"

	"github.com/google/uuid"

	"loket/internal/desk"
	"loket/models"
)

// decideForm asks for a head's word.
type decideForm struct {
	Memo    models.MemoView
	Rows    models.Page[models.RowView]
	Choices []option
	Reason  string
	Notes   []noteInput
	Key     string
	Lines   []faultLine
}

// Error is the sentence beside one field.
func (f decideForm) Error(field string) string { return of(f.Lines, field) }

// memoFor reads a memo that the reader may take this action on; otherwise leads to the memo's own page, which says
// where it stands.
func (v *visit) memoFor(action models.Action) (models.MemoView, error) {
	memo, err := v.portal.Desk.Memo(v.Request.Context(), v.actor(), v.Param("id"))
	if err == nil && !slices.Contains(memo.Actions, action) {
		v.Abort()
		return memo, v.to("/memos/"+memo.ID, "warn."+models.ErrNotNow.Code)
	}
	return memo, err
}

func (v *visit) decidePage() error { return v.showDecide(nil) }

func (v *visit) showDecide(p *models.Problem) error {
	memo, err := v.memoFor(models.ActionApprove)
	if err != nil || v.IsAborted() {
		return err
	}
	rows, err := v.portal.Desk.MemoRows(v.Request.Context(), v.actor(), memo.ID, "", v.pageQuery())
	if err != nil {
		return err
	}
	verdict := v.form("verdict")
	form := decideForm{Memo: memo, Rows: rows, Reason: v.reason("reason"), Key: uuid.NewString(), Choices: []option{
		{Value: "approve", Text: v.say.T("portal.decide.approve"), Hint: v.say.T("portal.decide.approve_hint"), On: verdict == "approve"},
		{Value: "refuse", Text: v.say.T("portal.decide.refuse"), Hint: v.say.T("portal.decide.refuse_hint"), On: verdict == "refuse" || v.Query("verdict") == "refuse"}}}
	if slices.Contains(memo.Actions, models.ActionReturn) {
		form.Choices = slices.Insert(form.Choices, 1, option{Value: "return", Text: v.say.T("portal.decide.return"), Hint: v.say.T("portal.decide.return_hint"), On: verdict == "return"})
	}
	if p != nil {
		form.Lines = v.noteLines(v.faultLines(p))
	}
	form.Notes = v.noteInputs(form.Lines)
	return v.showCaseForm("decide", "portal.decide.title", memo, form, form.Lines, p)
}

// showCaseForm shows a form that stands below a memo.
func (v *visit) showCaseForm(page, title string, m models.MemoView, body any, lines []faultLine, p *models.Problem) error {
	f := frame{Title: v.say.T(title), Lead: v.memoTitle(m), Body: body, Faults: lines, Beside: v.besides(m.ID, true), Phrases: v.phrases(),
		Crumbs: append(v.memoCrumbs(), link{v.memoName(m), "/memos/" + m.ID}, link{Text: v.say.T(title)})}
	if p != nil {
		return v.showAs(statusOf(p.Code), page, f)
	}
	return v.show(page, f)
}

func (v *visit) decide() error {
	if v.inserting() {
		return v.showDecide(nil)
	}
	v.lookAhead()
	verdict := v.form("verdict")
	if verdict == "return" {
		return v.giveBackFrom(v.showDecide)
	}
	if verdict != "approve" && verdict != "refuse" {
		return v.showDecide(models.Invalid(models.Fault("verdict", "required")))
	}
	in := desk.Decision{Approve: verdict == "approve", Reason: v.form("reason"), Seq: atoi(v.form("seq")), Content: v.form("content")}
	if faults := models.CheckReason("reason", in.Reason); !in.Approve && len(faults) > 0 {
		return v.showDecide(models.Invalid(faults...))
	}
	_, err := v.portal.Desk.DecideMemo(v.Request.Context(), v.actor(), v.Param("id"), in, v.key())
	done := "refused"
	if in.Approve {
		done = "approved"
	}
	return v.said(err, done, v.showDecide)
}

// askForm is a question before something that cannot be undone.
type askForm struct {
	Memo   models.MemoView
	Reason string
	Key    string
	Lines  []faultLine
}

// Error is the sentence beside one field.
func (f askForm) Error(field string) string { return of(f.Lines, field) }

func (v *visit) withdrawPage() error { return v.showWithdraw(nil) }

func (v *visit) showWithdraw(p *models.Problem) error {
	memo, err := v.memoFor(models.ActionWithdraw)
	if err != nil || v.IsAborted() {
		return err
	}
	form := askForm{Memo: memo, Reason: v.reason("reason"), Key: uuid.NewString()}
	if p != nil {
		form.Lines = v.faultLines(p)
	}
	return v.showCaseForm("withdraw", "portal.withdraw.title", memo, form, form.Lines, p)
}

func (v *visit) withdraw() error {
	if v.inserting() {
		return v.showWithdraw(nil)
	}
	_, err := v.portal.Desk.WithdrawMemo(v.Request.Context(), v.actor(), v.Param("id"), v.form("reason"), v.key())
	return v.said(err, "withdrawn", v.showWithdraw)
}

func (v *visit) discardPage() error {
	memo, err := v.memoFor(models.ActionDiscard)
	if err != nil || v.IsAborted() {
		return err
	}
	return v.showCaseForm("discard", "portal.discard.title", memo, askForm{Memo: memo}, nil, nil)
}

func (v *visit) discard() error {
	if err := v.portal.Desk.DiscardMemo(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	return v.to("/memos", "discarded")
}
