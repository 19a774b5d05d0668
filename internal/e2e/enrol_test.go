package e2e_test

import (
	"database/sql"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/auth"
	"loket/internal/store"
	"loket/models"
)

// calmly is how often the API is asked again while something is awaited: what one account may ask in a minute is bounded.
const calmly = 500 * time.Millisecond

// enrols gives people of the registry accounts whose password is everybody's, without a temporary one before it. The
// process need not run.
func (o *office) enrols(nips ...string) *office {
	o.t.Helper()
	accounts := make([]store.NewAccount, len(nips))
	for i, nip := range nips {
		accounts[i] = store.NewAccount{Username: "uji." + nip[8:], NIP: nip}
	}
	return o.opens(accounts...)
}

// opens is enrols for whoever else has an account.
func (o *office) opens(accounts ...store.NewAccount) *office {
	o.t.Helper()
	s := o.database()
	defer func() { require.NoError(o.t, s.Close()) }()
	hasher, err := auth.NewHasher(1)
	require.NoError(o.t, err)
	hash, err := hasher.Hash(o.t.Context(), password)
	require.NoError(o.t, err)
	for _, a := range accounts {
		a.PasswordHash = hash
		_, err := s.CreateAccount(o.t.Context(), models.Actor{Origin: models.Origin{Channel: "cli"}}, a)
		require.NoError(o.t, err)
	}
	return o
}

// known signs in somebody who was enrolled.
func (o *office) known(c apitest.Client, nip string) person {
	o.t.Helper()
	return o.signIn(c, "uji."+nip[8:], password)
}

// alters changes rows of the installation's SQLite file beneath the process, as time that goes by would.
func (o *office) alters(statement string, values ...any) {
	o.t.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(o.dir, "data", "loket.db")+"?_pragma=busy_timeout(10000)&_time_format=sqlite&_timezone=UTC")
	require.NoError(o.t, err)
	defer raw.Close()
	done, err := raw.ExecContext(o.t.Context(), statement, values...)
	require.NoError(o.t, err)
	n, err := done.RowsAffected()
	require.NoError(o.t, err)
	require.Positive(o.t, n, statement)
}

// restarts ends the process and has another go on: what it looks for at intervals, it looks for at once.
func (o *office) restarts() *office {
	o.t.Helper()
	o.kill()
	return o.start()
}

// surfer is a browser without pictures that keeps cookies and follows nothing.
func (o *office) surfer() *opener {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(o.t, err)
	return &opener{o.t, o.base, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// registersApp has an admin register an application that everybody may open, and gives its secret.
func (p person) registersApp(t *testing.T, id string) string {
	t.Helper()
	p.stepUp(t)
	var made struct {
		Secret string `json:"client_secret"`
	}
	p.Call(t, http.MethodPost, "/api/v1/applications", map[string]any{"id": id, "name": "Aplikasi Uji", "about": "Uji.", "provider": "Lembaga Mitra", "kind": "confidential",
		"icon": "people", "launch": "http://127.0.0.1:9/", "redirect_uris": []string{wayBack}, "enabled": true, "access": "everyone"}).Into(t, http.StatusCreated, &made)
	require.NotEmpty(t, made.Secret)
	return made.Secret
}
