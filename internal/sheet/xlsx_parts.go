package sheet

import (
	"encoding/xml"
	"path"
	"strconv"
	"strings"
)

// findMain finds the workbook and what it refers to.
func (w *workbook) findMain() error {
	_, kinds, err := w.relations("")
	if err != nil {
		return err
	}
	main, ok := kinds["officeDocument"]
	if !ok {
		return errShape
	}
	w.main = main
	w.related, w.kinds, err = w.relations(main)
	return err
}

// relations reads what a part refers to, by id and by the last word of the type.
func (w *workbook) relations(of string) (byID, byKind map[string]string, err error) {
	dir := path.Dir(of)
	name := path.Join(dir, "_rels", path.Base(of)+".rels")
	if of == "" {
		dir, name = "", "_rels/.rels"
	}
	byID, byKind = map[string]string{}, map[string]string{}
	err = w.part(name, opening(func(e xml.StartElement) error {
		if e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		target := attr(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		target = strings.TrimPrefix(path.Clean(target), "/")
		byID[attr(e, "Id")] = target
		byKind[path.Base(attr(e, "Type"))] = target
		return nil
	}))
	return byID, byKind, err
}

// firstSheet is the part of the first sheet that people see.
func (w *workbook) firstSheet() (string, error) {
	found := ""
	err := w.part(w.main, opening(func(e xml.StartElement) error {
		switch {
		case e.Name.Local == "workbookPr":
			w.date1904 = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		case e.Name.Local == "sheet" && found == "" && (attr(e, "state") == "" || attr(e, "state") == "visible"):
			found = w.related[attr(e, "id")]
		}
		return nil
	}))
	if err == nil && found == "" {
		err = errShape
	}
	return found, err
}

// readStrings reads the texts that cells share; readings of Asian text (rPh) are not part of it.
func (w *workbook) readStrings() error {
	name, ok := w.kinds["sharedStrings"]
	if !ok {
		return nil
	}
	return w.part(name, func(d *xml.Decoder) error {
		s := &texts{most: w.limits.Cell}
		return elements(d, func(e xml.StartElement) error { s.open(e.Name.Local); return nil }, s.take, func(name string) error {
			if s.close(name); name == "si" {
				w.shared = append(w.shared, s.cut())
			}
			return nil
		})
	})
}

// texts gathers the text of t elements, no more than one byte beyond the bound, so that one text that many cells share
// cannot grow.
type texts struct {
	b      strings.Builder
	most   int
	inside bool // a t that counts
	spoken bool // a reading
}

func (s *texts) open(name string) {
	s.inside = name == "t" && !s.spoken
	s.spoken = s.spoken || name == "rPh"
}

func (s *texts) close(name string) {
	s.inside = false
	s.spoken = s.spoken && name != "rPh"
}

func (s *texts) take(text []byte) {
	if s.inside {
		s.b.Write(text[:min(len(text), max(0, s.most+1-s.b.Len()))])
	}
}

func (s *texts) cut() string {
	text := s.b.String()
	s.b.Reset()
	return text
}

// readStyles learns which cell styles show a number as a date.
func (w *workbook) readStyles() error {
	name, ok := w.kinds["styles"]
	if !ok {
		return nil
	}
	custom := map[string]bool{}
	inCells := false
	return w.part(name, func(d *xml.Decoder) error {
		return elements(d, func(e xml.StartElement) error {
			switch {
			case e.Name.Local == "numFmt":
				custom[attr(e, "numFmtId")] = dateFormat(attr(e, "formatCode"))
			case e.Name.Local == "cellXfs":
				inCells = true
			case e.Name.Local == "xf" && inCells:
				id := attr(e, "numFmtId")
				w.dates = append(w.dates, custom[id] || builtinDate(id))
			}
			return nil
		}, func([]byte) {}, func(name string) error { inCells = inCells && name != "cellXfs"; return nil })
	})
}

// builtinDate knows the numbers of formats that a file need not spell out (ECMA-376 18.8.30).
func builtinDate(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 58)
}

// dateFormat tells whether a format of its own shows days or years: quoted text, colours and escaped letters apart.
func dateFormat(code string) bool {
	quoted, bracket, escaped := false, false, false
	for _, r := range strings.ToLower(code) {
		switch {
		case escaped:
			escaped = false
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '[':
			bracket = true
		case r == ']':
			bracket = false
		case bracket:
		case r == '\\' || r == '_' || r == '*':
			escaped = true
		case r == 'd' || r == 'y':
			return true
		}
	}
	return false
}
