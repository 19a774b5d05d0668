package pdf

// col is a column of a table: its heading and its width in millimetres.
type col struct {
	head  string
	width float64
}

// cell is one field of a row: a text, and lesser text below it. The zero colour is ink.
type cell struct {
	text  string
	below string
	bold  bool
	tone  colour
}

const (
	cellPadX = 1.8
	cellPadY = 1.5
)

// table writes rows over as many pages as they take, with the headings on each. A row stays whole unless it is higher
// than a page.
func (s *sheet) table(cols []col, rows func(yield func([]cell) bool)) {
	head := s.headings(cols)
	begun := false
	for cells := range rows {
		r := s.row(cols, cells)
		if !begun { // headings never stand alone at the foot of a page
			s.need(head.height() + min(r.height(), s.bottom()-runningTop-head.height()))
			head.draw(s)
			begun = true
		}
		if r.height() > s.room() {
			s.nextPage()
			head.draw(s)
		}
		for r.height() > s.room() {
			r.cut(s.room()).draw(s)
			s.nextPage()
			head.draw(s)
		}
		r.draw(s)
	}
}

// row is a row laid out: for each column its lines.
type row struct {
	cols  []col
	cells [][]line
	head  bool
}

type line struct {
	text string
	st   style
}

func (s *sheet) headings(cols []col) row {
	r := row{cols: cols, head: true}
	for _, c := range cols {
		st := style{points: 8.5, bold: true, colour: primary()}
		r.cells = append(r.cells, s.lines(c.head, c.width, st))
	}
	return r
}

func (s *sheet) row(cols []col, cells []cell) row {
	r := row{cols: cols}
	for i, c := range cells {
		st := style{points: 8.5, bold: c.bold, colour: c.tone}
		if c.tone == (colour{}) {
			st.colour = ink()
		}
		lines := s.lines(c.text, cols[i].width, st)
		lines = append(lines, s.lines(c.below, cols[i].width, style{points: 7.5, colour: muted()})...)
		r.cells = append(r.cells, lines)
	}
	return r
}

func (s *sheet) lines(text string, width float64, st style) []line {
	var lines []line
	for _, l := range s.wrapped(text, width-2*cellPadX, st) {
		lines = append(lines, line{l, st})
	}
	return lines
}

func (r row) height() float64 {
	most := 0.0
	for _, lines := range r.cells {
		sum := 0.0
		for _, l := range lines {
			sum += l.st.leading()
		}
		most = max(most, sum)
	}
	return most + 2*cellPadY
}

// cut takes off the upper part that fits into a height, at least a line of each column.
func (r row) cut(room float64) row {
	upper := row{cols: r.cols, cells: make([][]line, len(r.cells))}
	for i, lines := range r.cells {
		n, sum := 0, 2*cellPadY
		for n < len(lines) && (n == 0 || sum+lines[n].st.leading() <= room) {
			sum += lines[n].st.leading()
			n++
		}
		upper.cells[i], r.cells[i] = lines[:n], lines[n:]
	}
	return upper
}

func (r row) draw(s *sheet) {
	height := r.height()
	x, width := marginSide, 0.0
	for _, c := range r.cols {
		width += c.width
	}
	if r.head {
		s.box(x, s.y, width, height, tint())
	}
	for i, lines := range r.cells {
		y := s.y + cellPadY
		for _, l := range lines {
			s.put(x+cellPadX, y, r.cols[i].width, l.text, l.st, left)
			y += l.st.leading()
		}
		x += r.cols[i].width
	}
	s.y += height
	if r.head {
		s.rule(marginSide, s.y-0.15, width, 0.3, primary())
		return
	}
	s.rule(marginSide, s.y-0.05, width, 0.1, hair())
}
