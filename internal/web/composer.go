package web

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"loket/models"
)

// composer is the page of a draft. Checked says that the reader asked whether it can go; before that, what is still
// missing from the letter is not held against it.
type composer struct {
	Memo    models.MemoView
	Draft   models.MemoDraft
	Version int
	Checked bool
	Stored  bool // the rows are as stored; else they are as typed
	Pasted  string
	Unread  bool // what was pasted or uploaded could not be read: rows in the faults are its rows
	SavedAt time.Time

	Key      string
	Entries  []entry
	New      int // the number of the new, empty row; 0 for none
	Tabs     []tab
	Pages    pager
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
	entries := v.entries(c.Draft.Rows, c.Report, atoi(v.Query("open")))
	noteRows(entries, returned(c.Memo))
	c.count(entries)
	page := max(1, min(atoi(v.Query("page")), len(entries)/rowsOnPage+1))
	c.Lines = v.composerLines(c, entries, page, p)
	if !c.Unread {
		blame(entries, c.Lines)
	}
	v.choose(&c, entries, page)
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

// composerLines is the summary on top: why saving failed, else, once asked for, everything in the way of sending.
func (v *visit) composerLines(c composer, entries []entry, page int, p *models.Problem) []faultLine {
	if p != nil && len(p.Faults) > 0 {
		lines := v.faultLines(p)
		for i := range lines {
			if _, _, ok := rowField(lines[i].Field); ok && c.Unread {
				lines[i].Href = "#rows"
			}
		}
		return lines
	}
	var lines []faultLine
	if p != nil {
		lines = append(lines, faultLine{Text: v.problemText(p) + ". " + v.problemDetail(p)})
	}
	if c.Checked {
		lines = append(lines, v.faultLines(&models.Problem{Faults: c.Report.Faults})...)
		if len(c.Report.Faults) == 0 {
			lines = lines[:len(lines)-1]
		}
		lines = append(lines, v.rowFaultLines(entries, page)...)
	}
	return lines
}

// choose picks the rows that the page shows: all, or those to be mended, a page at a time.
func (v *visit) choose(c *composer, entries []entry, page int) {
	here := "/memos/" + c.Memo.ID + "/edit"
	fixing := v.Query("show") == "fix"
	c.Tabs = []tab{{v.say.T("portal.compose.all_rows"), here + "#rows", len(entries), !fixing}}
	if c.ToFix > 0 || fixing {
		c.Tabs = append(c.Tabs, tab{v.say.T("portal.compose.to_fix"), here + "?show=fix#rows", c.ToFix, fixing})
	}
	if fixing {
		entries = slices.DeleteFunc(entries, func(e entry) bool { return !e.Fix() })
	}
	from, until := (page-1)*rowsOnPage, page*rowsOnPage
	if until < len(entries) {
		c.Pages.Next = fmt.Sprintf("%s?page=%d#rows", here, page+1)
	}
	if page > 1 {
		c.Pages.First = here + "#rows"
	}
	c.Entries = entries[min(from, len(entries)):min(until, len(entries))]
	if v.Query("add") != "" || len(c.Draft.Rows) == 0 {
		c.New = len(c.Draft.Rows) + 1
	}
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
