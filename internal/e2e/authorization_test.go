package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"loket/api"
	"loket/internal/edge"
	"loket/internal/store"
	"loket/models"
)

// relation is what an object is to whoever asks for it.
type relation string

// The relations. A unit's memo was sent by somebody else.
const (
	own       relation = "own"
	ownUnit   relation = "own unit"
	otherUnit relation = "other unit"
	unknown   relation = "no such id"
)

func relations() []relation { return []relation{own, ownUnit, otherUnit, unknown} }

// probe is one line of the matrix: a route, and where the memo that it names stands.
type probe struct {
	edge.Route
	in situation
}

func (p probe) key() string { return p.Method + " " + p.Path + " " + string(p.in) }

func (p probe) memo() bool { return strings.HasPrefix(p.below(), "/memos/:id") }

func (p probe) below() string { return strings.TrimPrefix(p.Path, api.Prefix) }

// action is what the route asks of its memo, "" where reading it is all.
func (p probe) action() models.Action {
	part, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(p.below(), "/memos/:id"), "/"), "/")
	switch {
	case !p.memo():
		return ""
	case part == "" && p.Method == http.MethodPut, part == "attachments" && p.changes():
		return models.ActionEdit
	case part == "" && p.Method == http.MethodDelete:
		return models.ActionDiscard
	}
	return map[string]models.Action{"send": models.ActionSend, "decision": models.ActionApprove, "decide": models.ActionApprove,
		"verification": models.ActionVerify, "verify": models.ActionVerify, "withdrawal": models.ActionWithdraw, "withdraw": models.ActionWithdraw,
		"return": models.ActionReturn, "resubmission": models.ActionResubmit, "nudge": models.ActionNudge, "copy": models.ActionCopy,
		"question": models.ActionAsk, "ask": models.ActionAsk, "answer": models.ActionAnswer, "reissue": models.ActionReissue, "skip": models.ActionSkip,
		"retry": models.ActionRetry, "edit": models.ActionEdit, "check": models.ActionEdit, "faults.csv": models.ActionEdit, "discard": models.ActionDiscard}[part]
}

func (p probe) changes() bool { return p.Method != http.MethodGet && p.Method != http.MethodHead }

// talks tells whether a route changes something that is no action of the table: what its own rules admit is in the page.
func (p probe) talks() bool {
	return slices.ContainsFunc([]string{"/comments", "/claim", "/release"}, func(end string) bool { return strings.HasSuffix(p.Path, end) })
}

// probes are the lines of the matrix.
func probes(t *testing.T, routes []edge.Route) []probe {
	var all []probe
	for _, r := range routes {
		p := probe{Route: r}
		act := p.action()
		switch {
		case !p.memo():
			all = append(all, p)
		case act != "":
			require.NotEmpty(t, situationOf(act), "%s has no situation in which it is asked for", act)
			all = append(all, probe{r, situationOf(act)})
		case p.talks() && p.changes():
			all = append(all, probe{r, inChecking})
		case p.changes():
			require.Fail(t, "a route that changes a memo by no action of models.Transitions", "%s %s", r.Method, r.Path)
		case p.below() == "/memos/:id":
			all = append(all, probe{r, inDraft}, probe{r, inApproval}, probe{r, inChecking})
		default:
			all = append(all, probe{r, inApproval})
		}
	}
	return all
}

// matrix is what was found, and what stands around it.
type matrix struct {
	*house
	shelf  *shelf
	askers []*asker
	holes  []string                     // answers that the rules forbid
	cells  map[string]map[string]string // by the asker's name: an answer for each relation
}

// TestAuthorization asks every route of both counters as everybody, for an object that is their own, their unit's,
// another unit's, and none. docs/authorization.md tells what came of it; what must be refused follows from the
// declarations, whatever that page says.
func TestAuthorization(t *testing.T) {
	h := newHouse(t)
	askers := h.cast(t)
	m := &matrix{house: h, shelf: h.shelf(t, askers), askers: askers, cells: map[string]map[string]string{}}
	all := probes(t, h.routes)
	inOrder := slices.Clone(all)
	slices.SortStableFunc(inOrder, func(a, b probe) int { return strings.Compare(last(a.in), last(b.in)) })
	began := time.Now()
	for _, p := range inOrder {
		m.cells[p.key()] = map[string]string{}
		if p.memo() {
			m.askAboutMemos(t, p)
		} else {
			m.askForOthers(t, p)
		}
	}
	t.Logf("%d lines in %s", len(all), time.Since(began))
	require.Empty(t, m.holes)
	page, path := m.page(all), filepath.Join("..", "..", "docs", "authorization.md")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(page), 0o644))
	}
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	then, now := strings.Split(string(kept), "\n"), strings.Split(page, "\n")
	require.Equal(t, without(then, now), without(now, then), "go test ./internal/e2e -run TestAuthorization -update")
}

