package web

import (
	"errors"
	"strings"
	"time"
	"unicode"

	"loket/internal/i18n"
	"loket/models"
)

// returned is how a memo came back, while nobody has sent it again.
func returned(m models.MemoView) *models.TimelineEvent {
	if len(m.Timeline) == 0 {
		return nil
	}
	if last := m.Timeline[len(m.Timeline)-1]; last.Type == models.EventReturned {
		return &last
	}
	return nil
}

// jump is the anchor in the composer of a field that a note names; nothing for what has no place of its own there.
func jump(field string) string {
	switch field {
	case "date", "reference", "addressee", "subject", "body", "contact", "copies", "rows", "attachments":
		return anchor(field)
	}
	if no, _, ok := rowField(field); ok {
		return rowAnchor(no, "") // its cells are there only while it is open
	}
	return ""
}

// noteOn gathers the notes of a return on one field.
func noteOn(e *models.TimelineEvent, field string) string {
	if e == nil {
		return ""
	}
	var notes []string
	for _, n := range e.Notes {
		switch {
		case n.Field != field:
		case n.Person != "": // of somebody who was left out since
			notes = append(notes, n.Person+": "+n.Note)
		default:
			notes = append(notes, n.Note)
		}
	}
	return strings.Join(notes, " ")
}

// noteRows puts the notes of a return beside the rows that they count.
func noteRows(entries []entry, e *models.TimelineEvent) {
	if e == nil {
		return
	}
	for _, n := range e.Notes {
		if no, _, ok := rowField(n.Field); ok && no >= 1 && no <= len(entries) {
			entries[no-1].Note = strings.TrimSpace(entries[no-1].Note + " " + n.Note)
		}
	}
}

// since is the round that a memo's changes are counted from.
func since(m models.MemoView) int {
	if returned(m) != nil {
		return m.Round
	}
	return m.Round - 1
}

// nudgeAgain is when the sender may remind again whoever is asked; nil where it is possible now, or not at all.
func (v *visit) nudgeAgain(m models.MemoView) *time.Time {
	var p *models.Problem
	if !errors.As(models.May(m.Case, v.actor(), models.ActionNudge, v.portal.Now()), &p) || !errors.Is(p, models.ErrTooSoon) {
		return nil
	}
	at, err := time.Parse(time.RFC3339, p.Params["until"])
	if err != nil {
		return nil
	}
	return &at
}

func (v *visit) nudge() error {
	_, err := v.portal.Desk.NudgeMemo(v.Request.Context(), v.actor(), v.Param("id"), v.key())
	return v.acted(err, "nudged")
}

func (v *visit) copyMemo() error {
	memo, err := v.portal.Desk.CopyMemo(v.Request.Context(), v.actor(), v.Param("id"), v.key())
	if err != nil {
		return v.acted(err, "")
	}
	return v.to("/memos/"+memo.ID+"/edit", "copied")
}

// fieldLabel is what people call a field of a memo: its label, or the row and the column.
func fieldLabel(words *i18n.Catalog, p i18n.Printer, field string) string {
	if no, column, ok := rowField(field); ok {
		name := p.T("portal.compose.row", "no", no)
		if column != "" {
			name += " · " + word(words, p, "portal.column", column)
		}
		return name
	}
	for _, key := range []string{"portal.note_field." + field, "portal.field." + field} {
		if words.Has(key) {
			return p.T(key)
		}
	}
	return field
}

// mostChanges bounds the list of what changed: who reads that far reads the memo itself.
const mostChanges = 50

// comparedChange is one difference between two rounds as it is shown. A person who came has nothing before, one who
// went nothing after.
type comparedChange struct {
	Label, Person string
	Before, After marked
}

func compared(words *i18n.Catalog, p i18n.Printer, c models.FieldChange) comparedChange {
	shown := comparedChange{Person: c.Person, Label: fieldLabel(words, p, c.Field)}
	switch {
	case c.Person != "" && c.Field != "rows":
		shown.Label = word(words, p, "portal.column", c.Field)
	case c.Field == "rows" && c.Before == "":
		shown.Label = p.T("portal.changes.came")
	case c.Field == "rows":
		shown.Label = p.T("portal.changes.went")
	}
	say := func(s string) string {
		switch c.Field {
		case "kind":
			return word(words, p, "portal.kind", s)
		case "date", "contract_start", "contract_end":
			return civil(p, s)
		}
		return s
	}
	shown.Before, shown.After = mark(say(c.Before), say(c.After))
	return shown
}

// marked is a text with the part that differs from another apart: Start and End are what both share around it.
type marked struct{ Start, Mid, End string }

// Empty tells whether there is nothing to read.
func (m marked) Empty() bool { return m == marked{} }

// What is shown of a long text: so much around the difference, so much of the difference itself.
const (
	aroundMark = 60
	mostMarked = 600
)

// mark finds where two texts differ, in whole words.
func mark(before, after string) (marked, marked) {
	b, a := []rune(before), []rune(after)
	start := 0
	for start < min(len(b), len(a)) && b[start] == a[start] {
		start++
	}
	for !between(b, start) || !between(a, start) {
		start--
	}
	end := 0
	for end < min(len(b), len(a))-start && b[len(b)-1-end] == a[len(a)-1-end] {
		end++
	}
	for !between(b, len(b)-end) || !between(a, len(a)-end) {
		end--
	}
	return cutAround(b, start, end), cutAround(a, start, end)
}

// between tells whether a place lies between words.
func between(text []rune, at int) bool {
	return at == 0 || at == len(text) || unicode.IsSpace(text[at]) || unicode.IsSpace(text[at-1])
}

func cutAround(text []rune, start, end int) marked {
	m := marked{Start: string(text[:start]), Mid: string(text[start : len(text)-end]), End: string(text[len(text)-end:])}
	if start > aroundMark {
		_, tail, _ := strings.Cut(string(text[start-aroundMark:start]), " ")
		m.Start = "… " + tail
	}
	if end > aroundMark {
		head := string(text[len(text)-end : len(text)-end+aroundMark])
		m.End = head[:max(strings.LastIndex(head, " "), 0)] + " …"
	}
	if mid := []rune(m.Mid); len(mid) > mostMarked {
		m.Mid = string(mid[:mostMarked]) + "…"
	}
	return m
}
