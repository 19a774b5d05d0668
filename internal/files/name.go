package files

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"loket/models"
)

const ending = ".pdf"

// CleanName makes of whatever an upload calls itself a name that can be shown and saved by anybody: no path, nothing
// unseen or that turns the direction of writing, no sign that a file system keeps for itself, at most
// models.MaxFileName characters, and .pdf at its end, whatever it claimed to be.
func CleanName(name string) string {
	name = path.Base(strings.ReplaceAll(norm.NFC.String(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune(`/<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	if n := len(name) - len(ending); n >= 0 && strings.EqualFold(name[n:], ending) {
		name = name[:n]
	}
	name = strings.Trim(name, " .")
	if runes := []rune(name); len(runes) > models.MaxFileName-len(ending) {
		name = strings.TrimRight(string(runes[:models.MaxFileName-len(ending)]), " .")
	}
	if name == "" || name == "_" {
		name = "dokumen"
	}
	return name + ending
}
