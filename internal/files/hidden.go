package files

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
)

// Bounds of what is unpacked of one file: a bomb of 5 MB would be 5 GB.
const (
	mostUnpacked = 128 << 20
	mostStreams  = 50_000
	dictionary   = 4 << 10 // how far before its stream a dictionary may begin
)

// hidden gives the code of what a PDF must not have: pdf_active or pdf_encrypted. A file whose objects are packed so
// that they cannot be looked through is pdf_unreadable. Objects lie where the file's table says, within a stream if need
// be, so that every byte is looked at, as it is and unpacked.
func hidden(body []byte) string {
	in := inspection{left: mostUnpacked}
	in.streams(body)
	if in.code == "" {
		in.bare(body)
	}
	return in.code
}

// inspection gathers what a file has, over its bare bytes and all that is packed in it. code is the refusal, once there
// is one.
type inspection struct {
	seen  marks
	code  string
	left  int64 // how much may still be unpacked
	flate io.ReadCloser
}

// bare looks at the bytes as they are, and judges the whole.
func (in *inspection) bare(body []byte) {
	n := &names{}
	_, err := n.Write(body)
	in.seen |= n.seen
	switch {
	case err != nil, n.end() != nil, in.seen&holds != 0 && in.seen&brings != 0:
		in.code = "pdf_active"
	case n.has(locked):
		in.code = "pdf_encrypted"
	case n.has(packed) && n.has(unusual):
		in.code = "pdf_unreadable"
	}
}

// streams looks into every stream that is deflated.
func (in *inspection) streams(body []byte) {
	for at, count := 0, 0; in.code == ""; {
		next := bytes.Index(body[at:], []byte("stream"))
		if next < 0 {
			return
		}
		keyword := at + next
		at = keyword + len("stream")
		start, ok := streamStart(body, keyword)
		if !ok {
			continue
		}
		if count++; count > mostStreams || misleading(body[max(0, keyword-dictionary):keyword]) {
			in.code = "pdf_unreadable"
			return
		}
		in.unpack(body[start:])
	}
}

// streamStart is where a stream's bytes begin; false for the word endstream and for a word in a text.
func streamStart(body []byte, keyword int) (int, bool) {
	after := keyword + len("stream")
	if bytes.HasSuffix(body[:keyword], []byte("end")) || after >= len(body) {
		return 0, false
	}
	switch {
	case bytes.HasPrefix(body[after:], []byte("\r\n")):
		return after + 2, true
	case body[after] == '\n' || body[after] == '\r':
		return after + 1, true
	}
	return 0, false
}

// misleading tells whether a stream's dictionary, which ends the text, packs objects behind a predictor: what is
// unpacked then is not yet what programs read.
func misleading(text []byte) bool {
	n := &names{}
	_, err := n.Write(text[max(0, bytes.LastIndex(text, []byte("obj"))):])
	return err == nil && n.has(packed) && n.has(guessed)
}

// unpack looks into one stream, if it is one that can be unpacked; a picture and what has no filter are not.
func (in *inspection) unpack(from []byte) {
	var err error
	if r, ok := in.flate.(zlib.Resetter); ok {
		err = r.Reset(bytes.NewReader(from), nil)
	} else {
		in.flate, err = zlib.NewReader(bytes.NewReader(from))
	}
	if err != nil {
		return
	}
	n := &names{}
	// What comes before a fault in the packing counts: programs show it.
	read, err := io.Copy(n, io.LimitReader(in.flate, in.left+1))
	switch {
	case errors.Is(err, errActive), n.end() != nil:
		in.code = "pdf_active"
	case read > in.left:
		in.code = "pdf_unreadable"
	}
	in.seen |= n.seen
	in.left -= read
}
