package pdf

import (
	"bytes"
	"errors"
	"strconv"
)

// withLanguage tells readers, aloud ones too, which language the letter is in, and to show its title instead of its
// file's name. gofpdf writes neither. Its catalogue is the last object before the table of offsets, so that of all
// offsets only the table's own moves.
func withLanguage(file []byte, lang string) ([]byte, error) {
	entry := []byte("/Type /Catalog\n")
	trailer := []byte("startxref\n")
	at, end := bytes.LastIndex(file, entry), bytes.LastIndex(file, trailer)
	if at < 0 || end < at {
		return nil, errors.New("letter without a catalogue")
	}
	number, _, found := bytes.Cut(file[end+len(trailer):], []byte("\n"))
	xref, err := strconv.Atoi(string(number))
	if err != nil || !found || xref < at {
		return nil, errors.New("letter without a table of offsets")
	}
	more := "/Lang (" + lang + ")\n/ViewerPreferences <</DisplayDocTitle true>>\n"
	at += len(entry)
	out := make([]byte, 0, len(file)+len(more)+8)
	out = append(out, file[:at]...)
	out = append(out, more...)
	out = append(out, file[at:end+len(trailer)]...)
	out = strconv.AppendInt(out, int64(xref+len(more)), 10)
	return append(out, "\n%%EOF\n"...), nil
}
