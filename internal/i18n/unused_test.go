package i18n_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryWordIsSaid finds words that nothing in the program says any more: each key stands in a source or a template,
// whole or by what it begins with, where the rest comes from data.
func TestEveryWordIsSaid(t *testing.T) {
	said := literals(t)
	files, err := filepath.Glob("locales/id/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var unused []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var words map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(text, &words))
		for key := range words {
			if !covered(key, said) {
				unused = append(unused, filepath.Base(file)+": "+key)
			}
		}
	}
	require.Empty(t, unused)
}

// literals are the strings in the program's sources and templates that can be a key or the beginning of one.
func literals(t *testing.T) map[string]bool {
	t.Helper()
	said := map[string]bool{}
	quoted := regexp.MustCompile(`"([a-z0-9_-]+\.[a-z0-9_.-]*)"`)
	for _, folder := range []string{"api", "cmd", "internal", "models", "workflows"} {
		err := filepath.WalkDir(filepath.Join("../..", folder), func(path string, d fs.DirEntry, err error) error {
			ext := filepath.Ext(path)
			if err != nil || d.IsDir() || ext != ".go" && ext != ".html" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
				said[m[1]] = true
			}
			return err
		})
		require.NoError(t, err)
	}
	return said
}

// covered tells whether a key is said: "a.b.c" by itself, by "a.b" and "a.b.", and by "a.b.x_" for "a.b.x_y".
func covered(key string, said map[string]bool) bool {
	if said[key] {
		return true
	}
	for i, r := range key {
		if (r == '.' || r == '_') && said[key[:i+1]] || r == '.' && said[key[:i]] {
			return true
		}
	}
	return false
}
