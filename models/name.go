package models

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxName = 150

// ParseName gives a person's name with single spaces, and what is wrong with it: it is required, at most 150
// characters, has a letter, and holds neither markup nor characters that cannot be seen.
func ParseName(field, s string) (string, []FieldFault) {
	name, faults := parseLine(field, s, maxName)
	if len(faults) == 0 && strings.IndexFunc(name, unicode.IsLetter) < 0 {
		faults = []FieldFault{Fault(field, "name_no_letter")}
	}
	return name, faults
}

// parseLine reads one line of plain text that others will see: no control characters, no invisible or
// direction-changing ones (they make one name look like another), no angle brackets.
func parseLine(field, s string, most int) (string, []FieldFault) {
	if !utf8.ValidString(s) || strings.IndexFunc(strings.Trim(s, " \t\r\n"), unseen) >= 0 {
		return "", []FieldFault{Fault(field, "text_unseen_characters")}
	}
	line := strings.Join(strings.Fields(s), " ")
	switch {
	case line == "":
		return line, []FieldFault{Fault(field, "required")}
	case strings.ContainsAny(line, "<>"):
		return line, []FieldFault{Fault(field, "text_markup")}
	case utf8.RuneCountInString(line) > most:
		return line, []FieldFault{Fault(field, "text_too_long", "max", strconv.Itoa(most))}
	}
	return line, nil
}

func unseen(r rune) bool {
	return !unicode.IsGraphic(r) || r == '\u2800' || r == utf8.RuneError ||
		unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// SameName tells whether two names are one person's as far as spelling goes: letter case, spacing, punctuation,
// accents, academic titles after a comma and the commonest ones in front do not matter; every word and their order do.
// Two empty names are not the same.
func SameName(a, b string) bool {
	words := nameWords(a)
	return len(words) > 0 && slices.Equal(words, nameWords(b))
}

// nameWords gives the words of a name without titles, in small Latin letters and digits where they can be folded to
// them, else as they are.
func nameWords(name string) []string {
	parts := strings.Split(name, ",")
	for len(parts) > 1 && degree(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	words := strings.FieldsFunc(strings.Join(parts, " "), func(r rune) bool {
		return r == '.' || unicode.IsSpace(r)
	})
	folded := make([]string, 0, len(words))
	for i, w := range words {
		w = strings.TrimFunc(foldLatin(w), unicode.IsPunct)
		if w == "" || i < len(words)-1 && len(folded) == 0 && honorific(w) {
			continue
		}
		folded = append(folded, w)
	}
	return folded
}

// degree tells whether what follows a comma is a title such as S.E. or MM, rather than a part of the name.
func degree(part string) bool {
	part = strings.TrimSpace(part)
	if part == "" || strings.Contains(part, ".") {
		return true
	}
	known := strings.Fields("ak apt ca cpa lc ma mba mh mkom mm mpa mph mpd msc msi mt phd sag se sh shi sip skm skom sos spd spt ssi ssos st")
	return slices.Contains(known, strings.ToLower(strings.ReplaceAll(part, " ", "")))
}

func honorific(word string) bool {
	return slices.Contains([]string{"prof", "dr", "drs", "dra", "ir", "hj"}, word)
}
