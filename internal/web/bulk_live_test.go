package web_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/internal/i18n"
	"loket/internal/web/webtest"
	"loket/models"
)

// picture leaves one in the folder that LOKET_SHOTS names, if it does.
func picture(tab context.Context, t *testing.T, name string) {
	t.Helper()
	if folder := os.Getenv("LOKET_SHOTS"); folder != "" {
		shot, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name+".png"), shot, 0o644))
	}
}

// TestBulkInBrowser decides on many memos as a person would: a wrong password first, then the right one; some memos
// fail. It looks at the answers of forms, which no address leads to.
func TestBulkInBrowser(t *testing.T) {
	browser := webtest.Browser(t)
	for _, width := range []webtest.Width{webtest.Desktop, webtest.Phone} {
		for _, lang := range i18n.Languages() {
			name := lang + map[webtest.Width]string{webtest.Desktop: "-desktop", webtest.Phone: "-phone"}[width]
			t.Run(name, func(t *testing.T) {
				c := newCounter()
				unproven(c)
				stale := sampleSummary()
				c.came = []desk.Outcome{{Memo: stale, Problem: models.ErrUnavailable}}
				server, words := serve(t, c)
				tab := webtest.Tab(browser, t, width)
				webtest.Cookies(tab, t, server.URL, map[string]string{"loket": "good", "loket_language": lang})
				require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL+chosen), chromedp.WaitReady("body.js-enabled"),
					chromedp.Click("#verdict-2"), chromedp.SendKeys("#reason", "Lampiran belum lengkap."), chromedp.SendKeys("#step_up", "wrong"),
					chromedp.Click(`.govuk-button-group .govuk-button`), chromedp.WaitVisible("#step_up-error")))
				webtest.Accessible(tab, t)
				picture(tab, t, "bulk-wrong-"+name)
				kept, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.querySelector("#reason").value + document.querySelector("#verdict-2").checked`))
				require.NoError(t, err)
				require.Equal(t, "Lampiran belum lengkap.true", kept)
				require.NoError(t, chromedp.Do(tab, chromedp.SendKeys("#step_up", "right"), chromedp.Click(`.govuk-button-group .govuk-button`), chromedp.WaitVisible("#failed")))
				webtest.Accessible(tab, t)
				picture(tab, t, "bulk-results-"+name)
				require.Empty(t, words.Missing())
			})
		}
	}
}

// TestVerifyBesideAColleague shows the screen after another officer was first.
func TestVerifyBesideAColleague(t *testing.T) {
	browser := webtest.Browser(t)
	for _, lang := range i18n.Languages() {
		c := newCounter()
		verifying(c)
		server, _ := serve(t, c)
		tab := webtest.Tab(browser, t, webtest.Phone)
		webtest.Cookies(tab, t, server.URL, map[string]string{"loket": "good", "loket_language": lang})
		require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL+"/memos/memo-1/verify"), chromedp.WaitReady("body.js-enabled"),
			chromedp.Click("#pick-1"), chromedp.Click("#pick-2"), chromedp.Click("#picked-2"), chromedp.SendKeys("#picked_reason", "Pindah unit.")))
		p := models.ErrAlreadyDecided.With("row", "1", "status", "rejected")
		p.Faults = []models.FieldFault{models.Fault("rows[0].no", "row_rejected", "no", "1", "by", "Fajar Anggraini")}
		c.fail, c.rows = p, c.rows[1:]
		require.NoError(t, chromedp.Do(tab, chromedp.Click(`button[value="picked"]`), chromedp.WaitVisible(".govuk-error-summary")))
		webtest.Accessible(tab, t)
		picture(tab, t, "verify-taken-"+lang+"-phone")
		kept, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.querySelector("#picked_reason").value + document.querySelector("#pick-2").checked`))
		require.NoError(t, err)
		require.Equal(t, "Pindah unit.true", kept)
	}
}
