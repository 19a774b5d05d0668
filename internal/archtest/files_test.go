package archtest

import (
	"bytes"
	"go/ast"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	mostFileLines   = 500
	mostReadmeLines = 150
)

func TestFileLengths(t *testing.T) {
	t.Run("a source file is split before it is too long to read", func(t *testing.T) {
		for _, src := range goSources(t) {
			require.LessOrEqual(t, lines(contents(t, src.name)), mostFileLines, src.name)
		}
	})
	t.Run("the README stays one sitting", func(t *testing.T) {
		require.LessOrEqual(t, lines(contents(t, "README.md")), mostReadmeLines)
	})
}

func TestNoInit(t *testing.T) {
	for _, src := range goSources(t) {
		for _, decl := range src.file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil {
				require.NotEqualf(t, "init", f.Name.Name, "%s: start order belongs to the composition root", src.fset.Position(f.Pos()))
			}
		}
	}
}

// isSkip tells whether a call leaves a test unmade, whatever the receiver's name.
func isSkip(call *ast.CallExpr) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	if receiver, ok := selector.X.(*ast.Ident); ok && selector.Sel.Name == "Skip" {
		return slices.Contains([]string{"t", "tb", "b", "f"}, receiver.Name)
	}
	return selector.Sel.Name == "SkipNow" || selector.Sel.Name == "Skipf"
}

func TestNoSkippedTests(t *testing.T) {
	for _, src := range goSources(t) {
		ast.Inspect(src.file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				require.Falsef(t, isSkip(call), "%s: a test that cannot run is a failure", src.fset.Position(call.Pos()))
			}
			return true
		})
	}
}

// leaks are strings of one machine or one network, written in two halves so
// that this file does not hold them.
func leaks() []string {
	return []string{
		"/wo" + "rk/", "/fa" + "rm/", "/ro" + "ot/", "/Use" + "rs/", "../sha" + "red",
		"proxy.gol" + "ang", "sum.gol" + "ang", "registry.npm" + "js", "registry.yarn" + "pkg",
	}
}

// leakIn returns the first leak in a file and its line, or "".
func leakIn(body []byte) (leak string, line int) {
	for _, needle := range leaks() {
		if at := bytes.Index(body, []byte(needle)); at >= 0 {
			return needle, lines(body[:at]) + 1
		}
	}
	return "", 0
}

func TestNothingLeaks(t *testing.T) {
	// Checksums and locks name hosts by their nature.
	exempt := []string{"go.sum", "package-lock.json"}
	for _, name := range trackedFiles(t) {
		if slices.Contains(exempt, filepath.Base(name)) {
			continue
		}
		leak, line := leakIn(contents(t, name))
		require.Emptyf(t, leak, "%s:%d names one machine or network", name, line)
	}
	t.Run("a path of one machine is found at its line", func(t *testing.T) {
		leak, line := leakIn([]byte("first\ncd /wo" + "rk/main\n"))
		require.Equal(t, "/wo"+"rk/", leak)
		require.Equal(t, 2, line)
	})
	t.Run("an ordinary path passes", func(t *testing.T) {
		leak, _ := leakIn([]byte("GET /api/v1/network/shared/root HTTP/1.1"))
		require.Empty(t, leak)
	})
}
