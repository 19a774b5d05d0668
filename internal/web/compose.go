package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"loket/internal/desk"
	"loket/internal/sheet"
	"loket/models"
)

// newMemo offers each unit for which the reader writes, with each kind.
type newMemo struct {
	Choices []option
	Key     string
}

func (v *visit) newMemoPage() error { return v.showNewMemo(nil) }

func (v *visit) showNewMemo(p *models.Problem) error {
	units, err := v.portal.Desk.SendingUnits(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	if len(units) == 0 {
		return models.ErrForbidden
	}
	f := frame{Title: v.say.T("portal.new.title"), Lead: v.say.T("portal.new.lead"), Crumbs: v.memoCrumbs(),
		Body: newMemo{Choices: v.memoChoices(units), Key: uuid.NewString()}}
	if p == nil {
		return v.show("new", f)
	}
	f.Faults = v.faultLines(p)
	return v.showAs(statusOf(p.Code), "new", f)
}

func (v *visit) memoChoices(units []desk.SendingUnit) []option {
	var choices []option
	for _, u := range units {
		for _, kind := range u.Kinds {
			hint := v.say.T("portal.new.drafts")
			if slices.Contains(u.MaySend, kind) {
				hint = v.say.T("portal.new.sends")
			}
			choices = append(choices, option{Value: string(kind) + " " + u.Code, Text: v.say.T("portal.kind."+string(kind)) + " – " + u.Name, Hint: hint})
		}
	}
	if len(choices) == 1 {
		choices[0].On = true
	}
	return choices
}

func (v *visit) createMemo() error {
	kind, unit, ok := strings.Cut(v.form("choice"), " ")
	if !ok {
		return v.showNewMemo(models.Invalid(models.Fault("choice", "required")))
	}
	today := models.DateOf(v.portal.Now().In(v.portal.Zone)).String()
	draft := models.MemoDraft{Kind: models.MemoKind(kind), Unit: unit, Date: today, Contact: v.who.Account.Name}
	memo, err := v.portal.Desk.CreateMemo(v.Request.Context(), v.actor(), draft, v.key())
	if p, ok := formProblem(err); ok {
		return v.showNewMemo(p)
	}
	if err != nil {
		return err
	}
	return v.to("/memos/"+memo.ID+"/edit", "")
}

func (v *visit) memoCrumbs() []link { return []link{{v.say.T("portal.memos.title"), "/memos"}} }

// composePage shows a draft as it is stored; what somebody has typed since is shown by compose.
func (v *visit) composePage() error {
	memo, err := v.draft()
	if err != nil || v.IsAborted() {
		return err
	}
	return v.showComposer(composer{Memo: memo, Draft: memo.Draft, Version: memo.Version, At: v.spot(), Stored: true}, nil)
}

// draft reads a memo that the reader may still write; one that is under way is shown on its own page instead.
func (v *visit) draft() (models.MemoView, error) {
	memo, err := v.portal.Desk.Memo(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return memo, err
	}
	if !slices.Contains(memo.Actions, models.ActionEdit) {
		v.Abort()
		return memo, v.to("/memos/"+memo.ID, "")
	}
	return memo, nil
}

// compose saves what was typed, then does what the pressed button says. What cannot be saved is shown again as typed.
func (v *visit) compose() error {
	memo, err := v.draft()
	if err != nil || v.IsAborted() {
		return err
	}
	do, no, _ := strings.Cut(v.form("do"), ":")
	c := composer{Memo: memo, Version: atoi(v.form("version")), At: v.spot(), Pasted: v.PostForm("pasted")}
	if c.Draft, err = v.typed(memo, do, atoi(no)); err != nil {
		return err
	}
	saved, err := v.saved(&c, do)
	if p, ok := formProblem(err); ok {
		return v.showComposer(c, p)
	}
	if err != nil {
		return err
	}
	if do == "paste" || do == "upload" {
		no = strconv.Itoa(keptRows(c.Draft) + 1)
	}
	saved, err = v.attached(saved, do, no)
	if p, ok := formProblem(err); ok {
		return v.showComposer(composer{Memo: saved, Draft: saved.Draft, Version: saved.Version, At: c.At, Stored: true}, p)
	}
	if err != nil {
		return err
	}
	return v.composed(saved, do, no, c.At)
}

// saved keeps the draft with the rows that came all at once. Where these are why it cannot be kept, c says so: they are
// told by their own numbers, and stay out of the list on the page.
func (v *visit) saved(c *composer, do string) (models.MemoView, error) {
	more, err := v.added(do)
	if err != nil {
		c.Unread = true
		return c.Memo, err
	}
	draft := c.Draft
	if len(more) > 0 { // an emptied list stays one: nil would keep the old
		draft.Rows = slices.Concat(draft.Rows, more)
	}
	saved, err := v.portal.Desk.SaveMemo(v.Request.Context(), v.actor(), c.Memo.ID, draft, c.Version)
	if p, ok := formProblem(err); ok && len(more) > 0 {
		c.Unread, err = addedFaults(p, keptRows(c.Draft))
	}
	return saved, err
}

// keptRows is how many rows of a draft are kept: empty ones are not.
func keptRows(d models.MemoDraft) int { return len(models.NormalizeMemo(d).Rows) }

// addedFaults parts the faults of the rows that came all at once, after so many others, from the rest: the rest is told
// first, since it is on the page.
func addedFaults(p *models.Problem, others int) (unread bool, err error) {
	var rest, added []models.FieldFault
	for _, f := range p.Faults {
		no, column, ok := rowField(f.Field)
		if !ok || no <= others {
			rest = append(rest, f)
			continue
		}
		f.Field = strings.TrimSuffix(fmt.Sprintf("rows[%d].%s", no-others-1, column), ".")
		added = append(added, f)
	}
	if len(added) == 0 {
		return false, p
	}
	if len(rest) > 0 {
		return false, &models.Problem{Code: p.Code, Params: p.Params, Faults: rest}
	}
	return true, &models.Problem{Code: p.Code, Params: p.Params, Faults: added}
}

// typed reads the form into the draft. The rows of other pages of the list stay as they are stored.
func (v *visit) typed(memo models.MemoView, do string, no int) (models.MemoDraft, error) {
	d := memo.Draft
	d.Date, d.Addressee, d.Reference = storedDate(v.form("date")), v.form("addressee"), v.form("reference")
	d.Subject, d.Body, d.Contact = v.form("subject"), strings.ReplaceAll(v.form("body"), "\r\n", "\n"), v.form("contact")
	d.Copies = strings.FieldsFunc(v.form("copies"), func(r rune) bool { return r == '\n' || r == '\r' })
	report, err := v.portal.Desk.CheckMemo(v.Request.Context(), v.actor(), memo.ID)
	if err != nil {
		return d, err
	}
	d.Rows = mergeRows(storedRows(report), v.Request.PostForm)
	switch do {
	case "clear":
		d.Rows = []models.RecapRow{}
	case "drop":
		d.Rows = withoutRow(d.Rows, no)
	}
	return d, nil
}

// added reads the rows that come with the form all at once. Its faults name the field that they came by.
func (v *visit) added(do string) (rows []models.RecapRow, err error) {
	switch do {
	case "paste":
		if v.form("pasted") == "" {
			return nil, models.Invalid(models.Fault("pasted", "required"))
		}
		rows, err = sheet.Pasted(v.PostForm("pasted"))
		return rows, renamed(err, "file", "pasted")
	case "upload":
		return v.uploaded()
	}
	return nil, nil
}

// renamed gives a field of a problem another name.
func renamed(err error, from, to string) error {
	p, ok := formProblem(err)
	if !ok {
		return err
	}
	faults := slices.Clone(p.Faults)
	for i := range faults {
		if faults[i].Field == from {
			faults[i].Field = to
		}
	}
	return &models.Problem{Code: p.Code, Params: p.Params, Faults: faults}
}

func (v *visit) uploaded() ([]models.RecapRow, error) {
	header, err := v.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, models.Invalid(models.Fault("file", "required"))
	}
	if err != nil {
		return nil, err
	}
	file, err := header.Open()
	if err != nil {
		return nil, fmt.Errorf("open an uploaded list: %w", err)
	}
	defer func() { _ = file.Close() }()
	table, err := sheet.Read(header.Filename, file, sheet.RecapLimits())
	if err != nil {
		return nil, err
	}
	return sheet.RecapRows(table)
}

