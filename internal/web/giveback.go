package web

import (
	"strconv"
	"strings"

	"github.com/google/uuid"

	"loket/internal/desk"
	"loket/models"
)

// noteFields are what the form of a return offers a note for; a program may name any other.
func noteFields() []string {
	return []string{"subject", "body", "rows", "attachments", "date", "addressee", "contact", "other"}
}

// returnForm asks what is to be corrected in a memo.
type returnForm struct {
	Memo   models.MemoView
	Reason string
	Notes  []noteInput
	Key    string
	Lines  []faultLine
}

// Error is the sentence beside one field.
func (f returnForm) Error(field string) string { return of(f.Lines, field) }

// noteInput is the note for one field as it was typed.
type noteInput struct{ Field, Value, Error string }

// ID is the input's id and name.
func (n noteInput) ID() string { return "note-" + n.Field }

// noteInputs lays out a note for each field, with what was typed and what is wrong with it.
func (v *visit) noteInputs(lines []faultLine) []noteInput {
	return v.noteInputsFor(noteFields(), lines)
}

func (v *visit) noteInputsFor(fields []string, lines []faultLine) []noteInput {
	var inputs []noteInput
	for _, field := range fields {
		n := noteInput{Field: field, Value: v.form("note-" + field)}
		n.Error = of(lines, n.ID())
		inputs = append(inputs, n)
	}
	return inputs
}

// noted tells whether the notes must be seen, since something was typed.
func noted(notes []noteInput) bool {
	for _, n := range notes {
		if n.Value != "" {
			return true
		}
	}
	return false
}

// typedNotes are the notes that say something.
func (v *visit) typedNotes() []models.FieldNote { return v.typedNotesFor(noteFields()) }

func (v *visit) typedNotesFor(fields []string) []models.FieldNote {
	var notes []models.FieldNote
	for _, n := range v.noteInputsFor(fields, nil) {
		if n.Value != "" {
			notes = append(notes, models.FieldNote{Field: n.Field, Note: n.Value})
		}
	}
	return notes
}

// noteLines names the notes as the form does: the rules count those that were given.
func (v *visit) noteLines(lines []faultLine) []faultLine { return v.notedLines(lines, noteFields()) }

func (v *visit) notedLines(lines []faultLine, fields []string) []faultLine {
	notes := v.typedNotesFor(fields)
	for i, l := range lines {
		index, _, _ := strings.Cut(strings.TrimPrefix(l.Field, "notes["), "]")
		no, err := strconv.Atoi(index)
		if err != nil || no >= len(notes) {
			continue
		}
		field := notes[no].Field
		lines[i].Field, lines[i].Href, lines[i].Name = "note-"+field, "#note-"+field, fieldLabel(v.portal.Words, v.say, field)
	}
	return lines
}

func (v *visit) returnPage() error { return v.showReturn(nil) }

func (v *visit) showReturn(p *models.Problem) error {
	memo, err := v.memoFor(models.ActionReturn)
	if err != nil || v.IsAborted() {
		return err
	}
	form := returnForm{Memo: memo, Reason: v.reason("reason"), Key: uuid.NewString()}
	if p != nil {
		form.Lines = calledAs(v.noteLines(v.faultLines(p)), "reason", v.say.T("portal.return.reason"))
	}
	form.Notes = v.noteInputs(form.Lines)
	return v.showCaseForm("return", "portal.return.title", memo, form, form.Lines, p)
}

func (v *visit) giveBack() error {
	if v.inserting() {
		return v.showReturn(nil)
	}
	v.lookAhead()
	return v.giveBackFrom(v.showReturn)
}

// giveBackFrom returns a memo to its sender; what is wrong with the form is shown again by the page it came from.
func (v *visit) giveBackFrom(again func(*models.Problem) error) error {
	in := desk.Return{Reason: v.form("reason"), Notes: v.typedNotes(), Seq: atoi(v.form("seq")), Content: v.form("content")}
	if faults := models.CheckReturn(in.Reason, in.Notes); len(faults) > 0 {
		return again(models.Invalid(faults...))
	}
	_, err := v.portal.Desk.ReturnMemo(v.Request.Context(), v.actor(), v.Param("id"), in, v.key())
	return v.said(err, "returned", again)
}
