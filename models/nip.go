package models

import (
	"strconv"
	"strings"
	"time"
)

const nipLength = 18

// nipAdultYears: nobody is appointed before the seventeenth birthday (PRODUCT section 2).
const nipAdultYears = 17

// earliestBirthYear refuses numbers that have digits in the right places by accident.
const earliestBirthYear = 1900

// ParseNIP gives an employee number as 18 ASCII digits, without the spaces in which it is often printed, and what is
// wrong with it. The meaning of its digits depends on the employment type: civil servants (pns, cpns) have birth date
// YYYYMMDD, appointment YYYYMM, sex 1 or 2 and a serial; of other types, and of an empty one, only the birth date is
// checked (PRODUCT section 2).
func ParseNIP(field, s string, t EmploymentType) (string, []FieldFault) {
	nip := NormalizeNIP(s)
	switch {
	case nip == "":
		return nip, []FieldFault{Fault(field, "required")}
	case !digits(nip):
		return nip, []FieldFault{Fault(field, "nip_digits")}
	case len(nip) != nipLength:
		return nip, []FieldFault{Fault(field, "nip_length", "got", strconv.Itoa(len(nip)), "want", strconv.Itoa(nipLength))}
	}
	birth, ok := NIPBirthDate(nip)
	if !ok {
		return nip, []FieldFault{Fault(field, "nip_birth_date")}
	}
	if t.CivilServant() {
		return nip, civilServantFaults(field, nip, birth)
	}
	return nip, nil
}

// NormalizeNIP drops the spaces of the printed form.
func NormalizeNIP(s string) string { return withoutSpaces(s) }

// NIPBirthDate reads the birth date out of a number; false when there is no such day.
func NIPBirthDate(nip string) (Date, bool) {
	if len(nip) < 8 {
		return Date{}, false
	}
	d, err := parseDate("20060102", nip[:8])
	return d, err == nil && d.Year >= earliestBirthYear
}

func civilServantFaults(field, nip string, birth Date) []FieldFault {
	var faults []FieldFault
	switch appointed, err := parseDate("20060102", nip[8:14]+"01"); {
	case err != nil:
		faults = append(faults, Fault(field, "nip_appointment"))
	case !appointed.After(birthday(birth, nipAdultYears)):
		faults = append(faults, Fault(field, "nip_appointment_before_17"))
	}
	if nip[14] != '1' && nip[14] != '2' {
		faults = append(faults, Fault(field, "nip_sex"))
	}
	return faults
}

// birthday gives the n-th birthday; of 29 February it is 1 March in common years, as time.Date counts it.
func birthday(born Date, n int) Date {
	return DateOf(time.Date(born.Year+n, born.Month, born.Day, 0, 0, 0, 0, time.UTC))
}

// SearchText gives what somebody seeks as it is compared: without blanks around it, and a whole NIP or NIK without those in
// which offices print it.
func SearchText(s string) string {
	if number := withoutSpaces(s); digits(number) && (len(number) == nipLength || len(number) == nikLength) {
		return number
	}
	return strings.TrimSpace(s)
}

func withoutSpaces(s string) string { return strings.Join(strings.Fields(s), "") }
