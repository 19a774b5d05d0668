package edge

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestStrictJSON(t *testing.T) {
	for name, body := range map[string]string{
		"an object":                     `{"a":1,"b":[true,null,"x"],"c":{"a":2}}`,
		"a lone value":                  ` "x" `,
		"a key used in sibling objects": `[{"nip":"1"},{"nip":"2"}]`,
		"a pair of surrogates":          `"\ud83d\ude00"`,
		"a replacement character":       `"\ufffd ` + "\ufffd" + `"`,
		"an escaped backslash":          `"\\ud800 \ufffd"`,
		"nesting at the bound":          strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth),
		"an empty object in an array":   `{"rows":[{},[]]}`,
		"an empty key":                  `{"":{"":1}}`,
	} {
		t.Run(name+" passes", func(t *testing.T) { require.NoError(t, StrictJSON([]byte(body))) })
	}
	for _, c := range []struct{ name, body, field, code string }{
		{"nothing", ``, "body", "json_syntax"},
		{"an unfinished object", `{"a":1`, "a", "json_syntax"},
		{"a comma too many", `{"a":[1,]}`, "a[1]", "json_syntax"},
		{"a comma too few", `[1 2]`, "[1]", "json_syntax"},
		{"a bare word", `{"a":NaN}`, "a", "json_syntax"},
		{"two values", `{} {}`, "body", "json_trailing"},
		{"rubbish after the value", `{}x`, "body", "json_trailing"},
		{"a duplicate key", `{"rows":[{"nip":"1"},{"nip":"1","name":"x","nip":"2"}]}`, "rows[1].nip", "json_duplicate"},
		{"a key that differs in case alone", `{"password":"a","Password":"b"}`, "Password", "json_duplicate"},
		{"a duplicate written with an escape", `{"a":1,"\u0061":2}`, "a", "json_duplicate"},
		{"a byte that is no UTF-8", "{\"a\":\"\xff\"}", "body", "json_utf8"},
		{"half a surrogate pair", `{"a":["x","\ud800"]}`, "a[1]", "json_utf8"},
		{"a low half first", `{"a":"\udc00\ud800"}`, "a", "json_utf8"},
		{"half a pair in a key", `{"\ud800":1}`, "body", "json_utf8"},
		{"a null character", `{"name":"a\u0000b"}`, "name", "json_characters"},
		{"nesting too deep", strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1), strings.Repeat("[0]", MaxDepth), "json_depth"},
		{"objects too deep", strings.Repeat(`{"a":`, MaxDepth+1) + "1" + strings.Repeat("}", MaxDepth+1), strings.TrimSuffix(strings.Repeat("a.", MaxDepth), "."), "json_depth"},
	} {
		t.Run(c.name+" is refused with its place", func(t *testing.T) {
			err := StrictJSON([]byte(c.body))
			require.Equal(t, models.Invalid(models.Fault(c.field, c.code)), err)
		})
	}
}

func TestStrictJSONRepeatsLittle(t *testing.T) {
	long := strings.Repeat("é", DefaultBody/4)
	err := StrictJSON([]byte(`{"` + long + `":1,"` + long + `":2}`))
	require.ErrorContains(t, err, "json_duplicate")
	require.Less(t, len(err.Error()), 300)
	require.True(t, utf8.ValidString(err.Error()))
}

// FuzzStrictJSON holds the strict reader against the standard library's: it never panics, never lets through what is
// not JSON, and refuses valid JSON only for a reason of its own.
func FuzzStrictJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,2,{"b":null}]}`, `{"a":1,"A":2}`, `"\ud800\udc00"`, `[1 2]`, `{"a"}`, "\xff", `{"a":1,}`, `1e400`, strings.Repeat("[", 40)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		err := StrictJSON(body)
		if err == nil {
			require.True(t, json.Valid(body))
			require.True(t, utf8.Valid(body))
			return
		}
		var p *models.Problem
		require.True(t, errors.As(err, &p))
		require.Len(t, p.Faults, 1)
		require.True(t, utf8.ValidString(p.Faults[0].Field))
		if p.Faults[0].Code == "json_syntax" || p.Faults[0].Code == "json_trailing" {
			require.False(t, json.Valid(body), "%q", body)
		}
	})
}
