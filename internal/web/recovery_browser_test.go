package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/web/webtest"
)

// TestCaptchaInABrowser fills in the form for a forgotten password as people do: the browser works by itself, whether the
// box is ticked before or the form just sent. It looks at the answers of forms, which no address leads to.
func TestCaptchaInABrowser(t *testing.T) {
	browser := webtest.Browser(t)
	for name, width := range map[string]webtest.Width{"ticked-desktop": webtest.Desktop, "only-sent-phone": webtest.Phone} {
		for _, lang := range i18n.Languages() {
			t.Run(name+"-"+lang, func(t *testing.T) {
				server, words := serve(t, newCounter())
				tab := webtest.Tab(browser, t, width)
				webtest.Cookies(tab, t, server.URL, map[string]string{"loket_language": lang})
				const ready, send = "[data-captcha][data-ready] input[type=checkbox]", "main form button.govuk-button"
				require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL+"/forgotten"), chromedp.WaitReady(ready)))
				for field, text := range map[string]string{"#username": "dewi.yusuf", "#nik": "12", "#birth_place": "Bandung", "#birth_date": "23-09-1991", "#email": "dewi@mail.example"} {
					require.NoError(t, chromedp.Do(tab, chromedp.SendKeys(field, text)))
				}
				if width == webtest.Desktop {
					require.NoError(t, chromedp.Do(tab, chromedp.Click(ready), chromedp.WaitReady(`altcha-widget [data-state="verified"]`)))
				}
				picture(tab, t, "forgotten-filled-"+name+"-"+lang)
				require.NoError(t, chromedp.Do(tab, chromedp.Click(send), chromedp.WaitVisible("#nik-error"), chromedp.WaitReady(ready)))
				webtest.Accessible(tab, t)
				picture(tab, t, "forgotten-wrong-"+name+"-"+lang)
				require.NoError(t, chromedp.Do(tab, chromedp.SendKeys("#nik", "34567890123456"), chromedp.Click(send), chromedp.WaitVisible("button[name=sure][value=yes]")))
				webtest.Accessible(tab, t)
				picture(tab, t, "forgotten-sure-"+name+"-"+lang)
				require.NoError(t, chromedp.Do(tab, chromedp.Click("button[name=sure][value=yes]"), chromedp.WaitVisible("#nothing")))
				require.Empty(t, words.Missing())
			})
		}
	}
}
