package pdf

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"loket/models"
)

// outcomeTone is the colour that goes with an outcome's words.
func outcomeTone(o models.MemoOutcome) colour {
	switch o {
	case models.OutcomeAccepted:
		return success()
	case models.OutcomePartly, models.OutcomeExpired:
		return warning()
	case models.OutcomeRefused:
		return danger()
	}
	return muted()
}

// ApprovalLetter tells who decided what on a memo, and when. Acts are in order of time, the sending among them. Signed is
// the one of them whose actor signs the sheet, nil for none. Content is the SHA-256 of what the deciders saw.
type ApprovalLetter struct {
	Paper
	Heading
	Round   int
	Outcome models.MemoOutcome
	Rows    models.RowCounts
	Acts    []Act
	Signed  *Act
	Content [32]byte
}

// ApprovalSheet writes a memo's approval sheet as a PDF.
func ApprovalSheet(w io.Writer, in ApprovalLetter) error {
	s, err := newSheet(in.Paper, false)
	if err != nil {
		return fmt.Errorf("approval sheet: %w", err)
	}
	s.name(s.words.T("pdf.approval.running", "number", in.Number), in.Subject)
	s.firstPage()
	if err := s.letterhead(); err != nil {
		return fmt.Errorf("approval sheet: %w", err)
	}
	s.title(s.upper("pdf.approval.title"), "")
	fields := s.aboutMemo(in.Heading)
	if in.Round > 1 {
		fields = append(fields, field{label: s.words.T("pdf.field.round"), values: one(s.words.Number(in.Round))})
	}
	s.fields(fields)
	s.y += 3
	s.outcome(in.Outcome, in.Rows)
	s.acts(in.Acts)
	s.content(in.Content)
	if err := s.closing(s.signedBy(in.Signed)); err != nil {
		return fmt.Errorf("approval sheet: %w", err)
	}
	return s.finish(w)
}

func (s *sheet) aboutMemo(h Heading) []field {
	return []field{
		{label: s.words.T("pdf.field.memo"), values: one(h.Number), strong: true},
		{label: s.words.T("pdf.field.date"), values: one(s.day(h.Date))},
		{label: s.words.T("pdf.field.from"), values: one(h.From)},
		{label: s.words.T("pdf.field.to"), values: one(h.Addressee)},
		{label: s.words.T("pdf.field.subject"), values: one(h.Subject)},
		{label: s.words.T("pdf.field.case"), values: one(h.CaseNumber)},
	}
}

// outcome says in a band what became of the memo, and of how many people.
func (s *sheet) outcome(o models.MemoOutcome, n models.RowCounts) {
	head := style{points: 12, bold: true, colour: outcomeTone(o)}
	small := style{points: 9.5, colour: ink()}
	width := s.inner() - 2*panelPad - 2
	parts := []text{
		{s.wrapped(s.words.T("pdf.outcome."+string(o)), width, head), head, 0.5},
		{s.wrapped(s.counts(n), width, small), small, 0},
	}
	high := height(parts) + 2*panelPad - 1
	s.need(high)
	s.box(marginSide, s.y, s.inner(), high, tint())
	s.box(marginSide, s.y, 1.2, high, outcomeTone(o))
	s.stack(marginSide+panelPad+1.2, s.y+panelPad-0.5, width, parts)
	s.y += high + 6
}

// counts tells of every state that holds anybody: '40 employees: 37 active, 3 rejected'.
func (s *sheet) counts(n models.RowCounts) string {
	var parts []string
	for _, c := range []struct {
		state models.RowState
		n     int
	}{
		{models.RowPending, n.Pending},
		{models.RowAccepted, n.Accepted},
		{models.RowProvisioned, n.Provisioned},
		{models.RowActivated, n.Activated},
		{models.RowLapsed, n.Lapsed},
		{models.RowRejected, n.Rejected},
	} {
		if c.n > 0 {
			parts = append(parts, s.words.N("pdf.count."+string(c.state), c.n))
		}
	}
	people := s.words.N("ui.employees", n.Total)
	if len(parts) == 0 {
		return people
	}
	return people + ": " + strings.Join(parts, ", ")
}

// acts is the table of who did what.
func (s *sheet) acts(acts []Act) {
	cols := []col{
		{s.words.T("pdf.col.no"), 10}, {s.words.T("pdf.col.act"), 34}, {s.words.T("pdf.col.who"), 54},
		{s.words.T("pdf.col.when"), 35}, {s.words.T("pdf.col.note"), 37},
	}
	s.table(cols, func(yield func([]cell) bool) {
		for i, a := range acts {
			stage := ""
			if a.Stage != "" {
				stage = s.words.T("pdf.stage." + string(a.Stage))
			}
			cells := []cell{
				{text: s.words.Number(i + 1)},
				{text: s.words.T("pdf.did." + string(a.Verb)), below: stage, bold: true, tone: verbTone(a.Verb)},
				s.who(a), {text: s.words.DateTime(a.At)}, {text: a.Note},
			}
			if !yield(cells) {
				return
			}
		}
	})
	s.y += 5
}

func verbTone(v models.EventType) colour {
	switch v {
	case models.EventApproved, models.EventVerified:
		return success()
	case models.EventRefused:
		return danger()
	case models.EventReturned, models.EventSkipped, models.EventExpired:
		return warning()
	}
	return ink()
}

func (s *sheet) who(a Act) cell {
	if a.By.Name == "" {
		return cell{text: s.words.T("pdf.system")}
	}
	below := slices.DeleteFunc([]string{a.By.Office, s.number(a.By)}, func(line string) bool { return line == "" })
	if a.For != nil {
		below = append(below, s.standIn(*a.For))
	}
	return cell{text: a.By.Name, below: strings.Join(below, "\n")}
}

// content prints the digest of what was decided on, so that another text cannot be passed off as it.
func (s *sheet) content(digest [32]byte) {
	head := style{points: 9, bold: true, colour: ink()}
	small := style{points: 8.5, colour: muted()}
	sum := hex.EncodeToString(digest[:])
	var groups []string
	for at := 0; at < len(sum); at += 8 {
		groups = append(groups, sum[at:at+8])
	}
	parts := []text{
		{s.wrapped(s.words.T("pdf.content.title"), s.inner(), head), head, 0},
		{s.wrapped(s.words.T("pdf.content.about"), s.inner(), small), small, 0.5},
		{s.wrapped(strings.Join(groups, " "), s.inner(), style{points: 8.5}), style{points: 8.5, colour: ink()}, 0},
	}
	s.need(height(parts))
	s.stack(marginSide, s.y, s.inner(), parts)
	s.y += height(parts)
}

func (s *sheet) signedBy(a *Act) []text {
	if a == nil {
		return s.issued()
	}
	return s.signature(*a)
}
