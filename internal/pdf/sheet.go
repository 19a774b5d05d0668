package pdf

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jung-kurt/gofpdf"

	"loket/internal/i18n"
)

// The sheet, in millimetres: A4, upright or lying.
const (
	shortSide    = 210.0
	longSide     = 297.0
	marginSide   = 20.0
	marginTop    = 14.0
	marginBottom = 22.0 // the page's foot stands in it
	runningTop   = 24.0 // where the text of a following page begins, below its running head
	family       = "jakarta"
)

// colour is red, green, blue; the office's palette.
type colour [3]int

func ink() colour     { return colour{0x16, 0x23, 0x2b} }
func primary() colour { return colour{0x0f, 0x4c, 0x5c} }
func tint() colour    { return colour{0xee, 0xf4, 0xf5} }
func muted() colour   { return colour{0x4a, 0x5a, 0x63} }
func hair() colour    { return colour{0xcf, 0xd9, 0xdc} }
func paper() colour   { return colour{0xff, 0xff, 0xff} }
func success() colour { return colour{0x1b, 0x6e, 0x3c} }
func warning() colour { return colour{0x8a, 0x5a, 0x00} }
func danger() colour  { return colour{0xa4, 0x16, 0x1a} }

// style is how a text stands: its size in points, its weight, its colour.
type style struct {
	points float64
	bold   bool
	colour colour
}

// leading is the height of a line in millimetres.
func (s style) leading() float64 { return s.points * pointMM * 1.45 }

// align says to which edge of its box a line stands.
type align int

const (
	left align = iota
	centre
	right
)

// sheet is a letter being laid out from top to bottom; y is where the next thing goes. It breaks pages itself, since a
// page's number of pages is known only at the end.
type sheet struct {
	doc      *gofpdf.Fpdf
	paper    Paper
	words    i18n.Printer
	plain    *typeface
	bold     *typeface
	y        float64
	width    float64
	height   float64
	running  string // stands above every page after the first
	set      style  // what the page's text state is, so that it is not written again for each line
	setValid bool
}

func newSheet(p Paper, lying bool) (*sheet, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	return layOut(p, lying)
}

// layOut prepares a sheet for whatever paper.
func layOut(p Paper, lying bool) (*sheet, error) {
	plain, err := loadTypeface("jakarta-regular")
	if err != nil {
		return nil, err
	}
	bold, err := loadTypeface("jakarta-bold")
	if err != nil {
		return nil, err
	}
	s := &sheet{paper: p, words: p.Printer, plain: plain, bold: bold, width: shortSide, height: longSide}
	orientation := "P"
	if lying {
		orientation, s.width, s.height = "L", longSide, shortSide
	}
	s.doc = gofpdf.New(orientation, "mm", "A4", "")
	s.doc.SetAutoPageBreak(false, 0)
	s.doc.SetCatalogSort(true)
	s.doc.SetCreationDate(p.Issued)
	s.doc.SetModificationDate(p.Issued)
	s.doc.SetProducer("Loket", true)
	s.doc.SetCreator("Loket", true)
	s.doc.SetAuthor(plain.clean(p.Letterhead.Agency), true)
	s.doc.AddUTF8FontFromBytes(family, "", plain.bytes)
	s.doc.AddUTF8FontFromBytes(family, "B", bold.bytes)
	return s, nil
}

// name gives the letter its title, for the file and for the head of the pages that follow.
func (s *sheet) name(title, about string) {
	s.running = s.plain.clean(title)
	s.doc.SetTitle(s.running, true)
	s.doc.SetSubject(s.plain.clean(about), true)
}

func (s *sheet) inner() float64  { return s.width - 2*marginSide }
func (s *sheet) bottom() float64 { return s.height - marginBottom }
func (s *sheet) room() float64   { return s.bottom() - s.y }

func (s *sheet) face(st style) *typeface {
	if st.bold {
		return s.bold
	}
	return s.plain
}

func (s *sheet) firstPage() {
	s.doc.AddPage()
	s.setValid = false
	s.y = marginTop
}

