package pdf

import (
	"fmt"
	"io"
	"strings"
	"time"

	"loket/models"
)

// MemoLetter is a memo as it was sent. Body holds paragraphs, one a line. Attachments are the names of its files;
// Rows follow as an annex on pages of their own. Sent is who sent it.
type MemoLetter struct {
	Paper
	Heading
	Reference   string
	Body        string
	Contact     string
	Copies      []string
	Attachments []string
	Rows        []Row
	Sent        Act
}

// Memo writes a memo as a PDF: letterhead, fields, body, who sent it and how to check that, then the recap list.
func Memo(w io.Writer, in MemoLetter) error {
	s, err := newSheet(in.Paper, false)
	if err != nil {
		return fmt.Errorf("memo: %w", err)
	}
	s.name(s.words.T("pdf.memo.running", "number", in.Number, "from", in.From), in.Subject)
	s.firstPage()
	if err := s.letterhead(); err != nil {
		return fmt.Errorf("memo: %w", err)
	}
	s.title(s.upper("pdf.memo.title"), "")
	s.fields(s.memoFields(in))
	s.y += 2
	s.rule(marginSide, s.y, s.inner(), 0.15, hair())
	s.y += 5
	body := style{points: 10.5, colour: ink()}
	s.flow(in.Body, body, 2.2)
	if in.Contact != "" {
		s.flow(s.words.T("pdf.contact", "contact", in.Contact), body, 0)
	}
	if err := s.closing(s.signature(in.Sent)); err != nil {
		return fmt.Errorf("memo: %w", err)
	}
	s.annex(in)
	return s.finish(w)
}

func (s *sheet) memoFields(in MemoLetter) []field {
	attached := in.Attachments
	if len(in.Rows) > 0 {
		attached = append(attached[:len(attached):len(attached)], s.words.N("pdf.annex.people", len(in.Rows)))
	}
	return []field{
		{label: s.words.T("pdf.field.number"), values: one(in.Number), strong: true},
		{label: s.words.T("pdf.field.to"), values: one(in.Addressee)},
		{label: s.words.T("pdf.field.from"), values: one(in.From)},
		{label: s.words.T("pdf.field.date"), values: one(s.day(in.Date))},
		{label: s.words.T("pdf.field.reference"), values: one(in.Reference)},
		{label: s.words.T("pdf.field.attachments"), values: attached},
		{label: s.words.T("pdf.field.subject"), values: one(in.Subject), strong: true},
		{label: s.words.T("pdf.field.copies"), values: in.Copies},
		{label: s.words.T("pdf.field.case"), values: one(in.CaseNumber)},
	}
}

// annex lists the people for whom the memo asks.
func (s *sheet) annex(in MemoLetter) {
	if len(in.Rows) == 0 {
		return
	}
	s.nextPage()
	s.title(s.words.T("pdf.annex.title"), s.words.T("pdf.annex.about",
		"people", s.words.N("ui.employees", len(in.Rows)), "kind", s.words.T("pdf.kind."+string(in.Kind))))
	cols := []col{
		{s.words.T("pdf.col.no"), 10}, {s.words.T("pdf.col.name"), 52}, {s.words.T("pdf.col.number"), 37},
		{s.words.T("pdf.col.unit"), 27}, {s.words.T("pdf.col.position"), 44},
	}
	s.table(cols, func(yield func([]cell) bool) {
		for _, r := range in.Rows {
			cells := []cell{
				{text: s.words.Number(r.No)}, {text: r.Name, below: r.Email}, {text: r.Number},
				{text: r.Unit}, {text: r.Position, below: s.contract(r)},
			}
			if !yield(cells) {
				return
			}
		}
	})
}

func (s *sheet) contract(r Row) string {
	switch {
	case r.Until.IsZero():
		return ""
	case r.From.IsZero():
		return s.words.T("pdf.contract_until", "until", s.day(r.Until))
	}
	return s.words.T("pdf.contract", "from", s.day(r.From), "until", s.day(r.Until))
}

// day writes a civil day. It is taken at noon, so that no zone of the printer moves it to another.
func (s *sheet) day(d models.Date) string {
	if d.IsZero() {
		return ""
	}
	return s.words.Date(d.At(time.UTC).Add(12 * time.Hour))
}

func (s *sheet) upper(key string) string { return strings.ToUpper(s.words.T(key)) }
