package e2e_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

// apache is Debian's web server with mod_auth_openidc, an OpenID client that others wrote, before an application that
// knows nothing of sign-in: a plain process on loopback with a folder of its own.
type apache struct {
	base, dir string
	process   *exec.Cmd
}

const protected = "/aman/"

func (a *apache) callback() string { return a.base + protected + "callback" }

// registration is how an admin registers the application that stands behind it.
func (a *apache) registration() map[string]any {
	return map[string]any{"id": "arsip-lama", "name": "Arsip Lama", "about": "Uji.", "provider": "Kementerian Contoh", "kind": "confidential", "icon": "archive",
		"access": "everyone", "launch": a.base + protected, "redirect_uris": []string{a.callback()}, "post_logout_redirect_uris": []string{a.base + "/bye"},
		"backchannel_logout_uri": a.callback() + "?logout=backchannel", "enabled": true}
}

// settings tell the module no more than any application's owner is told: the issuer, an id and a secret. Debug mode keeps
// all in one process.
func (a *apache) settings(issuer, secret, behind string) string {
	lines := []string{"ServerName 127.0.0.1", "Listen " + strings.TrimPrefix(a.base, "http://"), "DefaultRuntimeDir " + a.dir, "PidFile apache.pid", "ErrorLog " + filepath.Join(a.dir, "error.log")}
	for _, module := range []string{"mpm_event", "authn_core", "authz_core", "authz_user", "proxy", "proxy_http", "auth_openidc"} {
		lines = append(lines, "LoadModule "+module+"_module /usr/lib/apache2/modules/mod_"+module+".so")
	}
	if os.Getuid() == 0 {
		lines = append(lines, "User nobody", "Group nogroup")
	}
	lines = append(lines, "OIDCProviderMetadataURL "+issuer+"/.well-known/openid-configuration", "OIDCClientID arsip-lama", "OIDCClientSecret "+secret,
		"OIDCRedirectURI "+a.callback(), "OIDCCryptoPassphrase "+secret, "OIDCPKCEMethod S256", `OIDCScope "openid profile email agency:unit"`,
		"ProxyPass / "+behind+"/", "<Location "+protected+">", "AuthType openid-connect", "Require valid-user", "</Location>")
	return strings.Join(lines, "\n") + "\n"
}

func (a *apache) start(t *testing.T, issuer, secret, behind string) {
	t.Helper()
	file := filepath.Join(a.dir, "apache.conf")
	require.NoError(t, os.WriteFile(file, []byte(a.settings(issuer, secret, behind)), 0o600))
	binary, err := exec.LookPath("apache2")
	if err != nil {
		binary = "/usr/sbin/apache2" // which is in the path of root alone
	}
	a.process = exec.Command(binary, "-X", "-d", a.dir, "-f", file)
	a.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out := &lockedBuffer{}
	a.process.Stdout, a.process.Stderr = out, out
	require.NoError(t, a.process.Start(), "apache2: scripts/install-test-deps brings it")
	t.Cleanup(func() {
		_ = a.process.Process.Kill()
		_ = a.process.Wait() // it was killed
		if t.Failed() {
			text, _ := os.ReadFile(filepath.Join(a.dir, "error.log"))
			t.Logf("%s\n%s", out, text)
		}
	})
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(a.base, "http://"))
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, 20*time.Second, 50*time.Millisecond, "apache2 does not answer: %s", out)
}

// repeats is an application that answers with what it is told of whoever asks.
func repeats(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims := map[string]string{"path": r.URL.RequestURI()}
		for name := range r.Header {
			if claim, ok := strings.CutPrefix(strings.ToLower(name), "oidc_claim_"); ok {
				claims[claim] = r.Header.Get(name)
			}
		}
		_ = json.NewEncoder(w).Encode(claims) // the reader has gone
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// browser follows redirects and keeps cookies, as a browser does.
func browser(t *testing.T, base string) *opener {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &opener{t, base, &http.Client{Jar: jar}}
}

var askHidden = regexp.MustCompile(`name="ask" value="([^"]*)"`)

// enters opens the protected page as somebody who is not signed in, signs in at the door, and gives what the application
// behind learns.
func (o *opener) enters(a *apache, username string) map[string]string {
	o.t.Helper()
	back := o.door(a)
	got, text := o.post("/sign-in", url.Values{"username": {username}, "password": {password}, "return": {back}})
	require.Equal(o.t, http.StatusOK, got.StatusCode, text)
	return learned(o.t, text)
}

func learned(t *testing.T, text string) map[string]string {
	t.Helper()
	claims := map[string]string{}
	require.NoError(t, json.Unmarshal([]byte(text), &claims), text)
	return claims
}

// door opens the protected page and gives where the door it was led to leads on to.
func (o *opener) door(a *apache) string {
	o.t.Helper()
	at := o.led(a)
	require.Equal(o.t, o.base+"/sign-in", "http://"+at.Host+at.Path)
	return at.Query().Get("return")
}

// led opens the protected page as a browser does, which the module tells by what it accepts, and gives where that led.
func (o *opener) led(a *apache) *url.URL {
	o.t.Helper()
	r, err := http.NewRequest(http.MethodGet, a.base+protected+"surat?nomor=7", nil)
	require.NoError(o.t, err)
	r.Header.Set("Accept", "text/html")
	got, err := o.http.Do(r)
	require.NoError(o.t, err)
	defer got.Body.Close()
	return got.Request.URL
}

// sentBy has a page of the application post a form here, and gives the answer to where that leads. A browser sends no
// cookie along with what comes from elsewhere by POST, and does with the GET it is led to.
func (o *opener) sentBy(a *apache, path string, form url.Values) shown {
	o.t.Helper()
	still := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	bare, own := &opener{o.t, o.base, &http.Client{CheckRedirect: still}}, &opener{o.t, o.base, &http.Client{Jar: o.http.Jar, CheckRedirect: still}}
	r, err := http.NewRequest(http.MethodPost, o.base+path, strings.NewReader(form.Encode()))
	require.NoError(o.t, err)
	for name, value := range map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": a.base, "Sec-Fetch-Site": "cross-site"} {
		r.Header.Set(name, value)
	}
	got, text := bare.send(r, nil)
	require.Equal(o.t, http.StatusSeeOther, got.StatusCode, text)
	got, _ = own.get(got.Header.Get("Location"))
	return got
}

