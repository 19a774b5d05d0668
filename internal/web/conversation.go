package web

import (
	"errors"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"loket/internal/desk"
	"loket/models"
)

// messageForm takes a question to the sender, or the answer to one.
type messageForm struct {
	Memo     models.MemoView
	Question *models.TimelineEvent // the one that is open
	Text     string
	Key      string
	Lines    []faultLine
}

// Error is the sentence beside one field.
func (f messageForm) Error(field string) string { return of(f.Lines, field) }

// question is the one that the sender has yet to answer; nil while there is none.
func question(m models.MemoView) *models.TimelineEvent {
	if m.Asked == nil {
		return nil
	}
	return lastOf(m, models.EventAsked)
}

// lastOf is the newest event of a type; nil where there is none.
func lastOf(m models.MemoView, t models.EventType) *models.TimelineEvent {
	for _, e := range slices.Backward(m.Timeline) {
		if e.Type == t {
			return &e
		}
	}
	return nil
}

func (v *visit) askPage() error    { return v.showMessage("ask", models.ActionAsk, nil) }
func (v *visit) answerPage() error { return v.showMessage("answer", models.ActionAnswer, nil) }

func (v *visit) showMessage(page string, act models.Action, p *models.Problem) error {
	label := map[string]string{"ask": "portal.ask.question", "answer": "portal.answer.answer"}[page]
	memo, err := v.memoFor(act)
	if err != nil || v.IsAborted() {
		return err
	}
	form := messageForm{Memo: memo, Question: question(memo), Text: v.form("text"), Key: uuid.NewString()}
	if p != nil {
		form.Lines = v.faultLines(p)
		for i := range form.Lines {
			if form.Lines[i].Field == "text" {
				form.Lines[i].Name = v.say.T(label)
			}
		}
	}
	return v.showCaseForm(page, "portal."+page+".title", memo, form, form.Lines, p)
}

func (v *visit) askSender() error {
	_, err := v.portal.Desk.AskSender(v.Request.Context(), v.actor(), v.Param("id"), v.message(), v.key())
	return v.said(err, "asked", func(p *models.Problem) error { return v.showMessage("ask", models.ActionAsk, p) })
}

func (v *visit) answerDecider() error {
	_, err := v.portal.Desk.AnswerMemo(v.Request.Context(), v.actor(), v.Param("id"), v.message(), v.key())
	return v.said(err, "answered", func(p *models.Problem) error { return v.showMessage("answer", models.ActionAnswer, p) })
}

func (v *visit) message() desk.Message {
	return desk.Message{Text: v.form("text"), Seq: atoi(v.form("seq"))}
}

// said leads on after words were taken; where they were not, or the memo changed under them, the form is shown again
// with what was typed.
func (v *visit) said(err error, done string, again func(*models.Problem) error) error {
	if p, ok := formProblem(err); ok && (len(p.Faults) > 0 || errors.Is(p, models.ErrStale)) {
		return again(p)
	}
	return v.acted(err, done)
}

// reissueForm asks whether the people listed are to get another link.
type reissueForm struct {
	Memo  models.MemoView
	Rows  []models.RowView
	Key   string
	Lines []faultLine
}

func (v *visit) reissuePage() error { return v.showReissue(nil) }

func (v *visit) showReissue(p *models.Problem) error {
	memo, err := v.memoFor(models.ActionReissue)
	if err != nil || v.IsAborted() {
		return err
	}
	rows, err := v.reissuable(memo)
	if err != nil {
		return err
	}
	if len(rows) == 0 && p == nil {
		p = models.Invalid(models.Fault("rows", "no_open_link"))
	}
	form := reissueForm{Memo: memo, Rows: rows, Key: uuid.NewString()}
	if p != nil {
		form.Lines = v.faultLines(p)
		for i := range form.Lines {
			form.Lines[i].Href = "" // no input to mend it in
		}
	}
	return v.showCaseForm("reissue", "portal.reissue.title", memo, form, form.Lines, p)
}

