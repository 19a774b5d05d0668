package e2e_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/captcha"
	"loket/internal/i18n"
	"loket/internal/web/webtest"
	"loket/models"
)

var resetForm = regexp.MustCompile(`https?://[^\s"<]+(/reset/[A-Za-z0-9_-]{43})`)

// anotherPassword is what somebody chooses who forgot theirs.
const anotherPassword = "Soto*Lamongan*9*Hangat"

// TestForgottenPasswordThroughThePortal walks the steps of a periodic change and of a reset, in a browser, each page held to
// be accessible; once where no script runs, so that a question is answered in place of the browser's work.
func TestForgottenPasswordThroughThePortal(t *testing.T) {
	t.Parallel()
	t.Run("in Indonesian at a desk", func(t *testing.T) { walkForgotten(t, webtest.Desktop, false) })
	t.Run("without scripts on a phone", func(t *testing.T) { walkForgotten(t, webtest.Phone, true) })
}

func walkForgotten(t *testing.T, width webtest.Width, plain bool) {
	t.Helper()
	t.Parallel()
	o := newOffice(t, "").start()
	c := o.crowd(i18n.Indonesian, width)
	c.plain = plain
	nip := applicants(t, string(models.EmploymentPNS), 1)[0].nip
	me := registered(t, nip)

	// Periodic change: sign in, the form for a new password comes first, then the page that was wanted.
	c.arrives("owner", nip, "/memos")
	o.letters(me["external_email"], 1)

	// 1. The form is found from the door.
	v := c.stranger("forgetful")
	require.Equal(t, http.StatusOK, v.open("/sign-in"))
	require.Equal(t, http.StatusOK, v.follow(`a[href="/forgotten"]`))

	// 2. Username, NIK, birthplace, birth date, registered address; first with a slip.
	day, err := models.ParseDate(me["birth_date"])
	require.NoError(t, err)
	for field, text := range map[string]string{"username": "uji." + nip[8:], "nik": "123", "birth_place": strings.ToUpper(me["birth_place"]),
		"birth_date": day.FormString(), "email": me["external_email"]} {
		v.fill(field, text)
	}
	v.human()
	v.faulted(v.submit(), "nik")
	v.fill("nik", me["nik"])
	v.human()
	require.Equal(t, http.StatusOK, v.submit(), v.text("main"))

	// 3. Are you sure? Then the same page for everybody.
	require.Equal(t, http.StatusOK, v.press("yes"))
	require.Equal(t, "/forgotten/sent", v.path())

	// 4. The link of the message, looked at twice, to set the password: refused first, then by whoever is sure.
	link := resetForm.FindStringSubmatch(o.letters(me["external_email"], 2)[0].Text)
	require.NotNil(t, link)
	require.Equal(t, http.StatusOK, v.open(link[1]))
	require.Equal(t, http.StatusOK, v.open(link[1]), "looking spends nothing")
	v.fill("password", anotherPassword)
	v.fill("again", anotherPassword)
	v.faulted(v.submit(), "sure")
	v.fill("password", password)
	v.fill("again", password)
	v.do(chromedp.Click(chromedp.CSS("#sure + label")))
	v.faulted(v.submit(), "password")
	v.fill("password", anotherPassword)
	v.fill("again", anotherPassword)
	v.do(chromedp.Click(chromedp.CSS("#sure + label")))
	require.Equal(t, http.StatusOK, v.submit(), v.text("main"))

	// 5. Sign in with the new password; the old one is dead, and so is the link.
	require.Equal(t, "/sign-in", v.path())
	require.Contains(t, v.text(".lk-flash"), v.say.T("portal.flash.password_reset"))
	require.Equal(t, http.StatusUnauthorized, v.signIn("uji."+nip[8:], password))
	require.Equal(t, http.StatusOK, v.signIn("uji."+nip[8:], anotherPassword))
	require.Equal(t, "/", v.path())
	c.spent(link[1])
	require.Contains(t, o.letters(me["external_email"], 3)[0].Subject, "telah diganti")
	require.Empty(t, c.words.Missing())
	o.stop()
	o.command("check", "--strict")
}

// human passes what keeps machines out.
func (v *visitor) human() {
	v.t.Helper()
	if !v.plain {
		const tick = "[data-captcha][data-ready] input[type=checkbox]"
		v.do(chromedp.WaitReady(chromedp.CSS(tick)), chromedp.Click(chromedp.CSS(tick)), chromedp.WaitReady(chromedp.CSS(`altcha-widget [data-state="verified"]`)))
		return
	}
	sum := 0
	for _, n := range regexp.MustCompile(`\d+`).FindAllString(v.text("label[for=captcha]"), -1) {
		var k int
		require.NoError(v.t, json.Unmarshal([]byte(n), &k))
		sum += k
	}
	text, err := json.Marshal(sum)
	require.NoError(v.t, err)
	v.fill("captcha", string(text))
}

// registered is the registry's row of a NIP.
func registered(t *testing.T, nip string) map[string]string {
	t.Helper()
	all := recap(t, "employees.csv")
	at := slices.IndexFunc(all, func(e map[string]string) bool { return e["nip"] == nip })
	require.GreaterOrEqual(t, at, 0)
	return all[at]
}

// TestForgottenPasswordByTheAPI asks for known and unknown, right and wrong: the answers are the same to the byte, and one
// message goes out.
func TestForgottenPasswordByTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL).start()
		c := apitest.NewClient(t, o.base)
		nip := applicants(t, string(models.EmploymentPNS), 1)[0].nip
		p, me := o.hire(c, nip), registered(t, nip)
		right := map[string]any{"username": p.username, "nik": me["nik"], "birth_place": me["birth_place"], "birth_date": me["birth_date"], "email": me["external_email"], "sure": true}
		for name, change := range map[string]map[string]any{"unknown": {"username": "tidak.ada"}, "wrong": {"nik": "1111111111111111"}, "foreign": {"email": "x@mail.example"}, "right": {}} {
			form := map[string]any{}
			for _, fields := range []map[string]any{right, change} {
				for field, value := range fields {
					form[field] = value
				}
			}
			var challenge captcha.Challenge
			c.Call(t, http.MethodGet, "/api/v1/captcha", nil).Into(t, http.StatusOK, &challenge)
			var err error
			form["captcha"], err = captcha.Solve(challenge)
			require.NoError(t, err)
			answer := c.Call(t, http.MethodPost, "/api/v1/password-resets", form)
			answer.Is(t, http.StatusAccepted)
			require.Empty(t, answer.Body, name)
			c.Call(t, http.MethodPost, "/api/v1/password-resets", form).Refused(t, http.StatusUnprocessableEntity, "invalid")
		}
		link := resetForm.FindStringSubmatch(o.letters(me["external_email"], 2)[0].Text)
		require.NotNil(t, link)
		path := strings.Replace(link[1], "/reset/", "/api/v1/password-resets/", 1)
		c.Call(t, http.MethodGet, path, nil).Is(t, http.StatusOK)
		c.Call(t, http.MethodPost, path, map[string]any{"password": anotherPassword, "again": anotherPassword, "sure": true}).Is(t, http.StatusNoContent)
		c.Call(t, http.MethodPost, path, map[string]any{"password": password, "again": password, "sure": true}).Refused(t, http.StatusGone, "link_spent")
		o.signIn(c, p.username, anotherPassword)
		o.stop()
		o.command("check", "--strict")
	})
}
