package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/web/webtest"
	"loket/models"
)

// TestTraderAddressThroughThePortal changes an address, and has the old one take it back; once where no script runs.
func TestTraderAddressThroughThePortal(t *testing.T) {
	t.Parallel()
	t.Run("in Indonesian at a desk", func(t *testing.T) { walkAddress(t, webtest.Desktop, false) })
	t.Run("without scripts on a phone", func(t *testing.T) { walkAddress(t, webtest.Phone, true) })
}

func walkAddress(t *testing.T, width webtest.Width, plain bool) {
	t.Helper()
	t.Parallel()
	o := newOffice(t, "")
	m := o.merchant("sari.wibowo", "012345678901000", time.Now().Add(models.TraderValidity))
	o.start()
	c := o.crowd(i18n.Indonesian, width)
	c.plain = plain
	const to = "sari@baru.example"
	v := c.stranger("trader")
	v.changesProfile(m)

	// 1. Another address, first with a slip. The password was given a moment ago.
	require.Equal(t, http.StatusOK, v.open("/profile"))
	require.Equal(t, http.StatusOK, v.follow(`a[href="/profile/email"]`))
	v.fill("email", "sari.baru.example")
	v.faulted(v.submit(), "email")
	v.fill("email", to)
	require.Equal(t, http.StatusOK, v.submit(), v.text("main"))
	require.Contains(t, v.text(".lk-flash"), v.say.T("portal.flash.email_asked"))
	require.Contains(t, v.text("main"), to)

	// 2. The old address hears of it; the link to the new one is looked at twice, by somebody who is not signed in.
	o.theirs(t, m.email, "diminta")
	proves := found(t, confirmForm, o.theirs(t, to, "Pastikan"))
	w := c.stranger("new-address")
	for range 2 {
		require.Equal(t, http.StatusOK, w.open(proves))
	}
	require.Equal(t, http.StatusOK, w.submit())
	require.Contains(t, w.text(".lk-flash"), w.say.T("portal.flash.email_proven"))
	c.spent(proves)
	require.Equal(t, http.StatusOK, v.open("/profile"))
	require.Contains(t, v.text("main"), to)

	// 3. The old address takes it back: whoever was signed in is out, and a new password is set.
	undo := found(t, undoForm, o.theirs(t, m.email, "sudah diganti"))
	u := c.stranger("old-address")
	for range 2 {
		require.Equal(t, http.StatusOK, u.open(undo))
	}
	require.Equal(t, http.StatusOK, u.submit())
	require.Contains(t, u.text(".lk-flash"), u.say.T("portal.flash.email_undone"))
	c.spent(undo)
	v.open("/profile")
	require.Equal(t, "/sign-in", read[string](v, "location.pathname"))
	require.Equal(t, http.StatusUnauthorized, v.signIn(m.username, password))
	u.setsPassword(found(t, resetForm, o.theirs(t, m.email, "dikembalikan")))
	require.Equal(t, http.StatusOK, u.signIn(m.username, anotherPassword))
	require.Equal(t, http.StatusOK, u.open("/profile"))
	require.Contains(t, u.text("main"), m.email)
	require.Empty(t, c.words.Missing())
	o.stop()
	o.command("check", "--strict")
}

// changesProfile signs in and changes the own data and the company's.
func (v *visitor) changesProfile(m merchant) {
	v.t.Helper()
	v.username, v.password = m.username, password
	v.comesFor("/profile", v.lang)
	require.Equal(v.t, "/profile", v.path())
	require.Equal(v.t, http.StatusOK, v.follow(`a[href="/profile/edit"]`))
	v.fill("phone", "12")
	v.faulted(v.submit(), "phone")
	v.fill("phone", "0812 5550 101")
	require.Equal(v.t, http.StatusOK, v.submit())
	require.Contains(v.t, v.text("main"), "0812 5550 101")
	require.Equal(v.t, http.StatusOK, v.follow(`main a[href="/profile/company"]`))
	v.fill("postcode", "4011")
	v.faulted(v.submit(), "postcode")
	v.fill("postcode", "40111")
	require.Equal(v.t, http.StatusOK, v.submit())
	require.Contains(v.t, v.text("main"), "40111")
}

// setsPassword follows the link of a message to a new password.
func (v *visitor) setsPassword(link string) {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.open(link))
	v.fill("password", anotherPassword)
	v.fill("again", anotherPassword)
	v.do(chromedp.Click(chromedp.CSS("#sure + label")))
	require.Equal(v.t, http.StatusOK, v.submit(), v.text("main"))
	require.Equal(v.t, "/sign-in", v.path())
}

// TestForgottenTraderThroughThePortal walks the steps of source 001, 'Lupa Password', and renews an account that has ended.
func TestForgottenTraderThroughThePortal(t *testing.T) {
	t.Parallel()
	t.Run("in Indonesian at a desk", func(t *testing.T) { walkForgottenTrader(t, webtest.Desktop, false) })
	t.Run("without scripts on a phone", func(t *testing.T) { walkForgottenTrader(t, webtest.Phone, true) })
}

func walkForgottenTrader(t *testing.T, width webtest.Width, plain bool) {
	t.Helper()
	t.Parallel()
	o := newOffice(t, "")
	m := o.merchant("sari.wibowo", "012345678901000", time.Now().Add(-time.Hour))
	o.start()
	c := o.crowd(i18n.Indonesian, width)
	c.plain = plain
	v := c.stranger("forgetful")

	// 1. 'Lupa Password' at the door. 2. The address, and 'Kirim'.
	require.Equal(t, http.StatusOK, v.open("/sign-in"))
	require.Equal(t, http.StatusOK, v.follow(`a[href="/forgotten"]`))
	require.Equal(t, http.StatusOK, v.follow(`a[href="/forgotten?who=trader"]`))
	v.fill("email", "sari.wibowo")
	v.human()
	v.faulted(v.submit(), "email")
	v.fill("email", m.email)
	v.human()
	require.Equal(t, http.StatusOK, v.submit(), v.text("main"))

	// 3. 'Iya, Yakin'. 4. What comes next, the same for everybody.
	require.Equal(t, http.StatusOK, v.press("yes"))
	require.Equal(t, "/forgotten/sent?who=trader", v.path())

	// 5. The message's link. 6. A new password, twice, and sure of it. 7. Sign in with it; the old one is dead.
	link := found(t, resetForm, o.theirs(t, m.email, "mengganti kata sandi"))
	v.setsPassword(link)
	c.spent(link)
	require.Equal(t, http.StatusUnauthorized, v.signIn(m.username, password))
	require.Equal(t, http.StatusOK, v.signIn(m.username, anotherPassword))

	// The account has ended: there is nothing but its renewal, which leads on.
	require.Equal(t, "/profile/renewal", v.path())
	require.Equal(t, http.StatusOK, v.open("/profile"))
	require.Equal(t, "/profile/renewal?return=%2Fprofile", v.path())
	v.fill("postcode", "1")
	v.faulted(v.submit(), "postcode", "confirmed")
	v.fill("postcode", "14320")
	v.do(chromedp.Click(chromedp.CSS("#confirmed + label")))
	require.Equal(t, http.StatusOK, v.submit(), v.text("main"))
	require.Equal(t, "/profile", v.path())
	require.Contains(t, v.text("main"), "14320")
	o.theirs(t, m.email, "diperpanjang")
	require.Empty(t, c.words.Missing())
	o.stop()
	o.command("check", "--strict")
}
