package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"loket/api/apitest"
	"loket/internal/i18n"
	"loket/internal/web/webtest"
	"loket/models"
)

// challenged is the verifier of what requested asks with; RFC 7636, appendix B.
const challenged = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// TestSecondFactorThroughThePortal adds a second factor in a browser, signs in with it, with one of the codes for a lost
// phone, and at an application, which hears of it.
func TestSecondFactorThroughThePortal(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	staff := applicants(t, string(models.EmploymentPNS), 1)[0]
	o.enrols(staff.nip, adminNIP).start()
	username := "uji." + staff.nip[8:]
	secret := o.known(apitest.NewClient(t, o.base), adminNIP).registersApp(t, "jadwal")
	c := o.crowd(i18n.Indonesian, webtest.Desktop)

	v := c.enters("owner", staff.nip, "/account/security")
	key, recovery := v.addsFactor()
	o.counts(t, staff.external, "Verifikasi dua langkah terpasang", 1)
	v.goes("/account/security")
	require.Contains(t, v.text("main"), v.say.T("security.factor.on_tag"))
	require.NotContains(t, read[string](v, "document.documentElement.outerHTML"), recovery[0], "the codes are shown once")

	w := c.stranger("elsewhere")
	w.comesForCode("/applications", username)
	w.fill("code", "000000")
	w.faulted(w.submit(), "code")
	w.fill("code", strings.ToUpper(recovery[0]))
	require.Equal(t, http.StatusOK, w.submit(), w.text("main"))
	require.Equal(t, "/applications", w.path())
	x := c.stranger("again")
	x.comesForCode("/applications", username)
	x.fill("code", recovery[0])
	x.faulted(x.submit(), "code")
	x.open("/applications")
	require.Equal(t, "/sign-in", read[string](x, "location.pathname"), "a password alone opens nothing")
	v.goes("/account/security")
	require.Contains(t, v.text("main"), v.say.N("security.codes_left", len(recovery)-1))

	o.signsOnWithCode(username, key, secret)
	require.Empty(t, c.words.Missing())
	for _, told := range append(recovery, key, strings.ReplaceAll(key, " ", "")) {
		require.NotContains(t, o.output.String(), told, "the log holds none")
	}
}

// addsFactor does what the page says, first with a slip, and gives the key and the recovery codes.
func (v *visitor) addsFactor() (key string, recovery []string) {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.follow(`a[href="/account/security/second-factor"]`))
	require.Equal(v.t, http.StatusOK, v.submit())
	key = strings.ReplaceAll(v.text(".lk-secret"), " ", "")
	require.NotEmpty(v.t, key)
	v.fill("code", "000000")
	v.faulted(v.submit(), "code")
	require.Equal(v.t, key, strings.ReplaceAll(v.text(".lk-secret"), " ", ""), "the key stays the same: it is in the phone already")
	v.fill("code", codeOf(v.t, key, 0))
	require.Equal(v.t, http.StatusOK, v.submit(), v.text("main"))
	recovery = read[[]string](v, `[...document.querySelectorAll(".lk-codes code")].map(e => e.textContent)`)
	require.Len(v.t, recovery, 10)
	return key, recovery
}

// codeOf is what an authenticator app shows, so much ahead of now.
func codeOf(t testing.TB, key string, ahead time.Duration) string {
	t.Helper()
	text, err := totp.GenerateCode(key, time.Now().Add(ahead))
	require.NoError(t, err)
	return text
}

// comesForCode signs in on the way to a page with the right password, and is asked for a code.
func (v *visitor) comesForCode(path, username string) {
	v.t.Helper()
	v.open(path)
	require.Equal(v.t, http.StatusOK, v.signIn(username, password))
	require.Equal(v.t, "/sign-in/code", read[string](v, "location.pathname"))
	v.faulted(v.submit(), "code")
}

// signsOnWithCode opens an application by password and code; the id token says so.
func (o *office) signsOnWithCode(username, key, secret string) {
	t, v := o.t, o.surfer()
	way := "/oidc/authorize?" + requested("jadwal").Encode()
	got, page := v.tries("/sign-in", url.Values{"username": {username}, "password": {password}, "return": {way}})
	require.Equal(t, http.StatusSeeOther, got.StatusCode, page)
	require.True(t, strings.HasPrefix(got.Header.Get("Location"), "/sign-in/code"), got.Header.Get("Location"))
	before, _ := v.get(way)
	require.NotContains(t, before.Header.Get("Location"), wayBack, "nothing is told before the code")
	got, page = v.tries("/sign-in/code", url.Values{"code": {codeOf(t, key, 30*time.Second)}, "return": {way}})
	require.Equal(t, http.StatusSeeOther, got.StatusCode, page)
	require.Equal(t, way, got.Header.Get("Location"))
	got, _ = v.get(way)
	code := v.answered(got).Get("code")

	provider, err := oidc.NewProvider(t.Context(), o.base)
	require.NoError(t, err)
	app := oauth2.Config{ClientID: "jadwal", ClientSecret: secret, Endpoint: provider.Endpoint(), RedirectURL: wayBack}
	token, err := app.Exchange(t.Context(), code, oauth2.VerifierOption(challenged))
	require.NoError(t, err)
	text, ok := token.Extra("id_token").(string)
	require.True(t, ok)
	told, err := provider.Verifier(&oidc.Config{ClientID: "jadwal"}).Verify(t.Context(), text)
	require.NoError(t, err)
	var claims struct {
		ACR string
		AMR []string
	}
	require.NoError(t, told.Claims(&claims))
	require.Equal(t, "urn:loket:acr:two-factors", claims.ACR)
	require.ElementsMatch(t, []string{"pwd", "otp", "mfa"}, claims.AMR)
}

// tries sends a form of the door once its turn has come: an address may try ten times in a minute.
func (o *opener) tries(path string, form url.Values) (got shown, page string) {
	o.t.Helper()
	require.Eventually(o.t, func() bool {
		got, page = o.post(path, form)
		return got.StatusCode != http.StatusTooManyRequests
	}, 2*time.Minute, time.Second)
	return got, page
}
