package composecheck

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// declared reads the names of loket's settings from the tags of internal/config,
// such as env:"LOKET_LISTEN". A secret may also be given as a file, by NAME_FILE.
func declared(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	sources, err := filepath.Glob(filepath.Join(root, "internal/config/*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, sources, "the settings moved; tell this test where")
	for _, source := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok && field.Tag != nil {
				if name := setting(t, field.Tag.Value); name != "" {
					names[name] = true
					if kind, ok := field.Type.(*ast.Ident); ok && kind.Name == "Secret" {
						names[name+"_FILE"] = true
					}
				}
			}
			return true
		})
	}
	require.NotEmpty(t, names)
	return names
}

// setting returns the variable that a struct tag names, or "". Names may be
// written whole or without the LOKET_ that they share.
func setting(t *testing.T, literal string) string {
	t.Helper()
	tag, err := strconv.Unquote(literal)
	require.NoError(t, err)
	name, _, _ := strings.Cut(reflect.StructTag(tag).Get("env"), ",")
	if name == "" || strings.HasPrefix(name, "LOKET_") {
		return name
	}
	return "LOKET_" + name
}

func TestSettings(t *testing.T) {
	known := declared(t)
	t.Run("every setting of a container is one that loket reads", func(t *testing.T) {
		for name, s := range built(project(t)) {
			for key := range s.Environment {
				require.Truef(t, known[key], "%s sets %s", name, key)
			}
		}
	})
	t.Run("every setting of the image is one that loket reads", func(t *testing.T) {
		named := regexp.MustCompile(`LOKET_[A-Z_]+`).FindAllString(text(t, "Dockerfile"), -1)
		require.NotEmpty(t, named)
		for _, key := range named {
			require.True(t, known[key], key)
		}
	})
	t.Run("a tag is read whole or short", func(t *testing.T) {
		require.Equal(t, "LOKET_LISTEN", setting(t, "`env:\"LOKET_LISTEN,notEmpty\"`"))
		require.Equal(t, "LOKET_LISTEN", setting(t, "`env:\"LISTEN\"`"))
		require.Empty(t, setting(t, "`json:\"listen\"`"))
	})
}

func TestImage(t *testing.T) {
	dockerfile := text(t, "Dockerfile")
	stages := regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(dockerfile, -1)
	t.Run("it is built with the language of go.mod", func(t *testing.T) {
		require.Len(t, stages, 2)
		version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(text(t, "go.mod"))
		require.Equal(t, "golang:"+version[1]+"-bookworm", stages[0][1])
	})
	t.Run("it runs slim, as nobody in particular, and tells how it is", func(t *testing.T) {
		require.Contains(t, dockerfile, "-tags slim")
		require.Regexp(t, `(?m)^USER [1-9]\d*:[1-9]\d*$`, dockerfile)
		require.Regexp(t, `(?m)^HEALTHCHECK .*"check", "health"\]$`, dockerfile)
	})
	t.Run("what git ignores for being secret stays out of its making", func(t *testing.T) {
		ignored, err := os.ReadFile(filepath.Join(root, ".dockerignore"))
		require.NoError(t, err)
		require.Contains(t, strings.Split(string(ignored), "\n"), "deploy/secrets")
		require.Contains(t, strings.Split(string(ignored), "\n"), ".git")
	})
}
