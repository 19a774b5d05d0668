package files

import (
	"bytes"
	"errors"
	"strings"
)

// marks are the sorts of names that matter.
type marks int

const (
	active  marks = 1 << iota // runs, or is a file within the file
	holds                     // a place for files within the file; some programs write an empty one
	brings                    // what leads from such a place to a file
	locked                    // encrypted
	packed                    // objects lie in a stream
	guessed                   // a stream is stored as differences
	unusual                   // a stream is packed as nobody packs objects
)

// markOf sorts a name. Those that count alone are too long to stand in a picture's bytes by chance.
func markOf(name string) marks {
	switch name {
	case "JavaScript", "Launch", "EmbeddedFile", "RichMedia", "Rendition", "GoToE", "XFA":
		return active
	case "EmbeddedFiles", "FileAttachment", "Collection":
		return holds
	case "EF":
		return brings
	case "Encrypt":
		return locked
	case "ObjStm":
		return packed
	case "Predictor":
		return guessed
	case "LZWDecode", "ASCII85Decode", "ASCIIHexDecode", "RunLengthDecode", "Crypt":
		return unusual
	}
	return 0
}

// longestName bounds what is kept of a name; those that matter are shorter.
const longestName = 32

var errActive = errors.New("active content")

// names listens to a PDF's bytes for the names in them (/JavaScript), escapes (/J#61vaScript) undone. It keeps which
// sorts were there, and stops at the first that must not be.
type names struct {
	seen   marks
	inside bool
	name   []byte
	escape []byte // of #xx, what has come so far
}

// Write takes the next bytes.
func (n *names) Write(p []byte) (int, error) {
	for i := 0; i < len(p); i++ {
		if !n.inside {
			at := bytes.IndexByte(p[i:], '/')
			if at < 0 {
				break
			}
			i += at
			n.inside, n.name, n.escape = true, n.name[:0], nil
			continue
		}
		c := p[i]
		if strings.IndexByte("\x00\t\n\f\r ()<>[]{}/%", c) < 0 {
			n.letter(c)
			continue
		}
		if err := n.end(); err != nil {
			return i, err
		}
		n.inside, n.name, n.escape = c == '/', n.name[:0], nil
	}
	return len(p), nil
}

func (n *names) letter(c byte) {
	switch {
	case len(n.name) >= longestName:
		return
	case n.escape == nil && c == '#':
		n.escape = []byte{}
	case n.escape == nil:
		n.name = append(n.name, c)
	default:
		if n.escape = append(n.escape, c); len(n.escape) == 2 {
			n.name = append(n.name, digit(n.escape[0])<<4|digit(n.escape[1]))
			n.escape = nil
		}
	}
}

// digit reads a hexadecimal digit; what is none makes a name that nobody looks for.
func digit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 0
}

// end is called where a name ends, and at the end of all.
func (n *names) end() error {
	if !n.inside {
		return nil
	}
	mark := markOf(string(n.name))
	n.seen |= mark
	if mark == active {
		return errActive
	}
	return nil
}

// has tells whether a name of the sort was there.
func (n *names) has(m marks) bool { return n.seen&m != 0 }
