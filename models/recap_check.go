package models

import (
	"strconv"
	"strings"
)

// RegistryEntry is what the registry and the open cases know of one person of a recap list. InOtherOpenMemo is the
// number of another open memo that holds the person, else empty. Activating tells that they activate their account
// themselves, by a code that is valid still. HasAccess tells that the person already
// has what this kind of memo asks for, and AccessEnds is its last day (YYYY-MM-DD), empty while open-ended.
type RegistryEntry struct {
	NIP             string
	NIK             string
	Name            string
	UnitCode        string
	Position        string
	ExternalEmail   string
	EmploymentType  EmploymentType
	Status          EmployeeStatus
	HasAccount      bool
	HasAccess       bool
	AccessEnds      string
	InOtherOpenMemo string
	Activating      bool
}

// RecapContext is what the checks need besides the rows. Today is the office's civil day. KnownUnit tells whether a
// unit exists; nil leaves units unchecked.
type RecapContext struct {
	Today     Date
	KnownUnit func(code string) bool
}

// RecapColumns are the columns of a recap file, in the order of its template.
func RecapColumns() []string {
	return []string{"nip", "nik", "name", "unit_code", "position", "contract_start", "contract_end", "external_email"}
}

// NormalizeRecapRow gives the row as it is stored and compared: no blanks around, numbers without spaces, addresses in
// small letters. What is wrong stays wrong.
func NormalizeRecapRow(row RecapRow) RecapRow {
	return RecapRow{
		NIP:           NormalizeNIP(row.NIP),
		NIK:           NormalizeNIK(row.NIK),
		Name:          strings.Trim(row.Name, " \t\r\n"),
		UnitCode:      strings.TrimSpace(row.UnitCode),
		Position:      strings.Trim(row.Position, " \t\r\n"),
		ContractStart: strings.TrimSpace(row.ContractStart),
		ContractEnd:   strings.TrimSpace(row.ContractEnd),
		ExternalEmail: NormalizeEmail(row.ExternalEmail),
	}
}

// HasErrors tells whether any finding keeps the memo from being sent.
func HasErrors(findings []RowFinding) bool {
	for _, f := range findings {
		if f.Severity == SeverityError {
			return true
		}
	}
	return false
}

// CheckRecapCount refuses a list that is empty or longer than MaxRecapRows; the field is "rows".
func CheckRecapCount(n int) []FieldFault {
	switch {
	case n < 1:
		return []FieldFault{Fault("rows", "rows_none")}
	case n > MaxRecapRows:
		return []FieldFault{Fault("rows", "rows_too_many", "max", strconv.Itoa(MaxRecapRows), "got", strconv.Itoa(n))}
	}
	return nil
}

// CheckRecap checks every row and marks the second occurrence of a person, by whichever number it is named. The answer
// has one entry per row, empty for a clean one. lookup gets the row normalised and gives nil for a stranger; it should
// read from what was fetched for the whole list. The length of the list is CheckRecapCount's.
func CheckRecap(rows []RecapRow, kind MemoKind, lookup func(RecapRow) *RegistryEntry, ctx RecapContext) [][]RowFinding {
	findings := make([][]RowFinding, len(rows))
	people := make(map[string]int, len(rows))
	addresses := make(map[string]int, len(rows))
	for i, row := range rows {
		row = NormalizeRecapRow(row)
		found := lookup(row)
		c := &recapCheck{row: row, kind: kind, found: found, ctx: ctx}
		c.check()
		if first, twice := seenBefore(people, i+1, personKeys(row, found)...); twice {
			c.fail(c.who(), "listed_twice", "first", strconv.Itoa(first))
		} else if first, twice := seenBefore(addresses, i+1, row.ExternalEmail); twice {
			c.warn("external_email", "email_listed_twice", "first", strconv.Itoa(first))
		}
		findings[i] = c.findings
	}
	return findings
}

// seenBefore gives the number of the row in which any of the keys came first, and remembers new ones.
func seenBefore(seen map[string]int, no int, keys ...string) (int, bool) {
	first := 0
	for _, k := range keys {
		if at, ok := seen[k]; ok && k != "" && (first == 0 || at < first) {
			first = at
		}
	}
	for _, k := range keys {
		if _, ok := seen[k]; !ok {
			seen[k] = no
		}
	}
	return first, first != 0
}

// personKeys are all the numbers by which a row's person goes, so that one row by NIP and one by NIK still meet. NIP
// and NIK differ in length, so that they need no prefix.
func personKeys(row RecapRow, found *RegistryEntry) []string {
	keys := []string{row.NIP, row.NIK}
	if found != nil {
		keys = append(keys, found.NIP, found.NIK)
	}
	return keys
}
