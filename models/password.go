package models

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// PasswordPolicy says what a password must be and how long it lives (PRODUCT 3.4). Lengths count characters. A zero
// MaxAge means that it never has to change.
type PasswordPolicy struct {
	Name      string
	MinLength int
	MaxLength int
	// Classes asks for a small letter, a capital, a digit and one of Symbols; other characters are allowed too.
	Classes bool
	Symbols string
	// History is how many earlier passwords cannot come back.
	History int
	MaxAge  time.Duration
	// MinAge is the time between two changes by free will.
	MinAge time.Duration
	// Notices are the days before MaxAge ends on which a mail reminds.
	Notices []int
}

// TemporaryLife is how long, in wall time, a temporary password leads to the form for an own one; PRODUCT 3.1.6.
const TemporaryLife = 24 * time.Hour

// PasswordContext is whose password it is. Blocklisted tells whether a password, in small letters, is among the
// common ones; nil knows none.
type PasswordContext struct {
	Username    string
	Name        string
	Blocklisted func(string) bool
}

// RuleState is one rule of a policy and whether a password meets it; the form shows the list while typing.
type RuleState struct {
	Code   string            `json:"code"`
	Params map[string]string `json:"params,omitempty"`
	Met    bool              `json:"met"`
}

const (
	passwordField = "password"
	// maxPassword keeps hashing cheap; it is far above the 64 that NIST SP 800-63B asks to accept.
	maxPassword = 256
)

// AgencyPolicy is the default profile: 12 characters of four classes, not the last five, changed every three months.
func AgencyPolicy() PasswordPolicy {
	return PasswordPolicy{Name: "agency", MinLength: 12, MaxLength: maxPassword, Classes: true, Symbols: "!@#$%^&*",
		History: 5, MaxAge: 90 * 24 * time.Hour, MinAge: 24 * time.Hour, Notices: []int{14, 7, 1}}
}

// NISTPolicy is the profile after NIST SP 800-63B-4: 15 characters of any sort, no rotation.
func NISTPolicy() PasswordPolicy {
	return PasswordPolicy{Name: "nist", MinLength: 15, MaxLength: maxPassword, MinAge: 24 * time.Hour}
}

// Rules tells of each rule that needs nothing but the password whether it is met, in the order in which the form
// lists them.
func (p PasswordPolicy) Rules(pw string) []RuleState {
	n := utf8.RuneCountInString(pw)
	rules := []RuleState{{Code: "password_min_length", Params: map[string]string{"min": strconv.Itoa(p.MinLength)}, Met: n >= p.MinLength}}
	if !p.Classes {
		return rules
	}
	return append(rules,
		RuleState{Code: "password_lower", Met: strings.IndexFunc(pw, unicode.IsLower) >= 0},
		RuleState{Code: "password_upper", Met: strings.IndexFunc(pw, unicode.IsUpper) >= 0},
		RuleState{Code: "password_digit", Met: strings.ContainsAny(pw, "0123456789")},
		RuleState{Code: "password_symbol", Params: map[string]string{"symbols": p.Symbols}, Met: strings.ContainsAny(pw, p.Symbols)})
}

// Check lists what keeps pw from being this person's password; the field is "password". No fault repeats it. Earlier
// passwords and MinAge are the caller's, who knows the hashes and the clock.
func (p PasswordPolicy) Check(pw string, ctx PasswordContext) []FieldFault {
	if pw == "" {
		return []FieldFault{Fault(passwordField, "required")}
	}
	if !utf8.ValidString(pw) || strings.IndexFunc(pw, unicode.IsControl) >= 0 {
		return []FieldFault{Fault(passwordField, "password_characters")}
	}
	if utf8.RuneCountInString(pw) > p.MaxLength {
		return []FieldFault{Fault(passwordField, "password_too_long", "max", strconv.Itoa(p.MaxLength))}
	}
	var faults []FieldFault
	for _, r := range p.Rules(pw) {
		if !r.Met {
			faults = append(faults, FieldFault{Field: passwordField, Code: r.Code, Params: r.Params})
		}
	}
	return append(faults, ctx.faults(pw)...)
}

func (c PasswordContext) faults(pw string) []FieldFault {
	var faults []FieldFault
	low := strings.ToLower(pw)
	if c.Blocklisted != nil && c.Blocklisted(low) {
		faults = append(faults, Fault(passwordField, "password_common"))
	}
	if len(c.Username) >= shortestTell && strings.Contains(low, strings.ToLower(c.Username)) {
		return append(faults, Fault(passwordField, "password_contains_username"))
	}
	for _, w := range nameWords(c.Name) {
		if len(w) >= shortestTell && strings.Contains(foldLatin(pw), w) {
			return append(faults, Fault(passwordField, "password_contains_name"))
		}
	}
	return faults
}

// shortestTell: shorter names, such as Ida or Oka, stand in too many good passwords by chance.
const shortestTell = 4