func (s *sheet) nextPage() {
	s.doc.AddPage()
	s.setValid = false
	st := style{points: 8, colour: muted()}
	head := s.wrapped(s.running, s.inner()-4, st)
	if len(head) > 1 {
		head[0] += "…"
	}
	s.column(marginSide, marginTop, s.inner(), head[:min(1, len(head))], st, left)
	s.rule(marginSide, marginTop+6, s.inner(), 0.15, hair())
	s.y = runningTop
}

// need begins a new page unless so many millimetres are left on this one.
func (s *sheet) need(height float64) {
	if s.room() < height && s.y > runningTop {
		s.nextPage()
	}
}

// wrapped cleans a text and breaks it into lines.
func (s *sheet) wrapped(text string, width float64, st style) []string {
	t := s.face(st)
	return wrap(t, t.clean(text), st.points, width)
}

// put writes one clean line into a box whose upper edge is at y.
func (s *sheet) put(x, y, width float64, line string, st style, a align) {
	if line == "" {
		return
	}
	if !s.setValid || s.set.points != st.points || s.set.bold != st.bold {
		weight := ""
		if st.bold {
			weight = "B"
		}
		s.doc.SetFont(family, weight, st.points)
		s.set, s.setValid = st, true
	}
	switch a {
	case centre:
		x += (width - s.face(st).width(line, st.points)) / 2
	case right:
		x += width - s.face(st).width(line, st.points)
	}
	s.doc.SetTextColor(st.colour[0], st.colour[1], st.colour[2])
	// The middle of the capitals is the middle of the line.
	s.doc.Text(x, y+st.leading()/2+st.points*pointMM*0.35, line)
}

// column writes lines below each other and returns where they end.
func (s *sheet) column(x, y, width float64, lines []string, st style, a align) float64 {
	for _, line := range lines {
		s.put(x, y, width, line, st, a)
		y += st.leading()
	}
	return y
}

func (s *sheet) fill(c colour) { s.doc.SetFillColor(c[0], c[1], c[2]) }

func (s *sheet) box(x, y, width, height float64, c colour) {
	s.fill(c)
	s.doc.Rect(x, y, width, height, "F")
}

func (s *sheet) rule(x, y, width, thickness float64, c colour) { s.box(x, y, width, thickness, c) }

// flow writes paragraphs over as many pages as they take. No page begins or ends with a paragraph's lonely line.
func (s *sheet) flow(text string, st style, between float64) {
	for paragraph := range strings.SplitSeq(s.plain.clean(text), "\n") {
		lines := wrap(s.face(st), paragraph, st.points, s.inner())
		keep := min(2, len(lines))
		if len(lines) == 3 { // two and a lonely one
			keep = 3
		}
		s.need(float64(keep) * st.leading())
		for len(lines) > 0 {
			n := min(len(lines), max(1, int(s.room()/st.leading())))
			if len(lines)-n == 1 && n > 2 {
				n--
			}
			s.y = s.column(marginSide, s.y, s.inner(), lines[:n], st, left)
			if lines = lines[n:]; len(lines) > 0 {
				s.nextPage()
			}
		}
		s.y += between
	}
}

// feet writes under each page its number, and the code by which the letter can be looked up.
func (s *sheet) feet() {
	total := s.doc.PageCount()
	st := style{points: 7.5, colour: muted()}
	y := s.height - marginBottom + 7
	for page := 1; page <= total; page++ {
		s.doc.SetPage(page)
		s.setValid = false
		s.rule(marginSide, y, s.inner(), 0.15, hair())
		if s.paper.Verification != (Verification{}) {
			s.put(marginSide, y+1.5, s.inner(), s.words.T("pdf.code", "code", strings.Join(idGroups(s.paper.Verification.ID), " ")), st, left)
		}
		of := s.words.T("pdf.page", "page", strconv.Itoa(page), "total", strconv.Itoa(total))
		s.put(marginSide, y+1.5, s.inner(), of, st, right)
	}
}

// finish writes the file.
func (s *sheet) finish(w io.Writer) error {
	s.feet()
	var out bytes.Buffer
	if err := s.doc.Output(&out); err != nil {
		return fmt.Errorf("lay out letter: %w", err)
	}
	file, err := withLanguage(out.Bytes(), s.words.Lang())
	if err != nil {
		return err
	}
	if _, err := w.Write(file); err != nil {
		return fmt.Errorf("write letter: %w", err)
	}
	return nil
}
