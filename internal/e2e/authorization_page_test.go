package e2e_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"loket/api"
	"loket/models"
)

const pageHead = `# Who may ask for what

Every route of the program, asked as everybody. A test (internal/e2e, TestAuthorization) asks the running server and
compares; what must be refused it works out from the route table and the rules besides, so this page cannot allow
what they forbid. After a wanted change:

    go test ./internal/e2e -run TestAuthorization -update

| sign | answer |
|---|---|
| ✓ | done, or shown |
| ~ | heard, and refused for the state of the object or for what was sent (409, 410, 412, 422; a wrong password) |
| ✗ | forbidden (403) |
| · | no such object (404): there is none, or none for whoever asks |
| ? | sign in first (401, or led to the sign-in form) |

Where a route names an object, there are four signs: an object of one's own (a memo that one wrote, sent or is listed
in), one of the own unit by somebody else, one of another unit, and an id that nothing has. A blank: there can be no
such object. Routes that name what belongs to one person or to the whole agency have fewer: (own,) another's, none.
"When" is where the memo stands.

A session and a token in these requests have every scope, and the password was just given.

`

// page draws the matrix.
func (m *matrix) page(all []probe) string {
	var b strings.Builder
	b.WriteString(pageHead)
	b.WriteString("| column | who |\n|---|---|\n")
	for i, p := range m.askers {
		fmt.Fprintf(&b, "| %c | %s%s |\n", 'A'+i, p.name, holds(p.actor))
	}
	for _, g := range groups(all) {
		fmt.Fprintf(&b, "\n## %s\n\n| route | when |", g.name)
		for i := range m.askers {
			fmt.Fprintf(&b, " %c |", 'A'+i)
		}
		b.WriteString("\n|---|---|" + strings.Repeat("---|", len(m.askers)) + "\n")
		for _, p := range g.probes {
			fmt.Fprintf(&b, "| `%s %s` | %s |", p.Method, p.Path, p.in)
			for _, one := range m.askers {
				fmt.Fprintf(&b, " %s |", strings.TrimRight(m.cells[p.key()][one.name], " ")+blank(m.cells[p.key()][one.name]))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// blank stands for a cell in which nothing could be asked.
func blank(cell string) string {
	if strings.TrimSpace(cell) == "" {
		return "–"
	}
	return ""
}

func holds(a models.Actor) string {
	var roles []string
	for _, g := range a.Grants {
		roles = append(roles, "`"+string(g.Role)+"` in "+g.Unit)
	}
	if len(roles) == 0 {
		return ""
	}
	return ": " + strings.Join(slices.Compact(roles), ", ")
}

// group is one table.
type group struct {
	name   string
	probes []probe
}

// groups sorts the lines into tables, by counter and by the first part of the path.
func groups(all []probe) []group {
	var out []group
	for _, p := range all {
		counter := "Portal"
		if isAPI(p.Route) {
			counter = "API"
		}
		part, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(p.Path, api.Prefix), "/"), "/")
		name := counter + ": " + map[bool]string{true: "memos", false: "the rest"}[part == "memos"]
		i := slices.IndexFunc(out, func(g group) bool { return g.name == name })
		if i < 0 {
			out, i = append(out, group{name: name}), len(out)
		}
		out[i].probes = append(out[i].probes, p)
	}
	for _, g := range out {
		slices.SortStableFunc(g.probes, func(a, b probe) int {
			return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
		})
	}
	slices.SortFunc(out, func(a, b group) int { return strings.Compare(a.name, b.name) })
	return out
}
