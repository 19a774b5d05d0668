package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// formulaStarts are the first characters by which a spreadsheet takes a cell for a formula (QUALITY section 3),
// and the line break that a CR becomes.
const formulaStarts = "=+-@\t\r\n"

// quote keeps a cell from running as a formula by an apostrophe in front, as a spreadsheet's user would.
func quote(text string) string {
	if text != "" && strings.ContainsRune(formulaStarts, rune(text[0])) {
		return "'" + text
	}
	return text
}

// unquote takes quote's apostrophe away again.
func unquote(text string) string {
	if len(text) > 1 && text[0] == '\'' && strings.ContainsRune(formulaStarts, rune(text[1])) {
		return text[1:]
	}
	return text
}

// WriteCSV writes a header and rows as UTF-8 with a byte order mark, without which Excel misreads it, and CRLF.
func WriteCSV(w io.Writer, header []string, rows [][]string) error {
	if _, err := io.WriteString(w, "\xef\xbb\xbf"); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for _, cells := range append([][]string{header}, rows...) {
		if err := out.Write(quoted(cells)); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// quoted makes cells fit for CSV. A lone CR becomes a line break, since the writer would drop it and join what it parts.
func quoted(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = lineBreaks(quote(c))
	}
	return out
}

func lineBreaks(s string) string {
	if !strings.ContainsRune(s, '\r') {
		return s
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
}

// textFormat shows a cell as it was typed: a NIP typed into it keeps all its digits.
const textFormat = 49

// Sheet is a further sheet of a workbook.
type Sheet struct {
	Name   string
	Header []string
	Rows   [][]string
}

// WriteXLSX writes a header and rows as one sheet, all of it text, and behind it whatever else there is to say.
func WriteXLSX(w io.Writer, header []string, rows [][]string, more ...Sheet) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			err = fmt.Errorf("write XLSX: %w", err)
		}
	}()
	for _, s := range append([]Sheet{{f.GetSheetName(0), header, rows}}, more...) {
		if _, err := f.NewSheet(s.Name); err != nil {
			return err
		}
		if err := fillSheet(f, s); err != nil {
			return err
		}
	}
	return f.Write(w)
}

func fillSheet(f *excelize.File, into Sheet) error {
	plain, err := f.NewStyle(&excelize.Style{NumFmt: textFormat})
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	s, err := f.NewStreamWriter(into.Name)
	if err != nil {
		return err
	}
	if err := columns(s, into.Header, plain); err != nil {
		return err
	}
	for i, cells := range append([][]string{into.Header}, into.Rows...) {
		style := plain
		if i == 0 {
			style = bold
		}
		if err := s.SetRow(fmt.Sprintf("A%d", i+1), styled(cells, style)); err != nil {
			return err
		}
	}
	return s.Flush()
}

// columns makes whole columns text, so that rows typed below are text too.
func columns(s *excelize.StreamWriter, header []string, style int) error {
	for i, name := range header {
		if err := s.SetColStyle(i+1, i+1, style); err != nil {
			return err
		}
		if err := s.SetColWidth(i+1, i+1, float64(max(18, len(name)+2))); err != nil {
			return err
		}
	}
	return nil
}

func styled(cells []string, style int) []any {
	out := make([]any, len(cells))
	for i, c := range cells {
		out[i] = excelize.Cell{StyleID: style, Value: quote(c)}
	}
	return out
}
