package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/image/font/sfnt"
)

const (
	// tabularShift is the distance in the typeface from the figures to those that are all equally wide.
	tabularShift = 10
	// blankWidth is the blank between words, in thousandths. The typeface's own 170 is made for a screen that kerns;
	// on paper words run into each other.
	blankWidth = 235
)

// fitForPaper changes a TrueType font in place: figures of equal width, since numbers stand in columns and gofpdf
// applies no font features, and wider blanks.
func fitForPaper(font []byte) error {
	if err := useTabularFigures(font); err != nil {
		return err
	}
	return widenBlanks(font)
}

func u16(b []byte, at int) int { return int(binary.BigEndian.Uint16(b[at:])) }
func u32(b []byte, at int) int { return int(binary.BigEndian.Uint32(b[at:])) }

// tableOf finds where a table of the font begins; 0 when it has none.
func tableOf(font []byte, name string) int {
	for at := 12; at < 12+16*u16(font, 4); at += 16 {
		if string(font[at:at+4]) == name {
			return u32(font, at+8)
		}
	}
	return 0
}

// useTabularFigures makes '0' to '9' mean the figures of equal width, in each character map of format 4: it moves the
// one segment that holds exactly the ten.
func useTabularFigures(font []byte) error {
	cmap := tableOf(font, "cmap")
	if cmap == 0 {
		return errors.New("no character map")
	}
	var done []int // languages and systems may share a map
	moved := 0
	for entry := cmap + 4; entry < cmap+4+8*u16(font, cmap+2); entry += 8 {
		sub := cmap + u32(font, entry+4)
		if u16(font, sub) == 4 && !slices.Contains(done, sub) {
			done = append(done, sub)
			moved += moveFigures(font, sub)
		}
	}
	if moved == 0 || moved != len(done) {
		return errors.New("no character map whose figures can be moved")
	}
	return nil
}

func moveFigures(font []byte, sub int) (moved int) {
	size := u16(font, sub+6) // of each list: two bytes a segment
	for end := sub + 14; end < sub+14+size; end += 2 {
		start, delta, offset := end+2+size, end+2+2*size, end+2+3*size
		if u16(font, start) == '0' && u16(font, end) == '9' && u16(font, offset) == 0 {
			binary.BigEndian.PutUint16(font[delta:], uint16(u16(font, delta)+tabularShift))
			moved++
		}
	}
	return moved
}

func widenBlanks(font []byte) error {
	f, err := sfnt.Parse(font)
	if err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	blank, err := f.GlyphIndex(nil, ' ')
	if err != nil {
		return fmt.Errorf("find the blank: %w", err)
	}
	hhea, hmtx := tableOf(font, "hhea"), tableOf(font, "hmtx")
	if blank == 0 || hhea == 0 || hmtx == 0 || int(blank) >= u16(font, hhea+34) {
		return errors.New("no width of its own for the blank")
	}
	binary.BigEndian.PutUint16(font[hmtx+4*int(blank):], blankWidth)
	return nil
}
