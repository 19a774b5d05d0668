package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/web/webtest"
)

// small lists what a finger can miss on a telephone: lower or narrower than 24 px, where it stands in no sentence.
const small = `(() => [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")].filter(e => {
	const box = e.getBoundingClientRect();
	if (!box.width || !box.height || e.closest(".govuk-skip-link, .govuk-visually-hidden, .govuk-radios, .govuk-checkboxes")) return false;
	const around = e.closest("p, li, dd, td, th, span");
	if (around && around.textContent.trim() !== e.textContent.trim()) return false;
	return box.height < 24 || box.width < 24;
}).map(e => location.pathname + " " + e.outerHTML.slice(0, 120) + " " + Math.round(e.getBoundingClientRect().height)).join("\n"))()`

func TestTapTargets(t *testing.T) {
	browser := webtest.Browser(t)
	server, _ := serve(t, newCounter())
	tab := webtest.Tab(browser, t, webtest.Phone)
	webtest.Cookies(tab, t, server.URL, map[string]string{"loket": "good", "loket_language": "id"})
	for _, path := range []string{"/", "/inbox", "/memos", "/memos/memo-1", "/memos/memo-1/decide", "/memos/memo-1/verify", "/account", "/account/security", "/delegations", "/applications", "/audit", "/phrases", "/employees", "/notifications"} {
		require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL+path), chromedp.WaitReady("body.js-enabled")))
		missed, err := chromedp.Run(tab, chromedp.Evaluate[string](small))
		require.NoError(t, err)
		require.Empty(t, missed)
	}
}
