package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

func TestAuditSearch(t *testing.T) {
	t.Run("actions are chosen by their words, and codes are folded away", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/audit?actor=ratna.wulandari&action=approved", nil)
		require.Regexp(t, `<option value="approved" selected>Menyetujui`, page)
		require.Contains(t, page, `<option value="">Semua tindakan`)
		require.Regexp(t, regexp.MustCompile(`(?s)<details[^>]*>.*case:memo-1.*</details>`), page)
		q, ok := c.asked[len(c.asked)-1].(desk.AuditQuery)
		require.True(t, ok)
		require.Equal(t, "approved", q.Action)
		require.Equal(t, "ratna.wulandari", q.Actor)
	})
	t.Run("a code of its own stays chosen", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		_, page := ask(t, server, http.MethodGet, "/audit?action=what_was_that", nil)
		require.Contains(t, page, `<option value="what_was_that" selected>`)
	})
	t.Run("a name of several is asked for by its username", func(t *testing.T) {
		c := newCounter()
		c.fail = models.Invalid(models.Fault("actor", "actor_many"))
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodGet, "/audit?actor=bayu", nil)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, "Beberapa orang cocok.")
	})
}

func TestEmptySearches(t *testing.T) {
	server, _ := serve(t, newCounter())
	res, page := ask(t, server, http.MethodGet, "/track?number=+", nil)
	require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
	require.Contains(t, page, "Tulis nomor permohonan.")
	_, page = ask(t, server, http.MethodGet, "/track", nil)
	require.NotContains(t, page, "govuk-error-summary")
	_, page = ask(t, server, http.MethodPost, "/delegations/search", url.Values{"q": {"a"}})
	require.Contains(t, page, "Tulis paling sedikit dua huruf dari namanya")
}
