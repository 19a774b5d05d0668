package e2e_test

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/demo"
)

// The verifier of the challenge that requested sends (RFC 7636, Appendix B).
const openVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// bystander is a demo whose portal is left alone while its people work in applications.
type bystander struct {
	t  *testing.T
	o  *office
	db *sql.DB
}

// browser is a new one, which nobody is signed in from.
func (b *bystander) browser(t *testing.T) *opener {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &opener{t, b.o.base, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (o *opener) signsIn(username string) {
	o.t.Helper()
	got, _ := o.post("/sign-in", url.Values{"username": {username}, "password": {demo.Password}})
	require.Equal(o.t, http.StatusSeeOther, got.StatusCode)
	require.Equal(o.t, "/", got.Header.Get("Location"))
}

// opens opens an application and gives the ID token that it gets.
func (o *opener) opens(client string) string {
	o.t.Helper()
	got, _ := o.get("/oidc/authorize?" + requested(client).Encode())
	code := o.answered(got).Get("code")
	require.NotEmpty(o.t, code)
	got, text := o.post("/oidc/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {client}, "code": {code}, "redirect_uri": {wayBack}, "code_verifier": {openVerifier}})
	require.Equal(o.t, http.StatusOK, got.StatusCode, text)
	var told struct {
		IDToken string `json:"id_token"`
	}
	require.NoError(o.t, json.Unmarshal([]byte(text), &told))
	return told.IDToken
}

// leaves signs out as an application asks.
func (o *opener) leaves(hint string) {
	o.t.Helper()
	form := url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {wayBack}, "state": {"bye"}}
	got, page := o.get("/oidc/end-session?" + form.Encode())
	require.Equal(o.t, http.StatusOK, got.StatusCode, "nobody is signed out without being asked")
	require.Contains(o.t, page, `value="out"`)
	got, _ = o.post("/oidc/end-session", url.Values{"ask": {form.Encode()}, "go": {"out"}})
	require.Equal(o.t, "bye", o.answered(got).Get("state"))
}

func (b *bystander) idle(d time.Duration) {
	b.t.Helper()
	_, err := b.db.ExecContext(b.t.Context(), "update sessions set last_seen = ?", time.Now().UTC().Add(-d))
	require.NoError(b.t, err)
}

func (b *bystander) open(t *testing.T, username string) (applications, sessions int) {
	t.Helper()
	require.NoError(t, b.db.QueryRowContext(t.Context(), `select (select count(*) from openid_grants g where g.account_id = a.id and g.ended is null),
		(select count(*) from sessions s where s.account_id = a.id) from accounts a where a.username = ?`, username).Scan(&applications, &sessions))
	return applications, sessions
}

func (b *bystander) gone(t *testing.T, username string) {
	t.Helper()
	require.Eventually(t, func() bool { applications, sessions := b.open(t, username); return applications+sessions == 0 }, 10*time.Second, poll, "%s is still signed in", username)
}

func registerPhones(t *testing.T, base string) {
	t.Helper()
	c := apitest.NewClient(t, base)
	var signed struct{ Token string }
	c.Call(t, http.MethodPost, "/api/v1/sign-in", map[string]any{"username": "lestari.utami", "password": demo.Password, "token_name": "uji",
		"scopes": []string{"read", "admin"}, "days": 1}).Into(t, http.StatusCreated, &signed)
	admin := c.As(signed.Token)
	admin.Call(t, http.MethodPost, "/api/v1/step-up", map[string]any{"password": demo.Password}).Is(t, http.StatusOK)
	for _, id := range []string{"absen", "rapat"} {
		admin.Call(t, http.MethodPost, "/api/v1/applications", map[string]any{"id": id, "name": strings.ToUpper(id), "access": "everyone", "about": "Uji.",
			"provider": "Badan Contoh", "kind": "public", "icon": "people", "launch": "http://127.0.0.1:9/", "redirect_uris": []string{wayBack},
			"post_logout_redirect_uris": []string{wayBack}, "enabled": true}).Is(t, http.StatusCreated)
	}
}

// TestSignOutAfterRest signs people out who worked in applications for longer than a session of the portal may lie idle,
// which is what most of them do.
func TestSignOutAfterRest(t *testing.T) {
	t.Parallel()
	binary, err := built()
	require.NoError(t, err)
	address := freeAddress(t)
	o := &office{t: t, binary: binary, dir: t.TempDir(), base: "http://" + address, env: outside(), output: &lockedBuffer{}}
	o.run("demo", "--data", filepath.Join(o.dir, "demo"), "--listen", address)
	o.prepared(t, `value="0"`) // the people are there
	registerPhones(t, o.base)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(o.dir, "demo", "loket.db")+"?_pragma=busy_timeout(10000)&_time_format=sqlite&_timezone=UTC")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	b := &bystander{t, o, db}
	const rest = 31 * time.Minute

	t.Run("an application's sign-out closes the other one too", func(t *testing.T) {
		v := b.browser(t)
		v.signsIn("bayu.yanti")
		hint := v.opens("absen")
		v.opens("rapat")
		b.idle(rest)
		v.leaves(hint)
		b.gone(t, "bayu.yanti")
	})
	t.Run("the portal's sign-out ends what lay idle", func(t *testing.T) {
		v := b.browser(t)
		v.signsIn("bayu.yanti")
		v.opens("absen")
		b.idle(rest)
		got, _ := v.post("/sign-out", url.Values{})
		require.Equal(t, "/sign-in", got.Header.Get("Location"))
		b.gone(t, "bayu.yanti")
	})
	t.Run("whoever signed in again leaves both sessions of the browser at once, and no other browser's", func(t *testing.T) {
		v, phone := b.browser(t), b.browser(t)
		phone.signsIn("bayu.yanti")
		phone.opens("rapat")
		v.signsIn("bayu.yanti")
		v.opens("absen")
		b.idle(rest)
		v.signsIn("bayu.yanti")
		v.opens("rapat")
		_, page := v.get("/account/security")
		require.Equal(t, 2, strings.Count(page, "mungkin masih terbuka"), "what lies idle is listed as such")
		require.True(t, strings.Contains(page, "/account/sessions/end-others"))
		v.post("/sign-out", url.Values{})
		require.Eventually(t, func() bool {
			applications, sessions := b.open(t, "bayu.yanti")
			return applications == 1 && sessions == 1
		}, 10*time.Second, poll)
		phone.post("/sign-out", url.Values{})
		b.gone(t, "bayu.yanti")
	})
	t.Run("a session that no cookie names any more ends by the application's word", func(t *testing.T) {
		v := b.browser(t)
		v.signsIn("bayu.yanti")
		hint := v.opens("absen")
		bare := b.browser(t)
		bare.leaves(hint)
		b.gone(t, "bayu.yanti")
		got, _ := bare.get("/oidc/end-session?" + url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {wayBack}, "state": {"bye"}}.Encode())
		require.Equal(t, "bye", bare.answered(got).Get("state"), "what has ended is not asked about again")
	})
	t.Run("somebody else in the same browser stays", func(t *testing.T) {
		v := b.browser(t)
		v.signsIn("bayu.yanti")
		hint := v.opens("absen")
		b.idle(rest)
		v.signsIn("ningsih.hidayat")
		v.opens("absen")
		v.leaves(hint)
		b.gone(t, "bayu.yanti")
		applications, sessions := b.open(t, "ningsih.hidayat")
		require.Equal(t, []int{1, 1}, []int{applications, sessions})
		got, _ := v.get("/account")
		require.Equal(t, http.StatusOK, got.StatusCode)
	})
}
