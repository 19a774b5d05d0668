package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/web/webtest"
)

func TestTheCodeIsAskedForOnAPageOfItsOwn(t *testing.T) {
	t.Run("a right password leads there, without a session", func(t *testing.T) {
		got := signInFrom(t, "coded")
		require.Nil(t, got["loket"])
		require.Nil(t, got["loket_device"])
		require.Equal(t, "half", got["loket_code"].Value)
		require.True(t, got["loket_code"].HttpOnly)
		require.LessOrEqual(t, got["loket_code"].MaxAge, 300)
	})
	send := func(t *testing.T, half, code string) (answer, string) {
		server, _ := serve(t, newCounter())
		return askAs(t, server, map[string]string{"loket_code": half}, http.MethodPost, "/sign-in/code", url.Values{"code": {code}, "return": {"/inbox"}})
	}
	t.Run("the right code opens the session and goes where the visitor was going", func(t *testing.T) {
		res, _ := send(t, "half", sampleCode)
		require.Equal(t, "/inbox", res.Header.Get("Location"))
		set := strings.Join(res.Header.Values("Set-Cookie"), "\n")
		require.Contains(t, set, "loket=good;")
		require.Contains(t, set, "loket_code=; Path=/; Max-Age=0")
	})
	t.Run("a wrong one is told beside the field and not repeated", func(t *testing.T) {
		res, page := send(t, "half", "135790")
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `id="code-error"`)
		require.Contains(t, page, `name="return" value="/inbox"`)
		require.NotContains(t, page, "135790")
	})
	t.Run("none is told so", func(t *testing.T) {
		_, page := send(t, "half", " ")
		require.Contains(t, page, "Ketik kode dari aplikasi autentikator")
	})
	t.Run("a sign-in that is over begins again", func(t *testing.T) {
		res, _ := send(t, "gone", sampleCode)
		require.Equal(t, "/sign-in", res.Header.Get("Location"))
		server, _ := serve(t, newCounter())
		res, _ = askAs(t, server, nil, http.MethodGet, "/sign-in/code", nil)
		require.Equal(t, "/sign-in", res.Header.Get("Location"))
	})
}

func TestASecondFactorThatIsOwed(t *testing.T) {
	owing := func(t *testing.T) *counter {
		c := newCounter()
		c.who.OwesFactor, c.who.FreshUntil = true, time.Now().Add(time.Minute)
		return c
	}
	t.Run("every page leads to where it is added, and remembers the way", func(t *testing.T) {
		server, _ := serve(t, owing(t))
		res, _ := ask(t, server, http.MethodGet, "/inbox", nil)
		require.Equal(t, "/account/security/second-factor?return=%2Finbox", res.Header.Get("Location"))
		res, _ = ask(t, server, http.MethodPost, "/memos/memo-1/decide", url.Values{"verdict": {"approve"}})
		require.Equal(t, "/account/security/second-factor", res.Header.Get("Location"))
	})
	t.Run("that page leads nowhere else", func(t *testing.T) {
		server, _ := serve(t, owing(t))
		res, page := ask(t, server, http.MethodGet, "/account/security/second-factor?return=/inbox", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.NotContains(t, page, `href="/inbox"`)
		require.Contains(t, page, `name="return" value="/inbox"`)
	})
	t.Run("the key is shown on the answer to a form, which the first code confirms", func(t *testing.T) {
		server, _ := serve(t, owing(t))
		_, page := ask(t, server, http.MethodPost, "/account/security/second-factor", url.Values{"return": {"/inbox"}})
		require.Contains(t, page, "JBSW Y3DP EHPK 3PXP")
		require.Contains(t, page, `src="data:image/png;base64,`)
		res, page := ask(t, server, http.MethodPost, "/account/security/second-factor/confirm", url.Values{"code": {"1"}, "return": {"/inbox"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, "JBSW Y3DP EHPK 3PXP", "what was scanned still holds")
		require.Contains(t, page, `id="code-error"`)
		res, page = ask(t, server, http.MethodPost, "/account/security/second-factor/confirm", url.Values{"code": {sampleCode}, "return": {"/inbox"}})
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Contains(t, page, "k7mqx-3fp9w")
		require.Contains(t, page, `href="/inbox"`)
		require.NotContains(t, page, "JBSW")
		require.Contains(t, res.Header.Get("Set-Cookie"), "loket=risen")
	})
	t.Run("nothing of it happens without a fresh password", func(t *testing.T) {
		c := owing(t)
		c.who.FreshUntil = time.Time{}
		server, _ := serve(t, c)
		for _, path := range []string{"/account/security/second-factor", "/account/security/second-factor/confirm"} {
			res, page := ask(t, server, http.MethodPost, path, url.Values{"code": {sampleCode}})
			require.Equal(t, http.StatusForbidden, res.StatusCode)
			require.NotContains(t, page, "JBSW")
			require.NotContains(t, page, "k7mqx")
		}
	})
}

func TestSecurityPage(t *testing.T) {
	t.Run("places are told without whole addresses", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		_, page := ask(t, server, http.MethodGet, "/account/security", nil)
		require.Contains(t, page, "10.9.8.x")
		require.NotContains(t, page, "10.9.8.7")
		require.Contains(t, page, "Kata sandi benar, kode ditunggu")
	})
	t.Run("a browser is forgotten, the second factor removed behind a fresh password", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodPost, "/account/devices/dev-2/forget", url.Values{})
		require.Equal(t, "/account/security#devices", res.Header.Get("Location"))
		c.who.FreshUntil = time.Time{}
		res, _ = ask(t, server, http.MethodPost, "/account/security/second-factor/remove", url.Values{})
		require.Equal(t, http.StatusForbidden, res.StatusCode)
		c.who.FreshUntil = time.Now().Add(time.Minute)
		res, _ = ask(t, server, http.MethodPost, "/account/security/second-factor/remove", url.Values{})
		require.Equal(t, "/account/security", res.Header.Get("Location"))
		require.Equal(t, []any{"forget dev-2", "remove factor"}, c.asked)
	})
}

// TestAddingAFactorInABrowser looks at the pages that only answer forms.
func TestAddingAFactorInABrowser(t *testing.T) {
	browser := webtest.Browser(t)
	c := newCounter()
	c.who.FreshUntil = time.Now().Add(time.Hour)
	server, words := serve(t, c)
	for name, width := range map[string]webtest.Width{"desktop": webtest.Desktop, "phone": webtest.Phone} {
		tab := webtest.Tab(browser, t, width)
		for _, lang := range i18n.Languages() {
			webtest.Cookies(tab, t, server.URL, map[string]string{"loket_language": lang, "loket": "good"})
			step := func(page, waits string, actions ...chromedp.Action[chromedp.Void]) {
				require.NoError(t, chromedp.Do(tab, append(actions, chromedp.WaitVisible(waits))...))
				webtest.Accessible(tab, t)
				picture(tab, t, page+"-"+lang+"-"+name)
			}
			step("factor-key", ".lk-qr", chromedp.Navigate(server.URL+"/account/security/second-factor"), chromedp.Click("main form button"))
			step("factor-wrong", "#code-error", chromedp.SendKeys("#code", "1"), chromedp.Click("main form button"))
			step("factor-codes", ".lk-codes", chromedp.SendKeys("#code", sampleCode), chromedp.Click("main form button"))
		}
	}
	require.Empty(t, words.Missing())
}
