package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/internal/web/webtest"
	"loket/models"
)

func TestTheDoor(t *testing.T) {
	t.Run("whoever signs in arrives where they were going", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		res, _ := ask(t, server, http.MethodPost, "/sign-in", url.Values{"username": {"ratna"}, "password": {"right"}, "return": {"/inbox?queue=approval"}})
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Equal(t, "/inbox?queue=approval", res.Header.Get("Location"))
		require.Contains(t, res.Header.Values("Set-Cookie")[0], "loket=good")
		require.Contains(t, res.Header.Values("Set-Cookie")[0], "HttpOnly; SameSite=Lax")
	})
	t.Run("a way back to another site is not taken", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		for _, way := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "/sign-out", ""} {
			res, _ := ask(t, server, http.MethodPost, "/sign-in", url.Values{"username": {"ratna"}, "password": {"right"}, "return": {way}})
			require.Equal(t, "/", res.Header.Get("Location"), way)
		}
	})
	t.Run("a wrong password keeps the name, not the password", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		res, page := ask(t, server, http.MethodPost, "/sign-in", url.Values{"username": {"ratna<"}, "password": {"s3cret-typed"}})
		require.Equal(t, http.StatusUnauthorized, res.StatusCode)
		require.Contains(t, page, `value="ratna&lt;"`)
		require.Contains(t, page, "govuk-error-summary")
		require.NotContains(t, page, "s3cret-typed")
	})
	t.Run("an empty form is told its fields and is no attempt", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		res, page := ask(t, server, http.MethodPost, "/sign-in", url.Values{"username": {" "}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `href="#username">`)
		require.Contains(t, page, `href="#password">Tulis kata sandi.`)
		require.Contains(t, page, "Tulis nama pengguna.")
		require.Contains(t, page, "Tulis kata sandi.")
	})
	t.Run("signing in keeps the language that was chosen at the door", func(t *testing.T) {
		c := newCounter()
		c.who.Account.Locale = "id"
		server, _ := serve(t, c)
		res, _ := askAs(t, server, map[string]string{"loket_language": "en"}, http.MethodPost, "/sign-in", url.Values{"username": {"ratna"}, "password": {"right"}})
		require.NotContains(t, strings.Join(res.Header.Values("Set-Cookie"), ";"), "loket_language")
		_, page := askAs(t, server, map[string]string{"loket": "good", "loket_language": "en"}, http.MethodGet, "/inbox", nil)
		require.Contains(t, page, `<html lang="en">`)
		_, page = askAs(t, server, map[string]string{"loket_door": "en"}, http.MethodGet, "/sign-in", nil)
		require.Contains(t, page, `<html lang="en">`, "the door remembers whoever was here last")
	})
	t.Run("a stranger is asked to sign in and comes back", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL+"/memos/memo-1?state=pending", nil)
		require.NoError(t, err)
		res, err := http.DefaultTransport.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, "/sign-in?return=%2Fmemos%2Fmemo-1%3Fstate%3Dpending", res.Header.Get("Location"))
	})
	t.Run("an owed password change comes before everything else", func(t *testing.T) {
		c := newCounter()
		c.who.Account.MustChangePassword = true
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodGet, "/inbox", nil)
		require.Equal(t, "/account/password?return=%2Finbox", res.Header.Get("Location"))
		res, _ = ask(t, server, http.MethodPost, "/account/password", url.Values{"old": {"right"}, "password": {"x"}, "again": {"x"}, "return": {"/inbox"}})
		require.Equal(t, "/inbox", res.Header.Get("Location"))
	})
	t.Run("looking at a one-use link spends nothing", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodGet, "/password/fresh", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Contains(t, page, "dewi.yusuf")
		require.Empty(t, c.asked)
		res, page = ask(t, server, http.MethodPost, "/password/fresh", url.Values{"password": {"Kopi!Tubruk2026"}, "again": {"other"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `href="#again"`)
		require.NotContains(t, page, "Kopi!Tubruk2026")
		require.Equal(t, 5, strings.Count(page, "lk-rules__met"), "the rules tell of what was typed")
		res, _ = ask(t, server, http.MethodPost, "/password/fresh", url.Values{"password": {"Kopi!Tubruk2026"}, "again": {"Kopi!Tubruk2026"}})
		require.Equal(t, "/sign-in", res.Header.Get("Location"))
		require.Equal(t, []any{"set password by fresh in id"}, c.asked)
	})
	t.Run("the chosen language is kept in the account and in the browser", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodPost, "/language", url.Values{"to": {"en"}, "return": {"/memos/memo-1"}})
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
		require.Contains(t, res.Header.Get("Set-Cookie"), "loket_language=en")
		require.Equal(t, []any{"locale en"}, c.asked)
		c.who.Account.Locale = "en"
		_, page := ask(t, server, http.MethodGet, "/inbox", nil)
		require.Contains(t, page, `<html lang="en">`)
	})
}