// without gives the lines that are not among the others.
func without(lines, others []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return slices.Contains(others, l) })
}

// last puts what is no memo behind all that is: memos tell people something.
func last(in situation) string {
	if in == noSituation {
		return "~"
	}
	return string(in)
}

// must notes an answer that is none of those that the rules admit.
func (m *matrix) must(says string, got answer, one ...answer) {
	if !slices.Contains(one, got) {
		m.holes = append(m.holes, fmt.Sprintf("%s, where the rules say %v", says, one))
	}
}

// askAboutMemos asks those first who must be refused, so that they cannot be refused for what others did.
func (m *matrix) askAboutMemos(t *testing.T, p probe) {
	rank := func(one *asker, id string) int {
		if _, may := m.stands(t, p, one, id); may {
			return 1
		}
		return 0
	}
	for _, r := range relations() {
		askers := slices.Clone(m.askers)
		ranks := map[string]int{}
		for _, one := range askers {
			if id := m.shelf.memo(one, r, p.in); id != "" && r != unknown && p.changes() {
				ranks[one.name] = rank(one, id)
			}
		}
		slices.SortStableFunc(askers, func(a, b *asker) int { return ranks[a.name] - ranks[b.name] })
		for _, one := range askers {
			id := m.shelf.memo(one, r, p.in)
			if id == "" {
				m.cells[p.key()][one.name] += string(unasked)
				continue
			}
			m.askAbout(t, p, one, r, id)
		}
	}
}

func (m *matrix) askAbout(t *testing.T, p probe, one *asker, r relation, id string) {
	t.Helper()
	sees, may := false, false
	var before models.MemoView
	if r != unknown {
		sees, may = m.stands(t, p, one, id)
	}
	if r != unknown && p.changes() {
		before = m.view(t, id)
	}
	got := m.ask(t, p.Route, one, m.path(t, p.Route, id))
	m.cells[p.key()][one.name] += string(got)
	says := fmt.Sprintf("%s %s (%s) as %s, %s: %s", p.Method, p.Path, p.in, one.name, r, got)
	switch {
	case one.nobody():
		m.must(says, got, stranger)
	case !sees:
		m.must(says, got, missing)
	case p.action() != "" && !may:
		m.must(says, got, heard, forbidden)
	case p.action() != "":
		m.must(says, got, heard, done)
	}
	if r == unknown || !p.changes() {
		return
	}
	if got == done {
		m.shelf.spent(id)
		return
	}
	after := m.view(t, id)
	if before.Status != after.Status || before.Seq != after.Seq || before.Version != after.Version {
		m.holes = append(m.holes, says+", and yet the memo changed")
	}
}

// stands works out from the rules alone whether somebody sees a memo, and may do what the route asks.
func (m *matrix) stands(t *testing.T, p probe, one *asker, id string) (sees, may bool) {
	if one.nobody() {
		return false, false
	}
	c, err := m.store.Case(t.Context(), models.DefaultAgency, id)
	require.NoError(t, err)
	a, decided, err := m.store.Facing(t.Context(), id, one.actor)
	require.NoError(t, err)
	sees = models.Sees(c, a, decided)
	if p.action() == "" {
		return sees, sees && p.changes()
	}
	return sees, slices.Contains(models.Allowed(c, a, time.Now()), p.action())
}

// path fills in what a route about a memo names.
func (m *matrix) path(t *testing.T, r edge.Route, id string) string {
	file := uuid.NewString()
	if strings.Contains(r.Path, ":file") {
		if v, err := m.store.Memo(t.Context(), id); err == nil && len(v.Draft.Attachments) > 0 {
			file = v.Draft.Attachments[0].ID
		}
	}
	return strings.NewReplacer(":id", id, ":file", file, ":kind", "memo").Replace(r.Path)
}

