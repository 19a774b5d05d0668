package i18n

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func setup(t *testing.T) *Catalog {
	t.Helper()
	c, err := New()
	require.NoError(t, err)
	return c
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestNew(t *testing.T) {
	t.Parallel()
	c := setup(t)

	t.Run("every key has a text in both languages", func(t *testing.T) {
		t.Parallel()
		require.NotEmpty(t, c.Keys())
		for _, key := range c.Keys() {
			data := map[string]string{}
			for _, field := range c.Fields(key) {
				data[field] = "x"
			}
			for _, lang := range Languages() {
				require.NotEmpty(t, c.For(lang).T(key, data), "%s in %s", key, lang)
				require.NotContains(t, c.For(lang).T(key, data), "{{", "%s in %s", key, lang)
				require.NotEqual(t, key, c.For(lang).T(key, data), "%s in %s", key, lang)
			}
		}
	})
	t.Run("every plural has a form for one and for many", func(t *testing.T) {
		t.Parallel()
		for _, key := range c.Keys() {
			if !c.messages[English][key].plural {
				continue
			}
			one, many := c.For(English).N(key, 1), c.For(English).N(key, 2)
			require.NotEqual(t, one, many, key)
			require.Contains(t, c.For(Indonesian).N(key, 2), "2", key)
		}
	})
}

func TestFaultyCatalogues(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, id, en, says string }{
		{"a key in Indonesian only is refused", `{"a.b":"x","a.c":"y"}`, `{"a.b":"x"}`, "a.c (id/a.json) is missing in en"},
		{"a key in English only is refused", `{"a.b":"x"}`, `{"a.b":"x","a.c":"y"}`, "a.c (en/a.json) is missing in id"},
		{"a template that does not parse is refused", `{"a.b":"{{.x"}`, `{"a.b":"x"}`, "a.b: template"},
		{"placeholders that differ are refused", `{"a.b":"{{.x}}"}`, `{"a.b":"{{.y}}"}`, "a.b has placeholders [x] in id and [y] in en"},
		{"an empty text is refused", `{"a.b":""}`, `{"a.b":"x"}`, "a.b: no text"},
		{"a file that is not JSON is refused", `{`, `{}`, "locale file id/a.json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := load(fstest.MapFS{"id/a.json": file(test.id), "en/a.json": file(test.en)})
			require.ErrorContains(t, err, test.says)
		})
	}
	t.Run("a key in two files is refused", func(t *testing.T) {
		t.Parallel()
		same := file(`{"a.b":"x"}`)
		_, err := load(fstest.MapFS{"id/a.json": same, "en/a.json": same, "id/b.json": same, "en/b.json": same})
		require.ErrorContains(t, err, "a.b is in a.json too")
	})
	t.Run("a file in one language only is refused", func(t *testing.T) {
		t.Parallel()
		same := file(`{"a.b":"x"}`)
		_, err := load(fstest.MapFS{"id/a.json": same, "en/a.json": same, "id/b.json": file(`{"b.c":"x"}`)})
		require.ErrorContains(t, err, "b.c (id/b.json) is missing in en")
	})
}

func TestMatch(t *testing.T) {
	t.Parallel()
	c := setup(t)
	for header, want := range map[string]string{
		"": "id", "id": "id", "id-ID,en;q=0.5": "id", "in": "id", "en": "en", "en-GB,en;q=0.9": "en",
		"fr": "id", "fr,en;q=0.4": "en", "en;q=0.3,id;q=0.8": "id", "*": "id", "\x00;;q=9": "id",
	} {
		t.Run("a browser that asks for '"+header+"' gets "+want, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, c.Match(header))
		})
	}
}
