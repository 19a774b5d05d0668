package models

import (
	"strconv"
	"strings"
)

const nikLength = 16

// ParseNIK gives a citizen number as 16 ASCII digits without spaces, and what is wrong with it. No fault repeats it.
func ParseNIK(field, s string) (string, []FieldFault) {
	nik := NormalizeNIK(s)
	switch {
	case nik == "":
		return nik, []FieldFault{Fault(field, "required")}
	case !digits(nik):
		return nik, []FieldFault{Fault(field, "nik_digits")}
	case len(nik) != nikLength:
		return nik, []FieldFault{Fault(field, "nik_length", "got", strconv.Itoa(len(nik)), "want", strconv.Itoa(nikLength))}
	}
	return nik, nil
}

// NormalizeNIK drops spaces.
func NormalizeNIK(s string) string { return withoutSpaces(s) }

// MaskNIK hides the middle: 3174********0001. Everything but a well formed number is hidden altogether, so that a
// number with a slip in it does not leak; nothing stays nothing.
func MaskNIK(nik string) string {
	nik = NormalizeNIK(nik)
	if nik == "" {
		return ""
	}
	if len(nik) != nikLength || !digits(nik) {
		return strings.Repeat("*", nikLength)
	}
	return nik[:4] + strings.Repeat("*", 8) + nik[12:]
}
