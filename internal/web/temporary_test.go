package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTemporaryPassword(t *testing.T) {
	server, _ := serve(t, newCounter())
	t.Run("leads to the form for an own one, whatever was wanted, and opens no session", func(t *testing.T) {
		res, _ := ask(t, server, http.MethodPost, "/sign-in", url.Values{"username": {"ratna"}, "password": {"temporary"}, "return": {"/inbox"}})
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Equal(t, "/password/fresh?return=%2Finbox", res.Header.Get("Location"))
		for _, c := range res.Header.Values("Set-Cookie") {
			require.NotRegexp(t, "^loket(_device)?=", c)
		}
	})
}

// TestTemporaryPasswordKeepsTheWay has somebody come from a link in a message, or from an application, with a temporary
// password: they end up where they were going.
func TestTemporaryPasswordKeepsTheWay(t *testing.T) {
	c := newCounter()
	server, _ := serve(t, c)
	const way = "/oidc/authorize?client_id=mitra&state=a%2Fb"
	first := url.Values{"username": {"dewi.yusuf"}, "password": {"temporary"}, "return": {way}}
	res, _ := ask(t, server, http.MethodPost, "/sign-in", first)
	form := res.Header.Get("Location")
	require.Equal(t, "/password/fresh?return="+url.QueryEscape(way), form)
	res, page := ask(t, server, http.MethodGet, form, nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Contains(t, page, `name="return" value="/oidc/authorize?client_id=mitra&amp;state=a%2Fb"`)
	own := url.Values{"password": {"Kopi*Tubruk*7*Gelas"}, "again": {"else"}, "return": {way}}
	res, page = ask(t, server, http.MethodPost, "/password/fresh", own)
	require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
	require.Contains(t, page, `name="return" value="/oidc/authorize?client_id=mitra&amp;state=a%2Fb"`, "nor does a mistake lose it")
	own.Set("again", own.Get("password"))
	res, _ = ask(t, server, http.MethodPost, "/password/fresh", own)
	require.Equal(t, "/sign-in?return="+url.QueryEscape(way), res.Header.Get("Location"))
	t.Run("which leads nowhere else", func(t *testing.T) {
		for _, evil := range []string{"", "/", "//evil.example", "https://evil.example", "/password/fresh"} {
			own.Set("return", evil)
			res, _ := ask(t, server, http.MethodPost, "/password/fresh", own)
			require.Equal(t, "/sign-in", res.Header.Get("Location"), evil)
			first.Set("return", evil)
			res, _ = ask(t, server, http.MethodPost, "/sign-in", first)
			require.Equal(t, "/password/fresh", res.Header.Get("Location"), evil)
		}
	})
}
