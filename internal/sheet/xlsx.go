package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// readXLSX reads the first visible sheet of a workbook. Whatever is not as it should be is file_unreadable.
func readXLSX(body []byte, b *builder) error {
	err := readWorkbook(body, b)
	if err == nil || isRefusal(err) {
		return err
	}
	return refused("file_unreadable")
}

func readWorkbook(body []byte, b *builder) error {
	w, err := openWorkbook(body, b.limits)
	if err != nil {
		return err
	}
	sheet, err := w.firstSheet()
	if err != nil {
		return err
	}
	if err := w.readStrings(); err != nil {
		return err
	}
	if err := w.readStyles(); err != nil {
		return err
	}
	return w.part(sheet, func(d *xml.Decoder) error { return w.readCells(d, b) })
}

// workbook is what cells refer to.
type workbook struct {
	parts    map[string]*zip.File
	limits   Limits
	main     string            // name of the workbook's own part
	related  map[string]string // relation id: name of the part
	kinds    map[string]string // last word of a relation's type: name of the part
	date1904 bool
	shared   []string
	dates    []bool // style number: whether it shows a date
}

// manyParts is far above what a spreadsheet program writes.
const manyParts = 2000

var errShape = errors.New("not a workbook")

func openWorkbook(body []byte, limits Limits) (*workbook, error) {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, err
	}
	w := &workbook{parts: map[string]*zip.File{}, limits: limits}
	var total uint64
	for _, f := range z.File {
		// The reader refuses a part that turns out longer than it says.
		total += min(f.UncompressedSize64, 1<<40)
		w.parts[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = f
	}
	if total > uint64(max(limits.Unzipped, 0)) || len(z.File) > manyParts {
		return nil, refused("file_too_large", "max", strconv.FormatInt(limits.Unzipped>>20, 10))
	}
	return w, w.findMain()
}

// part hands a part's content, read as XML, to do. Tokens are raw: no element nests in memory, no name space is
// looked up.
func (w *workbook) part(name string, do func(*xml.Decoder) error) error {
	f, ok := w.parts[strings.ToLower(name)]
	if !ok {
		return errShape
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	return errors.Join(do(xml.NewDecoder(r)), r.Close())
}

// elements calls start for each opening element and text for each piece of text, end for each closing one.
func elements(d *xml.Decoder, start func(xml.StartElement) error, text func([]byte), end func(string) error) error {
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = start(t)
		case xml.CharData:
			text(t)
		case xml.EndElement:
			err = end(t.Name.Local)
		case xml.Directive:
			err = errShape // a document type has no business here
		}
		if err != nil {
			return err
		}
	}
}

// opening is elements for parts that say all in attributes.
func opening(start func(xml.StartElement) error) func(*xml.Decoder) error {
	return func(d *xml.Decoder) error {
		return elements(d, start, func([]byte) {}, func(string) error { return nil })
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
