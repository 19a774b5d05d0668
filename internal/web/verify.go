package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"loket/internal/desk"
	"loket/models"
)

// verifyForm is the officers' screen: open rows, a page at a time, each beside what the registry says.
// Self is where the form goes: to this very page of rows, so that what was typed is still in it if it comes back. Taken
// says that another officer was first.
type verifyForm struct {
	Memo                       models.MemoView
	Rows                       []verifyRow
	Pages                      pager
	Self                       string
	AllReason, AllChoice       string
	PickedReason, PickedChoice string
	Taken                      bool
	Key                        string
	Lines                      []faultLine
}

// Error is the sentence beside one field.
func (f verifyForm) Error(field string) string { return of(f.Lines, field) }

// Returns tells whether the reader may return the memo instead.
func (f verifyForm) Returns() bool { return slices.Contains(f.Memo.Actions, models.ActionReturn) }

// Done counts the rows that are decided.
func (f verifyForm) Done() int { return f.Memo.Rows.Total - f.Memo.Rows.Pending }

// verifyRow is one open row and what was typed for it.
type verifyRow struct {
	models.RowView
	Verdict, Typed, Error string
	Picked                bool
}

// Compared lists what was typed beside what the registry says.
func (r verifyRow) Compared() []comparison {
	known := models.RecapRow{}
	if r.Registry != nil {
		known = *r.Registry
	}
	var list []comparison
	for _, c := range []comparison{{Column: "nip", Typed: r.NIP, Known: known.NIP}, {Column: "nik", Typed: r.NIK, Known: known.NIK},
		{Column: "name", Typed: r.Name, Known: known.Name}, {Column: "unit_code", Typed: r.UnitCode, Known: known.UnitCode},
		{Column: "position", Typed: r.Position, Known: known.Position}, {Column: "contract_start", Typed: r.ContractStart, Known: known.ContractStart},
		{Column: "contract_end", Typed: r.ContractEnd, Known: known.ContractEnd}, {Column: "external_email", Typed: r.ExternalEmail, Known: known.ExternalEmail}} {
		if c.Typed != "" {
			list = append(list, c)
		}
	}
	return list
}

// comparison is one column of a row, as typed and as known; Known is empty where the registry is silent.
type comparison struct{ Column, Typed, Known string }

// Differs tells whether the two say different things. A masked number cannot be told apart here.
func (c comparison) Differs() bool {
	return c.Known != "" && c.Column != "nik" && !models.SameName(c.Typed, c.Known) && !strings.EqualFold(c.Typed, c.Known)
}

// Same tells whether both say the same, to the letter: a narrow screen then says it once.
func (c comparison) Same() bool { return c.Known == c.Typed }

func (v *visit) verifyPage() error { return v.showVerify(nil, nil) }

func (v *visit) showVerify(p *models.Problem, asked []models.RowDecision) error {
	memo, err := v.memoFor(models.ActionVerify)
	if err != nil || v.IsAborted() {
		return err
	}
	page, err := v.portal.Desk.MemoRows(v.Request.Context(), v.actor(), memo.ID, models.RowPending, v.pageQuery())
	if err != nil {
		return err
	}
	form := verifyForm{Memo: memo, Pages: v.pager(page.Next), Self: v.Request.URL.RequestURI(), AllReason: v.reason("all_reason"), AllChoice: v.form("all"),
		PickedReason: v.form("picked_reason"), PickedChoice: v.form("picked"), Key: uuid.NewString()}
	if p != nil {
		form.Taken = overtaken(p)
		form.Lines = verifyLines(v.faultLines(p), asked)
	}
	for _, row := range page.Items {
		no := strconv.Itoa(row.No)
		form.Rows = append(form.Rows, verifyRow{RowView: row, Verdict: v.form("row-" + no), Typed: v.form("reason-" + no), Error: of(form.Lines, "reason-"+no),
			Picked: slices.Contains(v.Request.PostForm["pick"], no)})
	}
	return v.showCaseForm("verify", "portal.verify.title", memo, form, form.Lines, p)
}

// overtaken tells whether another officer was first with some of the rows, so that the rest can still be decided.
func overtaken(p *models.Problem) bool {
	return errors.Is(p, models.ErrAlreadyDecided) || errors.Is(p, models.ErrStale)
}

// verifyLines names the rows as the screen does: the rules count the decisions of this request, people count rows. A
// row that is decided has no input any more to lead to.
func verifyLines(lines []faultLine, asked []models.RowDecision) []faultLine {
	for i, l := range lines {
		no, column, ok := rowField(l.Field)
		if ok && column == "no" {
			lines[i] = faultLine{Text: l.Text}
		} else if ok && no <= len(asked) {
			lines[i].Field = "reason-" + strconv.Itoa(asked[no-1].No)
			lines[i].Href = "#" + lines[i].Field
		}
	}
	return lines
}

