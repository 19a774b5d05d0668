package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// signInFrom sends the sign-in form from a browser with these cookies, and gives those that it was answered by name.
func signInFrom(t *testing.T, password string, sent ...*http.Cookie) map[string]*http.Cookie {
	t.Helper()
	server, _ := serve(t, newCounter())
	form := url.Values{"username": {"ratna"}, "password": {password}}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL+"/sign-in", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range sent {
		req.AddCookie(c)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	got := map[string]*http.Cookie{}
	for _, c := range res.Cookies() {
		got[c.Name] = c
	}
	return got
}

func TestTheBrowserIsKnownAgain(t *testing.T) {
	t.Run("a first sign-in leaves it something to be known by, for half a year", func(t *testing.T) {
		left := signInFrom(t, "right")["loket_device"]
		require.NotNil(t, left)
		require.Equal(t, "after-", left.Value)
		require.InDelta(t, 180*24*3600, left.MaxAge, 60)
		require.True(t, left.HttpOnly)
		require.Equal(t, http.SameSiteLaxMode, left.SameSite)
	})
	t.Run("the next one sends it and gets another", func(t *testing.T) {
		left := signInFrom(t, "right", &http.Cookie{Name: "loket_device", Value: "last"})["loket_device"]
		require.Equal(t, "after-last", left.Value)
	})
	t.Run("a wrong password leaves it as it is", func(t *testing.T) {
		require.Empty(t, signInFrom(t, "wrong", &http.Cookie{Name: "loket_device", Value: "last"}))
	})
}