func TestComposer(t *testing.T) {
	letter := func(more url.Values) url.Values {
		form := url.Values{"version": {"5"}, "key": {"k"}, "date": {"22/11/2026"}, "subject": {"Perihal baru"}, "body": {"Satu\r\nDua"}, "copies": {"A\r\n\r\nB"}}
		for k, v := range more {
			form[k] = v
		}
		return form
	}
	compose := func(t *testing.T, more url.Values) (*counter, answer, string) {
		t.Helper()
		c := newCounter()
		draft(c)
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, "/memos/memo-1/edit", letter(more))
		return c, res, page
	}
	t.Run("saving keeps the letter and every row", func(t *testing.T) {
		c, res, _ := compose(t, url.Values{"do": {"save"}})
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		saved := c.saved[0]
		require.Equal(t, "2026-11-22", saved.Date)
		require.Equal(t, "Satu\nDua", saved.Body)
		require.Equal(t, []string{"A", "B"}, saved.Copies)
		require.Equal(t, sampleRecap(), saved.Rows)
	})
	t.Run("open rows are changed and a new one is added", func(t *testing.T) {
		c, _, _ := compose(t, url.Values{"do": {"add"}, "row": {"4", "5", "99"}, "row-4-name": {"Tri Wijayanto"}, "row-4-nip": {"196906291993051964"},
			"row-5-name": {"Budi"}, "row-5-nik": {"3174012309910002"}, "row-5-contract_end": {"31-12-2026"}, "row-99-name": {"Nobody"}})
		rows := c.saved[0].Rows
		require.Len(t, rows, 5)
		require.Equal(t, sampleRecap()[:3], rows[:3])
		require.Equal(t, "Tri Wijayanto", rows[3].Name)
		require.Equal(t, models.RecapRow{NIK: "3174012309910002", Name: "Budi", ContractEnd: "2026-12-31"}, rows[4])
	})
	t.Run("one row or all can be taken out", func(t *testing.T) {
		c, _, _ := compose(t, url.Values{"do": {"drop:2"}})
		require.Len(t, c.saved[0].Rows, 3)
		require.NotContains(t, c.saved[0].Rows, sampleRecap()[1])
		c, _, _ = compose(t, url.Values{"do": {"clear"}})
		require.Equal(t, []models.RecapRow{}, c.saved[0].Rows, "nil would leave the list")
	})
	t.Run("cells pasted from a spreadsheet become rows", func(t *testing.T) {
		c, _, _ := compose(t, url.Values{"do": {"paste"}, "pasted": {"NIP\tNama\tKode unit\n199503252022041599\tSari Dewi\tKEM.1.2\n"}})
		require.Equal(t, models.RecapRow{NIP: "199503252022041599", Name: "Sari Dewi", UnitCode: "KEM.1.2"}, c.saved[0].Rows[4])
	})
	t.Run("what cannot be read stays as it was pasted", func(t *testing.T) {
		c, res, page := compose(t, url.Values{"do": {"paste"}, "pasted": {"nip\tnip\n1\t2\n"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Empty(t, c.saved)
		require.Contains(t, page, "nip\tnip")
		require.Contains(t, page, `href="#pasted"`)
		require.Contains(t, page, `value="Perihal baru"`)
	})
	t.Run("what is too long to keep is shown again, nothing lost", func(t *testing.T) {
		long := strings.Repeat("panjang ", 40)
		c, res, page := compose(t, url.Values{"do": {"save"}, "subject": {long}, "row": {"5"}, "row-5-name": {"Budi"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Empty(t, c.saved)
		require.Contains(t, page, strings.TrimSpace(long))
		require.Contains(t, page, `value="Budi"`)
		require.Contains(t, page, `<a href="#subject">Perihal: `)
	})
	t.Run("a cell that cannot be kept is told beside it", func(t *testing.T) {
		_, res, page := compose(t, url.Values{"do": {"save"}, "row": {"2"}, "row-2-name": {strings.Repeat("Budi ", 60)}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `href="#row-2-name"`)
		require.Contains(t, page, `id="row-2-name-error"`)
	})
	t.Run("a draft that somebody else changed is not overwritten and not lost", func(t *testing.T) {
		c := newCounter()
		draft(c)
		c.fail = models.ErrStale
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, "/memos/memo-1/edit", letter(url.Values{"do": {"save"}}))
		require.Equal(t, http.StatusConflict, res.StatusCode)
		require.Contains(t, page, "Sudah diubah di tempat lain (oleh Anda atau rekan)")
		require.Contains(t, page, `value="Perihal baru"`)
	})
	t.Run("sending asks the desk and leads to the memo", func(t *testing.T) {
		c, res, _ := compose(t, url.Values{"do": {"send"}})
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
		require.Equal(t, []any{"send memo-1"}, c.asked)
	})
	t.Run("saving in the background answers with the new version alone", func(t *testing.T) {
		_, res, page := compose(t, url.Values{"do": {"autosave"}})
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Contains(t, page, `name="version" value="6"`)
		require.NotContains(t, page, "<html")
	})
	t.Run("a citizen number is whole only where its row is open", func(t *testing.T) {
		c := newCounter()
		draft(c)
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/memos/memo-1/edit", nil)
		require.NotContains(t, page, "3174012309910001")
		_, page = ask(t, server, http.MethodGet, "/memos/memo-1/edit?open=3", nil)
		require.Contains(t, page, `value="3174012309910001"`)
	})
	t.Run("a memo under way cannot be written any more", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-1/edit", letter(url.Values{"do": {"save"}}))
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
		require.Empty(t, c.saved)
	})
	t.Run("a file becomes rows", func(t *testing.T) {
		c := newCounter()
		draft(c)
		server, _ := serve(t, c)
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for k, v := range letter(url.Values{"do": {"upload"}}) {
			require.NoError(t, form.WriteField(k, v[0]))
		}
		file, err := form.CreateFormFile("file", "recap.csv")
		require.NoError(t, err)
		_, err = file.Write([]byte("nip;name;unit_code\n199503252022041599;Sari Dewi;KEM.1.2\n"))
		require.NoError(t, err)
		require.NoError(t, form.Close())
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL+"/memos/memo-1/edit", &body)
		require.NoError(t, err)
		req.Header.Set("Content-Type", form.FormDataContentType())
		req.AddCookie(&http.Cookie{Name: "loket", Value: "good"})
		res, err := http.DefaultTransport.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Len(t, c.saved[0].Rows, 5)
		require.Equal(t, "Perihal baru", c.saved[0].Subject)
	})
	t.Run("the list of faults is a file", func(t *testing.T) {
		c := newCounter()
		draft(c)
		server, _ := serve(t, c)
		res, file := ask(t, server, http.MethodGet, "/memos/memo-1/faults.csv", nil)
		require.Equal(t, `attachment; filename="loket-faults.csv"`, res.Header.Get("Content-Disposition"))
		require.Contains(t, file, "4,Tri Wijaya,196906291993051964,Nama,Perlu diperbaiki,")
	})
}

func TestDeciding(t *testing.T) {
	t.Run("an approval carries what the decider saw", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-1/decide", url.Values{"verdict": {"approve"}, "seq": {"2"}, "key": {"k"}})
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
		require.Equal(t, []any{desk.Decision{Approve: true, Seq: 2}}, c.asked)
	})
	t.Run("a refusal without a reason is asked for one, the choice kept", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, "/memos/memo-1/decide", url.Values{"verdict": {"refuse"}, "reason": {"  "}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `value="refuse" checked`)
		require.Contains(t, page, `href="#reason"`)
		require.Empty(t, c.asked)
	})
	t.Run("whoever comes second is told so on the memo's page", func(t *testing.T) {
		c := newCounter()
		c.fail = models.ErrAlreadyDecided
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-1/decide", url.Values{"verdict": {"approve"}})
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
		require.Contains(t, res.Header.Get("Set-Cookie"), "loket_done=warn.already_decided")
	})
	t.Run("only buttons that the rules allow are there", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/memos/memo-1", nil)
		require.Contains(t, page, "/memos/memo-1/decide")
		for _, other := range []string{"/edit", "/verify", "/withdraw", "/retry", "/discard"} {
			require.NotContains(t, page, "/memos/memo-1"+other)
		}
		res, _ := ask(t, server, http.MethodGet, "/memos/memo-1/withdraw", nil)
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
	})
	t.Run("rows are decided one by one, those without an answer stay open", func(t *testing.T) {
		c := newCounter()
		verifying(c)
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-1/verify", url.Values{"do": {"rows"}, "seq": {"7"}, "row": {"1", "2", "4"},
			"row-1": {"accepted"}, "row-4": {"rejected"}, "reason-4": {"Nama berbeda"}})
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Equal(t, []any{desk.Verification{Seq: 7, Rows: []models.RowDecision{{No: 1, Accept: true}, {No: 4, Reason: "Nama berbeda"}}}}, c.asked)
	})
	t.Run("a rejection without a reason names its row and keeps the other answers", func(t *testing.T) {
		c := newCounter()
		verifying(c)
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, "/memos/memo-1/verify", url.Values{"do": {"rows"}, "row": {"1", "4"}, "row-1": {"accepted"}, "row-4": {"rejected"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `<a href="#reason-4">Baris 4 · Alasan: `)
		require.Contains(t, page, `id="row-1" name="row-1" type="radio" value="accepted" checked`)
		require.Empty(t, c.asked)
	})
	t.Run("all open rows can be decided at once", func(t *testing.T) {
		c := newCounter()
		verifying(c)
		server, _ := serve(t, c)
		_, _ = ask(t, server, http.MethodPost, "/memos/memo-1/verify", url.Values{"do": {"all"}, "all": {"accepted"}, "seq": {"7"}})
		require.Equal(t, []any{desk.Verification{All: models.RowAccepted, Seq: 7}}, c.asked)
	})
	t.Run("an answer to no row at all is asked for again", func(t *testing.T) {
		c := newCounter()
		verifying(c)
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, "/memos/memo-1/verify", url.Values{"do": {"rows"}, "row": {"1"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `href="#rows"`)
	})
}

func TestAnswers(t *testing.T) {
	t.Run("a desk that is away says when to come back", func(t *testing.T) {
		c := newCounter()
		c.fail = models.ErrUnavailable
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, "/memos/memo-1/decide", url.Values{"verdict": {"approve"}})
		require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
		require.Equal(t, "5", res.Header.Get("Retry-After"))
		require.Contains(t, page, "Mengirim dua kali tidak menggandakan apa pun")
	})
	t.Run("a token's secret is shown once, on the answer to the form", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		res, page := ask(t, server, http.MethodPost, "/account/tokens", url.Values{"name": {"Laporan"}, "days": {"30"}, "scopes": {"read"}})
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
		require.Contains(t, page, "lkt_secret-shown-once")
		require.Contains(t, page, `name="return" value="/account/security"`)
	})
	t.Run("a token asks for a fresh password, and keeps what was typed", func(t *testing.T) {
		c := newCounter()
		c.who.FreshUntil = time.Time{}
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, "/account/tokens", url.Values{"name": {"Laporan"}, "days": {"30"}, "scopes": {"read"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `value="Laporan"`)
		require.Contains(t, page, `name="step_up"`)
		require.NotContains(t, page, "lkt_secret-shown-once")
	})
	t.Run("static files are kept for good under their own hash only", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		_, page := ask(t, server, http.MethodGet, "/inbox", nil)
		_, rest, found := strings.Cut(page, `href="/static/`)
		require.True(t, found)
		hash, _, _ := strings.Cut(rest, "/")
		res, _ := ask(t, server, http.MethodGet, "/static/"+hash+"/loket.css", nil)
		require.Equal(t, "public, max-age=31536000, immutable", res.Header.Get("Cache-Control"))
		require.Equal(t, "text/css; charset=utf-8", res.Header.Get("Content-Type"))
		res, _ = ask(t, server, http.MethodGet, "/static/older/loket.css", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, "no-cache", res.Header.Get("Cache-Control"))
		for _, path := range []string{"/static/" + hash + "/", "/static/" + hash + "/../assets.go", "/static/" + hash + "/img"} {
			res, _ = ask(t, server, http.MethodGet, path, nil)
			require.Equal(t, http.StatusNotFound, res.StatusCode, path)
		}
	})
	t.Run("no page holds a style or a script of its own", func(t *testing.T) {
		for _, s := range scenes() {
			t.Run(s.name, func(t *testing.T) { holdsNothingInline(t, s) })
		}
	})
}

