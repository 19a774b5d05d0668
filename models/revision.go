package models

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxNotes bounds the notes of one return.
const MaxNotes = 50

// FieldChange is one difference between two rounds of a memo. Field is a JSON name, or rows for the list as a whole;
// Person names whose row it is. Before or After is empty for a row that came or went.
type FieldChange struct {
	Field  string `json:"field"`
	Person string `json:"person,omitempty"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// CheckReturn asks for a reason, and for notes that name a field and say something.
func CheckReturn(reason string, notes []FieldNote) []FieldFault {
	faults := CheckReason("reason", reason)
	if len(notes) > MaxNotes {
		return append(faults, Fault("notes", "notes_too_many", "max", strconv.Itoa(MaxNotes)))
	}
	for i, n := range notes {
		at := "notes[" + strconv.Itoa(i) + "]"
		if strings.TrimSpace(n.Field) == "" || utf8.RuneCountInString(n.Field) > MaxLine {
			faults = append(faults, Fault(at+".field", "required"))
		}
		faults = append(faults, bounded(at+".field", n.Field, MaxLine, false)...)
		faults = append(faults, CheckReason(at+".note", n.Note)...)
	}
	return faults
}

// CheckRevised finds what may not be changed in a memo that was sent before: its number is one of its unit's, without gaps.
func CheckRevised(before, after MemoDraft) []FieldFault {
	if after.Unit != before.Unit {
		return []FieldFault{Fault("unit", "unit_numbered", "code", before.Unit)}
	}
	return nil
}

// DiffMemo lists what changed from one round to the next: fields in their order, then people by whose row it is.
func DiffMemo(before, after MemoDraft) []FieldChange {
	var changes []FieldChange
	for _, f := range []struct{ name, before, after string }{
		{"kind", string(before.Kind), string(after.Kind)}, {"unit", before.Unit, after.Unit}, {"date", before.Date, after.Date},
		{"addressee", before.Addressee, after.Addressee}, {"reference", before.Reference, after.Reference},
		{"subject", before.Subject, after.Subject}, {"body", before.Body, after.Body}, {"contact", before.Contact, after.Contact},
		{"copies", strings.Join(before.Copies, "; "), strings.Join(after.Copies, "; ")},
		{"attachments", fileNames(before, after), fileNames(after, before)},
	} {
		if f.before != f.after {
			changes = append(changes, FieldChange{Field: f.name, Before: f.before, After: f.after})
		}
	}
	return append(changes, diffRows(before.Rows, after.Rows)...)
}

// JudgedChanged tells whether anything changed that the head judged: subject, body, rows or attachments. If so, an
// approval given before is void and the next round starts with the head again (PRODUCT 3.1.3).
func JudgedChanged(before, after MemoDraft) bool {
	return before.Kind != after.Kind || before.Subject != after.Subject || before.Body != after.Body || !slices.Equal(before.Rows, after.Rows) ||
		!slices.EqualFunc(before.Attachments, after.Attachments, Attachment.same)
}

// diffRows compares rows by whom they name, so that a moved row is no change.
func diffRows(before, after []RecapRow) []FieldChange {
	was := make(map[string]RecapRow, len(before))
	for _, r := range before {
		was[rowID(r)] = r
	}
	var changes []FieldChange
	for _, r := range after {
		old, known := was[rowID(r)]
		delete(was, rowID(r))
		if !known {
			changes = append(changes, FieldChange{Field: "rows", Person: r.Name, After: shownID(r)})
			continue
		}
		changes = append(changes, diffRow(old, r)...)
	}
	for _, r := range before {
		if _, gone := was[rowID(r)]; gone {
			changes = append(changes, FieldChange{Field: "rows", Person: r.Name, Before: shownID(r)})
		}
	}
	return changes
}

func diffRow(before, after RecapRow) []FieldChange {
	var changes []FieldChange
	for _, f := range []struct{ name, before, after string }{{"name", before.Name, after.Name}, {"unit_code", before.UnitCode, after.UnitCode},
		{"position", before.Position, after.Position}, {"contract_start", before.ContractStart, after.ContractStart},
		{"contract_end", before.ContractEnd, after.ContractEnd}, {"external_email", before.ExternalEmail, after.ExternalEmail}} {
		if f.before != f.after {
			changes = append(changes, FieldChange{Field: f.name, Person: after.Name, Before: f.before, After: f.after})
		}
	}
	return changes
}

// rowID is the number by which a row names its person. A masked NIK would not do: many share its ends.
func rowID(r RecapRow) string {
	switch {
	case r.NIP != "":
		return r.NIP
	case r.NIK != "":
		return r.NIK
	}
	return r.Name
}

// shownID is rowID for people to read.
func shownID(r RecapRow) string {
	if r.NIP == "" && r.NIK != "" {
		return MaskNIK(r.NIK)
	}
	return rowID(r)
}
