package e2e_test

import (
	"fmt"
	"net/http"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// arrives is somebody with a temporary password who comes for a page: they sign in, make a password of their own as
// they must, and are where they were going.
func (c *crowd) arrives(name, nip, path string) *visitor {
	c.o.t.Helper()
	v := c.stranger(name)
	v.username, v.password = c.o.account(nip, c.lang)
	v.comesFor(path, c.lang)
	v.ownPassword()
	require.Equal(v.t, path, v.path())
	return v
}

// comesFor signs in on the way to a page; from then on, pages come in the account's language.
func (v *visitor) comesFor(path, lang string) {
	v.t.Helper()
	v.open(path)
	require.Equal(v.t, "/sign-in", read[string](v, "location.pathname"))
	v.speaks(lang)
	require.Equal(v.t, http.StatusOK, v.signIn(v.username, v.password))
}

// signIn fills in the form at the door.
func (v *visitor) signIn(username, password string) int {
	v.t.Helper()
	v.fill("username", username)
	v.fill("password", password)
	return v.submit()
}

// ownPassword is the change that a temporary password asks for: too weak first, and told so by rule.
func (v *visitor) ownPassword() {
	v.t.Helper()
	require.Equal(v.t, "/account/password", read[string](v, "location.pathname"))
	v.fill("old", v.password)
	v.fill("password", "loket")
	v.fill("again", "loket")
	if !v.plain {
		v.do(chromedp.WaitReady(chromedp.CSS("#password-rules .lk-rules__met")))
	}
	v.faulted(v.submit(), "password")
	met, all := v.count("#password-rules .lk-rules__met"), v.count("#password-rules li")
	require.Less(v.t, met, all, "the rules say what is missing")
	require.Empty(v.t, v.value("old")+v.value("password")+v.value("again"), "no password is sent back")
	v.fill("old", v.password)
	v.newPassword()
}

func (v *visitor) newPassword() {
	v.t.Helper()
	v.fill("password", password)
	v.fill("again", password)
	if !v.plain {
		v.do(chromedp.WaitNotPresent(chromedp.CSS("#password-rules li:not(.lk-rules__met):not(:last-child)"))) // the last is known when it is saved
	}
	require.Equal(v.t, http.StatusOK, v.submit(), v.text("main"))
	v.password = password
}

// refusedAlike tries wrong passwords at the door: nobody learns whether there is such an account.
func (v *visitor) refusedAlike(known string) {
	v.t.Helper()
	var answers []string
	for _, username := range []string{known, "tidak.ada"} {
		v.fill("username", username)
		v.fill("password", "Salah*Besar*1945")
		require.Equal(v.t, http.StatusUnauthorized, v.submit())
		require.Equal(v.t, username, v.value("username"))
		require.Empty(v.t, v.value("password"))
		answers = append(answers, v.text(".govuk-error-summary"))
	}
	require.Equal(v.t, answers[0], answers[1])
	require.Contains(v.t, answers[0], v.say.T("problem.wrong_credentials"))
}

// letIn is what a new employee does with the link of their mail: look at it twice, mistype, set a password, sign in.
func (c *crowd) letIn(email, memo string) *visitor {
	c.o.t.Helper()
	v := c.stranger("employee")
	letter := c.o.letters(email, 1)[0]
	link := linkForm.FindStringSubmatch(letter.Text)
	require.NotNil(v.t, link, letter.Text)
	path := "/password/" + link[1]
	require.Equal(v.t, http.StatusOK, v.open(path))
	require.Equal(v.t, http.StatusOK, v.open(path), "looking spends nothing")
	v.username = v.text(".lk-window dd")
	require.Contains(v.t, letter.Text, v.username)
	v.fill("password", password)
	v.fill("again", password+"!")
	v.faulted(v.submit(), "again")
	v.newPassword()
	require.Equal(v.t, "/sign-in", v.path())
	require.Contains(v.t, v.text(".lk-flash"), v.say.T("portal.flash.password_set"))
	v.comesFor(memo, c.lang) // the one in which they opened it
	require.Equal(v.t, memo, v.path())
	c.spent(path)
	return v
}

// spent finds a link used up, by whoever has it.
func (c *crowd) spent(path string) {
	c.o.t.Helper()
	v := c.stranger("link-spent")
	require.Equal(v.t, http.StatusGone, v.open(path))
	require.Contains(v.t, v.text("h1"), v.say.T("problem.link_spent"))
}

// menu opens the menu where the screen is too narrow for it, and goes to a window of the portal.
func (v *visitor) menu(href string) {
	v.t.Helper()
	if read[bool](v, `!!document.querySelector(".lk-nav__toggle:not([hidden])")`) {
		v.do(chromedp.Click(chromedp.CSS(".lk-nav__toggle")))
	}
	require.Equal(v.t, http.StatusOK, v.follow(fmt.Sprintf(".lk-nav a[href=%q]", href)))
}