// holdsNothingInline asks for one scene on a server of its own, which goes with it.
func holdsNothingInline(t *testing.T, s scene) {
	t.Helper()
	c := newCounter()
	if s.set != nil {
		s.set(c)
	}
	server, _ := serve(t, c)
	_, page := ask(t, server, http.MethodGet, s.path, nil)
	for _, inline := range []string{" style=", "<style", " onclick=", " onchange=", "javascript:", "<script>"} {
		require.NotContains(t, page, inline)
	}
}

// TestLive opens pages in Chromium and lets things happen behind them.
func TestLive(t *testing.T) {
	browser := webtest.Browser(t)
	t.Run("an open memo shows a decision without being reloaded", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		tab := webtest.Tab(browser, t, webtest.Desktop)
		webtest.Cookies(tab, t, server.URL, map[string]string{"loket": "good"})
		require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL+"/memos/memo-1"), chromedp.WaitVisible(".lk-tag--approval")))
		c.mu.Lock()
		c.memo.Status, c.memo.Actions = models.StatusVerification, nil
		c.mu.Unlock()
		c.watched <- models.Ping{CaseID: "memo-1", Seq: 3}
		require.NoError(t, chromedp.Do(tab, chromedp.WaitVisible("#live .lk-tag--verification")))
		webtest.Accessible(tab, t)
	})
	t.Run("the rules of a password are ticked off while it is typed", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		tab := webtest.Tab(browser, t, webtest.Phone)
		require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL+"/password/fresh"), chromedp.WaitReady("body.js-enabled"),
			chromedp.SendKeys("#password", "Kopi!Tubruk2026"), chromedp.WaitVisible("#password-rules li:nth-child(5).lk-rules__met")))
	})
	t.Run("a letter is kept while it is written", func(t *testing.T) {
		c := newCounter()
		draft(c)
		server, _ := serve(t, c)
		tab := webtest.Tab(browser, t, webtest.Desktop)
		webtest.Cookies(tab, t, server.URL, map[string]string{"loket": "good"})
		require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL+"/memos/memo-1/edit"), chromedp.WaitReady("body.js-enabled"),
			chromedp.SendKeys("#addressee", " dan Informasi"), chromedp.Focus("#subject"), chromedp.WaitReady(`#saved input[value="6"]`)))
		ctx, cancel := context.WithTimeout(tab, 20*time.Second)
		defer cancel()
		require.NoError(t, chromedp.Do(ctx, chromedp.Click(`button[value="send"]`), chromedp.WaitVisible(".lk-ticket")))
		require.Equal(t, []any{"send memo-1"}, c.asked)
	})
}
