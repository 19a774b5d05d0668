package models

import (
	"slices"
	"strconv"
	"strings"
)

const (
	minUsername = 2
	maxUsername = 64 // the local part of an address
)

// FallbackUsername is the only candidate of a name that yields none, such as one in another script. It is meant to be
// numbered.
const FallbackUsername = "pegawai"

// UsernameCandidates gives the usernames that a name offers, best first: adjacent pairs of its words in their order,
// or the word of a one-word name; ASCII, lower case, none of them reserved, each once (PRODUCT 3.2.2). Made Surya Adi
// has made.surya and surya.adi. There is always at least one; whether it is taken the caller must see.
func UsernameCandidates(name string) []string {
	var words []string
	for _, w := range nameWords(name) {
		if w = asciiWord(w); w != "" {
			words = append(words, w)
		}
	}
	var found []string
	offer := func(s string) {
		s = cutUsername(s, maxUsername-6) // leaves room for a number
		if ValidUsername(s) && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	if len(words) == 1 {
		offer(words[0])
	}
	for i := 0; i+1 < len(words); i++ {
		offer(words[i] + "." + words[i+1])
	}
	if len(found) == 0 {
		return []string{FallbackUsername}
	}
	return found
}

// WithNumber adds a number to a username that is taken: made.surya, made.surya2. A number below 1 adds nothing; a long
// base is cut so that the whole stays within 64 characters.
func WithNumber(base string, n int) string {
	if n < 1 {
		return base
	}
	number := strconv.Itoa(n)
	return cutUsername(base, maxUsername-len(number)) + number
}

// ValidUsername tells whether s can be somebody's username: 2 to 64 small ASCII letters and digits, a letter first,
// single dots between, and not reserved.
func ValidUsername(s string) bool {
	if len(s) < minUsername || len(s) > maxUsername || ReservedUsername(s) {
		return false
	}
	if s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || part != strings.ToLower(asciiWord(part)) {
			return false
		}
	}
	return true
}

// ReservedUsername tells whether s would pass for an office, a mailbox that mail standards give a meaning (RFC 2142)
// or the system itself. Dots and case do not matter: help.desk is helpdesk.
func ReservedUsername(s string) bool {
	reserved := strings.Fields(`abuse account accounts admin administrator anonymous api app audit auditor backup billing
		bot contact daemon demo dns everyone ftp guest hello help helpdesk host hostmaster hr humas info kepala kontak
		loket mail mailerdaemon marketing master menteri moderator nobody noc noreply null official operator owner pimpinan
		portal postmaster public registrar root sales sdm security server service servicedesk sso staff staf status
		superadmin superuser support sys sysadmin system team temporal test tim undefined usenet user username uucp
		web webmail webmaster www`)
	return slices.Contains(reserved, strings.ToLower(strings.ReplaceAll(s, ".", "")))
}

func asciiWord(w string) string {
	return strings.Map(func(r rune) rune {
		if letterOrDigit(r) {
			return r
		}
		return -1
	}, w)
}

func cutUsername(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.TrimRight(s, ".")
}
