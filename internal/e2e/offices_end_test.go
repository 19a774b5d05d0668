package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/store"
	"loket/models"
)

const otherHeadNIP = "199810202025062018" // head of KEM.2

// waitsFor tells whether a memo lies in somebody's inbox.
func (p person) waitsFor(t *testing.T, id string) bool {
	t.Helper()
	var inbox struct{ Items []memo }
	p.Call(t, http.MethodGet, "/api/v1/inbox", nil).Into(t, http.StatusOK, &inbox)
	return slices.ContainsFunc(inbox.Items, func(m memo) bool { return m.ID == id })
}

// TestOfficesEndWhileAMemoWaits has what a memo's asking rests on end by itself, one after the other: a delegation, the
// place of the unit in the tree, and an appointment.
func TestOfficesEndWhileAMemoWaits(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "").enrols(senderNIP, headNIP, ministerNIP, otherHeadNIP, adminNIP)
	deputy := store.NewAccount{Username: "uji.plt", Name: "Pelaksana Tugas", Email: "plt@kem.example", Grants: []models.RoleGrant{{Role: models.RoleActingHead, Unit: "KEM.1", Reason: "uji"}}}
	o.opens(deputy).start()
	c := apitest.NewClient(t, o.base)
	sender, head, minister, other, admin := o.known(c, senderNIP), o.known(c, headNIP), o.known(c, ministerNIP), o.known(c, otherHeadNIP), o.known(c, adminNIP)
	acting := o.signIn(c, deputy.Username, password)
	admin.stepUp(t)
	id := asked(t, sender, "Akses Flexiwork", staffIn(t, "KEM.1.2"))
	path := "/api/v1/memos/" + id
	refused := func(p person) {
		t.Helper()
		p.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true}).Refused(t, http.StatusNotFound, "not_found")
	}
	comesTo := func(p person, why string) {
		t.Helper()
		require.Eventually(t, func() bool { return p.waitsFor(t, id) }, 10*time.Second, calmly, why)
	}

	require.True(t, acting.waitsFor(t, id))
	require.True(t, head.waitsFor(t, id))
	o.ends("acting_head", "KEM.1")
	require.Eventually(t, func() bool { return !acting.waitsFor(t, id) }, 10*time.Second, calmly, "who acts stops at the end of their days")
	refused(acting)
	require.True(t, head.waitsFor(t, id), "the head is asked as before")

	o.moves("KEM.1.2", "KEM.2")
	o.looksAtOffices(t, admin)
	comesTo(other, "the unit lies under another head now")
	refused(head)
	require.False(t, minister.waitsFor(t, id))
	moved := sender.memo(t, id)
	require.Equal(t, "reassigned", moved.Timeline[len(moved.Timeline)-1].Type)

	o.ends("unit_head", "KEM.2")
	require.Eventually(t, func() bool { return !other.waitsFor(t, id) }, 10*time.Second, calmly, "an appointment ends by its date")
	refused(other)
	o.looksAtOffices(t, admin)
	comesTo(minister, "nobody heads KEM.2 any more")
	minister.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true}).Is(t, http.StatusOK)
	require.Equal(t, "verification", sender.memo(t, id).Status)
	o.stop()
	o.command("check", "--strict")
}

// staffIn is one person at work in a unit, as the rows of a recap list.
func staffIn(t *testing.T, unit string) []map[string]string { return staffOf(t, unit, 1) }

// ends has the grants of a role in a unit end in a moment, as at the end of their last day.
func (o *office) ends(role, unit string) {
	o.t.Helper()
	o.alters("update role_grants set valid_until = ? where role = ? and unit_code = ?", time.Now().Add(time.Second).UTC(), role, unit)
}

// moves imports a tree in which a unit lies elsewhere, while the process runs.
func (o *office) moves(unit, under string) {
	o.t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "demo", "ministry", "units.csv"))
	require.NoError(o.t, err)
	lines := strings.Split(string(text), "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, unit+",") })
	require.Positive(o.t, at)
	cells := strings.Split(lines[at], ",")
	cells[1] = under
	lines[at] = strings.Join(cells, ",")
	file := filepath.Join(o.t.TempDir(), "units.csv")
	require.NoError(o.t, os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600))
	o.command("import", "registry", "--units", file)
}

// looksAtOffices has the process look through the cases now and not within the minute: an appointment that has nothing to
// do with them.
func (o *office) looksAtOffices(t *testing.T, admin person) {
	t.Helper()
	var people struct{ Items []struct{ ID string } }
	admin.Call(t, http.MethodGet, "/api/v1/employees?unit=KEM.6&limit=1", nil).Into(t, http.StatusOK, &people)
	require.NotEmpty(t, people.Items)
	today := time.Now()
	admin.Call(t, http.MethodPost, "/api/v1/grants", map[string]any{"employee_id": people.Items[0].ID, "role": "auditor", "unit": "KEM.6",
		"from": today.Add(-time.Minute).UTC(), "until": today.Add(time.Hour).UTC(), "reason": "uji"}).Is(t, http.StatusCreated)
}
