package mailbox

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/web/webtest"
)

func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	full, void := setup(t), setup(t)
	full.send(t, letter(1, "made@kem.example"), letter(2, "a.very.long.address.of.somebody@directorate-general.kem.example"))
	filled, empty := httptest.NewServer(full.page(t)), httptest.NewServer(void.page(t))
	t.Cleanup(filled.Close)
	t.Cleanup(empty.Close)
	browser := webtest.Browser(t)
	for name, address := range map[string]string{
		"the list": filled.URL + "/mailbox", "a message": filled.URL + "/mailbox/" + full.box.List("")[0].ID,
		"no message": filled.URL + "/mailbox/none", "an empty mailbox": empty.URL + "/mailbox",
	} {
		for lang, width := range map[string]webtest.Width{"id": webtest.Desktop, "en": webtest.Phone} {
			t.Run(name+" is accessible in "+lang, func(t *testing.T) {
				tab := webtest.Tab(browser, t, width)
				webtest.Cookies(tab, t, address, map[string]string{i18n.LanguageCookie: lang})
				require.NoError(t, chromedp.Do(tab, chromedp.Navigate(address), chromedp.WaitReady(chromedp.CSS(`html[lang="`+lang+`"] h1`))))
				webtest.Accessible(tab, t)
			})
		}
	}
}
