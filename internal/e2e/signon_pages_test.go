package e2e_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/demo"
)

const wayBack = "http://127.0.0.1:9/callback"

// opener is somebody whose browser an application sends to Loket; it follows no redirect.
type opener struct {
	t    *testing.T
	base string
	http *http.Client
}

// shown is what came back, its body read.
type shown struct {
	StatusCode int
	Header     http.Header
}

func (o *opener) send(r *http.Request, err error) (shown, string) {
	o.t.Helper()
	require.NoError(o.t, err)
	got, err := o.http.Do(r)
	require.NoError(o.t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(o.t, err)
	return shown{got.StatusCode, got.Header}, string(text)
}

func (o *opener) get(path string) (shown, string) {
	o.t.Helper()
	return o.send(http.NewRequest(http.MethodGet, o.base+path, nil))
}

func (o *opener) post(path string, form url.Values) (shown, string) {
	o.t.Helper()
	r, err := http.NewRequest(http.MethodPost, o.base+path, strings.NewReader(form.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return o.send(r, err)
}

// requested is what an application asks for, with changes.
func requested(client string, more ...string) url.Values {
	form := url.Values{"client_id": {client}, "redirect_uri": {wayBack}, "response_type": {"code"}, "scope": {"openid profile"}, "state": {"s"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

// answered reads what the application hears.
func (o *opener) answered(got shown) url.Values {
	o.t.Helper()
	require.Equal(o.t, http.StatusSeeOther, got.StatusCode)
	require.True(o.t, strings.HasPrefix(got.Header.Get("Location"), wayBack+"?"), got.Header.Get("Location"))
	u, err := url.Parse(got.Header.Get("Location"))
	require.NoError(o.t, err)
	return u.Query()
}

// TestOpeningApplications walks through every page that an application can have somebody see.
func TestOpeningApplications(t *testing.T) {
	t.Parallel()
	binary, err := built()
	require.NoError(t, err)
	address := freeAddress(t)
	o := &office{t: t, binary: binary, dir: t.TempDir(), base: "http://" + address, env: outside(), output: &lockedBuffer{}}
	o.run("demo", "--data", filepath.Join(o.dir, "demo"), "--listen", address)
	o.prepared(t, `value="0"`) // the people are there
	registerBy(t, o.base)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	v := &opener{t, o.base, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}

	t.Run("a stranger is led to the door and back, and its form may lead on", func(t *testing.T) {
		got, _ := v.get("/oidc/authorize?" + requested("mitra").Encode())
		require.Equal(t, http.StatusSeeOther, got.StatusCode)
		door := got.Header.Get("Location")
		require.True(t, strings.HasPrefix(door, "/sign-in?return="), door)
		got, _ = v.get(door)
		require.Contains(t, got.Header.Get("Content-Security-Policy"), "form-action 'self' http://127.0.0.1:9;")
		u, err := url.Parse(door)
		require.NoError(t, err)
		got, _ = v.post("/sign-in", url.Values{"username": {"bayu.yanti"}, "password": {demo.Password}, "return": {u.Query().Get("return")}})
		require.Equal(t, http.StatusSeeOther, got.StatusCode)
		require.Equal(t, u.Query().Get("return"), got.Header.Get("Location"))
	})
	t.Run("a third party's application asks for consent, which can be refused, given, and is remembered", func(t *testing.T) {
		got, page := v.get("/oidc/authorize?" + requested("mitra").Encode())
		require.Equal(t, http.StatusOK, got.StatusCode)
		require.Contains(t, page, "Portal Mitra")
		require.Contains(t, got.Header.Get("Content-Security-Policy"), "form-action 'self' http://127.0.0.1:9;")
		got, _ = v.post("/oidc/authorize", url.Values{"ask": {requested("mitra").Encode()}, "step": {"consent"}, "go": {"cancel"}})
		require.Equal(t, "access_denied", v.answered(got).Get("error"))
		got, _ = v.post("/oidc/authorize", url.Values{"ask": {requested("mitra").Encode()}, "step": {"select_account"}, "go": {"continue"}})
		require.Equal(t, http.StatusOK, got.StatusCode, "another page's answer is no consent")
		got, _ = v.post("/oidc/authorize", url.Values{"ask": {requested("mitra").Encode()}, "step": {"consent"}, "go": {"continue"}})
		require.NotEmpty(t, v.answered(got).Get("code"))
		got, _ = v.get("/oidc/authorize?" + requested("mitra").Encode())
		require.NotEmpty(t, v.answered(got).Get("code"))
	})
	t.Run("prompt=login asks for the password, however fresh it is", func(t *testing.T) {
		form := requested("mitra", "prompt", "login")
		got, page := v.get("/oidc/authorize?" + form.Encode())
		require.Equal(t, http.StatusOK, got.StatusCode)
		require.Contains(t, page, `name="step_up"`)
		for _, wrong := range []string{"", "salah"} {
			got, _ = v.post("/oidc/authorize", url.Values{"ask": {form.Encode()}, "step": {"prove"}, "go": {"continue"}, "step_up": {wrong}})
			require.Equal(t, http.StatusUnprocessableEntity, got.StatusCode)
		}
		got, _ = v.post("/oidc/authorize", url.Values{"ask": {form.Encode()}, "step": {"prove"}, "go": {"continue"}, "step_up": {demo.Password}})
		require.NotEmpty(t, v.answered(got).Get("code"))
	})
	t.Run("whoever has no access is refused, and the application hears why", func(t *testing.T) {
		got, _ := v.get("/oidc/authorize?" + requested("tertutup").Encode())
		told := v.answered(got)
		require.Equal(t, "access_denied", told.Get("error"))
		require.Contains(t, told.Get("error_description"), "Tertutup")
	})
	t.Run("an address that nobody registered gets a page of ours", func(t *testing.T) {
		got, _ := v.get("/oidc/authorize?" + requested("mitra", "redirect_uri", "https://thief.example/").Encode())
		require.Equal(t, http.StatusBadRequest, got.StatusCode)
		require.Empty(t, got.Header.Get("Location"))
	})
	t.Run("somebody else may sign in instead", func(t *testing.T) {
		form := requested("mitra", "prompt", "login select_account")
		got, page := v.get("/oidc/authorize?" + form.Encode())
		require.Equal(t, http.StatusOK, got.StatusCode)
		require.Contains(t, page, `value="other"`)
		got, _ = v.post("/oidc/authorize", url.Values{"ask": {form.Encode()}, "step": {"select_account"}, "go": {"other"}})
		require.True(t, strings.HasPrefix(got.Header.Get("Location"), "/sign-in?return="))
		require.NotContains(t, got.Header.Get("Location"), "prompt", "whoever signs in gives the password once")
		got, _ = v.get("/applications")
		require.Equal(t, http.StatusSeeOther, got.StatusCode, "nobody is signed in any more")
	})
	t.Run("prompt=none asks nobody", func(t *testing.T) {
		got, _ := v.get("/oidc/authorize?" + requested("mitra", "prompt", "none").Encode())
		require.Equal(t, "login_required", v.answered(got).Get("error"))
	})
}

// registerBy has an admin register the applications through the API.
func registerBy(t *testing.T, base string) {
	t.Helper()
	c := apitest.NewClient(t, base)
	var signed struct{ Token string }
	c.Call(t, http.MethodPost, "/api/v1/sign-in", map[string]any{"username": "lestari.utami", "password": demo.Password, "token_name": "uji",
		"scopes": []string{"read", "admin"}, "days": 1}).Into(t, http.StatusCreated, &signed)
	admin := c.As(signed.Token)
	admin.Call(t, http.MethodPost, "/api/v1/step-up", map[string]any{"password": demo.Password}).Is(t, http.StatusOK)
	for _, app := range []map[string]any{
		{"id": "mitra", "name": "Portal Mitra", "access": "everyone", "third_party": true},
		{"id": "tertutup", "name": "Tertutup", "access": "grant"},
	} {
		for name, value := range map[string]any{"about": "Uji.", "provider": "Lembaga Mitra", "kind": "confidential", "icon": "people", "launch": "http://127.0.0.1:9/",
			"redirect_uris": []string{wayBack}, "enabled": true} {
			app[name] = value
		}
		admin.Call(t, http.MethodPost, "/api/v1/applications", app).Is(t, http.StatusCreated)
	}
}
