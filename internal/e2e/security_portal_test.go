package e2e_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/i18n"
	"loket/internal/web/webtest"
	"loket/models"
)

// TestSecurityPage has somebody look after their account in a browser: end sessions elsewhere, forget a browser, make and
// revoke a token, and choose the language.
func TestSecurityPage(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	staff := applicants(t, string(models.EmploymentPNS), 1)[0]
	o.enrols(staff.nip).start()
	c := o.crowd(i18n.Indonesian, webtest.Desktop)
	v := c.enters("owner", staff.nip, "/account/security")
	others := []*visitor{c.enters("second", staff.nip, "/applications"), c.enters("third", staff.nip, "/applications")}

	v.goes("/account/security")
	require.Equal(t, 3, v.lines("sessions"))
	require.Equal(t, http.StatusOK, v.follow(`section[aria-labelledby=sessions] form[action$="/end"] button`))
	v.flashed("session_ended")
	require.Equal(t, 2, v.lines("sessions"))
	require.Equal(t, 1, clickedOut(others), "one of them is out at the next click, the other goes on")
	require.Equal(t, http.StatusOK, v.follow(`form[action="/account/sessions/end-others"] button`))
	require.Equal(t, 1, v.lines("sessions"))
	require.Equal(t, 2, clickedOut(others))

	known := v.lines("devices")
	require.Positive(t, known)
	require.Equal(t, http.StatusOK, v.follow(`section[aria-labelledby=devices] form[action$="/forget"] button`))
	v.flashed("device_forgotten")
	require.Equal(t, known-1, v.lines("devices"))

	v.tokenMadeAndRevoked()

	v.speaks(i18n.English)
	require.Equal(t, http.StatusOK, v.follow(`section[aria-labelledby=language] button`))
	require.Equal(t, "/account/security", read[string](v, "location.pathname"))
	require.Contains(t, v.text("h1"), v.say.T("security.title"))
	w := others[0]
	w.open("/applications")
	require.Equal(t, http.StatusOK, w.signIn("uji."+staff.nip[8:], password), "a browser in which another language was chosen keeps it")
	v.goes("/applications")
	require.Empty(t, c.words.Missing())
	o.stop()
	o.command("check", "--strict")
}

// lines counts the rows of a table of the page.
func (v *visitor) lines(section string) int {
	v.t.Helper()
	return v.count(fmt.Sprintf("section[aria-labelledby=%q] tbody tr", section))
}

// clickedOut has everybody who is still in click on, and counts those who are at the door then.
func clickedOut(visitors []*visitor) int {
	out := 0
	for _, w := range visitors {
		w.t.Helper()
		if w.count(`.lk-nav a[href="/"]`) > 0 {
			w.follow(`.lk-nav a[href="/"]`)
		}
		if read[string](w, "location.pathname") == "/sign-in" {
			out++
		}
	}
	return out
}

// tokenMadeAndRevoked makes a personal token, which is shown once, opens the API, and does no more once it is revoked.
func (v *visitor) tokenMadeAndRevoked() {
	t := v.t
	t.Helper()
	v.unfold("#name")
	v.faulted(v.follow(`form[action="/account/tokens"] button.govuk-button--secondary:not(.govuk-password-input__toggle)`), "name", "scopes")
	v.fill("name", "Laporan")
	v.choose("scopes", string(models.ScopeRead))
	require.Equal(t, http.StatusOK, v.follow(`form[action="/account/tokens"] button.govuk-button--secondary:not(.govuk-password-input__toggle)`))
	secret := v.text("code.lk-secret")
	require.NotEmpty(t, secret)
	program := apitest.NewClient(t, v.o.base).As(secret)
	program.Call(t, http.MethodGet, "/api/v1/me", nil).Is(t, http.StatusOK)
	v.goes("/account/security")
	require.NotContains(t, read[string](v, "document.documentElement.outerHTML"), secret, "it is shown once")
	require.Contains(t, v.text("section[aria-labelledby=tokens]"), "Laporan")
	require.Equal(t, http.StatusOK, v.follow(`section[aria-labelledby=tokens] form[action$="/revoke"] button`))
	v.flashed("token_revoked")
	require.Zero(t, v.lines("tokens"))
	program.Call(t, http.MethodGet, "/api/v1/me", nil).Refused(t, http.StatusUnauthorized, "unauthenticated")
}
