package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/files/filestest"
	"loket/internal/i18n"
	"loket/internal/web/webtest"
)

// TestRegistrationThroughThePortal walks the numbered steps by which a company's person gets an account, in a browser, each
// page held to be accessible; once where no script runs.
func TestRegistrationThroughThePortal(t *testing.T) {
	t.Parallel()
	t.Run("in Indonesian at a desk", func(t *testing.T) { walkRegistration(t, webtest.Desktop, false) })
	t.Run("without scripts on a phone", func(t *testing.T) { walkRegistration(t, webtest.Phone, true) })
}

func walkRegistration(t *testing.T, width webtest.Width, plain bool) {
	t.Helper()
	t.Parallel()
	o := newOffice(t, "").start()
	c := o.crowd(i18n.Indonesian, width)
	c.plain = plain
	me, v := sari(), c.stranger("applicant")

	link := v.registers(me)
	v.opensForm(link)
	v.writesRegistration(me)
	v.sendsRegistration(link)

	officer := c.arrives("officer", officerNIP, "/inbox?queue=registration")
	officer.findsRegistration()
	officer.decidesRegistration("return", "Alamat berbeda dari NIB.", "address")

	v.corrects(link, o)
	officer.findsRegistration()
	officer.decidesRegistration("approve", "", "")

	v.entersAsTrader(me, link)
	page := read[string](officer, "location.pathname")
	require.Equal(t, http.StatusOK, v.open(page), "they may read what came of it")
	require.Zero(t, v.count(`a[href^="`+page+`/decide"]`))
	require.Empty(t, c.words.Missing())
	o.stop()
	o.command("check", "--strict")
}

// registers fills in the public form, first with a slip, and gives the link of the message.
func (v *visitor) registers(me trader) string {
	v.t.Helper()
	// 1. The form is found from the door.
	require.Equal(v.t, http.StatusOK, v.open("/sign-in"))
	require.Equal(v.t, http.StatusOK, v.follow(`a[href="/register"]`))

	// 2. Name and address; are you sure? Then the same page for everybody.
	v.fill("name", me.name)
	v.fill("email", "sari.wibowo")
	v.human()
	v.faulted(v.submit(), "email")
	require.Equal(v.t, me.name, v.value("name"))
	v.fill("email", me.email)
	v.human()
	require.Equal(v.t, http.StatusOK, v.submit(), v.text("main"))
	require.Equal(v.t, http.StatusOK, v.press("yes"), v.text("main"))
	require.Equal(v.t, "/register/sent", v.path())

	// 3. The message.
	link := registerForm.FindStringSubmatch(v.o.letters(me.email, 1)[0].Text)
	require.NotNil(v.t, link)
	return "/register/" + link[1]
}

// opensForm follows the link, which begins nothing, and begins.
func (v *visitor) opensForm(link string) {
	v.t.Helper()
	for range 2 {
		require.Equal(v.t, http.StatusOK, v.open(link))
		require.Contains(v.t, v.text("h1"), v.say.T("registration.prove.title"))
	}
	require.Equal(v.t, http.StatusOK, v.press("prove"))
	require.Contains(v.t, v.text("h1"), v.say.T("registration.form.title"))
}

// writesRegistration fills in the form with slips, saves half of it, and comes back.
func (v *visitor) writesRegistration(me trader) {
	v.t.Helper()
	v.fill("npwp", me.npwp)
	if !v.plain {
		v.do(chromedp.WaitReady(chromedp.CSS("#npwp-reads:not(:empty)")))
		require.Contains(v.t, v.text("#npwp-reads"), me.npwp)
	}
	require.Equal(v.t, http.StatusOK, v.follow(`.lk-submit button[value="save"]`))
	require.Equal(v.t, http.StatusOK, v.open(v.path()), "gone on later")
	require.Equal(v.t, me.npwp, v.value("npwp"))
	v.faulted(v.press("send"), "username", "company", "papers")
	for field, text := range map[string]string{"phone": "0812 5550 0101", "username": me.username, "company": me.company,
		"postcode": "14310", "company_phone": "021 555 0101"} {
		v.fill(field, text)
	}
	v.fill("address", "Jalan Pelabuhan Raya 12, Jakarta Utara")
	v.choosesPaper("catatan.txt", []byte("bukan PDF"))
	v.faulted(v.press("attach"), "file")
	require.Equal(v.t, me.company, v.value("company"), "nothing typed is lost")
	v.choosesPaper("NPWP.pdf", filestest.PDF("NPWP"))
	require.Equal(v.t, http.StatusOK, v.press("attach"))
	v.choosesPaper("Surat kuasa.pdf", filestest.PDF("Surat kuasa"))
	require.Equal(v.t, http.StatusOK, v.follow(`.lk-submit button[value="save"]`), "a chosen paper goes along with any button")
	require.Equal(v.t, 2, v.count(".lk-letters li"))
	require.Equal(v.t, http.StatusOK, v.follow(".lk-letters li:last-child button"))
	require.Equal(v.t, 1, v.count(".lk-letters li"))
}

