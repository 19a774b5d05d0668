package models

import (
	"strconv"
	"strings"
)

// Limits of RFC 5321.
const (
	maxEmail     = 254
	maxLocalPart = 64
	maxLabel     = 63
)

// ParseEmail gives an address as NormalizeEmail does, and what is wrong with it. Only the plain form is accepted, in
// ASCII, with a dot in the domain: no display name, no comment, no quoted part, nothing that could add a line to a
// mail's header.
func ParseEmail(field, s string) (string, []FieldFault) {
	email := NormalizeEmail(s)
	switch {
	case email == "":
		return email, []FieldFault{Fault(field, "required")}
	case strings.ContainsAny(email, "\r\n"):
		return email, []FieldFault{Fault(field, "email_line_break")}
	case len(email) > maxEmail:
		return email, []FieldFault{Fault(field, "email_too_long", "max", strconv.Itoa(maxEmail))}
	case !addressWellFormed(email):
		return email, []FieldFault{Fault(field, "email_invalid")}
	}
	return email, nil
}

// NormalizeEmail gives the form in which addresses are stored and compared: lower case, no blanks around. Line
// breaks stay, to be refused rather than repaired.
func NormalizeEmail(s string) string {
	s = strings.Trim(s, " \t")
	if strings.IndexFunc(s, func(r rune) bool { return r > 127 }) >= 0 {
		return s // a letter of another script must not become an ASCII one by being lowered
	}
	return strings.ToLower(s)
}

func addressWellFormed(email string) bool {
	local, domain, ok := strings.Cut(email, "@")
	return ok && localWellFormed(local) && domainWellFormed(domain)
}

func localWellFormed(local string) bool {
	if len(local) > maxLocalPart {
		return false
	}
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || strings.IndexFunc(atom, notAtom) >= 0 {
			return false
		}
	}
	return true
}

func notAtom(r rune) bool {
	return !letterOrDigit(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

func domainWellFormed(domain string) bool {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 || digits(labels[len(labels)-1]) {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > maxLabel || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		if strings.IndexFunc(l, func(r rune) bool { return !letterOrDigit(r) && r != '-' }) >= 0 {
			return false
		}
	}
	return true
}

// letterOrDigit is ASCII alone.
func letterOrDigit(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
