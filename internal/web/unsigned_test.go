package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFormsWithoutASession(t *testing.T) {
	server, _ := serve(t, newCounter())
	stranger := map[string]string{}
	t.Run("what was typed is on the page, to be sent once its writer is signed in again", func(t *testing.T) {
		res, page := askAs(t, server, stranger, http.MethodPost, "/memos/memo-1/edit", url.Values{"do": {"save"}, "subject": {`Akun <baru> & "lama"`}, "row-2-name": {"Dewi Yusuf"}})
		require.Equal(t, http.StatusUnauthorized, res.StatusCode)
		require.Contains(t, page, `<form method="post" action="/memos/memo-1/edit"`)
		require.Contains(t, page, `name="subject" value="Akun &lt;baru&gt; &amp; &#34;lama&#34;"`)
		require.Contains(t, page, `name="row-2-name" value="Dewi Yusuf"`)
		require.Contains(t, page, `href="/sign-in" target="_blank"`)
	})
	t.Run("secrets are not repeated, and where there is nothing else the door is next", func(t *testing.T) {
		secrets := url.Values{"old": {"s3cret-old"}, "password": {"s3cret-new"}, "again": {"s3cret-new"}}
		res, _ := askAs(t, server, stranger, http.MethodPost, "/account/password", secrets)
		require.Equal(t, "/sign-in", res.Header.Get("Location"))
		secrets.Set("username", "dewi")
		_, page := askAs(t, server, stranger, http.MethodPost, "/applications/link/app-1", secrets)
		require.Contains(t, page, "dewi")
		require.NotContains(t, page, "s3cret")
	})
	t.Run("a form that leads into an application does not go on from here", func(t *testing.T) {
		res, _ := askAs(t, server, stranger, http.MethodPost, "/applications/directorate/app-1", url.Values{"directorate": {"D1"}})
		require.Equal(t, "/sign-in", res.Header.Get("Location"))
	})
	t.Run("what a page saves by itself stays there, and the page says that it is not saved", func(t *testing.T) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/memos/memo-1/edit", strings.NewReader("do=autosave&subject=Akun"))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("HX-Request", "true")
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, "#unsaved", res.Header.Get("HX-Retarget"))
		require.Empty(t, res.Header.Get("HX-Redirect"))
	})
	t.Run("another site cannot have a form filled in", func(t *testing.T) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/memos/memo-1/edit", strings.NewReader("do=save&subject=Akun"))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusForbidden, res.StatusCode)
	})
}
