package models

import (
	"slices"
	"strings"
)

const (
	maxUnitCode = 40
	maxUnitName = 200
	maxPlace    = 100
)

// row reads the cells of one line and gathers their faults, in the order of reading.
type row struct {
	cells  map[string]string
	faults []FieldFault
}

// take parses a required cell.
func (r *row) take(column string, parse func(field, s string) (string, []FieldFault)) string {
	value, faults := parse(column, r.cells[column])
	r.faults = append(r.faults, faults...)
	return value
}

// maybe parses a cell that may be empty.
func (r *row) maybe(column string, parse func(field, s string) (string, []FieldFault)) string {
	if strings.TrimSpace(r.cells[column]) == "" {
		return ""
	}
	return r.take(column, parse)
}

func (r *row) date(column string, required bool) Date {
	text := strings.TrimSpace(r.cells[column])
	if text == "" {
		if required {
			r.fault(column, "required")
		}
		return Date{}
	}
	d, err := ParseDate(text)
	if err != nil {
		r.fault(column, "date_invalid")
	}
	return d
}

func (r *row) fault(column, code string, kv ...string) {
	r.faults = append(r.faults, Fault(column, code, kv...))
}

// choice reads a cell that holds one of the values, in any case.
func choice[T ~string](r *row, column string, values ...T) T {
	v := T(strings.ToLower(strings.TrimSpace(r.cells[column])))
	switch {
	case v == "":
		r.fault(column, "required")
	case !slices.Contains(values, v):
		r.fault(column, "choice_unknown", "allowed", joined(values))
	}
	return v
}

func joined[T ~string](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}

// ParseUnitRow reads the cells of one line of the units file, by column, and says what is wrong with each.
func ParseUnitRow(cells map[string]string) (UnitRow, []FieldFault) {
	r := &row{cells: cells}
	u := UnitRow{
		Code:       r.take("code", parseUnitCode),
		ParentCode: r.maybe("parent_code", parseUnitCode),
		Name:       r.take("name", textUpTo(maxUnitName)),
		Kind:       choice(r, "kind", UnitKinds()...),
		HeadNIP:    r.maybe("head_nip", nipOf("")),
	}
	return u, r.faults
}

// ParseEmployeeRow reads the cells of one line of the employees file, by column, and says what is wrong with each.
// The employment type decides how NIP and rank are read.
func ParseEmployeeRow(cells map[string]string) (EmployeeRow, []FieldFault) {
	r := &row{cells: cells}
	kind := choice(r, "employment_type", EmploymentTypes()...)
	e := EmployeeRow{
		EmploymentType:    kind,
		NIK:               r.take("nik", ParseNIK),
		Name:              r.take("name", ParseName),
		BirthPlace:        r.maybe("birth_place", textUpTo(maxPlace)),
		BirthDate:         r.date("birth_date", true),
		Sex:               choice(r, "sex", SexMale, SexFemale),
		RankEffectiveDate: r.date("rank_effective_date", false),
		UnitCode:          r.take("unit_code", parseUnitCode),
		Position:          r.maybe("position", textUpTo(maxUnitName)),
		OfficialEmail:     r.maybe("official_email", ParseEmail),
		ExternalEmail:     r.maybe("external_email", ParseEmail),
		Status:            choice(r, "status", EmployeeStatuses()...),
	}
	e.NIP = r.employeeNIP(kind)
	e.Rank = r.employeeRank(kind)
	if e.Rank != "" && strings.TrimSpace(cells["rank_effective_date"]) == "" {
		r.fault("rank_effective_date", "required")
	}
	if e.Rank == "" && !e.RankEffectiveDate.IsZero() {
		r.fault("rank", "required")
	}
	return e, r.faults
}

func (r *row) employeeNIP(kind EmploymentType) string {
	if kind != EmploymentContract {
		return r.take("nip", nipOf(kind))
	}
	if strings.TrimSpace(r.cells["nip"]) != "" {
		r.fault("nip", "nip_of_contract_staff")
	}
	return ""
}

func (r *row) employeeRank(kind EmploymentType) string {
	if kind == EmploymentPPPK {
		return r.maybe("rank", parseContractRank)
	}
	return r.maybe("rank", ParseRank)
}

// ParseAppointmentRow reads the cells of one line of the appointments file, by column, and says what is wrong with
// each.
func ParseAppointmentRow(cells map[string]string) (AppointmentRow, []FieldFault) {
	r := &row{cells: cells}
	a := AppointmentRow{
		UnitCode:   r.take("unit_code", parseUnitCode),
		Office:     choice(r, "office", Offices()...),
		NIP:        r.take("nip", nipOf("")),
		ValidFrom:  r.date("valid_from", true),
		ValidUntil: r.date("valid_until", false),
	}
	return a, r.faults
}

// parseUnitCode keeps codes fit for a path and an address: ASCII letters, digits, dot, hyphen and underscore.
func parseUnitCode(field, s string) (string, []FieldFault) {
	code := strings.TrimSpace(s)
	if code == "" {
		return code, []FieldFault{Fault(field, "required")}
	}
	odd := func(r rune) bool { return !letterOrDigit(r) && !strings.ContainsRune(".-_", r) }
	if len(code) > maxUnitCode || strings.IndexFunc(code, odd) >= 0 || !letterOrDigit(rune(code[0])) {
		return code, []FieldFault{Fault(field, "unit_code_invalid")}
	}
	return code, nil
}

func nipOf(t EmploymentType) func(field, s string) (string, []FieldFault) {
	return func(field, s string) (string, []FieldFault) { return ParseNIP(field, s, t) }
}

func textUpTo(most int) func(field, s string) (string, []FieldFault) {
	return func(field, s string) (string, []FieldFault) { return parseLine(field, s, most) }
}
