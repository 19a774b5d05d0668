package e2e_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/i18n"
)

// audits the memo: every step of it stands in the trail, and no secret does.
func (v *visitor) audits(memo string) {
	v.t.Helper()
	v.menu("/audit")
	v.fill("stream", "case:"+strings.TrimPrefix(memo, "/memos/"))
	require.Equal(v.t, http.StatusOK, v.submit())
	trail := v.text(".lk-table")
	for _, action := range []string{"draft_saved", "sent", "approved", "rows_decided", "verified", "provisioned", "row_activated"} {
		require.True(v.t, strings.Contains(trail, action), "the trail tells of %s", action)
	}
	require.False(v.t, strings.Contains(trail, password), "no secret is in the trail")
}

// looksAround reads the pages that an admin has, each of which must lead somewhere.
func (v *visitor) looksAround() {
	v.t.Helper()
	for _, window := range []string{"/", "/memos", "/units", "/employees", "/support", "/audit"} {
		v.menu(window)
	}
	for _, path := range []string{"/memos?box=all", "/units/KEM.1.2", "/units?q=KEM.1", "/employees?q=Galih", "/calendar"} {
		require.Equal(v.t, http.StatusOK, v.open(path))
	}
	require.Equal(v.t, http.StatusOK, v.open("/employees?q="+officerNIP))
	require.Equal(v.t, http.StatusOK, v.follow(".lk-table a"))
	require.Equal(v.t, http.StatusNotFound, v.open("/memos/00000000-0000-0000-0000-000000000000"))
}

// keepsHouse makes a token that works and is shown once, revokes it, and changes the language there and back.
func (v *visitor) keepsHouse() {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.follow(".lk-tools__who"))
	require.Equal(v.t, http.StatusOK, v.follow(`main a[href="/account/security"]`))
	require.Equal(v.t, 1, v.count("#sessions ~ .lk-table tbody tr"))
	v.unfold("#name")
	v.faulted(v.follow(`form[action="/account/tokens"] button`), "name", "scopes")
	v.fill("name", "Laporan bulanan")
	v.choose("scopes", "read")
	require.Equal(v.t, http.StatusOK, v.follow(`form[action="/account/tokens"] button`))
	secret := v.text(".lk-secret")
	client := apitest.NewClient(v.t, v.o.base).As(secret)
	client.Call(v.t, http.MethodGet, "/api/v1/me", nil).Is(v.t, http.StatusOK)
	require.Equal(v.t, http.StatusOK, v.open("/account/security"))
	require.Contains(v.t, v.text("main"), "Laporan bulanan")
	require.NotContains(v.t, v.text("main"), secret)
	require.Equal(v.t, http.StatusOK, v.follow("#tokens ~ .lk-table button"))
	client.Call(v.t, http.MethodGet, "/api/v1/me", nil).Refused(v.t, http.StatusUnauthorized, "unauthenticated")
	for _, lang := range []string{other(v.lang), v.lang} {
		v.turns(lang)
	}
}

func other(lang string) string {
	for _, l := range i18n.Languages() {
		if l != lang {
			return l
		}
	}
	return fmt.Sprint("no other than ", lang)
}
