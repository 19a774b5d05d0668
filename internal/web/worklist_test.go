package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/web/webtest"
	"loket/models"
)

func workScenes() []scene {
	nothing := func(c *counter) { c.empty = true }
	acting := func(c *counter) {
		c.who.Actor.Grants = append(c.who.Actor.Grants, models.Grant{Role: models.RoleActingHead, Unit: "KEM.2", UnitPath: "/KEM/KEM.2/", OnBehalfOf: "emp-9"})
	}
	return []scene{
		{name: "inbox-mine", path: "/inbox?tab=mine", set: acting},
		{name: "inbox-substitute", path: "/inbox?tab=substitute", set: acting},
		{name: "inbox-claimable", path: "/inbox?tab=claimable&unit=KEM.1&due=today"},
		{name: "inbox-returned", path: "/inbox?tab=returned"},
		{name: "inbox-decided", path: "/inbox?tab=decided"},
		{name: "inbox-none", path: "/inbox?tab=claimable&q=x", set: nothing},
		{name: "views", path: "/inbox/views"},
		{name: "views-none", path: "/inbox/views", set: nothing},
		{name: "phrases", path: "/phrases", set: func(c *counter) {
			c.who.Actor.Grants = append(c.who.Actor.Grants, models.Grant{Role: models.RoleAdmin})
		}},
		{name: "phrases-none", path: "/phrases", set: nothing},
		{name: "notifications", path: "/notifications"},
		{name: "notifications-none", path: "/notifications", set: nothing},
		{name: "search", path: "/search?q=flexiwork"},
		{name: "search-none", path: "/search?q=tiada", set: nothing},
		{name: "track", path: "/track"},
		{name: "track-found", path: "/track?number=lkt-2026-000123"},
		{name: "track-unknown", path: "/track?number=LKT-1999-000001", status: 404},
		{name: "memo-listed", path: "/memos/memo-1?in=tab%3Dmine"},
		{name: "decide-listed", path: "/memos/memo-1/decide?in=tab%3Dmine"},
		{name: "verify-listed", path: "/memos/memo-1/verify?in=tab%3Dclaimable", set: verifying},
	}
}

func TestInboxPages(t *testing.T) {
	t.Run("the address holds tab and filter, and each tab's link keeps the filter", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/inbox?tab=claimable&kind=flexiwork&unit=KEM.1&due=late&q=data", nil)
		require.Equal(t, []models.WorkQuery{{Tab: models.TabClaimable, PageQuery: models.PageQuery{Limit: 25},
			WorkFilter: models.WorkFilter{Kind: models.MemoFlexiwork, Unit: "KEM.1", Due: models.DueLate, Text: "data"}}}, c.worked)
		require.Contains(t, page, `href="/inbox?due=late&amp;kind=flexiwork&amp;q=data&amp;tab=mine&amp;unit=KEM.1"`)
		require.Contains(t, page, `href="/inbox?kind=flexiwork&amp;q=data&amp;tab=decided&amp;unit=KEM.1"`)
		require.Contains(t, page, `99&#43;`)
		require.Contains(t, page, "Sedang dikerjakan Sekar Anggraini")
	})
	t.Run("the next page is one of the tab that is shown, chosen or not", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		_, page := ask(t, server, http.MethodGet, "/inbox", nil)
		require.Contains(t, page, `href="/inbox?cursor=more&amp;tab=mine"`)
	})
	t.Run("a choice that there is not is refused", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		res, _ := ask(t, server, http.MethodGet, "/inbox?tab=mine&due=someday", nil)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
	})
	t.Run("the inbox opens with the view that was chosen for it, but not when something is asked for", func(t *testing.T) {
		c := newCounter()
		c.opens = true
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodGet, "/inbox", nil)
		require.Equal(t, "/inbox?kind=flexiwork&tab=claimable", res.Header.Get("Location"))
		res, _ = ask(t, server, http.MethodGet, "/inbox?tab=mine", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
	})
	t.Run("a view without a name is asked for one, beside what was shown", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, "/inbox/views", url.Values{"query": {"tab=claimable&due=late"}, "name": {""}, "opens": {"yes"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `id="name-error"`)
		require.Contains(t, page, `name="query" value="due=late&amp;tab=claimable"`)
		require.Empty(t, c.asked)
		res, _ = ask(t, server, http.MethodPost, "/inbox/views/v-1", url.Values{"query": {"tab=mine"}, "name": {"Pagi"}, "opens": {"yes"}})
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Equal(t, []any{models.SavedView{ID: "v-1", Name: "Pagi", Query: "tab=mine", Opens: true}}, c.asked)
	})
	t.Run("claims lead back to the list; a colleague's is named", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		in := url.Values{"in": {"tab=claimable"}}
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-7/claim", in)
		require.Equal(t, "/inbox?tab=claimable", res.Header.Get("Location"))
		res, _ = ask(t, server, http.MethodPost, "/memos/memo-6/claim", in)
		require.Contains(t, res.Header.Get("Set-Cookie"), "warn.claimed")
		in.Set("take_over", "yes")
		_, _ = ask(t, server, http.MethodPost, "/memos/memo-6/claim", in)
		_, _ = ask(t, server, http.MethodPost, "/memos/memo-7/release", in)
		require.Equal(t, []any{"claim memo-7", "claim memo-6", "release memo-7"}, c.asked)
	})
}

