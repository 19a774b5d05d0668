package edge

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"loket/models"
)

const (
	// DefaultBody is how many bytes a request may carry unless its route says otherwise (QUALITY 3, JSON 1 MB).
	DefaultBody = 1 << 20
	// MaxDepth is how deep JSON may be nested.
	MaxDepth = 32
)

// wholeBody is the field of a fault that belongs to no single field.
const wholeBody = "body"

// StrictJSON refuses what lenient readers let pass and read differently from one another: more than one value,
// invalid UTF-8 or half a surrogate pair, U+0000 (which PostgreSQL cannot store), nesting over MaxDepth, and two keys
// of one object that are equal when case is ignored. The fault names the place as rows[3].nip and never repeats a
// value. Codes: json_syntax, json_utf8, json_characters, json_depth, json_duplicate, json_trailing.
func StrictJSON(body []byte) error {
	if !utf8.Valid(body) {
		return models.Invalid(models.Fault(wholeBody, "json_utf8"))
	}
	s := strict{dec: json.NewDecoder(bytes.NewReader(body))}
	s.dec.UseNumber()
	if err := s.value(body); err != nil {
		return err
	}
	if _, err := s.dec.Token(); !errors.Is(err, io.EOF) {
		return s.fault("json_trailing")
	}
	return nil
}

// strict walks one value. open holds the objects and arrays that the walk is in, outermost first.
type strict struct {
	dec  *json.Decoder
	open []level
}

// level is one object or array: keys and the last key of an object, or the index of an array's current element.
type level struct {
	keys  map[string]bool // nil in an array
	key   string
	index int
	named bool // the object's key has been read, its value is next
}

// longestPath bounds what a fault repeats of the keys that somebody sent.
const longestPath = 200

func (s *strict) fault(code string) error {
	path := s.path()
	if len(path) > longestPath {
		path = strings.ToValidUTF8(path[:longestPath], "")
	}
	return models.Invalid(models.Fault(path, code))
}

// path spells where the walk is, as models.FieldFault does.
func (s *strict) path() string {
	var b strings.Builder
	for _, l := range s.open {
		switch {
		case l.keys == nil:
			b.WriteString("[" + strconv.Itoa(l.index) + "]")
		case l.key != "":
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(l.key)
		}
	}
	if b.Len() == 0 {
		return wholeBody
	}
	return b.String()
}

// value reads tokens until the outermost value is complete.
func (s *strict) value(body []byte) error {
	for {
		from := s.dec.InputOffset()
		tok, err := s.dec.Token()
		if err != nil {
			return s.fault("json_syntax")
		}
		if text, ok := tok.(string); ok {
			if err := s.text(text, body[from:s.dec.InputOffset()]); err != nil {
				return err
			}
			if top := s.top(); top != nil && top.keys != nil && !top.named {
				top.named = true
				continue
			}
		}
		if err := s.step(tok); err != nil {
			return err
		}
		if len(s.open) == 0 {
			return nil
		}
	}
}

func (s *strict) top() *level {
	if len(s.open) == 0 {
		return nil
	}
	return &s.open[len(s.open)-1]
}

// step enters or leaves a level, and counts a finished value.
func (s *strict) step(tok json.Token) error {
	switch tok {
	case json.Delim('{'), json.Delim('['):
		if len(s.open) >= MaxDepth {
			return s.fault("json_depth")
		}
		l := level{}
		if tok == json.Delim('{') {
			l.keys = map[string]bool{}
		}
		s.open = append(s.open, l)
		return nil
	case json.Delim('}'), json.Delim(']'):
		s.open = s.open[:len(s.open)-1]
	}
	if top := s.top(); top != nil {
		top.named = false
		if top.keys == nil {
			top.index++
		}
	}
	return nil
}

// text checks one string, raw as it was written, and takes note of a key.
func (s *strict) text(text string, raw []byte) error {
	top := s.top()
	isKey := top != nil && top.keys != nil && !top.named
	if isKey {
		folded := strings.ToLower(text)
		if top.keys[folded] {
			top.key = text
			return s.fault("json_duplicate")
		}
		top.keys[folded] = true
		top.key = text
	}
	if strings.ContainsRune(text, 0) {
		if isKey {
			top.key = ""
		}
		return s.fault("json_characters")
	}
	// The decoder writes U+FFFD for half a pair; whoever means U+FFFD writes it itself or as \ufffd.
	if strings.ContainsRune(text, utf8.RuneError) && halfPair(raw) {
		if isKey {
			top.key = ""
		}
		return s.fault("json_utf8")
	}
	return nil
}

// halfPair finds an escaped surrogate without its other half in a JSON string.
func halfPair(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		high, ok := escaped(raw, i)
		if !ok {
			i++ // the escaped character is not the start of an escape
			continue
		}
		i += 5
		if high < 0xd800 || high > 0xdfff {
			continue
		}
		low, ok := escaped(raw, i+1)
		if high > 0xdbff || !ok || low < 0xdc00 || low > 0xdfff {
			return true
		}
		i += 6
	}
	return false
}

// escaped reads a \uXXXX at raw[i:].
func escaped(raw []byte, i int) (rune, bool) {
	if i+6 > len(raw) || raw[i] != '\\' || raw[i+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(raw[i+2:i+6]), 16, 32)
	return rune(n), err == nil
}
