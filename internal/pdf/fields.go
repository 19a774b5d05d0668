package pdf

import "strings"

// field is one line of the block at the head of a letter. A field without values is left out.
type field struct {
	label  string
	values []string
	strong bool
}

const (
	labelWidth = 30.0
	fieldGap   = 0.9
)

// fields writes label and value in two columns; several values are numbered.
func (s *sheet) fields(list []field) {
	labels := style{points: 10, colour: muted()}
	for _, f := range list {
		lines := s.fieldLines(f)
		if len(lines) == 0 {
			continue
		}
		st := style{points: 10, bold: f.strong, colour: ink()}
		s.need(st.leading())
		s.put(marginSide, s.y, labelWidth, f.label, labels, left)
		s.put(marginSide+labelWidth-4, s.y, 3, ":", labels, left)
		for i, line := range lines {
			if i > 0 {
				s.need(st.leading())
			}
			s.put(marginSide+labelWidth, s.y, s.inner()-labelWidth, line, st, left)
			s.y += st.leading()
		}
		s.y += fieldGap
	}
}

func (s *sheet) fieldLines(f field) []string {
	var lines []string
	width := s.inner() - labelWidth
	st := style{points: 10, bold: f.strong}
	for i, value := range f.values {
		if len(f.values) > 1 && strings.TrimSpace(value) != "" {
			value = s.words.Number(i+1) + ". " + value
		}
		lines = append(lines, s.wrapped(value, width, st)...)
	}
	return lines
}

// one is the values of a field that has at most one.
func one(text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return []string{text}
}
