package e2e_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/i18n"
	"loket/internal/web/webtest"
	"loket/models"
)

const changedWas = "Kata sandi akun Anda telah diganti"

// TestOwnPassword changes a password by free will in a browser, and has the service desk help somebody who lost theirs.
func TestOwnPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	staff := applicants(t, string(models.EmploymentPNS), 2)
	owner, lost := staff[0], staff[1]
	o.enrols(owner.nip, lost.nip, supportNIP, auditorNIP).start()
	c := o.crowd(i18n.Indonesian, webtest.Desktop)
	t.Run("changed by its owner", func(t *testing.T) { c.changesOwn(t, owner) })
	t.Run("a link sent by the service desk", func(t *testing.T) { c.isHelped(t, lost) })
	require.Empty(t, c.words.Missing())
	o.stop()
	o.command("check", "--strict")
}

// enters signs somebody who was enrolled in at the door, on the way to a page.
func (c *crowd) enters(name, nip, path string) *visitor {
	c.o.t.Helper()
	v := c.stranger(name)
	v.username, v.password = "uji."+nip[8:], password
	v.comesFor(path, c.lang)
	require.Equal(v.t, path, v.path())
	return v
}

func (c *crowd) changesOwn(t *testing.T, owner applicant) {
	o := c.o
	v, elsewhere := c.enters("owner", owner.nip, "/account"), c.enters("owner-elsewhere", owner.nip, "/applications")
	require.Equal(t, http.StatusOK, v.follow(`a[href^="/account/password"]`))
	require.Contains(t, v.text("main"), "Dapat diganti lagi mulai", "a day has not gone by since the last change")
	require.Zero(t, v.count("#old"))
	api := o.signIn(apitest.NewClient(t, o.base), v.username, password)
	api.Call(t, http.MethodPut, "/api/v1/me/password", map[string]string{"old": password, "password": anotherPassword, "again": anotherPassword}).
		Refused(t, http.StatusUnprocessableEntity, "invalid")

	o.ages(v.username, 2*aDay)
	require.Equal(t, http.StatusOK, v.open("/account/password?return=/account"))
	change := func(old, new string) int {
		v.fill("old", old)
		v.fill("password", new)
		v.fill("again", new)
		return v.submit()
	}

	v.fill("password", "loket")
	v.do(chromedp.WaitReady(chromedp.CSS("#password-rules .lk-rules__met")))
	require.Less(t, v.count("#password-rules .lk-rules__met"), v.count("#password-rules li"))
	v.fill("password", anotherPassword)
	v.do(chromedp.WaitNotPresent(chromedp.CSS("#password-rules li:not(.lk-rules__met):not(:last-child)"))) // the last is known when it is saved

	v.faulted(change("Salah*Besar*1945", anotherPassword), "old")
	require.Empty(t, v.value("password"))
	require.Equal(t, http.StatusOK, change(password, anotherPassword), v.text("main"))
	require.Equal(t, "/account", v.path())
	v.flashed("password_changed")
	o.counts(t, owner.external, changedWas, 1)
	require.Equal(t, http.StatusOK, v.open("/applications"), "who changed it goes on")
	require.Equal(t, "/applications", v.path())
	elsewhere.follow(`.lk-nav a[href="/"]`)
	require.Equal(t, "/sign-in", read[string](elsewhere, "location.pathname"), "every other session is over")
	require.Equal(t, http.StatusUnauthorized, elsewhere.signIn(v.username, password))
	require.Equal(t, http.StatusOK, elsewhere.signIn(v.username, anotherPassword))
}

func (c *crowd) isHelped(t *testing.T, lost applicant) {
	o, username := c.o, "uji."+lost.nip[8:]
	v := c.enters("helper", supportNIP, "/support")
	o.alters("update sessions set proved = null")
	require.Equal(t, http.StatusOK, v.follow(`a[href="/support/accounts"]`))
	v.fill("q", "tidak ada yang begini")
	require.Equal(t, http.StatusOK, v.submit())
	require.Contains(t, v.text("main"), v.say.T("help_reset.none"))
	v.fill("q", lost.nip)
	require.Equal(t, http.StatusOK, v.submit())
	require.Equal(t, 1, v.count("main tbody tr"))
	require.Contains(t, v.text("main tbody"), lost.name)
	require.NotContains(t, v.text("main"), lost.external, "the address is masked")
	require.Equal(t, http.StatusOK, v.follow(`main tbody a[href$="/reset"]`))

	const seen = "KTP asli dan kartu pegawai, wajah cocok"
	v.fill("step_up", password)
	v.faulted(v.presses(), "on_sight")
	require.Zero(t, o.told(lost.external, "Meja layanan"), "nothing is sent without a check")
	v.fill("on_sight", seen)
	o.alters("update sessions set proved = null")
	require.NotEqual(t, http.StatusOK, v.presses(), "the helper proves who they are")
	require.Equal(t, seen, v.value("on_sight"), "nothing typed is lost")
	v.fill("step_up", password)
	require.Equal(t, http.StatusOK, v.presses(), v.text("main"))
	v.flashed("reset_sent")
	letter := o.counts(t, lost.external, "Meja layanan mengirim tautan", 1)
	link := found(t, resetForm, letter)
	shown := read[string](v, "document.documentElement.outerHTML")
	for _, secret := range []string{link, password} {
		require.NotContains(t, shown, secret, "the helper sees no secret")
	}
	require.NotRegexp(t, temporaryForm, shown+letter, "nobody is sent a password")

	u := c.stranger("helped")
	for range 2 {
		require.Equal(t, http.StatusOK, u.open(link))
	}
	u.setsPassword(link)
	c.spent(link)
	require.Equal(t, http.StatusOK, u.signIn(username, anotherPassword))
	o.counts(t, lost.external, changedWas, 1)

	var trail struct {
		Items []struct{ After string }
	}
	o.known(apitest.NewClient(t, o.base), auditorNIP).Call(t, http.MethodGet, "/api/v1/audit?action=password_reset_helped", nil).Into(t, http.StatusOK, &trail)
	require.Len(t, trail.Items, 1)
	require.Contains(t, trail.Items[0].After, seen)
}
