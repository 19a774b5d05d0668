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
		require.Equal(t, "/password/fresh", res.Header.Get("Location"))
		for _, c := range res.Header.Values("Set-Cookie") {
			require.NotRegexp(t, "^loket(_device)?=", c)
		}
	})
}
