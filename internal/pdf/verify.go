package pdf

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"
)

const (
	codeSide   = 30.0 // the QR code with its quiet zone
	panelPad   = 4.0
	panelWidth = 97.0
)

// idGroups writes the 128 bits as a person reads them out: eight groups of four hexadecimal digits.
func idGroups(id [16]byte) []string {
	digits := hex.EncodeToString(id[:])
	groups := make([]string, 0, 8)
	for at := 0; at < len(digits); at += 4 {
		groups = append(groups, digits[at:at+4])
	}
	return groups
}

// qrCode draws the code as one filled path: sharp at any size, and without seams between its modules.
func (s *sheet) qrCode(x, y float64, content string) error {
	code, err := qrcode.New(content, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("make QR code: %w", err)
	}
	modules := code.Bitmap() // with the quiet zone of four modules around
	size := codeSide / float64(len(modules))
	s.box(x, y, codeSide, codeSide, paper())
	s.fill(ink())
	for row, line := range modules {
		for from := 0; from < len(line); {
			to := from
			for to < len(line) && line[to] {
				to++
			}
			if to > from {
				s.bar(x+float64(from)*size, y+float64(row)*size, float64(to-from)*size, size)
			}
			from = to + 1
		}
	}
	s.doc.DrawPath("F")
	return nil
}

// bar adds a rectangle to the open path.
func (s *sheet) bar(x, y, width, height float64) {
	s.doc.MoveTo(x, y)
	s.doc.LineTo(x+width, y)
	s.doc.LineTo(x+width, y+height)
	s.doc.LineTo(x, y+height)
	s.doc.ClosePath()
}

// text is lines of one style, broken for the width they will stand in.
type text struct {
	lines []string
	st    style
	after float64
}

func height(parts []text) float64 {
	sum := 0.0
	for _, p := range parts {
		if len(p.lines) > 0 {
			sum += float64(len(p.lines))*p.st.leading() + p.after
		}
	}
	return sum
}

func (s *sheet) stack(x, y, width float64, parts []text) {
	for _, p := range parts {
		if len(p.lines) > 0 {
			y = s.column(x, y, width, p.lines, p.st, left) + p.after
		}
	}
}

// panel tells how to check the letter: the code, the id below it, and the address in words.
type panel struct {
	id, words []text
	height    float64
}

func (s *sheet) newPanel() panel {
	v := s.paper.Verification
	groups := idGroups(v.ID)
	width := panelWidth - codeSide - 3*panelPad
	part := func(say string, st style, after float64) text { return text{s.wrapped(say, width, st), st, after} }
	p := panel{
		id: []text{{[]string{strings.Join(groups[:4], " "), strings.Join(groups[4:], " ")}, style{points: 7.5, bold: true, colour: ink()}, 0}},
		words: []text{
			part(s.words.T("pdf.verify.title"), style{points: 9, bold: true, colour: primary()}, 0.8),
			part(s.words.T("pdf.verify.how"), style{points: 8, colour: ink()}, 1.2),
			part(v.URL, style{points: 7.5, colour: primary()}, 0),
		},
	}
	p.height = 2*panelPad + max(codeSide+1.2+height(p.id), height(p.words))
	return p
}

func (s *sheet) drawPanel(x, y float64, p panel) error {
	v := s.paper.Verification
	s.box(x, y, panelWidth, p.height, tint())
	x, y = x+panelPad, y+panelPad
	if err := s.qrCode(x, y, v.URL); err != nil {
		return err
	}
	s.doc.LinkString(x, y, codeSide, codeSide, v.URL)
	s.column(x, y+codeSide+1.2, codeSide, p.id[0].lines, p.id[0].st, centre)
	beside := x + codeSide + panelPad
	s.stack(beside, y, panelWidth-codeSide-3*panelPad, p.words)
	s.doc.LinkString(beside, y+height(p.words[:2]), panelWidth-codeSide-3*panelPad, height(p.words[2:]), v.URL)
	return nil
}

// closing ends a letter: how to check it, and beside that who stands behind it. The two stay together on a page.
func (s *sheet) closing(signature []text) error {
	p := s.newPanel()
	s.y += 6
	s.need(max(p.height, height(signature)))
	if err := s.drawPanel(marginSide, s.y, p); err != nil {
		return err
	}
	x, width := s.besidePanel()
	s.stack(x, s.y, width, signature)
	s.y += max(p.height, height(signature))
	return nil
}

// besidePanel is where the signature stands, and how wide.
func (s *sheet) besidePanel() (x, width float64) {
	x = marginSide + panelWidth + 8
	return x, min(90, s.width-marginSide-x)
}

// signature is the block of whoever did what the letter tells: 'approved by X, for Y'.
func (s *sheet) signature(a Act) []text {
	_, width := s.besidePanel()
	small, plain := style{points: 9, colour: muted()}, style{points: 10, colour: ink()}
	part := func(say string, st style, after float64) text { return text{s.wrapped(say, width, st), st, after} }
	name := a.By.Name
	if name == "" {
		name = s.words.T("pdf.system")
	}
	parts := []text{
		part(s.words.T("pdf.by."+string(a.Verb)), small, 0),
		part(a.By.Office, plain, 5),
		part(name, style{points: 11, bold: true, colour: ink()}, 0),
		part(s.number(a.By), small, 0.5),
	}
	if a.For != nil {
		parts = append(parts, part(s.standIn(*a.For), plain, 0.5))
	}
	return append(parts, part(s.words.T("pdf.recorded", "when", s.words.DateTime(a.At)), small, 0))
}

// issued is the closing block of a letter that the system draws up.
func (s *sheet) issued() []text {
	_, width := s.besidePanel()
	say := s.words.T("pdf.issued", "when", s.words.DateTime(s.paper.Issued))
	st := style{points: 9, colour: muted()}
	return []text{{s.wrapped(say, width, st), st, 0}}
}

func (s *sheet) number(p Person) string {
	if p.Number == "" {
		return ""
	}
	return s.words.T("pdf.number", "number", p.Number)
}

// standIn names the holder of the office in whose stead somebody acted.
func (s *sheet) standIn(holder Person) string {
	if holder.Office == "" {
		return s.words.T("pdf.for", "name", holder.Name)
	}
	return s.words.T("pdf.for_office", "name", holder.Name, "office", holder.Office)
}