// TestModAuthOpenIDC signs people in to an application behind Debian's mod_auth_openidc, and out again: by the
// application, and by Loket.
func TestModAuthOpenIDC(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "").start()
	c := apitest.NewClient(t, o.base)
	admin, staff := o.hire(c, adminNIP), o.hire(c, senderNIP)
	a := &apache{base: "http://" + freeAddress(t), dir: t.TempDir()}
	admin.Call(t, http.MethodPost, "/api/v1/step-up", map[string]any{"password": password}).Is(t, http.StatusOK)
	var registered struct {
		Secret string `json:"client_secret"`
	}
	admin.Call(t, http.MethodPost, "/api/v1/applications", a.registration()).Into(t, http.StatusCreated, &registered)
	a.start(t, o.base, registered.Secret, repeats(t))

	v := browser(t, o.base)
	claims := v.enters(a, staff.username)
	t.Run("the application learns who it is and how they signed in", func(t *testing.T) {
		require.Equal(t, protected+"surat?nomor=7", claims["path"], "back where they wanted to go")
		require.Equal(t, staff.username, claims["preferred_username"])
		require.NotEmpty(t, claims["sub"])
		require.Equal(t, o.base, claims["iss"])
		require.Equal(t, "KEM.1.2", claims["unit_code"])
		require.Equal(t, []string{"urn:loket:acr:password", "pwd"}, []string{claims["acr"], claims["amr"]})
		require.NotEmpty(t, claims["auth_time"])
		for name, value := range claims {
			require.NotContains(t, value, senderNIP, name)
		}
	})
	t.Run("oidcc-ensure-post-request-succeeds", func(t *testing.T) {
		ask := requested("arsip-lama", "redirect_uri", a.callback())
		require.Regexp(t, "^"+regexp.QuoteMeta(a.callback())+`\?code=`, v.sentBy(a, "/oidc/authorize", ask).Header.Get("Location"))
		ask.Set("prompt", "none")
		require.Regexp(t, "^"+regexp.QuoteMeta(a.callback())+`\?code=`, v.sentBy(a, "/oidc/authorize", ask).Header.Get("Location"))
		ask.Set("prompt", "login")
		require.Equal(t, http.StatusOK, v.sentBy(a, "/oidc/authorize", ask).StatusCode, "a posted request asks for the password, too")
		require.Equal(t, http.StatusOK, v.sentBy(a, "/oidc/end-session", url.Values{"client_id": {"arsip-lama"}}).StatusCode, "and so does a posted farewell")
	})
	t.Run("the application signs out everywhere", func(t *testing.T) {
		got, text := v.send(http.NewRequest(http.MethodGet, a.callback()+"?logout="+url.QueryEscape(a.base+"/bye"), nil))
		require.Equal(t, http.StatusOK, got.StatusCode)
		ask := askHidden.FindStringSubmatch(text)
		require.NotNil(t, ask, text)
		require.Contains(t, got.Header.Get("Content-Security-Policy"), "form-action 'self' "+a.base)
		got, text = v.post("/oidc/end-session", url.Values{"ask": {strings.ReplaceAll(ask[1], "&amp;", "&")}, "go": {"out"}})
		require.Equal(t, http.StatusOK, got.StatusCode, text)
		require.Equal(t, "/bye", learned(t, text)["path"], "the address that was registered")
		v.door(a)
	})
	t.Run("Loket signs out of the application", func(t *testing.T) {
		require.Equal(t, claims["sub"], v.enters(a, staff.username)["sub"])
		got, _ := v.post("/sign-out", url.Values{})
		require.Equal(t, http.StatusOK, got.StatusCode)
		require.Eventually(t, func() bool { return v.led(a).Path == "/sign-in" }, 20*time.Second, 200*time.Millisecond,
			"the application heard nothing by the back channel")
	})
	t.Run("a stolen code is worth nothing at the application", func(t *testing.T) {
		got, text := v.send(http.NewRequest(http.MethodGet, a.callback()+"?code=stolen&state=made-up&iss="+url.QueryEscape(o.base), nil))
		require.NotContains(t, text, `"path"`)
		require.GreaterOrEqual(t, got.StatusCode, 400)
	})
}