// askForOthers asks for what is no memo.
func (m *matrix) askForOthers(t *testing.T, p probe) {
	for _, one := range m.askers {
		for _, r := range m.named(p.Route) {
			path := m.otherPath(t, p.Route, one, r)
			if path == "" {
				m.cells[p.key()][one.name] += string(unasked)
				continue
			}
			got := m.ask(t, p.Route, one, path)
			m.cells[p.key()][one.name] += string(got)
			says := fmt.Sprintf("%s %s as %s, %s: %s", p.Method, p.Path, one.name, r, got)
			holders := p.Access.Holders()
			switch {
			case p.Access.IsPublic():
			case one.nobody():
				m.must(says, got, stranger)
			case len(holders) > 0 && !one.actor.Has(holders...):
				m.must(says, got, forbidden)
			case r == unknown, r == otherUnit && personal(p.below()):
				m.must(says, got, missing, forbidden)
			}
		}
	}
}

// personal tells whether what a route names belongs to one person alone.
func personal(path string) bool {
	return slices.ContainsFunc([]string{"/me/", "/account/", "/inbox/views/", "/phrases/", "/notifications/"}, func(begin string) bool {
		return strings.HasPrefix(path, begin)
	})
}

// named lists the relations that a route without a memo tells apart.
func (m *matrix) named(r edge.Route) []relation {
	path := strings.TrimPrefix(r.Path, api.Prefix)
	switch {
	case !strings.Contains(path, ":"):
		return []relation{own}
	case r.Access.IsPublic(), strings.HasPrefix(path, "/me/devices/"), strings.HasPrefix(path, "/account/devices/"), strings.HasPrefix(path, "/applications/"), strings.HasPrefix(path, "/company/people/"), strings.HasPrefix(path, "/companies/"), strings.HasPrefix(path, "/me/applications/"), strings.HasPrefix(path, "/registrations/"), strings.HasPrefix(path, "/access/"), strings.HasPrefix(path, "/access-requests/"):
		return []relation{unknown} // browsers are their owner's by a cookie; applications, companies, registrations and requests have tests of their own
	case strings.HasPrefix(path, "/calendars/"), strings.HasPrefix(path, "/grants/"), strings.HasPrefix(path, "/notices/"), strings.HasPrefix(path, "/directory/"), strings.HasPrefix(path, "/support/"):
		return []relation{otherUnit, unknown}
	case personal(path):
		return []relation{own, otherUnit, unknown}
	}
	return relations()
}

// otherPath fills in what such a route names, "" where somebody has none.
func (m *matrix) otherPath(t *testing.T, r edge.Route, one *asker, rel relation) string {
	path := strings.TrimPrefix(r.Path, api.Prefix)
	id := uuid.NewString()
	switch {
	case !strings.Contains(path, ":"):
		path = r.Path
		if query := map[string]string{"/track": "number=LKT-2026-000001", "/delegations/colleagues": "unit=KEM.1.2&q=adi"}[strings.TrimPrefix(path, api.Prefix)]; query != "" {
			path += "?" + query
		}
		return path
	case rel == unknown:
	case strings.HasPrefix(path, "/units/"):
		id = map[relation]string{own: one.home, ownUnit: one.home + ".1", otherUnit: "KEM.3.1"}[rel]
	case strings.HasPrefix(path, "/employees/"):
		id = map[relation]string{own: one.actor.EmployeeID, ownUnit: m.shelf.askers["drafter"].actor.EmployeeID, otherUnit: m.officer.EmployeeID}[rel]
	case strings.HasPrefix(path, "/calendars/"):
		id = "id-2026"
	default:
		var known bool
		if id, known = m.thing(t, path, one, rel); !known {
			require.Fail(t, "nobody says what the route names", "%s %s", r.Method, r.Path)
		}
	}
	if id == "" && !one.nobody() {
		return ""
	}
	if id == "" {
		id = uuid.NewString()
	}
	segments := strings.Split(r.Path, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, ":") || strings.HasPrefix(s, "*") {
			segments[i] = id
		}
	}
	path = strings.Join(segments, "/")
	if strings.HasSuffix(path, "/due") {
		path += "?from=2026-11-23T08:00:00%2B07:00&minutes=60"
	}
	return path
}

