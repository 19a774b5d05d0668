package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"loket/internal/desk"
	"loket/models"
)

// What a reader may do with a memo among many: decide as head, or check as officer.
const (
	bulkApprove = "approve"
	bulkVerify  = "verify"
)

// bulkItem is one memo among many, and what the reader may do with it; nothing when Act is empty.
type bulkItem struct {
	models.MemoView
	Act string
}

// bulkForm asks for one word on many memos. Others are chosen ones that do not wait for the reader.
type bulkForm struct {
	Items, Others []bulkItem
	Cut           bool // more were chosen than can be decided at once
	People        int
	Choices       []option
	Reason, Key   string
	Proof         proofPart
	Lines         []faultLine
}

// Error is the sentence beside one field.
func (f bulkForm) Error(field string) string { return of(f.Lines, field) }

func (v *visit) bulkPage() error { return v.showBulk(nil) }

// showBulk shows the chosen memos as they are now, with what was typed.
func (v *visit) showBulk(p *models.Problem) error {
	form, err := v.bulkForm()
	if err != nil {
		return err
	}
	if p != nil {
		form.Lines = v.faultLines(p)
	}
	form.Proof = v.proof(form.Lines)
	f := frame{Title: v.say.T("portal.bulk.title"), Lead: v.say.N("portal.bulk.lead", len(form.Items)), Body: form, Faults: form.Lines, Path: "/inbox",
		Crumbs: []link{{v.say.T("portal.inbox.title"), "/inbox"}, {Text: v.say.T("portal.bulk.title")}}}
	if p != nil {
		return v.showAs(statusOf(p.Code), "bulk", f)
	}
	return v.show("bulk", f)
}

func (v *visit) bulkForm() (bulkForm, error) {
	form := bulkForm{Reason: v.form("reason"), Key: uuid.NewString()}
	ids := v.chosen()
	if len(ids) > desk.MostDecisions {
		ids, form.Cut = ids[:desk.MostDecisions], true
	}
	acts := map[string]bool{}
	for _, id := range ids {
		memo, err := v.portal.Desk.Memo(v.Request.Context(), v.actor(), id)
		if errors.Is(err, models.ErrNotFound) {
			continue
		}
		if err != nil {
			return form, err
		}
		item := bulkItem{memo, bulkAct(memo)}
		if item.Act == "" {
			form.Others = append(form.Others, item)
			continue
		}
		acts[item.Act] = true
		form.People += memo.Rows.Total
		form.Items = append(form.Items, item)
	}
	form.Choices = v.bulkChoices(acts)
	return form, nil
}

