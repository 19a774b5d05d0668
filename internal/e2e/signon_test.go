package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/demo"
	"loket/internal/web/webtest"
)

// TestSingleSignOn opens the demo's two applications in a real browser with one sign-in, and closes both by one
// sign-out: once Loket's own, once an application's.
func TestSingleSignOn(t *testing.T) {
	t.Parallel()
	binary, err := built()
	require.NoError(t, err)
	address := freeAddress(t)
	o := &office{t: t, binary: binary, dir: t.TempDir(), base: "http://" + address, env: outside(), output: &lockedBuffer{}}
	o.run("demo", "--data", filepath.Join(o.dir, "demo"), "--listen", address)
	o.prepared(t, `value="0"`) // the people are there
	_, port, _ := strings.Cut(address, ":")
	w := &walker{t: t, tab: webtest.Tab(webtest.Browser(t), t, webtest.Desktop), loket: "http://localhost:" + port}
	calendar, archive := w.apps(o.dir)

	w.opens(calendar + "/start")
	w.sees("form[action='/sign-in']", "an application leads whoever is not signed in to the door")
	w.signsIn("bayu.yanti")
	w.arrives(calendar+"/", "Bayu Yanti")
	w.opens(w.loket + "/applications")
	w.presses("a[href='" + archive + "/start']")
	w.arrives(archive+"/", "Bayu Yanti")

	w.opens(w.loket + "/")
	w.presses("form[action='/sign-out'] button")
	w.sees("form[action='/sign-in']", "signed out")
	w.hears(calendar)
	w.hears(archive)

	w.opens(archive + "/start")
	w.signsIn("bayu.yanti")
	w.arrives(archive+"/", "Bayu Yanti")
	w.opens(calendar + "/start")
	w.arrives(calendar+"/", "Bayu Yanti")
	w.presses("form[action='/sign-out'] button")
	w.sees("form[action='/oidc/end-session']", "Loket asks whether to sign out everywhere")
	webtest.Accessible(w.tab, t)
	w.presses("button[value='out']")
	w.arrives(calendar+"/?state=bye", "Jadwal Rapat")
	w.hears(archive)
}

// walker is somebody with a browser.
type walker struct {
	t     *testing.T
	tab   context.Context
	loket string
}

// apps gives the addresses of the demo's first two applications.
func (w *walker) apps(dir string) (first, second string) {
	w.t.Helper()
	all := w.allApps(dir)
	return all[0], all[1]
}

// allApps gives the addresses of the demo's applications; the third has its own login.
func (w *walker) allApps(dir string) []string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "demo", "demo.json"))
	require.NoError(w.t, err)
	var kept struct {
		Apps []int `json:"apps"`
	}
	require.NoError(w.t, json.Unmarshal(text, &kept))
	require.Greater(w.t, len(kept.Apps), 2)
	var all []string
	for _, port := range kept.Apps {
		all = append(all, fmt.Sprintf("http://127.0.0.1:%d", port))
	}
	return all
}

func (w *walker) opens(address string) {
	w.t.Helper()
	require.NoError(w.t, chromedp.Do(w.tab, chromedp.Navigate(address)))
}

// is evaluates a condition on the page, whatever page that is at the moment.
func (w *walker) is(condition string) bool {
	ok, err := chromedp.Run(w.tab, chromedp.Evaluate[bool]("document.readyState === 'complete' && !!("+condition+")"))
	return err == nil && ok
}

func (w *walker) awaits(condition, what string) {
	w.t.Helper()
	require.Eventually(w.t, func() bool { return w.is(condition) }, 30*time.Second, poll, what)
}

func (w *walker) sees(selector, what string) {
	w.t.Helper()
	w.awaits(fmt.Sprintf("document.querySelector(%q)", selector), what)
}

func (w *walker) presses(selector string) {
	w.t.Helper()
	w.sees(selector, selector)
	require.NoError(w.t, chromedp.Do(w.tab, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).click(); 0", selector))))
}

func (w *walker) signsIn(username string) {
	w.t.Helper()
	w.sees("#password", "the door")
	require.NoError(w.t, chromedp.Do(w.tab, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		"document.querySelector('#username').value = %q; document.querySelector('#password').value = %q; 0", username, demo.Password))))
	w.presses("form[action='/sign-in'] button.govuk-button:not([type=button])")
}

// arrives waits until the browser is at an address and the page tells something.
func (w *walker) arrives(address, text string) {
	w.t.Helper()
	w.awaits(fmt.Sprintf("location.href === %q && document.querySelector('h1').textContent.includes(%q)", address, text), address)
}

// hears waits until an application tells that it was signed out from elsewhere.
func (w *walker) hears(app string) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		w.opens(app + "/")
		return w.is("document.querySelector('#told') && !document.querySelector('form') && /Loket/.test(document.querySelector('#told').textContent)")
	}, 20*time.Second, 200*time.Millisecond, "%s heard nothing", app)
}
