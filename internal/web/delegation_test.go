package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func delegationForm() url.Values {
	return url.Values{"office": {"unit_head@KEM.1"}, "kind": {"plh"}, "q": {"made"}, "delegate_id": {"emp-2"}, "from": {"23-11-2026"},
		"until": {"04/12/2026"}, "reason": {"Cuti tahunan"}}
}

func portal(t *testing.T, c *counter) *httptest.Server {
	t.Helper()
	server, _ := serve(t, c)
	return server
}

func date(t *testing.T, s string) models.Date {
	t.Helper()
	d, err := models.ParseDate(s)
	require.NoError(t, err)
	return d
}

func TestDelegationForm(t *testing.T) {
	t.Run("sent whole it is recorded", func(t *testing.T) {
		c := newCounter()
		server := portal(t, c)
		res, _ := ask(t, server, http.MethodPost, "/delegations/new", delegationForm())
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Contains(t, c.asked, models.Delegation{Kind: models.ActingDaily, Role: models.RoleHead, Unit: "KEM.1", Delegate: "emp-2",
			From: date(t, "2026-11-23"), Until: date(t, "2026-12-04"), Reason: "Cuti tahunan"})
	})
	t.Run("searching records nothing and keeps what was typed", func(t *testing.T) {
		c := newCounter()
		form := delegationForm()
		res, page := ask(t, portal(t, c), http.MethodPost, "/delegations/search", form)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Empty(t, c.asked)
		for _, kept := range []string{"Made Ayu Lestari", `value="emp-2" checked`, "23-11-2026", "04/12/2026", "Cuti tahunan"} {
			require.Contains(t, page, kept)
		}
	})
	t.Run("who is not found is told", func(t *testing.T) {
		form := delegationForm()
		form.Set("q", "zzz")
		_, page := ask(t, portal(t, newCounter()), http.MethodPost, "/delegations/search", form)
		require.Contains(t, page, "zzz")
		require.Contains(t, page, `role="status"`)
	})
	t.Run("a day that is none is told beside its field", func(t *testing.T) {
		c := newCounter()
		form := delegationForm()
		form.Set("until", "31-02-2027")
		res, page := ask(t, portal(t, c), http.MethodPost, "/delegations/new", form)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `id="until-error"`)
		require.Empty(t, c.asked)
	})
	t.Run("an overlap offers to mean it", func(t *testing.T) {
		c := newCounter()
		c.unfit = models.Invalid(models.Fault("overlap", "delegation_overlaps", "names", "Ayu Lestari"))
		res, page := ask(t, portal(t, c), http.MethodPost, "/delegations/new", delegationForm())
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `name="overlap"`)
		require.Contains(t, page, "Ayu Lestari")
	})
	t.Run("of an office of somebody at work there is no form", func(t *testing.T) {
		res, _ := ask(t, portal(t, newCounter()), http.MethodGet, "/delegations/new?unit=KEM.1.2&role=unit_head&principal_id=emp-7", nil)
		require.Equal(t, http.StatusNotFound, res.StatusCode)
	})
	t.Run("without an office there is none either", func(t *testing.T) {
		c := newCounter()
		c.who.Actor.Grants = grants(models.RoleActingHead)
		res, _ := ask(t, portal(t, c), http.MethodGet, "/delegations/new", nil)
		require.Equal(t, http.StatusForbidden, res.StatusCode)
	})
}

func TestEndDelegationForm(t *testing.T) {
	c := newCounter()
	server := portal(t, c)
	res, page := ask(t, server, http.MethodGet, "/delegations/del-1/end", nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Contains(t, page, "Made Surya Adi Wijaya")
	require.Empty(t, c.asked, "asking ends nothing")
	c.who.FreshUntil = time.Time{}
	res, page = ask(t, server, http.MethodPost, "/delegations/del-1/end", url.Values{})
	require.Equal(t, http.StatusForbidden, res.StatusCode)
	require.Contains(t, page, `name="step_up"`)
	require.Empty(t, c.asked, "nor does a session whose password is not fresh")
	c.who.FreshUntil = time.Now().Add(time.Minute)
	res, _ = ask(t, server, http.MethodPost, "/delegations/del-1/end", url.Values{})
	require.Equal(t, http.StatusSeeOther, res.StatusCode)
	require.Equal(t, []any{"del-1"}, c.asked)
}
