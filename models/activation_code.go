package models

import (
	"slices"
	"strings"
	"time"
)

// codeLetters is base32 after Crockford: what looks alike is not among them, and is read as its double.
const codeLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength gives 40 bits (QUALITY section 3).
const codeLength = 8

// CodeOf writes 40 random bits as a code that is read and typed: K7MQ-X3FP.
func CodeOf(random [5]byte) string {
	var bits uint64
	for _, b := range random {
		bits = bits<<8 | uint64(b)
	}
	var code [codeLength]byte
	for i := range code {
		code[codeLength-1-i] = codeLetters[bits&31]
		bits >>= 5
	}
	return string(code[:4]) + "-" + string(code[4:])
}

// ReadCode gives a typed code in the one form in which it is compared: any case, with or without hyphen and blanks, O for
// zero, I and L for one. What cannot be a code gives "".
func ReadCode(typed string) string {
	if len(typed) > 4*codeLength {
		return ""
	}
	read := strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "", " ", "").Replace(strings.ToUpper(typed))
	if len(read) != codeLength || strings.Trim(read, codeLetters) != "" {
		return ""
	}
	return read
}

// ReadSecret gives a typed activation secret in the one form in which it is compared; "" for what is too long.
func ReadSecret(typed string) string {
	const most = 64
	if len(typed) > most {
		return ""
	}
	return strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(typed))
}

// ReadUsername gives the username of what was typed: alone, or with the agency's domain; "" with any other.
func ReadUsername(typed, domain string) string {
	name, at, found := strings.Cut(strings.ToLower(strings.TrimSpace(typed)), "@")
	if found && at != strings.ToLower(domain) || !ValidUsername(name) {
		return ""
	}
	return name
}

// WithoutDomain gives what was typed as a username without the agency's domain behind it, where it has one. Any other
// stays, and is nobody's.
func WithoutDomain(typed, domain string) string {
	name := strings.ToLower(strings.TrimSpace(typed))
	if domain == "" {
		return name
	}
	return strings.TrimSuffix(name, "@"+strings.ToLower(domain))
}

// The pace of codes to one person, in wall time; PRODUCT 3.2.3.
const (
	ResendPause = time.Minute
	resendHour  = 5
	resendDay   = 12
)

// MayResend tells whether another code may go out to somebody who was sent codes at these instants.
func MayResend(sent []time.Time, now time.Time) bool {
	within := func(span time.Duration) int {
		n := 0
		for _, at := range sent {
			if now.Sub(at) < span {
				n++
			}
		}
		return n
	}
	return within(ResendPause) == 0 && within(time.Hour) < resendHour && within(24*time.Hour) < resendDay
}

// HeldUsernames gives what a person is offered: each candidate of the name, with the lowest number where it is taken.
func HeldUsernames(name string, taken func(string) bool) []string {
	var held []string
	for _, base := range UsernameCandidates(name) {
		candidate := base
		for n := 2; candidate == FallbackUsername || taken(candidate) || slices.Contains(held, candidate); n++ {
			candidate = WithNumber(base, n)
		}
		held = append(held, candidate)
	}
	return held
}
