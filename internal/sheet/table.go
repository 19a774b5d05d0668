package sheet

import (
	"strconv"
	"strings"

	"loket/models"
)

// Table is a file as read: the header's names as Name gives them, and the rows that are not empty.
type Table struct {
	Header []string
	Rows   []Row
}

// Row is one line. Line counts from 1 with the header as line 1, as people see it in their spreadsheet; Cells holds the
// trimmed text by column, without empty ones. Faults are what reading itself found in single cells.
type Row struct {
	Line   int
	Cells  map[string]string
	Faults []models.FieldFault
}

// Limits bound what is read of one file. Cell counts bytes.
type Limits struct {
	Bytes    int64 // of the file
	Unzipped int64 // of all parts of an XLSX file
	Rows     int   // not empty, without the header
	Columns  int
	Cell     int
}

// RecapLimits bound the recap list of a memo: a file of 5 MB (QUALITY section 3), 500 rows.
func RecapLimits() Limits {
	return Limits{Bytes: 5 << 20, Unzipped: 50 << 20, Rows: models.MaxRecapRows, Columns: 64, Cell: 4 << 10}
}

// RegistryLimits bound a file of the registry, which only an operator imports.
func RegistryLimits() Limits {
	return Limits{Bytes: 128 << 20, Unzipped: 1 << 30, Rows: 500_000, Columns: 64, Cell: 4 << 10}
}

// Name is a column's name as it is compared: small letters, words joined by underscores. "Unit Code" is unit_code.
func Name(header string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(header), func(r rune) bool {
		return strings.ContainsRune(" \t\r\n_-", r) || r == '\u00a0'
	}), "_")
}

// Require refuses a table that lacks one of the columns or has one besides them, each with its own fault: a column
// whose name has a slip in it is both.
func (t Table) Require(columns []string) error {
	wanted := make(map[string]bool, len(columns))
	found := make(map[string]bool, len(t.Header))
	for _, c := range columns {
		wanted[c] = true
	}
	var faults []models.FieldFault
	for _, name := range t.Header {
		found[name] = true
		if name != "" && !wanted[name] {
			faults = append(faults, models.Fault(field, "column_unknown", "column", name))
		}
	}
	for _, c := range columns {
		if !found[c] {
			faults = append(faults, models.Fault(field, "column_missing", "column", c))
		}
	}
	if len(faults) > 0 {
		return models.Invalid(faults...)
	}
	return nil
}

// field is the name under which faults of the file as a whole are told.
const field = "file"

// refused is the problem of a file that cannot be read as a table.
func refused(code string, kv ...string) error {
	return models.Invalid(models.Fault(field, code, kv...))
}

// builder gathers lines into a table, the first one that is not empty being its header.
type builder struct {
	limits Limits
	table  Table
}

// cell is the text of one place, and the fault that reading it found.
type cell struct {
	text  string
	fault string
}

// add takes one line; cells are in the order of the columns.
func (b *builder) add(line int, cells []cell) error {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1].text) == "" {
		cells = cells[:len(cells)-1]
	}
	switch {
	case len(cells) == 0:
		return nil
	case len(cells) > b.limits.Columns:
		return refused("file_too_many_columns", "max", strconv.Itoa(b.limits.Columns), "line", strconv.Itoa(line))
	case b.table.Header == nil:
		return b.header(cells)
	case len(b.table.Rows) == b.limits.Rows:
		return refused("file_too_many_rows", "max", strconv.Itoa(b.limits.Rows))
	}
	b.table.Rows = append(b.table.Rows, b.row(line, cells))
	return nil
}

func (b *builder) header(cells []cell) error {
	seen := map[string]bool{}
	for _, c := range cells {
		name := Name(c.text)
		if name != "" && seen[name] {
			return refused("column_twice", "column", name)
		}
		seen[name] = true
		b.table.Header = append(b.table.Header, name)
	}
	return nil
}

func (b *builder) row(line int, cells []cell) Row {
	r := Row{Line: line, Cells: make(map[string]string, len(b.table.Header))}
	for i, c := range cells {
		text := unquote(strings.TrimSpace(c.text))
		switch {
		case text == "":
		case i >= len(b.table.Header) || b.table.Header[i] == "":
			r.Faults = append(r.Faults, models.Fault(field, "cell_outside", "column", strconv.Itoa(i+1)))
		case len(text) > b.limits.Cell:
			r.Faults = append(r.Faults, models.Fault(b.table.Header[i], "cell_too_long", "max", strconv.Itoa(b.limits.Cell)))
		case c.fault != "":
			r.Faults = append(r.Faults, models.Fault(b.table.Header[i], c.fault))
			r.Cells[b.table.Header[i]] = text
		default:
			r.Cells[b.table.Header[i]] = text
		}
	}
	return r
}

// done gives the table, or says that there was none.
func (b *builder) done() (Table, error) {
	if b.table.Header == nil {
		return Table{}, refused("file_empty")
	}
	return b.table, nil
}