// composed goes on after a draft was saved.
func (v *visit) composed(memo models.MemoView, do, no string, at spot) error {
	switch do {
	case "autosave":
		return v.part("compose", "saved", composer{Memo: memo, Version: memo.Version, SavedAt: v.portal.Now()})
	case "send":
		return v.send(memo, at)
	case "discard":
		return v.to("/memos/"+memo.ID+"/discard", "")
	}
	next, anchor := at.after(do, no)
	return v.to(next.address(memo.ID, anchor), doneBy(do))
}

// doneBy is what is told after a button of the composer; nothing where the page itself shows it.
func doneBy(do string) string {
	switch do {
	case "check", "add", "open", "row", "turn", "all", "fix":
		return ""
	case "paste", "upload":
		return "rows_added"
	case "drop", "clear":
		return "rows_dropped"
	case "attach":
		return "attached"
	case "detach":
		return "detached"
	}
	return "saved"
}

func (v *visit) send(memo models.MemoView, at spot) error {
	send, done := v.portal.Desk.SendMemo, "sent"
	if slices.Contains(memo.Actions, models.ActionResubmit) {
		send, done = v.portal.Desk.ResubmitMemo, "resubmitted"
	}
	sent, err := send(v.Request.Context(), v.actor(), memo.ID, memo.Version, v.key())
	if p, ok := formProblem(err); ok {
		at.Checked = true
		return v.showComposer(composer{Memo: memo, Draft: memo.Draft, Version: memo.Version, At: at, Stored: true}, p)
	}
	if err != nil {
		return err
	}
	return v.to("/memos/"+sent.ID, done)
}
