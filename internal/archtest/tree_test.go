package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the top of the tree, relative to this package.
const root = "../.."

// modulePath is this module's import path.
const modulePath = "loket"

// run returns what a command prints at the top of the tree.
func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoErrorf(t, err, "%s %s: %s", name, strings.Join(args, " "), stderr.String())
	return out
}

// trackedFiles lists what git tracks and the tree still has, relative to root.
func trackedFiles(t *testing.T) []string {
	t.Helper()
	names := strings.FieldsFunc(string(run(t, "git", "-c", "safe.directory=*", "ls-files", "-z")), func(r rune) bool { return r == 0 })
	names = slices.DeleteFunc(names, func(name string) bool {
		info, err := os.Stat(filepath.Join(root, name))
		return err != nil || !info.Mode().IsRegular()
	})
	require.NotEmpty(t, names)
	return names
}

func contents(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return b
}

func lines(b []byte) int { return bytes.Count(b, []byte("\n")) }

// goSource is one parsed Go file of ours; generated ones are left out.
type goSource struct {
	name string
	file *ast.File
	fset *token.FileSet
}

func goSources(t *testing.T) []goSource {
	t.Helper()
	var sources []goSource
	for _, name := range trackedFiles(t) {
		if filepath.Ext(name) != ".go" {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, contents(t, name), parser.ParseComments)
		require.NoError(t, err)
		if !ast.IsGenerated(file) {
			sources = append(sources, goSource{name, file, fset})
		}
	}
	return sources
}

// goPackage is what these tests need of one entry of go list -json.
type goPackage struct {
	ImportPath string
	Doc        string
	Standard   bool
	GoFiles    []string
	Imports    []string
}

func (p goPackage) ours() bool {
	return p.ImportPath == modulePath || strings.HasPrefix(p.ImportPath, modulePath+"/")
}

// packages lists every package of the module and all that it stands on.
func packages(t *testing.T) map[string]goPackage {
	t.Helper()
	out := run(t, "go", "list", "-deps", "-json=ImportPath,Doc,Standard,GoFiles,Imports", "./...")
	found := map[string]goPackage{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		found[p.ImportPath] = p
	}
}
