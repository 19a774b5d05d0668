package api

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/models"
)

// codes reads what a package's source calls problems and faults.
type codes struct{ problems, faults map[string]string } // code to place

// sources are the packages that may refuse people. One that does not exist refuses nobody.
func sources(t *testing.T) codes {
	t.Helper()
	found := codes{map[string]string{}, map[string]string{}}
	for _, dir := range []string{"models", "api", "internal/auth", "internal/desk", "internal/edge", "internal/registry", "internal/sheet", "internal/store", "internal/web"} {
		files, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
		require.NoError(t, err)
		for _, name := range files {
			if !strings.HasSuffix(name, "_test.go") {
				found.read(t, name)
			}
		}
	}
	require.Greater(t, len(found.problems), 15)
	require.Greater(t, len(found.faults), 50)
	return found
}

func (f codes) read(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if code := faultCode(n); code != "" {
				f.faults[code] = name
			}
		case *ast.CompositeLit:
			f.literal(n, name)
		}
		return true
	})
}

// literal reads Problem{Code: "…"}, FieldFault{Code: "…"} and RuleState{Code: "…"}.
func (f codes) literal(n *ast.CompositeLit, name string) {
	for _, e := range n.Elts {
		field, ok := e.(*ast.KeyValueExpr)
		if !ok || fmt.Sprint(field.Key) != "Code" || text(field.Value) == "" {
			continue
		}
		switch typeName(n.Type) {
		case "Problem":
			f.problems[text(field.Value)] = name
		case "FieldFault", "RuleState", "": // elided in a list of them
			f.faults[text(field.Value)] = name
		}
	}
}

// faultCode gives the code of a call that makes a fault: models.Fault(field, code), and the helpers around it, some of
// which take a line number first, or the code alone.
func faultCode(n *ast.CallExpr) string {
	at := 1
	switch typeName(n.Fun) {
	case "Fault", "fail", "warn":
	case "refused":
		at = 0
	case "fault":
		if len(n.Args) == 1 {
			at = 0
		} else if typeName(n.Args[0]) == "Line" {
			at = 2
		}
	case "twice":
		at = 2
	default:
		return ""
	}
	if len(n.Args) <= at {
		return ""
	}
	return text(n.Args[at])
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func text(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

func TestEveryRefusalCanBeTold(t *testing.T) {
	catalog, err := i18n.New() // which refuses a text that one language lacks
	require.NoError(t, err)
	found := sources(t)
	t.Run("each problem has a status and texts", func(t *testing.T) {
		for code, place := range found.problems {
			_, ok := statusOf(code)
			require.True(t, ok, "%s of %s has no status", code, place)
			require.True(t, catalog.Has("problem."+code), "%s of %s", code, place)
			require.True(t, catalog.Has("problem."+code+".detail"), "%s of %s", code, place)
		}
	})
	t.Run("each fault has a text", func(t *testing.T) {
		var untold []string
		for code, place := range found.faults {
			if !catalog.Has("fault." + code) {
				untold = append(untold, code+" of "+place)
			}
		}
		require.Empty(t, untold)
		for _, rule := range shapeRules() {
			require.True(t, catalog.Has("fault."+rule.code), rule.code)
		}
		require.True(t, catalog.Has("fault.wrong_format"))
	})
}

func TestProblems(t *testing.T) {
	b := setup(t)
	path := "/api/v1/memos/" + memoID1
	t.Run("texts follow Accept-Language", func(t *testing.T) {
		b.err = models.ErrNotFound
		require.Contains(t, string(b.client.Call(t, "GET", path, nil).Body), "Not found")
		b.client.Language = "id-ID,en;q=0.5"
		answer := b.client.Call(t, "GET", path, nil)
		require.Contains(t, string(answer.Body), "Tidak ditemukan")
		require.Equal(t, "id", answer.Header.Get("Content-Language"))
		b.client.Language = ""
	})
	t.Run("a refusal tells the state, its name and its request", func(t *testing.T) {
		b.err = fmt.Errorf("decide: %w", models.ErrAlreadyDecided.With("status", "done"))
		answer := b.client.Call(t, "POST", path+"/send", nil, "X-Request-Id", "request-0001")
		require.JSONEq(t, `{"type":"urn:loket:problem:already_decided","title":"Already decided","status":409,
			"detail":"A decision was recorded before this one, which was not. The timeline tells who decided and when.","code":"already_decided",
			"params":{"status":"done"},"instance":"urn:loket:request:request-0001","request_id":"request-0001"}`, string(answer.Body))
	})
	t.Run("what is not for people is logged once and shown as internal", func(t *testing.T) {
		b.err = errors.New("dial tcp 10.0.0.7:5432: secret host")
		answer := b.client.Call(t, "GET", path, nil, "X-Request-Id", "request-0002")
		answer.Refused(t, 500, "internal")
		require.NotContains(t, string(answer.Body), "10.0.0.7")
		require.Equal(t, 1, strings.Count(b.log.text(), "secret host"))
		require.Contains(t, b.log.text(), "request_id=request-0002")
	})
	t.Run("away and too many say when to come back", func(t *testing.T) {
		for status, err := range map[int]error{503: models.ErrUnavailable, 429: &models.Problem{Code: "too_many"}} {
			b.err = err
			answer := b.client.Call(t, "GET", path, nil)
			require.Equal(t, status, answer.Status)
			require.NotEmpty(t, answer.Header.Get("Retry-After"))
		}
	})
	t.Run("a code without a status is a defect, not a leak", func(t *testing.T) {
		b.err = &models.Problem{Code: "never_heard_of"}
		b.client.Call(t, "GET", path, nil).Refused(t, 500, "internal")
	})
}
