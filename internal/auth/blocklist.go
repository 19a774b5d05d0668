package auth

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
)

// words is made by scripts/make-blocklist; see blocklist/LICENSE.txt for where it comes from.
//
//go:embed blocklist/words.txt.gz
var words []byte

// Blocklist knows common passwords of the world, and common words and names of Indonesia.
type Blocklist struct{ sorted []string }

// NewBlocklist unpacks the list.
func NewBlocklist() (*Blocklist, error) {
	packed, err := gzip.NewReader(bytes.NewReader(words))
	if err != nil {
		return nil, fmt.Errorf("unpack the list of common passwords: %w", err)
	}
	text, err := io.ReadAll(packed)
	if err != nil {
		return nil, fmt.Errorf("unpack the list of common passwords: %w", err)
	}
	return &Blocklist{strings.Split(strings.TrimSpace(string(text)), "\n")}, nil
}

// Blocklisted tells whether a password is a listed one, or a listed one dressed up as people do: capitals, digits and
// signs put before or after it, letters swapped for look-alikes, or the same again and again. Passwords of digits
// alone are refused too: they are dates and identity numbers.
func (b *Blocklist) Blocklisted(password string) bool {
	low := strings.ToLower(password)
	bare := strings.TrimFunc(low, func(r rune) bool { return r < 0x80 && (r < 'a' || r > 'z') })
	if bare == "" && low != "" {
		return strings.Trim(low, "0123456789") == "" || b.has(low)
	}
	for _, guise := range []string{low, bare} {
		for _, form := range append([]string{guise}, plain(guise)...) {
			if b.has(form) || b.has(unit(form)) || b.has(unit(trimDigits(form))) {
				return true
			}
		}
	}
	return len(unit(bare)) < 3
}

func (b *Blocklist) has(word string) bool {
	_, found := slices.BinarySearch(b.sorted, word)
	return found
}

func trimDigits(s string) string { return strings.TrimRight(s, "0123456789") }

// plain undoes the swapping of letters for look-alikes; the digit one stands for an i as often as for an l. Signs
// and digits at the end are decoration once and letters another time, so both readings are given.
func plain(s string) []string {
	const swaps = "0o3e4a5s7t8b9g@a$s!i+t"
	var forms []string
	for _, one := range []rune{'i', 'l'} {
		read := strings.Map(func(r rune) rune {
			if r == '1' || r == '|' {
				return one
			}
			if at := strings.IndexRune(swaps, r); at >= 0 && at%2 == 0 {
				return rune(swaps[at+1])
			}
			return r
		}, s)
		forms = append(forms, read)
	}
	return forms
}

// unit gives the part of which s is made by repeating, or s.
func unit(s string) string {
	for n := 1; n <= len(s)/2; n++ {
		if len(s)%n == 0 && strings.Repeat(s[:n], len(s)/n) == s {
			return s[:n]
		}
	}
	return s
}
