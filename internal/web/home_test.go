package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

// quiet is a reader of whom nobody wants anything.
func quiet(c *counter) {
	c.empty, c.reads = true, true
	c.who.Actor.Grants = grants(models.RoleAuditor)
}

func TestQuietHome(t *testing.T) {
	c := newCounter()
	quiet(c)
	server, _ := serve(t, c)
	_, page := ask(t, server, http.MethodGet, "/", nil)
	require.Contains(t, page, "Tidak ada yang menunggu Anda saat ini.")
	require.NotContains(t, page, "lk-empty")
	require.Contains(t, page, `<a class="govuk-link" href="/audit">`)
	require.Contains(t, page, `action="/applications"`)
	_, page = ask(t, portal(t, newCounter()), http.MethodGet, "/", nil)
	require.Less(t, strings.Index(page, `id="mine"`), strings.Index(page, `id="apps"`), "work comes before applications")
}

func TestFirstBox(t *testing.T) {
	box := func(set func(*counter), path string) string {
		c := newCounter()
		set(c)
		server, _ := serve(t, c)
		_, _ = ask(t, server, http.MethodGet, path, nil)
		return c.asked[len(c.asked)-1].(desk.CaseQuery).Box
	}
	require.Equal(t, "mine", box(func(*counter) {}, "/memos"))
	require.Equal(t, "all", box(quiet, "/memos"), "somebody who never wrote one reads those of others")
	require.Equal(t, "mine", box(quiet, "/memos?box=mine"))
	require.Equal(t, "mine", box(func(c *counter) { c.reads = true }, "/memos"))
}
