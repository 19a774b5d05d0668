package archtest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// reachRule forbids packages to stand on others through any number of steps.
// Packages are given with all below them: "gorm.io" covers gorm.io/gorm.
type reachRule struct {
	name   string
	from   []string
	except []string
	never  []string
}

// world is all that only activities may touch, and those through ports.
func world() []string {
	return []string{
		"github.com/gin-gonic/gin", "github.com/jackc/pgx", "modernc.org/sqlite", "gorm.io", "database/sql", "net/smtp",
		modulePath + "/api", modulePath + "/internal",
	}
}

func reachRules() []reachRule {
	own := func(paths ...string) []string {
		for i := range paths {
			paths[i] = modulePath + "/" + paths[i]
		}
		return paths
	}
	return []reachRule{
		{name: "workflows decide and never touch the world", from: own("workflows"), never: world()},
		{name: "activities reach the world through ports", from: own("activities"), never: append(own("workflows"), world()...)},
		{name: "the API never reaches the portal", from: own("api"), never: own("internal/web", "cmd")},
		{name: "the portal never reaches the API", from: own("internal/web"), never: own("api", "cmd")},
		{name: "the desk serves the counters and knows neither", from: own("internal/desk"), never: own("api", "internal/web", "cmd")},
		{name: "the store knows only the vocabulary", from: own("internal/store"), never: own("api", "internal/desk", "internal/engine", "internal/web", "cmd")},
		{
			name: "only the engine and the command link the embedded server", from: []string{modulePath},
			except: own("internal/engine", "cmd"), never: []string{"go.temporal.io/server"},
		},
		{name: "only commands see all", from: []string{modulePath}, except: own("cmd"), never: own("cmd")},
	}
}

// forbids leaves out the interfaces of database/sql that plain values such as
// uuid.UUID satisfy: they open nothing.
func (r reachRule) forbids(path string) bool {
	return path != "database/sql/driver" && within(path, r.never)
}

// within tells whether path is one of the given packages or below one.
func within(path string, parents []string) bool {
	return slices.ContainsFunc(parents, func(parent string) bool {
		return path == parent || strings.HasPrefix(path, parent+"/")
	})
}

// route returns the shortest chain of imports from a package to one that
// forbidden accepts, or nil. Only steps through known packages count.
func route(known map[string]goPackage, from string, forbidden func(string) bool) []string {
	before := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		for _, next := range known[at].Imports {
			if _, seen := before[next]; seen {
				continue
			}
			before[next] = at
			if forbidden(next) {
				return trail(before, next)
			}
			queue = append(queue, next)
		}
	}
	return nil
}

func trail(before map[string]string, to string) []string {
	var steps []string
	for at := to; at != ""; at = before[at] {
		steps = append(steps, at)
	}
	slices.Reverse(steps)
	return steps
}

func TestImports(t *testing.T) {
	known := packages(t)
	for _, rule := range reachRules() {
		t.Run(rule.name, func(t *testing.T) {
			for _, path := range slices.Sorted(maps.Keys(known)) {
				if !within(path, rule.from) || within(path, rule.except) {
					continue
				}
				steps := route(known, path, rule.forbids)
				require.Empty(t, steps, "reached through: %s", strings.Join(steps, " -> "))
			}
		})
	}
	t.Run("the vocabulary stands on the standard library alone", func(t *testing.T) {
		for path := range known {
			if !within(path, []string{modulePath + "/models"}) {
				continue
			}
			steps := route(known, path, func(p string) bool {
				return !known[p].Standard && !within(p, []string{modulePath + "/models"})
			})
			require.Empty(t, steps)
		}
	})
}

func TestImportRulesBite(t *testing.T) {
	known := map[string]goPackage{
		"loket/workflows":     {Imports: []string{"loket/models", "loket/activities"}},
		"loket/activities":    {Imports: []string{"example/driver"}},
		"example/driver":      {Imports: []string{"gorm.io/gorm"}},
		"loket/workflowsnext": {Imports: []string{"gorm.io/gorm"}},
	}
	rule := reachRule{never: world()}
	t.Run("a forbidden package behind others is found with its route", func(t *testing.T) {
		require.Equal(t, []string{"loket/workflows", "loket/activities", "example/driver", "gorm.io/gorm"},
			route(known, "loket/workflows", rule.forbids))
	})
	t.Run("a longer name is another package", func(t *testing.T) {
		require.False(t, within("loket/workflowsnext", []string{"loket/workflows"}))
	})
}

func TestPackageDocs(t *testing.T) {
	for path, p := range packages(t) {
		if p.ours() && len(p.GoFiles) > 0 {
			require.NotEmptyf(t, p.Doc, "%s says nowhere what it owns and what it leaves to others", path)
		}
	}
}
