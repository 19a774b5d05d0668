package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"loket/models"
)

// entry is one row of a recap in the composer. Open rows show their inputs: those with errors, the one that was asked
// for, and a new one.
type entry struct {
	No       int
	Row      models.RecapRow
	Registry *models.RecapRow
	Findings []models.RowFinding
	Errors   map[string]string // by column
	Note     string            // what whoever returned the memo says of the row
	Open     bool
}

// Fix tells whether the row keeps the memo from being sent.
func (e entry) Fix() bool { return models.HasErrors(e.Findings) }

// Warnings are the findings that only need a look.
func (e entry) Warnings() []models.RowFinding {
	return slices.DeleteFunc(slices.Clone(e.Findings), func(f models.RowFinding) bool { return f.Severity == models.SeverityError })
}

// rowAnchor is the id of an input of a row; rowField takes the name that the rules give it apart: rows[3].nip is row 4.
func rowAnchor(no int, column string) string {
	return strings.TrimSuffix(fmt.Sprintf("row-%d-%s", no, column), "-")
}

func rowField(field string) (no int, column string, ok bool) {
	rest, ok := strings.CutPrefix(field, "rows[")
	if !ok {
		return 0, "", false
	}
	index, column, ok := strings.Cut(rest, "]")
	i, err := strconv.Atoi(index)
	return i + 1, strings.TrimPrefix(column, "."), ok && err == nil
}

// entries lays the findings of a check beside the rows of a draft. open is the row asked for, 0 for none. A row that was
// typed, or is not as it was checked, stays open.
func (v *visit) entries(rows []models.RecapRow, report models.RecapReport, open int, typed map[int]bool) []entry {
	entries := make([]entry, len(rows))
	for i, row := range rows {
		e := entry{No: i + 1, Row: row, Errors: map[string]string{}}
		known := i < len(report.Rows) && report.Rows[i].RecapRow == row
		if known {
			e.Findings, e.Registry = report.Rows[i].Findings, report.Rows[i].Registry
		}
		for _, f := range e.Findings {
			if f.Severity == models.SeverityError && e.Errors[f.Field] == "" {
				e.Errors[f.Field] = faultText(v.portal.Words, v.say, f.FieldFault)
			}
		}
		e.Open = e.Fix() || e.No == open || typed[e.No] || !known
		entries[i] = e
	}
	return entries
}

// typedRows are the numbers of the rows whose inputs came with the form; none once they are stored.
func (v *visit) typedRows(stored bool) map[int]bool {
	typed := map[int]bool{}
	if stored {
		return typed
	}
	for _, value := range v.Request.PostForm["row"] {
		typed[atoi(value)] = true
	}
	return typed
}

// storedRows are the rows of a draft as it is kept: whoever may write it sees them whole, in the report of a check.
func storedRows(report models.RecapReport) []models.RecapRow {
	rows := make([]models.RecapRow, len(report.Rows))
	for i, r := range report.Rows {
		rows[i] = r.RecapRow
	}
	return rows
}

// mergeRows puts the rows whose inputs were on the page into the list as it is stored; numbers beyond its end are new.
func mergeRows(stored []models.RecapRow, form url.Values) []models.RecapRow {
	rows := slices.Clone(stored)
	for _, value := range form["row"] {
		no, err := strconv.Atoi(value)
		if err != nil || no < 1 || no > len(rows)+1 {
			continue
		}
		typed := rowOf(no, form)
		if no <= len(rows) {
			rows[no-1] = typed
		} else if typed != (models.RecapRow{}) {
			rows = append(rows, typed)
		}
	}
	return rows
}

func rowOf(no int, form url.Values) models.RecapRow {
	cell := func(column string) string { return strings.TrimSpace(form.Get(rowAnchor(no, column))) }
	return models.RecapRow{NIP: cell("nip"), NIK: cell("nik"), Name: cell("name"), UnitCode: cell("unit_code"), Position: cell("position"),
		ContractStart: storedDate(cell("contract_start")), ContractEnd: storedDate(cell("contract_end")), ExternalEmail: cell("external_email")}
}

// atoi reads a number from a form; what is none counts as zero.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func withoutRow(rows []models.RecapRow, no int) []models.RecapRow {
	if no < 1 || no > len(rows) {
		return rows
	}
	return slices.Delete(slices.Clone(rows), no-1, no)
}

// rowName is how people call a cell: Baris 4 · NIP.
func (v *visit) rowName(no int, column string) string {
	name := v.say.T("portal.compose.row", "no", no)
	if column != "" {
		name += " · " + word(v.portal.Words, v.say, "portal.column", column)
	}
	return name
}

// rowFaultLines are the errors of rows for the summary on top: the first few, each leading to its input. To a row of
// another page leads a button, which saves what was typed on this one.
func (v *visit) rowFaultLines(entries []entry, shown map[int]bool) []faultLine {
	var lines []faultLine
	for _, e := range entries {
		for _, f := range e.Findings {
			if f.Severity != models.SeverityError {
				continue
			}
			if len(lines) == mostRowLines {
				return append(lines, faultLine{Do: "fix", Text: v.say.T("portal.compose.more_faults")})
			}
			line := faultLine{Name: v.rowName(e.No, f.Field), Text: faultText(v.portal.Words, v.say, f.FieldFault)}
			if shown[e.No] {
				line.Href = "#" + rowAnchor(e.No, f.Field)
			} else {
				line.Do = fmt.Sprintf("row:%d-%s", e.No, f.Field)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// mostRowLines is how many errors of rows the summary on top tells.
const mostRowLines = 15
