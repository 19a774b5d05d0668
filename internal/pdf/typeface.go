package pdf

import (
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
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
	// tabularShift is the distance in the typeface from the figures to those that are all equally wide.
	tabularShift = 10
	pointMM      = 25.4 / 72
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
	if err := useTabularFigures(b); err != nil {
		return nil, fmt.Errorf("typeface %s: %w", name, err)
	}
	f, err := sfnt.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("parse typeface %s: %w", name, err)
	}
	return &typeface{bytes: b, font: f, widths: map[rune]int{}}, nil
}

// useTabularFigures makes '0' to '9' mean the figures of equal width, since gofpdf applies no font features and numbers
// stand in columns. It changes the one segment of each character map (format 4) that holds exactly the ten figures.
func useTabularFigures(b []byte) error {
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(b[at:])) }
	u32 := func(at int) int { return int(binary.BigEndian.Uint32(b[at:])) }
	var done []int
	for table := 12; table < 12+16*u16(4); table += 16 {
		if string(b[table:table+4]) != "cmap" {
			continue
		}
		cmap := u32(table + 8)
		for entry := cmap + 4; entry < cmap+4+8*u16(cmap+2); entry += 8 {
			sub := cmap + u32(entry+4)
			if u16(sub) != 4 || slices.Contains(done, sub) {
				continue
			}
			done = append(done, sub)
			size := u16(sub + 6) // two bytes a segment
			for end := sub + 14; end < sub+14+size; end += 2 {
				start, delta, offset := end+2+size, end+2+2*size, end+2+3*size
				if u16(start) == '0' && u16(end) == '9' && u16(offset) == 0 {
					binary.BigEndian.PutUint16(b[delta:], uint16(u16(delta)+tabularShift))
				}
			}
		}
	}
	if len(done) == 0 {
		return errors.New("no character map of format 4")
	}
	return nil
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
