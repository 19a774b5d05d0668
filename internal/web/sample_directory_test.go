package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func (c *counter) DirectoryState(context.Context, models.Actor) (models.DirectoryState, error) {
	if c.directory.Kind == "" {
		return models.DirectoryState{Kind: models.DirectoryBuiltIn}, c.fail
	}
	return c.directory, c.fail
}

func (c *counter) DirectoryFailures(context.Context, models.Actor, models.PageQuery) (models.Page[models.DirectoryFailure], error) {
	if c.empty || c.directory.Failed == 0 {
		return models.Page[models.DirectoryFailure]{}, c.fail
	}
	return models.Page[models.DirectoryFailure]{Items: []models.DirectoryFailure{
		{AccountID: "acc-2", Username: "sari.melati", Name: "Sari Melati", State: models.DirectoryFailed, Since: ago(26 * time.Hour), Attempts: 1,
			Reason: "the directory has an entry uid=sari.melati,ou=people,dc=kem,dc=example that is not Loket's"},
		{AccountID: "acc-3", Username: "made.surya", Name: "Made Surya Adi Wijaya", State: models.DirectoryLeftOut, Since: ago(50 * time.Hour), Attempts: 1,
			Reason: "Invalid Attribute Syntax (mail: value #0 invalid per syntax)"},
	}}, c.fail
}

func (c *counter) RetryDirectory(_ context.Context, _ models.Actor, account string) error {
	return c.ask("directory again: " + account)
}

func (c *counter) LeaveOutOfDirectory(_ context.Context, _ models.Actor, account string) error {
	return c.ask("directory without: " + account)
}

func trouble(c *counter) {
	c.directory = models.DirectoryState{Kind: models.DirectoryLDAP, Waiting: 37, Since: at(ago(90 * time.Minute)), Failed: 1, LeftOut: 1,
		Trouble: "the directory cannot be reached: dial tcp 10.0.0.7:636: connect: connection refused"}
}

func directoryScenes() []scene {
	return []scene{
		{name: "directory", path: "/support/directory", set: trouble},
		{name: "directory-fine", path: "/support/directory", set: func(c *counter) { c.directory.Kind = models.DirectoryLDAP }},
		{name: "directory-none", path: "/support/directory"},
		{name: "support-directory", path: "/support", set: trouble},
	}
}

func TestDirectoryPage(t *testing.T) {
	t.Run("support sees what the directory said, and may try again or leave out", func(t *testing.T) {
		c := newCounter()
		trouble(c)
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/support/directory", nil)
		require.Contains(t, page, "37 akun menunggu dicatat")
		require.Contains(t, page, "connection refused")
		require.Contains(t, page, "not Loket&#39;s")
		require.Equal(t, 1, strings.Count(page, "/leave-out"), "what is left out already is not left out again")
		for path, asked := range map[string]string{"/support/directory/acc-2/retry": "directory again: acc-2", "/support/directory/retry": "directory again: ",
			"/support/directory/acc-2/leave-out": "directory without: acc-2"} {
			c.asked = nil
			res, _ := ask(t, server, http.MethodPost, path, url.Values{})
			require.Equal(t, http.StatusSeeOther, res.StatusCode)
			require.Equal(t, "/support/directory", res.Header.Get("Location"))
			require.Equal(t, []any{asked}, c.asked)
		}
	})
	t.Run("the service desk is led there only where there is a directory", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/support", nil)
		require.NotContains(t, page, "/support/directory")
		trouble(c)
		_, page = ask(t, server, http.MethodGet, "/support", nil)
		require.Contains(t, page, "Direktori akun: 1 akun ditolak")
	})
}
