package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"loket/models"
)

// Read reads a CSV or XLSX file, whichever its content shows it to be; name only says what it should be. A refusal is
// a *models.Problem with faults of the field "file": file_type, file_unreadable, file_empty, file_too_large,
// file_too_many_rows, file_too_many_columns, file_encoding, column_twice. Other errors are the reader's own.
func Read(name string, r io.Reader, limits Limits) (Table, error) {
	body, err := io.ReadAll(io.LimitReader(r, limits.Bytes+1))
	if err != nil {
		return Table{}, fmt.Errorf("read the file: %w", err)
	}
	if int64(len(body)) > limits.Bytes {
		return Table{}, refused("file_too_large", "max", strconv.FormatInt(limits.Bytes>>20, 10))
	}
	kind, err := sniff(name, body)
	if err != nil {
		return Table{}, err
	}
	b := &builder{limits: limits}
	if kind == xlsx {
		err = readXLSX(body, b)
	} else {
		err = readCSV(body, b)
	}
	if err != nil {
		return Table{}, err
	}
	return b.done()
}

const (
	csvText = "csv"
	xlsx    = "xlsx"
)

// sniff tells CSV from XLSX by content and refuses everything else, and a name that promises the other.
func sniff(name string, body []byte) (string, error) {
	kind := csvText
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return "", refused("file_empty")
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		kind = xlsx
	case foreign(body):
		return "", refused("file_type")
	}
	ext := strings.ToLower(filepath.Ext(name))
	known := map[string][]string{xlsx: {"", ".xlsx"}, csvText: {"", ".csv", ".txt", ".tsv"}}
	if !slices.Contains(known[kind], ext) {
		if ext == ".xlsx" {
			return "", refused("file_unreadable")
		}
		return "", refused("file_type")
	}
	return kind, nil
}

// foreign knows what people send by mistake: old Excel and protected files, PDF, pictures, other archives, binaries.
func foreign(body []byte) bool {
	for _, magic := range []string{"\xd0\xcf\x11\xe0", "%PDF", "\x89PNG", "\xff\xd8\xff", "GIF8", "Rar!", "7z\xbc\xaf", "\x1f\x8b", "PK", "{\\rtf", "<!DOCTYPE", "<html", "<?xml"} {
		if bytes.HasPrefix(body, []byte(magic)) {
			return true
		}
	}
	return false
}

// isRefusal tells a refusal from an error of the machinery.
func isRefusal(err error) bool {
	var p *models.Problem
	return errors.As(err, &p)
}