// reissuable are the rows that the address or the form names, or all that lapsed, as far as they can get another link.
func (v *visit) reissuable(m models.MemoView) ([]models.RowView, error) {
	wanted, states := v.chosenRows(), []models.RowState{models.RowProvisioned, models.RowLapsed}
	if v.Query("state") == string(models.RowLapsed) {
		wanted, states = nil, states[1:]
	} else if len(wanted) == 0 {
		return nil, nil
	}
	var rows []models.RowView
	for _, s := range states {
		q := models.PageQuery{Limit: reissueRead}
		for {
			page, err := v.portal.Desk.MemoRows(v.Request.Context(), v.actor(), m.ID, s, q)
			if err != nil {
				return nil, err
			}
			for _, r := range page.Items {
				if r.State == s && (wanted == nil || slices.Contains(wanted, r.No)) {
					rows = append(rows, r)
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
	}
	return rows, nil
}

// reissueRead is how many rows are read at once.
const reissueRead = 200

// chosenRows are the numbers of rows that the address or the form names.
func (v *visit) chosenRows() []int {
	var nos []int
	for _, value := range append(v.QueryArray("row"), v.PostFormArray("row")...) {
		if no, err := strconv.Atoi(value); err == nil {
			nos = append(nos, no)
		}
	}
	return nos
}

func (v *visit) reissue() error {
	_, err := v.portal.Desk.ReissueMemo(v.Request.Context(), v.actor(), v.Param("id"), v.chosenRows(), v.key())
	return v.said(err, "reissued", v.showReissue)
}

// skipForm asks whether those whose accounts cannot be made are to be left out.
type skipForm struct {
	askForm
	Why string // the last try failed
}

func (v *visit) skipPage() error { return v.showSkip(nil) }

func (v *visit) showSkip(p *models.Problem) error {
	memo, err := v.memoFor(models.ActionSkip)
	if err != nil || v.IsAborted() {
		return err
	}
	form := skipForm{askForm: askForm{Memo: memo, Reason: v.form("reason"), Key: uuid.NewString()}, Why: whyFailed(memo)}
	if p != nil {
		form.Lines = v.faultLines(p)
	}
	return v.showCaseForm("skip", "portal.skip.title", memo, form, form.Lines, p)
}

func (v *visit) skip() error {
	_, err := v.portal.Desk.SkipRows(v.Request.Context(), v.actor(), v.Param("id"), v.form("reason"), v.key())
	return v.said(err, "skipped", v.showSkip)
}

// whyFailed is why the last try to make accounts failed, as far as the reader may know.
func whyFailed(m models.MemoView) string {
	if e := lastOf(m, models.EventTrouble); e != nil && m.Trouble != "" {
		return e.Reason
	}
	return ""
}

// Question is the one that the sender has yet to answer.
func (b memoBody) Question() *models.TimelineEvent { return question(b.Memo) }

// Why is why accounts could not be made, for those who can help.
func (b memoBody) Why() string { return whyFailed(b.Memo) }

// Vacant tells whether nobody is left who could decide.
func (b memoBody) Vacant() bool { return b.Memo.Trouble == models.TroubleApprover }

// Word is the sentence that says whose turn it is, with what whoever appoints people can do.
func (b liveBody) Word() string {
	if b.Vacant() && b.Appoints {
		return "portal.vacant.yours"
	}
	return b.memoBody.Word()
}

// VacantUnit is the unit whose office somebody must be appointed to.
func (b memoBody) VacantUnit() string {
	for _, c := range b.Memo.Case.Candidates {
		if c.Unit != "" {
			return c.Unit
		}
	}
	return b.Memo.Case.Unit
}

// standstill is the key of the sentence for a memo that waits for somebody else than its decider; empty where it goes
// its way.
func (b memoBody) standstill() string {
	switch {
	case b.Vacant():
		return "portal.vacant.text"
	case b.Memo.Trouble != "" && b.May(string(models.ActionSkip)):
		return "portal.skip.trouble"
	case b.Memo.Trouble != "":
		return "portal.memo.trouble"
	case b.Memo.Asked == nil || b.May(string(models.ActionAnswer)):
		return ""
	case b.May(string(models.ActionApprove)) || b.May(string(models.ActionVerify)):
		return "portal.ask.waiting_decider"
	}
	return "portal.ask.waiting"
}