// choosesPaper picks a file for the form.
func (v *visitor) choosesPaper(name string, body []byte) {
	v.t.Helper()
	path := filepath.Join(v.t.TempDir(), name)
	require.NoError(v.t, os.WriteFile(path, body, 0o600))
	v.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}))
}

// sendsRegistration reads the summary, goes back once, and is sure.
func (v *visitor) sendsRegistration(link string) {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.press("send"), v.text("main"))
	require.Contains(v.t, v.text("h1"), v.say.T("registration.sure.title"))
	require.Equal(v.t, http.StatusOK, v.press("no"))
	require.Equal(v.t, http.StatusOK, v.press("send"))
	require.Equal(v.t, http.StatusOK, v.press("yes"), v.text("main"))
	require.Equal(v.t, link, v.path())
	require.Contains(v.t, v.text("main"), v.say.T("registration.told.verification"))
}

// findsRegistration opens the registration from the inbox.
func (v *visitor) findsRegistration() {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.open("/inbox?tab=claimable"))
	require.Equal(v.t, http.StatusOK, v.follow(`.lk-slip__title a[href^="/registrations/"]`))
	require.Contains(v.t, v.text("main"), "01.234.567.8-901.000")
}

// decidesRegistration gives an officer's word.
func (v *visitor) decidesRegistration(verdict, reason, note string) {
	v.t.Helper()
	page := read[string](v, "location.pathname")
	require.Equal(v.t, http.StatusOK, v.follow(`a[href^="`+page+`/decide"]`))
	v.faulted(v.submit(), "verdict")
	v.choose("verdict", verdict)
	if reason != "" {
		v.faulted(v.submit(), "reason")
		v.choose("verdict", verdict)
		v.fill("reason", reason)
		v.unfold("#note-" + note)
		v.fill("note-"+note, "Tulis sesuai NIB.")
	}
	require.Equal(v.t, http.StatusOK, v.submit(), v.text("main"))
	require.Equal(v.t, http.StatusOK, v.open(page))
}

// corrects what came back, with the note beside its field.
func (v *visitor) corrects(link string, o *office) {
	v.t.Helper()
	require.Regexp(v.t, registerForm, o.letters(sari().email, 3)[0].Text)
	require.Equal(v.t, http.StatusOK, v.open(link))
	require.Contains(v.t, v.text("#address-note"), "Tulis sesuai NIB.")
	require.Contains(v.t, v.text(".lk-next"), "Alamat berbeda dari NIB.")
	v.fill("address", "Jalan Niaga 1, Jakarta Utara")
	require.Equal(v.t, http.StatusOK, v.press("send"), v.text("main"))
	require.Equal(v.t, http.StatusOK, v.press("yes"))
	require.Contains(v.t, v.text("main"), v.say.T("registration.told.verification"))
}

// entersAsTrader sets a password typed twice, signs in, and finds a home that suits them.
func (v *visitor) entersAsTrader(me trader, link string) {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.open(link))
	require.Contains(v.t, v.text("main"), v.say.T("registration.told.activation"))
	require.Equal(v.t, http.StatusOK, v.open("/password/"+v.o.passwordLink(me.email)))
	v.fill("password", password)
	v.fill("again", password+"!")
	v.faulted(v.submit(), "again")
	v.newPassword()
	require.Equal(v.t, "/sign-in", v.path())
	require.Equal(v.t, http.StatusOK, v.signIn(me.username, password))
	require.Equal(v.t, "/", v.path())
	require.Contains(v.t, v.text("main"), me.company)
	for _, none := range []string{"/memos", "/units", "/employees", "/inbox"} {
		require.Zero(v.t, v.count(`.lk-nav a[href="`+none+`"]`), none)
	}
	require.Eventually(v.t, func() bool {
		a, err := apitest.Client{Base: v.o.base, HTTP: http.DefaultClient}.Try(http.MethodGet, link, nil)
		return err == nil && a.Status == http.StatusGone
	}, patience, poll)
	require.Equal(v.t, http.StatusGone, v.open(link), "the link has done its work")
	require.Contains(v.t, v.text("h1"), v.say.T("registration.over.title"))
}
