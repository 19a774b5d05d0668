package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// readCSV reads comma, semicolon or tab separated UTF-8, with or without a byte order mark.
func readCSV(body []byte, b *builder) error {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if err := checkEncoding(body); err != nil {
		return err
	}
	r := csv.NewReader(bytes.NewReader(body))
	r.Comma = separator(body)
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	return lines(r, b)
}

func lines(r *csv.Reader, b *builder) error {
	var cells []cell
	for {
		record, err := r.Read()
		var syntax *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &syntax):
			return refused("file_unreadable", "line", strconv.Itoa(syntax.StartLine))
		case err != nil:
			return refused("file_unreadable")
		}
		cells = cells[:0]
		for _, text := range record {
			cells = append(cells, cell{text: text})
		}
		line, _ := r.FieldPos(0)
		if err := b.add(line, cells); err != nil {
			return err
		}
	}
}

// checkEncoding refuses what is not UTF-8 text instead of guessing: Excel's plain "CSV" is windows-1252 or worse, and
// a wrong guess spoils names without a sign.
func checkEncoding(body []byte) error {
	for at := 0; at < len(body); {
		r, size := utf8.DecodeRune(body[at:])
		if r == 0 || r == utf8.RuneError && size == 1 {
			return refused("file_encoding", "line", strconv.Itoa(1+bytes.Count(body[:at], []byte("\n"))))
		}
		at += size
	}
	return nil
}

// separator is the candidate met most often in the first line that has any, outside quotes; a comma when none is.
func separator(body []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, c := range string(body[:min(len(body), 64<<10)]) {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n' && len(counts) > 0:
			return most(counts)
		case c == ',' || c == ';' || c == '\t':
			counts[c]++
		}
	}
	return most(counts)
}

func most(counts map[rune]int) rune {
	best := ','
	for _, c := range []rune{';', '\t'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}
