package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTemporaryPassword(t *testing.T) {
	b := setup(t)
	t.Run("gets no token, only the way to an own password", func(t *testing.T) {
		answer := b.client.As("").Call(t, http.MethodPost, "/api/v1/sign-in", `{"username":"surya","password":"temporary","token_name":"x","scopes":["read"],"days":3}`)
		var got map[string]any
		answer.Into(t, http.StatusCreated, &got)
		require.Equal(t, map[string]any{"must_change_password": true, "must_add_second_factor": false, "change": map[string]any{"link": "form", "expires": "2026-11-22T08:30:00Z"}}, got)
		require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
		require.Empty(t, b.asked, "no session was open")
	})
}