func (v *visit) verify() error {
	if v.inserting() {
		return v.showVerify(nil, nil)
	}
	v.lookAhead()
	in, p := v.verification()
	if p == nil {
		_, err := v.portal.Desk.VerifyMemo(v.Request.Context(), v.actor(), v.Param("id"), in, v.key())
		problem, ok := formProblem(err)
		if !ok || len(problem.Faults) == 0 && !overtaken(problem) {
			return v.verified(err)
		}
		p = problem
	}
	if overtaken(p) {
		return v.showOvertaken(p, in.Rows)
	}
	return v.showVerify(p, in.Rows)
}

// showOvertaken shows what is left to decide, with what was typed; unless the memo was written anew since, so that its
// rows may be other people.
func (v *visit) showOvertaken(p *models.Problem, asked []models.RowDecision) error {
	memo, err := v.memoFor(models.ActionVerify)
	if err != nil || v.IsAborted() {
		return err
	}
	if memo.Round != atoi(v.form("round")) {
		return v.to("/memos/"+memo.ID+"/verify", "warn."+models.ErrStale.Code)
	}
	return v.showVerify(p, asked)
}

// verified stays with the memo while there is more to check.
func (v *visit) verified(err error) error {
	if err != nil {
		return v.acted(err, "")
	}
	memo, err := v.portal.Desk.Memo(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	if (memoBody{Memo: memo}).May(string(models.ActionVerify)) {
		return v.onward("/memos/"+memo.ID+"/verify", "rows_saved")
	}
	if v.ahead != nil {
		return v.moveOn("rows_done")
	}
	return v.to("/memos/"+memo.ID, "rows_done")
}

// verification reads the form: every open row at once, those that were picked, or those that got an answer each.
func (v *visit) verification() (desk.Verification, *models.Problem) {
	in := desk.Verification{Seq: atoi(v.form("seq")), Content: v.form("content")}
	switch v.form("do") {
	case "all":
		in.All, in.Reason = models.RowState(v.form("all")), v.form("all_reason")
		return in, oneVerdict("all", in.All, in.Reason)
	case "picked":
		return v.picked(in)
	}
	var faults []models.FieldFault
	for _, value := range v.Request.PostForm["row"] {
		verdict := v.form("row-" + value)
		if verdict != string(models.RowAccepted) && verdict != string(models.RowRejected) {
			continue
		}
		d := models.RowDecision{No: atoi(value), Accept: verdict == string(models.RowAccepted)}
		if !d.Accept {
			d.Reason = v.form("reason-" + value)
			faults = append(faults, rejecting("reason-"+value, d.Reason)...)
		}
		in.Rows = append(in.Rows, d)
	}
	return in, orNoneChosen(faults, in.Rows, "rows_none_decided")
}

// rejecting asks for the reason of a rejection.
func rejecting(field, reason string) []models.FieldFault {
	if strings.TrimSpace(reason) == "" {
		return []models.FieldFault{models.Fault(field, "rejection_reason")}
	}
	return models.CheckReason(field, reason)
}

// picked is one answer, and one reason, for the rows that were picked.
func (v *visit) picked(in desk.Verification) (desk.Verification, *models.Problem) {
	verdict, reason := models.RowState(v.form("picked")), v.form("picked_reason")
	if p := oneVerdict("picked", verdict, reason); p != nil {
		return in, p
	}
	for _, value := range v.Request.PostForm["pick"] {
		d := models.RowDecision{No: atoi(value), Accept: verdict == models.RowAccepted}
		if !d.Accept {
			d.Reason = reason
		}
		in.Rows = append(in.Rows, d)
	}
	return in, orNoneChosen(nil, in.Rows, "rows_none_chosen")
}

// oneVerdict asks for an answer, and for a reason where it rejects.
func oneVerdict(field string, verdict models.RowState, reason string) *models.Problem {
	if verdict != models.RowAccepted && verdict != models.RowRejected {
		return models.Invalid(models.Fault(field, "required"))
	}
	if faults := rejecting(field+"_reason", reason); verdict == models.RowRejected && len(faults) > 0 {
		return models.Invalid(faults...)
	}
	return nil
}

func orNoneChosen(faults []models.FieldFault, rows []models.RowDecision, none string) *models.Problem {
	switch {
	case len(faults) > 0:
		return models.Invalid(faults...)
	case len(rows) == 0:
		return models.Invalid(models.Fault("rows", none))
	}
	return nil
}
