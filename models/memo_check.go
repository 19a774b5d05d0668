package models

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NormalizeMemo gives the draft as it is stored: no blanks around lines, rows as NormalizeRecapRow gives them, and
// rows and copies that are wholly empty left out; rows that are nil stay nil. Attachments are not part of what is written.
func NormalizeMemo(d MemoDraft) MemoDraft {
	d.Unit, d.Date, d.Addressee = strings.TrimSpace(d.Unit), strings.TrimSpace(d.Date), strings.TrimSpace(d.Addressee)
	d.Reference, d.Subject = strings.TrimSpace(d.Reference), strings.TrimSpace(d.Subject)
	d.Body, d.Contact = strings.TrimSpace(strings.ReplaceAll(d.Body, "\r\n", "\n")), strings.TrimSpace(d.Contact)
	copies, rows := []string{}, d.Rows[:0:0]
	for _, c := range d.Copies {
		if c = strings.TrimSpace(c); c != "" {
			copies = append(copies, c)
		}
	}
	for _, r := range d.Rows {
		if r = NormalizeRecapRow(r); r != (RecapRow{}) {
			rows = append(rows, r)
		}
	}
	d.Copies, d.Rows, d.Attachments = copies, rows, nil
	return d
}

// CheckMemoDraft finds what keeps a draft from being kept at all: an unknown kind, no unit, or text beyond its bounds.
// A draft may be incomplete.
func CheckMemoDraft(d MemoDraft) []FieldFault {
	var faults []FieldFault
	if !slices.Contains(MemoKinds(), d.Kind) {
		faults = append(faults, Fault("kind", "choice_unknown"))
	}
	if d.Unit == "" {
		faults = append(faults, Fault("unit", "required"))
	}
	faults = append(faults, bounded("addressee", d.Addressee, MaxLine, false)...)
	faults = append(faults, bounded("reference", d.Reference, MaxLine, false)...)
	faults = append(faults, bounded("subject", d.Subject, MaxSubject, false)...)
	faults = append(faults, bounded("body", d.Body, MaxBody, true)...)
	faults = append(faults, bounded("contact", d.Contact, MaxLine, false)...)
	if len(d.Copies) > MaxCopies {
		faults = append(faults, Fault("copies", "copies_too_many", "max", strconv.Itoa(MaxCopies)))
	}
	for i, c := range d.Copies {
		faults = append(faults, bounded("copies["+strconv.Itoa(i)+"]", c, MaxLine, false)...)
	}
	if len(d.Rows) > MaxRecapRows {
		faults = append(faults, Fault("rows", "rows_too_many", "max", strconv.Itoa(MaxRecapRows)))
	}
	for i, r := range d.Rows {
		faults = append(faults, boundedRow(i, r)...)
	}
	return faults
}

// CheckMemo finds what keeps a draft from being sent, apart from its rows: what CheckMemoDraft finds, and every field
// that a memo must have (PRODUCT section 2 'nota dinas'). The date may not lie in the future.
func CheckMemo(d MemoDraft, today Date) []FieldFault {
	faults := CheckMemoDraft(d)
	for _, f := range []struct{ name, value string }{{"date", d.Date}, {"addressee", d.Addressee}, {"subject", d.Subject},
		{"body", d.Body}, {"contact", d.Contact}} {
		if f.value == "" {
			faults = append(faults, Fault(f.name, "required"))
		}
	}
	if d.Date != "" {
		day, err := ParseDate(d.Date)
		switch {
		case err != nil:
			faults = append(faults, Fault("date", "date_invalid"))
		case day.After(today):
			faults = append(faults, Fault("date", "date_in_future"))
		}
	}
	faults = append(faults, CheckAttachments(d.Kind, d.Attachments)...)
	return append(faults, CheckRecapCount(len(d.Rows))...)
}

// bounded accepts text of at most so many characters that people can see; only running text may hold line breaks.
func bounded(field, s string, most int, running bool) []FieldFault {
	if utf8.RuneCountInString(s) > most {
		return []FieldFault{Fault(field, "text_too_long", "max", strconv.Itoa(most))}
	}
	for _, r := range s {
		if running && (r == '\n' || r == '\t') {
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return []FieldFault{Fault(field, "text_unseen_characters")}
		}
	}
	return nil
}

// boundedRow keeps a row that is still being corrected storable, a line break in a cell of it included; what is wrong
// with it is the recap check's to say.
func boundedRow(i int, r RecapRow) []FieldFault {
	at := "rows[" + strconv.Itoa(i) + "]."
	var faults []FieldFault
	for _, f := range []struct {
		name, value string
		most        int
	}{{"nip", r.NIP, 40}, {"nik", r.NIK, 40}, {"name", r.Name, MaxLine}, {"unit_code", r.UnitCode, 60}, {"position", r.Position, MaxLine},
		{"contract_start", r.ContractStart, 20}, {"contract_end", r.ContractEnd, 20}, {"external_email", r.ExternalEmail, 254}} {
		faults = append(faults, bounded(at+f.name, f.value, f.most, true)...)
	}
	return faults
}