// chosen are the ids of the chosen memos, each once: of the form that was posted, or else of the address.
func (v *visit) chosen() []string {
	list := v.Request.PostForm["item"]
	if v.Request.Method == http.MethodGet {
		list = v.QueryArray("item")
	}
	var ids []string
	for _, id := range list {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func bulkAct(m models.MemoView) string {
	switch {
	case slices.Contains(m.Actions, models.ActionApprove):
		return bulkApprove
	case slices.Contains(m.Actions, models.ActionVerify):
		return bulkVerify
	}
	return ""
}

// bulkChoices are yes and no, in the words of what is to be done.
func (v *visit) bulkChoices(acts map[string]bool) []option {
	what := "both"
	if len(acts) == 1 {
		what = bulkApprove
		if acts[bulkVerify] {
			what = bulkVerify
		}
	}
	var options []option
	for _, word := range []string{"yes", "no"} {
		options = append(options, option{Value: word, Text: v.say.T("portal.bulk." + what + "_" + word), Hint: v.say.T("portal.bulk." + what + "_" + word + "_hint"),
			On: v.form("verdict") == word})
	}
	return options
}

// decideMany decides, and answers with what came of each memo. Sent again with the same key, it finishes what was cut
// off and decides nothing twice.
func (v *visit) decideMany() error {
	verdict := v.form("verdict")
	if verdict != "yes" && verdict != "no" {
		return v.showBulk(models.Invalid(models.Fault("verdict", "required")))
	}
	var all []bulkResult
	until := time.Now().Add(desk.BulkPatience) // for both kinds: the answer has one deadline
	for _, act := range []string{bulkApprove, bulkVerify} {
		in := v.decisions(act, verdict == "yes")
		if len(in.Items) == 0 {
			continue
		}
		in.Until = until
		outcomes, err := v.portal.Desk.DecideMany(v.Request.Context(), v.actor(), in, v.key())
		if p, ok := formProblem(err); ok {
			return v.showBulk(p)
		}
		if err != nil {
			return err
		}
		for i, o := range outcomes {
			all = append(all, v.bulkResult(o, in.Items[i], act, in.Word))
		}
	}
	if len(all) == 0 {
		return v.showBulk(models.Invalid(models.Fault("items", "none_chosen")))
	}
	return v.showBulkResults(verdict, all)
}

// decisions are those of the chosen memos that the form showed as waiting for this: a memo that has moved on since is
// not decided as something else.
func (v *visit) decisions(act string, yes bool) desk.Decisions {
	in := desk.Decisions{Reason: v.form("reason")}
	switch {
	case act == bulkApprove && yes:
		in.Word = desk.WordApprove
	case act == bulkApprove:
		in.Word = desk.WordRefuse
	case yes:
		in.Word = desk.WordAcceptAll
	default:
		in.Word = desk.WordRejectAll
	}
	if yes && act == bulkVerify {
		in.Reason = "" // accepting needs no word to the sender
	}
	for _, id := range v.chosen() {
		if v.form("act-"+id) == act {
			in.Items = append(in.Items, desk.DecisionItem{CaseID: id, Seq: atoi(v.form("seq-" + id)), Content: v.form("content-" + id)})
		}
	}
	return in
}

// bulkResult is what came of one memo, in words. Again says that the same can be tried again, Look that the memo has to
// be looked at first.
type bulkResult struct {
	models.CaseSummary
	Act, Text   string
	Seq         int
	Content     string
	Done        bool
	Again, Look bool
}

func (v *visit) bulkResult(o desk.Outcome, item desk.DecisionItem, act string, word desk.Word) bulkResult {
	r := bulkResult{CaseSummary: o.Memo, Act: act, Seq: item.Seq, Content: item.Content, Done: o.Problem == nil}
	if r.Done {
		r.Text = v.say.T("portal.bulk.done." + string(word))
		return r
	}
	r.Text = v.problemText(o.Problem)
	r.Again = statusOf(o.Problem.Code) >= http.StatusInternalServerError || errors.Is(o.Problem, models.ErrTooMany)
	r.Look = errors.Is(o.Problem, models.ErrStale)
	return r
}

// bulkResults is the page of results.
type bulkResults struct {
	Done, Failed, Again        []bulkResult
	Verdict, Reason, Key, Look string
	Proof                      proofPart
}

func (v *visit) showBulkResults(verdict string, all []bulkResult) error {
	body := bulkResults{Verdict: verdict, Reason: v.form("reason"), Key: v.key(), Proof: v.proof(nil)}
	look := url.Values{}
	for _, r := range all {
		switch {
		case r.Done:
			body.Done = append(body.Done, r)
			continue
		case r.Again:
			body.Again = append(body.Again, r)
		case r.Look:
			look.Add("item", r.ID)
		}
		body.Failed = append(body.Failed, r)
	}
	if len(look) > 0 {
		body.Look = "/inbox/decide?" + look.Encode()
	}
	var lead []string
	if len(body.Done) > 0 {
		lead = append(lead, v.say.N("portal.bulk.results_done", len(body.Done)))
	}
	if len(body.Failed) > 0 {
		lead = append(lead, v.say.N("portal.bulk.results_failed", len(body.Failed)))
	}
	return v.show("bulk-results", frame{Title: v.say.T("portal.bulk.results"), Lead: strings.Join(lead, " "), Body: body, Path: "/inbox",
		Crumbs: []link{{v.say.T("portal.inbox.title"), "/inbox"}, {Text: v.say.T("portal.bulk.results")}}})
}
