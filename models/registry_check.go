package models

import (
	"strconv"
	"strings"
)

// CheckUnits finds what is wrong among the rows of the units file: a code twice, no root or several, an unknown
// parent, a cycle, a head who is no employee. Rows are those that ParseUnitRow accepted, with their lines; knownNIP
// knows the employees of this import and of the registry. Faults come in the order of the rows.
func CheckUnits(units []UnitRow, knownNIP func(nip string) bool) []RowFault {
	var faults []RowFault
	parents := make(map[string]string, len(units))
	lines := make(firstLines, len(units))
	roots := 0
	for _, u := range units {
		faults = append(faults, lines.twice(u.Line, "code", "unit_twice", strings.ToLower(u.Code))...)
		parents[u.Code] = u.ParentCode
		if u.ParentCode == "" {
			roots++
		}
	}
	if roots == 0 {
		faults = append(faults, RowFault{FieldFault: Fault("parent_code", "unit_no_root")})
	}
	seenRoot := false
	for _, u := range units {
		switch _, known := parents[u.ParentCode]; {
		case u.ParentCode == "" && seenRoot:
			faults = append(faults, fault(u.Line, "parent_code", "unit_second_root"))
		case u.ParentCode == "":
			seenRoot = true
		case !known:
			faults = append(faults, fault(u.Line, "parent_code", "unit_unknown", "code", u.ParentCode))
		case inCycle(parents, u.Code):
			faults = append(faults, fault(u.Line, "parent_code", "unit_cycle"))
		}
		if u.HeadNIP != "" && !knownNIP(u.HeadNIP) {
			faults = append(faults, fault(u.Line, "head_nip", "employee_unknown"))
		}
	}
	return faults
}

// inCycle tells whether going up from a unit comes back to it. The walk ends after as many steps as there are units,
// so a unit that merely hangs below a cycle is not blamed.
func inCycle(parents map[string]string, code string) bool {
	at := code
	for range parents {
		if at = parents[at]; at == "" {
			return false
		}
		if at == code {
			return true
		}
	}
	return false
}

// CheckEmployees finds what is wrong among the rows of the employees file: a NIP, a NIK or an official address twice, an
// unknown unit. knownUnit knows the units of this import and of the registry.
func CheckEmployees(employees []EmployeeRow, knownUnit func(code string) bool) []RowFault {
	var faults []RowFault
	nips := make(firstLines, len(employees))
	niks := make(firstLines, len(employees))
	addresses := make(firstLines, len(employees))
	for _, e := range employees {
		faults = append(faults, nips.twice(e.Line, "nip", "nip_twice", e.NIP)...)
		faults = append(faults, niks.twice(e.Line, "nik", "nik_twice", e.NIK)...)
		faults = append(faults, addresses.twice(e.Line, "official_email", "email_twice", e.OfficialEmail)...)
		if !knownUnit(e.UnitCode) {
			faults = append(faults, fault(e.Line, "unit_code", "unit_unknown", "code", e.UnitCode))
		}
	}
	return faults
}

// CheckAppointments finds what is wrong among the rows of the appointments file: an unknown unit or employee, a period
// that ends before it begins (such a row holds no seat), the same appointment twice at the same time, two heads of one unit at the same time.
func CheckAppointments(rows []AppointmentRow, knownUnit, knownNIP func(string) bool) []RowFault {
	var faults []RowFault
	held := make(map[string][]AppointmentRow, len(rows))
	for _, a := range rows {
		if !knownUnit(a.UnitCode) {
			faults = append(faults, fault(a.Line, "unit_code", "unit_unknown", "code", a.UnitCode))
		}
		if !knownNIP(a.NIP) {
			faults = append(faults, fault(a.Line, "nip", "employee_unknown"))
		}
		if !a.ValidUntil.IsZero() && a.ValidUntil.Before(a.ValidFrom) {
			faults = append(faults, fault(a.Line, "valid_until", "period_reversed"))
			continue
		}
		seat := a.UnitCode + " " + string(a.Office)
		for _, b := range held[seat] {
			if f, clash := a.clash(b); clash {
				faults = append(faults, f)
				break
			}
		}
		held[seat] = append(held[seat], a)
	}
	return faults
}

// clash compares two appointments to the same office of the same unit.
func (a AppointmentRow) clash(b AppointmentRow) (RowFault, bool) {
	switch {
	case !a.overlaps(b):
		return RowFault{}, false
	case a.NIP == b.NIP:
		return fault(a.Line, "nip", "appointment_twice", "line", strconv.Itoa(b.Line)), true
	case a.Office == OfficeHead:
		return fault(a.Line, "office", "unit_two_heads", "line", strconv.Itoa(b.Line)), true
	}
	return RowFault{}, false
}

func (a AppointmentRow) overlaps(b AppointmentRow) bool {
	return (b.ValidUntil.IsZero() || !a.ValidFrom.After(b.ValidUntil)) &&
		(a.ValidUntil.IsZero() || !b.ValidFrom.After(a.ValidUntil))
}

// firstLines remembers on which line a value came first.
type firstLines map[string]int

// twice gives a fault when the value was seen before; an empty one never was.
func (f firstLines) twice(line int, field, code, value string) []RowFault {
	if value == "" {
		return nil
	}
	if first, seen := f[value]; seen {
		return []RowFault{fault(line, field, code, "line", strconv.Itoa(first))}
	}
	f[value] = line
	return nil
}

func fault(line int, field, code string, kv ...string) RowFault {
	return RowFault{Line: line, FieldFault: Fault(field, code, kv...)}
}
