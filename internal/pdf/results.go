package pdf

import (
	"fmt"
	"io"

	"loket/models"
)

// ResultsLetter tells what became of each person of a memo's list at the time of issue.
type ResultsLetter struct {
	Paper
	Heading
	Outcome models.MemoOutcome
	Counts  models.RowCounts
	Rows    []Row
}

// ResultList writes the list of a memo's results as a PDF, on lying sheets.
func ResultList(w io.Writer, in ResultsLetter) error {
	s, err := newSheet(in.Paper, true)
	if err != nil {
		return fmt.Errorf("list of results: %w", err)
	}
	s.name(s.words.T("pdf.results.running", "number", in.Number), in.Subject)
	s.firstPage()
	if err := s.letterhead(); err != nil {
		return fmt.Errorf("list of results: %w", err)
	}
	s.title(s.upper("pdf.results.title"), s.words.T("pdf.results.asof", "when", s.words.DateTime(in.Issued)))
	s.fields(s.aboutMemo(in.Heading))
	s.y += 3
	s.outcome(in.Outcome, in.Counts)
	s.results(in.Rows)
	if err := s.closing(s.issued()); err != nil {
		return fmt.Errorf("list of results: %w", err)
	}
	return s.finish(w)
}

func (s *sheet) results(rows []Row) {
	cols := []col{
		{s.words.T("pdf.col.no"), 11}, {s.words.T("pdf.col.name"), 64}, {s.words.T("pdf.col.number"), 37},
		{s.words.T("pdf.col.unit"), 27}, {s.words.T("pdf.col.result"), 34}, {s.words.T("pdf.col.username"), 40},
		{s.words.T("pdf.col.note"), 44},
	}
	s.table(cols, func(yield func([]cell) bool) {
		for _, r := range rows {
			cells := []cell{
				{text: s.words.Number(r.No)}, {text: r.Name}, {text: r.Number}, {text: r.Unit},
				{text: s.words.T("pdf.row." + string(r.State)), bold: true, tone: rowTone(r.State)},
				{text: r.Username}, {text: r.Reason},
			}
			if !yield(cells) {
				return
			}
		}
	})
}

func rowTone(state models.RowState) colour {
	switch state {
	case models.RowAccepted, models.RowProvisioned, models.RowActivated:
		return success()
	case models.RowRejected:
		return danger()
	case models.RowLapsed:
		return warning()
	}
	return muted()
}