// thing makes an object that is the asker's own, or somebody else's.
func (m *matrix) thing(t *testing.T, path string, one *asker, rel relation) (id string, known bool) {
	holder := one
	if rel != own {
		holder = m.shelf.askers["PPK"]
		if one == holder {
			holder = m.shelf.askers["HR head"]
		}
	}
	if holder.nobody() {
		return "", true
	}
	ctx, a := t.Context(), holder.actor
	switch {
	case strings.Contains(path, "/sessions/"):
		opened, err := m.store.CreateSession(ctx, a, store.NewSession{Expires: time.Now().Add(time.Hour)})
		require.NoError(t, err)
		return opened.Session.ID, true
	case strings.Contains(path, "/tokens/"):
		kept, err := m.desk.Tokens(ctx, a)
		require.NoError(t, err)
		for _, have := range kept {
			if have.Name == "spare" {
				return have.ID, true
			}
		}
		view, _, err := m.desk.CreateToken(ctx, a, "spare", models.Scopes(), 1)
		require.NoError(t, err)
		return view.ID, true
	case strings.HasPrefix(path, "/inbox/views/"):
		if kept, err := m.desk.SavedViews(ctx, a); err == nil && len(kept) > 0 {
			return kept[0].ID, true
		}
		view, err := m.desk.SaveView(ctx, a, models.SavedView{Name: uuid.NewString()[:8], Query: "tab=mine"})
		require.NoError(t, err)
		return view.ID, true
	case strings.HasPrefix(path, "/phrases/"):
		if kept, err := m.desk.Phrases(ctx, a); err == nil && len(kept) > 0 && !kept[0].Shared {
			return kept[0].ID, true
		}
		phrase, err := m.desk.SavePhrase(ctx, a, models.Phrase{Text: uuid.NewString()})
		require.NoError(t, err)
		return phrase.ID, true
	case strings.HasPrefix(path, "/notifications/"):
		list, err := m.desk.Notifications(ctx, a, models.PageQuery{Limit: 1})
		require.NoError(t, err)
		if len(list.Items) == 0 {
			return "", true
		}
		return list.Items[0].ID, true
	case strings.HasPrefix(path, "/grants/"), strings.HasPrefix(path, "/delegations/"):
		return m.grant(t, one, rel, path), true
	case strings.HasPrefix(path, "/directory/"), strings.HasPrefix(path, "/support/directory/"):
		return m.directoryFailure(t), true
	case strings.HasPrefix(path, "/support/accounts/"):
		return holder.actor.AccountID, true
	case strings.HasPrefix(path, "/notices/"), strings.HasPrefix(path, "/support/"):
		return m.failedNotice(t), true
	}
	return "", false
}

// grant makes a grant, or a delegation: the head's to somebody else, by the asker where they hold an office.
func (m *matrix) grant(t *testing.T, one *asker, rel relation, path string) string {
	until := time.Now().AddDate(0, 0, 3)
	g := models.RoleGrant{AccountID: m.other.AccountID, Role: models.RoleActingHead, Unit: "KEM.3.1", From: time.Now(), Until: &until, Reason: "cuti"}
	holder := m.actor(t, m.account(t, "197902102008112440"))
	switch {
	case strings.HasPrefix(path, "/grants/"):
		g.Role = models.RoleDrafter
	case rel == own && strings.HasPrefix(one.name, "head"):
		g.Unit, holder = one.writes, one.actor
	case rel == ownUnit && one.home == oneUnit:
		g.Unit, holder = oneUnit, m.sender
	case rel == own, rel == ownUnit:
		return ""
	}
	if g.Role == models.RoleActingHead {
		g.OnBehalfOf = holder.EmployeeID
	}
	made, err := m.store.Grant(t.Context(), models.Actor{}, g)
	require.NoError(t, err)
	return made.ID
}

// directoryFailure gives an account that the directory refused.
func (m *matrix) directoryFailure(t *testing.T) string {
	account := m.other.AccountID
	require.NoError(t, m.store.PutUpForDirectory(t.Context(), models.Actor{}, []string{account}))
	tasks, err := m.store.ClaimDirectory(t.Context(), 1000, time.Minute)
	require.NoError(t, err)
	for _, task := range tasks {
		if task.Entry.AccountID == account {
			require.NoError(t, m.store.DirectoryFailed(t.Context(), task, "test"))
		} else {
			require.NoError(t, m.store.DirectoryCarried(t.Context(), task))
		}
	}
	return account
}

// failedNotice gives a message that could not be delivered.
func (m *matrix) failedNotice(t *testing.T) string {
	for {
		failed, err := m.store.FailedNotices(t.Context(), models.DefaultAgency, models.PageQuery{Limit: 1})
		require.NoError(t, err)
		if len(failed.Items) > 0 {
			return failed.Items[0].ID
		}
		notices, err := m.store.ClaimNotices(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.NotEmpty(t, notices)
		require.NoError(t, m.store.NoticeFailed(t.Context(), notices[0].ID, true, "test", time.Now()))
	}
}
