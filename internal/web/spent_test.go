package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSpentLinks(t *testing.T) {
	server, words := serve(t, newCounter())
	for path, on := range map[string]struct{ says, href string }{
		"/reset/used":         {"Minta tautan baru di Lupa kata sandi.", "/forgotten"},
		"/password/used":      {"Langsung masuk.", "/sign-in"},
		"/email/confirm/used": {"Lihat alamat akun Anda di Profil.", "/profile"},
		"/email/undo/used":    {"Lihat alamat akun Anda di Profil.", "/profile"},
	} {
		t.Run("leads on from "+path, func(t *testing.T) {
			res, page := askAs(t, server, nil, http.MethodGet, path, nil)
			require.Equal(t, http.StatusGone, res.StatusCode)
			require.Contains(t, page, on.says)
			require.Contains(t, page, `class="govuk-button" href="`+on.href+`"`)
		})
	}
	require.Empty(t, words.Missing())
}
