package web

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"loket/models"
)

// composer is the page of a draft. At.Checked says that the reader asked whether it can go; before that, what is still
// missing from the letter is not held against it.
type composer struct {
	Memo    models.MemoView
	Draft   models.MemoDraft
	Version int
	At      spot
	Stored  bool // the rows are as stored; else they are as typed
	Pasted  string
	Unread  bool // what was pasted or uploaded could not be read: rows in the faults are its rows
	SavedAt time.Time

	Key      string
	Entries  []entry
	New      int // the number of the new, empty row; 0 for none
	Tabs     []turn
	Leaf     leaf
	Report   models.RecapReport
	ToFix    int
	Warnings int
	Kinds    []option // what the next file can be
	Lines    []faultLine
}

// Needs is the attachment without which the memo cannot be sent.
func (c composer) Needs() models.AttachmentKind { return models.RequiredAttachment(c.Draft.Kind) }

// MayAttach tells whether there is room for another file.
func (c composer) MayAttach() bool { return len(c.Memo.Draft.Attachments) < models.MaxAttachments }

// Columns are those of the list's template.
func (c composer) Columns() []string { return models.RecapColumns() }

// May tells whether the reader may press the button.
func (c composer) May(a string) bool { return slices.Contains(c.Memo.Actions, models.Action(a)) }

// Error is the sentence beside one field of the letter.
func (c composer) Error(field string) string { return of(c.Lines, field) }

// Returned is how the memo came back; nil for a first draft.
func (c composer) Returned() *models.TimelineEvent { return returned(c.Memo) }

// Note is what is to be corrected in one field, as whoever returned the memo put it.
func (c composer) Note(field string) string { return noteOn(returned(c.Memo), field) }

// Blank is the new, empty row.
func (c composer) Blank() entry { return entry{No: c.New, Errors: map[string]string{}} }

// showComposer lays the draft out with what a check finds in its rows. p is why it could not be saved or sent.
func (v *visit) showComposer(c composer, p *models.Problem) error {
	report, err := v.portal.Desk.CheckMemo(v.Request.Context(), v.actor(), c.Memo.ID)
	if err != nil {
		return err
	}
	c.Report, c.Key = report, uuid.NewString()
	c.Kinds = v.kindOptions(c.Memo.Draft, v.form("attachment_kind"))
	if c.Stored {
		c.Draft.Rows = storedRows(report)
	}
	typed := v.typedRows(c.Stored)
	entries := v.entries(c.Draft.Rows, c.Report, c.At.Open, typed)
	noteRows(entries, returned(c.Memo))
	c.count(entries)
	shown := c.choose(entries, typed)
	c.Lines = v.composerLines(c, entries, shown, p)
	c.Entries = slices.DeleteFunc(entries, func(e entry) bool { return !shown[e.No] })
	c.Tabs = v.listTabs(c)
	title := v.say.T("portal.compose.title")
	if returned(c.Memo) != nil {
		title = v.say.T("portal.compose.correcting")
	}
	f := frame{Title: title, Lead: v.say.T("portal.kind." + string(c.Draft.Kind)), Faults: c.Lines,
		Crumbs: append(v.memoCrumbs(), link{Text: title}), Body: c}
	if p != nil {
		return v.showAs(statusOf(p.Code), "compose", f)
	}
	return v.show("compose", f)
}

func (c *composer) count(entries []entry) {
	for _, e := range entries {
		if e.Fix() {
			c.ToFix++
		} else if len(e.Findings) > 0 {
			c.Warnings++
		}
	}
}

// blame puts why a draft could not be saved beside the cells that it lies in.
func blame(entries []entry, lines []faultLine) {
	for _, l := range lines {
		no, column, ok := rowField(l.Field)
		if ok && no <= len(entries) && entries[no-1].Errors[column] == "" {
			entries[no-1].Errors[column], entries[no-1].Open = l.Text, true
		}
	}
}

// composerLines is the summary on top: why saving or sending failed, else, once asked for, everything in the way of
// sending.
func (v *visit) composerLines(c composer, entries []entry, shown map[int]bool, p *models.Problem) []faultLine {
	if p != nil && len(p.Faults) > 0 {
		return v.refusedLines(c, entries, shown, p)
	}
	var lines []faultLine
	if p != nil {
		lines = append(lines, faultLine{Text: v.problemText(p) + ". " + v.problemDetail(p)})
	}
	if c.At.Checked {
		if len(c.Report.Faults) > 0 {
			lines = append(lines, v.faultLines(&models.Problem{Faults: c.Report.Faults})...)
		}
		lines = append(lines, v.rowFaultLines(entries, shown)...)
	}
	return lines
}

// refusedLines tells of the letter's fields, and of the first few rows. Rows as they are stored are told as the check
// tells of them; those that were typed are all on the page.
func (v *visit) refusedLines(c composer, entries []entry, shown map[int]bool, p *models.Problem) []faultLine {
	var letter, rows []faultLine
	for _, l := range v.faultLines(p) {
		if _, _, ok := rowField(l.Field); ok {
			rows = append(rows, l)
		} else {
			letter = append(letter, l)
		}
	}
	switch {
	case len(rows) == 0:
		return letter
	case c.Stored:
		return append(letter, v.rowFaultLines(entries, shown)...)
	case c.Unread:
		for i := range rows {
			rows[i].Href = "#rows"
		}
	default:
		blame(entries, rows)
	}
	if more := len(rows) - mostRowLines; more > 0 {
		rows = append(rows[:mostRowLines], faultLine{Href: "#rows", Text: v.say.N("composer.more", more)})
	}
	return append(letter, rows...)
}

// choose finds the rows that the page shows: those of its spot, of all or of those to be mended, and every one that was
// typed, since what cannot be saved is nowhere else.
func (c *composer) choose(entries []entry, typed map[int]bool) map[int]bool {
	if c.At.Fixing && c.ToFix == 0 {
		c.At.Fixing = false
	}
	list := slices.DeleteFunc(slices.Clone(entries), func(e entry) bool { return c.At.Fixing && !e.Fix() && !typed[e.No] })
	if c.At.Adding {
		c.At.From = len(entries)
	}
	var page []entry
	c.Leaf, page = leafAt(list, c.At.From)
	shown := maps.Clone(typed)
	c.At.From = 1
	for i, e := range page {
		shown[e.No] = true
		if i == 0 {
			c.At.From = e.No
		}
	}
	if c.At.Adding || len(entries) == 0 {
		c.New = len(entries) + 1
	}
	return shown
}

// listTabs lead to all rows and to those to be mended.
func (v *visit) listTabs(c composer) []turn {
	tabs := []turn{{v.say.T("portal.compose.all_rows"), "all", len(c.Draft.Rows), !c.At.Fixing}}
	if c.ToFix > 0 {
		tabs = append(tabs, turn{v.say.T("portal.compose.to_fix"), "fix", c.ToFix, c.At.Fixing})
	}
	return tabs
}

// faultsFile gives what is wrong with the rows as a file, for whoever keeps the list elsewhere.
func (v *visit) faultsFile() error {
	memo, err := v.draft()
	if err != nil || v.IsAborted() {
		return err
	}
	report, err := v.portal.Desk.CheckMemo(v.Request.Context(), v.actor(), memo.ID)
	if err != nil {
		return err
	}
	file, err := v.faultsCSV(report)
	if err != nil {
		return err
	}
	v.Header("Content-Disposition", `attachment; filename="loket-faults.csv"`)
	v.Data(http.StatusOK, "text/csv; charset=utf-8", file)
	return nil
}
