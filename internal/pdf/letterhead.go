package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // a logo may be one
	"image/png"

	"github.com/jung-kurt/gofpdf"
)

// A logo's bounds: pixels before decoding, millimetres on paper.
const (
	mostPixels = 16_000_000
	logoHeight = 17.0
	logoWidth  = 34.0
)

// letterhead writes the office above the letter: its name, its unit, where it is, and a rule.
func (s *sheet) letterhead() error {
	head := s.paper.Letterhead
	top, inset := s.y, 0.0
	if head.Logo != nil {
		wide, err := s.logo(head.Logo)
		if err != nil {
			return fmt.Errorf("letterhead's logo: %w", err)
		}
		inset = wide + 5
	}
	x, width := marginSide+inset, s.inner()-2*inset
	for _, line := range []struct {
		text string
		st   style
	}{
		{head.Agency, style{points: 14, bold: true, colour: primary()}},
		{head.Unit, style{points: 11, bold: true, colour: ink()}},
		{head.Address, style{points: 8.5, colour: muted()}},
		{head.Contact, style{points: 8.5, colour: muted()}},
	} {
		s.y = s.column(x, s.y, width, s.wrapped(line.text, width, line.st), line.st, centre)
	}
	if head.Logo != nil {
		s.y = max(s.y, top+logoHeight)
	}
	s.y += 3
	s.rule(marginSide, s.y, s.inner(), 0.8, primary())
	s.y += 8
	return nil
}

// logo draws the picture in the left corner and returns its width.
func (s *sheet) logo(picture []byte) (float64, error) {
	bounds, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return 0, err
	}
	if bounds.Width < 1 || bounds.Height < 1 || bounds.Width*bounds.Height > mostPixels {
		return 0, errors.New("picture too large")
	}
	img, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return 0, err
	}
	// gofpdf reads only some PNGs: no interlace, 8 bits. On white, every picture is one of those.
	flat := image.NewRGBA(img.Bounds())
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), img, img.Bounds().Min, draw.Over)
	var plain bytes.Buffer
	if err := png.Encode(&plain, flat); err != nil {
		return 0, err
	}
	s.doc.RegisterImageOptionsReader("logo", gofpdf.ImageOptions{ImageType: "png"}, &plain)
	height := logoHeight
	width := height * float64(bounds.Width) / float64(bounds.Height)
	if width > logoWidth {
		width, height = logoWidth, height*logoWidth/width
	}
	s.doc.ImageOptions("logo", marginSide, s.y+(logoHeight-height)/2, width, height, false, gofpdf.ImageOptions{ImageType: "png"}, 0, "")
	return width, nil
}

// title names the sort of letter, large, in the middle.
func (s *sheet) title(text, below string) {
	st := style{points: 15, bold: true, colour: ink()}
	s.y = s.column(marginSide, s.y, s.inner(), s.wrapped(text, s.inner(), st), st, centre)
	st = style{points: 9.5, colour: muted()}
	s.y = s.column(marginSide, s.y, s.inner(), s.wrapped(below, s.inner(), st), st, centre)
	s.y += 5
}
