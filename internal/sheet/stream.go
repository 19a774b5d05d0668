package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Writer writes a table line by line, however long it is; the first line is its header. Close ends the file.
type Writer interface {
	Write(cells []string) error
	Close() error
}

// NewCSV writes as WriteCSV does, with the given separator: Excel splits a line where the computer's own list separator
// stands, which is a semicolon in Indonesia.
func NewCSV(w io.Writer, separator rune) Writer {
	out := csv.NewWriter(w)
	out.UseCRLF, out.Comma = true, separator
	return &csvWriter{to: w, out: out}
}

type csvWriter struct {
	to    io.Writer
	out   *csv.Writer
	begun bool
}

// Write writes one line.
func (w *csvWriter) Write(cells []string) error {
	if !w.begun {
		if _, err := io.WriteString(w.to, "\xef\xbb\xbf"); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
		w.begun = true
	}
	if err := w.out.Write(quoted(cells)); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// Close writes what is still held back.
func (w *csvWriter) Close() error {
	w.out.Flush()
	if err := w.out.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// NewXLSX writes as WriteXLSX does. Lines are kept in a temporary file until Close writes the workbook.
func NewXLSX(w io.Writer) (Writer, error) {
	f := excelize.NewFile()
	x := &xlsxWriter{to: w, file: f}
	err := x.begin()
	if err != nil {
		return nil, fmt.Errorf("write XLSX: %w", errors.Join(err, f.Close()))
	}
	return x, nil
}

type xlsxWriter struct {
	to          io.Writer
	file        *excelize.File
	out         *excelize.StreamWriter
	plain, bold int
	lines       int
}

func (w *xlsxWriter) begin() (err error) {
	if w.plain, err = w.file.NewStyle(&excelize.Style{NumFmt: textFormat}); err != nil {
		return err
	}
	if w.bold, err = w.file.NewStyle(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}}); err != nil {
		return err
	}
	w.out, err = w.file.NewStreamWriter(w.file.GetSheetName(0))
	return err
}

// Write writes one line; the first makes the columns as wide as their names.
func (w *xlsxWriter) Write(cells []string) error {
	style := w.plain
	if w.lines == 0 {
		style = w.bold
		if err := columns(w.out, cells, w.plain); err != nil {
			return fmt.Errorf("write XLSX: %w", err)
		}
	}
	w.lines++
	if err := w.out.SetRow(fmt.Sprintf("A%d", w.lines), styled(cells, style)); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	return nil
}

// Close writes the workbook and forgets the temporary file.
func (w *xlsxWriter) Close() error {
	err := w.out.Flush()
	if err == nil {
		err = w.file.Write(w.to)
	}
	if err = errors.Join(err, w.file.Close()); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	return nil
}
