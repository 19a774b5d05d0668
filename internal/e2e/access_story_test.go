package e2e_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/web/webtest"
)

// TestAccessStory has somebody of the demo ask for an application in Indonesian, the head above them and its owner say yes,
// and the tile open it.
func TestAccessStory(t *testing.T) {
	t.Parallel()
	binary, err := built()
	require.NoError(t, err)
	address := freeAddress(t)
	o := &office{t: t, binary: binary, dir: t.TempDir(), base: "http://" + address, env: outside(), output: &lockedBuffer{}}
	o.run("demo", "--data", filepath.Join(o.dir, "demo"), "--listen", address)
	o.prepared(t, `value="0"`) // the people are there
	_, port, _ := strings.Cut(address, ":")
	w := &walker{t: t, tab: webtest.Tab(webtest.Browser(t), t, webtest.Desktop), loket: "http://localhost:" + port}
	app := w.allApps(o.dir)[3]

	w.opens(w.loket + "/applications")
	w.signsIn("bayu.yanti")
	w.presses("a[href='/applications/catalogue']")
	w.until("a[href='/applications/request/kinerja']", "somebody answers for it by now")
	webtest.Accessible(w.tab, t)
	w.presses("a[href='/applications/request/kinerja']")
	w.says("h1", "Minta akses ke Kinerja Unit")
	w.presses("main form .govuk-button-group button")
	w.sees(".govuk-error-summary", "a refusal") // nothing is asked for without saying why
	w.writes("reason", "Menyiapkan laporan kinerja direktorat.")
	w.writes("ends", "31-12-2099")
	w.presses("main form .govuk-button-group button")
	w.says(".lk-flash", "Permintaan terkirim")
	w.says(".lk-steps [aria-current]", "Pimpinan unit")
	w.opens(w.loket + "/applications/request/kinerja")
	w.says("h1", "Kinerja Unit untuk Bayu Yanti") // the open one, in place of a second
	w.leaves()

	w.decides("ningsih.hidayat", "Permintaan aplikasi", "Menunggu penanggung jawab aplikasi")
	w.decides("tri.suryadi", "Permintaan aplikasi", "Akses diberikan")

	w.opens(w.loket + "/applications")
	w.signsIn("bayu.yanti")
	w.presses("a[href='" + app + "/start']")
	w.arrives(app+"/", "Bayu Yanti")
}

// decides has somebody find Bayu Yanti's request in their inbox and approve it.
func (w *walker) decides(username, kind, then string) {
	w.t.Helper()
	w.opens(w.loket + "/inbox")
	w.signsIn(username)
	w.says("#work", kind)
	require.NoError(w.t, chromedp.Do(w.tab, chromedp.Evaluate[chromedp.Void](
		"[...document.querySelectorAll('.lk-work')].find(e => e.textContent.includes('Bayu Yanti') && e.querySelector('a[href^=\"/access/\"]')).querySelector('a[href^=\"/access/\"]').click(); 0")))
	w.presses(".lk-next a[href*='/decide']")
	w.presses("input[name='verdict'][value='approve']")
	w.presses("main form .govuk-button-group button")
	w.says(".lk-flash", "disetujui")
	w.opens(w.loket + "/inbox?tab=decided")
	w.presses(".lk-work a[href^='/access/']")
	w.says(".lk-next, .lk-steps [aria-current], .lk-steps__step--end", then)
	w.leaves()
}

// until looks at the page again and again until something is there.
func (w *walker) until(selector, what string) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		if w.is(fmt.Sprintf("document.querySelector(%q)", selector)) {
			return true
		}
		_ = chromedp.Do(w.tab, chromedp.Reload())
		return false
	}, time.Minute, 500*time.Millisecond, what)
}

// says waits until a part of the page says something.
func (w *walker) says(selector, text string) {
	w.t.Helper()
	w.awaits(fmt.Sprintf("[...document.querySelectorAll(%q)].some(e => e.textContent.toLowerCase().includes(%q.toLowerCase()))", selector, text), selector+" says "+text)
}

func (w *walker) writes(id, text string) {
	w.t.Helper()
	require.NoError(w.t, chromedp.Do(w.tab, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.getElementById(%q).value = %q; 0", id, text))))
}

// leaves signs out.
func (w *walker) leaves() {
	w.t.Helper()
	w.presses("form[action='/sign-out'] button")
	w.sees("form[action='/sign-in']", "signed out")
}
