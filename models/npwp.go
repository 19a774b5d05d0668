package models

import (
	"strconv"
	"strings"
)

// ParseNPWP gives a taxpayer number as 15 or 16 ASCII digits and what is wrong with it. The printed form
// 01.234.567.8-901.000 is accepted (PRODUCT section 2).
func ParseNPWP(field, s string) (string, []FieldFault) {
	npwp := NormalizeNPWP(s)
	switch {
	case npwp == "":
		return npwp, []FieldFault{Fault(field, "required")}
	case !digits(npwp):
		return npwp, []FieldFault{Fault(field, "npwp_digits")}
	case len(npwp) != 15 && len(npwp) != 16:
		return npwp, []FieldFault{Fault(field, "npwp_length", "got", strconv.Itoa(len(npwp)))}
	}
	return npwp, nil
}

// NormalizeNPWP drops the dots, hyphens and spaces of the printed form.
func NormalizeNPWP(s string) string {
	return strings.NewReplacer(".", "", "-", "").Replace(withoutSpaces(s))
}

// FormatNPWP prints a number of 15 digits with its dots; any other is given back as it is.
func FormatNPWP(npwp string) string {
	if len(npwp) != 15 || !digits(npwp) {
		return npwp
	}
	return npwp[:2] + "." + npwp[2:5] + "." + npwp[5:8] + "." + npwp[8:9] + "-" + npwp[9:12] + "." + npwp[12:]
}
