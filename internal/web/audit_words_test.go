package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
)

// actionCodes gathers what the sources call deeds in the trail: literals of an action, constants named so, what denials
// name, and the events and actions of a case.
func actionCodes(t *testing.T) map[string]string {
	t.Helper()
	return codesIn(t, actionsIn)
}

func codesIn(t *testing.T, of func(ast.Node) []string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, dir := range []string{"models", "internal/auth", "internal/desk", "internal/store", "internal/registry", "internal/oidc", "cmd/loket"} {
		files, err := filepath.Glob(filepath.Join("../..", dir, "*.go"))
		require.NoError(t, err)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			require.NoError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				for _, code := range of(n) {
					found[code] = name
				}
				return true
			})
		}
	}
	return found
}

func actionsIn(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "action" || key.Name == "Action") {
			return literals(n.Value)
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.SelectorExpr); ok && (f.Sel.Name == "denied" || f.Sel.Name == "only") && len(n.Args) > 3 {
			return literals(n.Args[2])
		}
	case *ast.ValueSpec:
		kind, _ := n.Type.(*ast.Ident)
		if kind != nil && (kind.Name == "EventType" || kind.Name == "Action") || slices.ContainsFunc(n.Names, func(i *ast.Ident) bool {
			return strings.HasPrefix(i.Name, "action") && i.Name != "actionCodes"
		}) {
			return literals(n.Values...)
		}
	}
	return nil
}

// objectsIn gathers what the deeds are done to: the word before the colon.
func objectsIn(n ast.Node) []string {
	var named ast.Expr
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "object" || key.Name == "Object") {
			named = n.Value
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.SelectorExpr); ok && (f.Sel.Name == "denied" || f.Sel.Name == "only") && len(n.Args) > 3 {
			named = n.Args[3]
		}
	case *ast.AssignStmt:
		if name, ok := n.Lhs[0].(*ast.Ident); ok && name.Name == "object" {
			named = n.Rhs[0]
		}
	}
	if sum, ok := named.(*ast.BinaryExpr); ok {
		named = sum.X
	}
	var kinds []string
	for _, text := range literals(named) {
		kind, _, _ := strings.Cut(text, ":")
		kinds = append(kinds, kind)
	}
	return kinds
}

func literals(list ...ast.Expr) []string {
	var found []string
	for _, e := range list {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if code, err := strconv.Unquote(lit.Value); err == nil && code != "" {
				found = append(found, code)
			}
		}
	}
	return found
}

func TestTheTrailSpeaksInWords(t *testing.T) {
	words, err := i18n.New()
	require.NoError(t, err)
	codes := actionCodes(t)
	require.Greater(t, len(codes), 50)
	for code, name := range codes {
		require.True(t, words.Has("audit.action."+code), "no words for the action %s of %s", code, name)
	}
	for _, channel := range []string{"portal", "api", "cli", "clock"} {
		require.True(t, words.Has("audit.channel."+channel))
	}
}

func TestTheTrailNamesWhatDeedsAreDoneTo(t *testing.T) {
	words, err := i18n.New()
	require.NoError(t, err)
	kinds := codesIn(t, objectsIn)
	require.Greater(t, len(kinds), 20)
	for kind, name := range kinds {
		require.True(t, words.Has("audit.object."+kind), "no words for the object %s of %s", kind, name)
	}
}