func TestMovingOn(t *testing.T) {
	approve := func(in string) url.Values { return url.Values{"verdict": {"approve"}, "key": {"k"}, "in": {in}} }
	t.Run("neighbours are those of the list", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		_, page := ask(t, server, http.MethodGet, "/memos/memo-1/decide?in=tab%3Dmine", nil)
		require.Contains(t, page, `href="/memos/memo-4/turn?in=tab%3Dmine"`)
		require.Contains(t, page, `href="/memos/memo-7/turn?in=tab%3Dmine"`)
		require.Contains(t, page, `name="in" value="tab=mine"`)
		_, page = ask(t, server, http.MethodGet, "/memos/memo-1/decide", nil)
		require.NotContains(t, page, "lk-beside")
	})
	t.Run("a decision leads to the next, which tells of it", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-1/decide", approve("tab=mine"))
		require.Equal(t, "/memos/memo-7/turn?in=tab%3Dmine", res.Header.Get("Location"))
		require.Contains(t, res.Header.Get("Set-Cookie"), "moved.approved.LKT-2026-000123.next")
	})
	t.Run("after the last it leads back to the list", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-1/decide", approve("tab=mine&due=late"))
		require.Equal(t, "/inbox?due=late&tab=mine", res.Header.Get("Location"))
		require.Contains(t, res.Header.Get("Set-Cookie"), "moved.approved.LKT-2026-000123.last")
	})
	t.Run("after the last it does not say that all is done while others wait before it", func(t *testing.T) {
		c := newCounter()
		c.memo.ID = "memo-7"
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-7/decide", approve("tab=mine"))
		require.Equal(t, "/inbox?tab=mine", res.Header.Get("Location"))
		require.Contains(t, res.Header.Get("Set-Cookie"), "moved.approved.LKT-2026-000123.left")
	})
	t.Run("whoever came from no list stays with the memo", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-1/decide", approve(""))
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
	})
	t.Run("a turn opens the form that the reader needs", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodGet, "/memos/memo-1/turn?in=tab%3Dmine", nil)
		require.Equal(t, "/memos/memo-1/decide?in=tab%3Dmine", res.Header.Get("Location"))
		verifying(c)
		res, _ = ask(t, server, http.MethodGet, "/memos/memo-1/turn", nil)
		require.Equal(t, "/memos/memo-1/verify", res.Header.Get("Location"))
	})
}

func TestPhrases(t *testing.T) {
	t.Run("one is put into the reason without losing what was typed, and nothing is decided", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		for _, form := range []string{"decide", "return", "withdraw"} {
			c.memo.Actions = []models.Action{models.ActionApprove, models.ActionRefuse, models.ActionReturn, models.ActionWithdraw}
			res, page := ask(t, server, http.MethodPost, "/memos/memo-1/"+form, url.Values{"do": {"phrase"}, "phrase": {"p-2"}, "reason": {"Mohon dilengkapi."}, "verdict": {"refuse"}})
			require.Equal(t, http.StatusOK, res.StatusCode, form)
			require.Contains(t, page, "Mohon dilengkapi.\nSPTJM belum ditandatangani.</textarea>", form)
		}
		verifying(c)
		_, page := ask(t, server, http.MethodPost, "/memos/memo-1/verify", url.Values{"do": {"phrase"}, "phrase": {"p-1"}, "all": {"rejected"}, "row": {"1"}, "row-1": {"rejected"}, "reason-1": {"Salah"}})
		require.Contains(t, page, "NIP dan nama tidak cocok dengan data kepegawaian.</textarea>")
		require.Contains(t, page, `value="Salah"`)
		require.Empty(t, c.asked)
	})
	t.Run("kept, changed and dropped", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, "/phrases/p-1", url.Values{"text": {" "}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `id="text-p-1-error"`)
		_, _ = ask(t, server, http.MethodPost, "/phrases", url.Values{"text": {"Belum lengkap."}, "shared": {"yes"}})
		_, _ = ask(t, server, http.MethodPost, "/phrases/p-1/drop", url.Values{})
		require.Equal(t, []any{models.Phrase{Text: "Belum lengkap.", Shared: true}, "drop phrase p-1"}, c.asked)
	})
}

