package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/web/webtest"
	"loket/models"
)

// TestActivationThroughThePortal walks the numbered steps by which an employee gets an account, in a browser, each page
// held to be accessible; once where no script runs.
func TestActivationThroughThePortal(t *testing.T) {
	t.Parallel()
	t.Run("in Indonesian at a desk", func(t *testing.T) { walkActivation(t, webtest.Desktop, false) })
	t.Run("without scripts on a phone", func(t *testing.T) { walkActivation(t, webtest.Phone, true) })
}

func walkActivation(t *testing.T, width webtest.Width, plain bool) {
	t.Helper()
	t.Parallel()
	o := newOffice(t, "").start()
	c := o.crowd(i18n.Indonesian, width)
	c.plain = plain
	me := applicants(t, string(models.EmploymentPNS), 1)[0]
	v := c.stranger("applicant")

	// 1. The form is found from the door.
	require.Equal(t, http.StatusOK, v.open("/sign-in"))
	require.Equal(t, http.StatusOK, v.follow(`a[href="/activation"]`))
	v.look()

	// 2. Registry data and an address; first with a slip.
	v.fills(me, "31-02-2020")
	v.faulted(v.submit(), "rank_effective_date")
	day, err := models.ParseDate(me.effective)
	require.NoError(t, err)
	v.fills(me, day.FormString())

	// 3. The same page for everybody.
	require.Equal(t, http.StatusOK, v.submit())
	require.Regexp(t, `^/activation/sent\?reference=`, v.path())
	require.Contains(t, v.text("main"), v.say.T("activation.sent.lead"))
	v.look()

	// 4. The message: a code, a secret, and usernames.
	letter := readActivation(t, o.letters(me.external, 1)[0])
	require.Equal(t, models.UsernameCandidates(me.name), letter.usernames)

	// 5. The activation form.
	require.Equal(t, http.StatusOK, v.follow(`a[href^="/activation/complete?reference="]`))
	v.look()

	// 6. A wrong code, then everything right, in another case and without its hyphen.
	username := letter.usernames[0] + "@kem.example"
	v.completes(username, letter.secret, "0000-0000")
	v.faulted(v.submit(), "username")
	require.Equal(t, username, v.value("username"))
	require.Empty(t, v.value("secret")+v.value("code")+v.value("password")+v.value("again"), "no secret is sent back")
	v.completes(username, letter.secret, strings.ToLower(strings.ReplaceAll(letter.code, "-", "")))

	// 7. The account is active.
	require.Equal(t, http.StatusOK, v.submit(), v.text("main"))
	require.Equal(t, "/activation/done?username="+letter.usernames[0], v.path())
	require.Contains(t, v.text("main"), letter.usernames[0])
	v.look()

	// 8. It opens the portal.
	require.Equal(t, http.StatusOK, v.follow(`a[href="/sign-in"].govuk-button`))
	require.Equal(t, http.StatusOK, v.signIn(username, password), "as it was typed for the account")
	require.Equal(t, "/", v.path())
	require.Empty(t, c.words.Missing())
	o.stop()
	o.command("check", "--strict")
}

// fills is the request's form, as somebody types it.
func (v *visitor) fills(a applicant, day string) {
	v.t.Helper()
	v.fill("nip", a.nip)
	v.fill("rank", strings.ToUpper(a.rank))
	v.fill("rank_effective_date", day)
	v.fill("email", a.external)
}

// completes is the activation's form.
func (v *visitor) completes(username, secret, code string) {
	v.t.Helper()
	v.fill("username", username)
	v.fill("secret", secret)
	v.fill("code", code)
	v.fill("password", password)
	v.fill("again", password)
}
