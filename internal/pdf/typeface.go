package pdf

import (
	"embed"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

//go:embed font/*.ttf
var fonts embed.FS

const (
	// instead stands, visibly, for each character that the typeface lacks or that paper cannot show.
	instead = '□'
	pointMM = 25.4 / 72
)

// typeface is one cut of Plus Jakarta Sans: its bytes for the file, and what layout asks of it. Not for concurrent use.
type typeface struct {
	bytes  []byte
	font   *sfnt.Font
	buffer sfnt.Buffer
	widths map[rune]int // thousandths of the size; -1 where the typeface has no such character
}

// loadTypeface reads one cut. The bytes are a copy of its own: gofpdf pads tables in place while it cuts the font, which
// two letters made at once would feel.
func loadTypeface(name string) (*typeface, error) {
	b, err := fonts.ReadFile("font/" + name + ".ttf")
	if err != nil {
		return nil, fmt.Errorf("read typeface: %w", err)
	}
	if err := fitForPaper(b); err != nil {
		return nil, fmt.Errorf("typeface %s: %w", name, err)
	}
	f, err := sfnt.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("parse typeface %s: %w", name, err)
	}
	return &typeface{bytes: b, font: f, widths: map[rune]int{}}, nil
}

func (t *typeface) advance(r rune) int {
	if w, known := t.widths[r]; known {
		return w
	}
	w := -1
	if g, err := t.font.GlyphIndex(&t.buffer, r); err == nil && g != 0 {
		if a, err := t.font.GlyphAdvance(&t.buffer, g, fixed.I(1000), font.HintingNone); err == nil {
			w = a.Round()
		}
	}
	t.widths[r] = w
	return w
}

// width is how wide a clean text stands, in millimetres, at a size in points. Widths of parts add up: gofpdf does not kern.
func (t *typeface) width(text string, points float64) float64 {
	sum := 0
	for _, r := range text {
		sum += max(0, t.advance(r))
	}
	return float64(sum) / 1000 * points * pointMM
}

// clean makes a stranger's text fit for paper: composed, with plain blanks, and with a visible mark for each character
// that would be lost or could turn the reading (controls, bidirectional overrides, scripts and emoji that the typeface
// lacks). gofpdf itself panics over characters beyond the first plane. Line ends survive.
func (t *typeface) clean(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsSpace(r):
			return ' '
		case joins(r):
			return -1
		case unicode.Is(unicode.C, r) || r > 0xFFFF || t.advance(r) < 0:
			return instead
		}
		return r
	}, norm.NFC.String(text))
}

// joins tells of characters that honest text holds and nobody sees: soft hyphens, joiners, variation selectors.
func joins(r rune) bool {
	return r == '\u00AD' || (r >= '\u200B' && r <= '\u200D') || r == '\u2060' || r == '\uFEFF' || (r >= '\uFE00' && r <= '\uFE0F')
}
