package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTypedDates(t *testing.T) {
	for typed, says := range map[string]string{"1-10-16": "Tulis tanggal seperti 01-10-2016.", "besok": "Tulis tanggal seperti 01-10-2016.", "31/02/2016": "Ini bukan tanggal yang ada."} {
		t.Run("says what is wrong with "+typed, func(t *testing.T) {
			server, _ := serve(t, newCounter())
			_, page := ask(t, server, http.MethodGet, "/calendar?clock=09.30&days=2&date="+url.QueryEscape(typed), nil)
			require.Contains(t, page, says)
		})
	}
	t.Run("a day needs no zero before it", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		_, page := ask(t, server, http.MethodGet, "/calendar?clock=09.30&days=2&date=1-12-2026", nil)
		require.NotContains(t, page, "govuk-error-summary")
	})
}