func TestKindsOfWork(t *testing.T) {
	c := newCounter()
	server, _ := serve(t, c)
	_, page := ask(t, server, http.MethodGet, "/inbox?kind=registration", nil)
	require.Contains(t, page, `<option value="access">Permintaan aplikasi</option>`)
	require.Contains(t, page, `<option value="registration" selected>Pendaftaran pengguna perusahaan</option>`)
}

func TestFinding(t *testing.T) {
	c := newCounter()
	server, _ := serve(t, c)
	t.Run("a number leads to its page", func(t *testing.T) {
		res, _ := ask(t, server, http.MethodGet, "/search?q=LKT-2026-000123", nil)
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
	})
	t.Run("the number of what is no memo leads to its own page, however it is typed", func(t *testing.T) {
		for kind, path := range map[models.Kind]string{models.KindAccess: "/access/memo-1", models.KindRegistration: "/registrations/memo-1"} {
			c := newCounter()
			c.memo.Kind = kind
			server, _ := serve(t, c)
			for _, way := range []string{"/track?number=", "/search?q="} {
				for _, number := range []string{"LKT-2026-000123", "%20lkt-2026-000123%20"} {
					res, _ := ask(t, server, http.MethodGet, way+number, nil)
					require.Equal(t, http.StatusSeeOther, res.StatusCode)
					require.Equal(t, path, res.Header.Get("Location"))
				}
			}
		}
	})
	t.Run("words list what fits", func(t *testing.T) {
		_, page := ask(t, server, http.MethodGet, "/search?q=flexiwork", nil)
		require.Contains(t, page, "lk-slip")
		require.Contains(t, page, `id="finder" name="q" type="search" value="flexiwork"`)
	})
	t.Run("a number that is not there, and one that is not the reader's, are told alike", func(t *testing.T) {
		res, page := ask(t, server, http.MethodGet, "/track?number=LKT-1999-000001", nil)
		require.Equal(t, http.StatusNotFound, res.StatusCode)
		require.Contains(t, page, `id="number-error"`)
		require.Contains(t, page, `value="LKT-1999-000001"`)
	})
	t.Run("what the portal told is opened once and marked", func(t *testing.T) {
		res, _ := ask(t, server, http.MethodPost, "/notifications/n-1/open", url.Values{})
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
		_, _ = ask(t, server, http.MethodPost, "/notifications/seen", url.Values{})
		require.Subset(t, c.asked, []any{"seen n-1", "seen all"})
	})
}

// TestBell: the bell and the list refresh by themselves, over one stream, and what was picked stays picked.
func TestBell(t *testing.T) {
	c := newCounter()
	server, _ := serve(t, c)
	tab := webtest.Tab(webtest.Browser(t), t, webtest.Desktop)
	webtest.Cookies(tab, t, server.URL, map[string]string{"loket_language": "id", "loket": "good"})
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL+"/inbox?tab=mine"), chromedp.WaitReady(`body.js-enabled`)))
	require.NoError(t, chromedp.Do(tab, chromedp.Click("#pick-memo-4")))
	c.mu.Lock()
	c.rung = 5
	c.mu.Unlock()
	c.mine <- models.Ping{CaseID: "memo-1", Seq: 3}
	require.Eventually(t, func() bool {
		text, err := chromedp.Run(tab, chromedp.Text(chromedp.CSS("#bell .lk-count")))
		return err == nil && strings.HasPrefix(text, "7")
	}, 20*time.Second, 50*time.Millisecond)
	require.NoError(t, chromedp.Do(tab, chromedp.WaitReady("#pick-memo-4:checked")))
}
