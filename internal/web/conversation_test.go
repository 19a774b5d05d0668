package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

func (c *counter) AskSender(_ context.Context, _ models.Actor, _ string, in desk.Message, _ string) (models.MemoView, error) {
	if faults := models.CheckReason("text", in.Text); faults != nil {
		return models.MemoView{}, models.Invalid(faults...)
	}
	return c.memo, c.ask(in)
}

func (c *counter) AnswerMemo(ctx context.Context, a models.Actor, id string, in desk.Message, key string) (models.MemoView, error) {
	return c.AskSender(ctx, a, id, in, key)
}

func (c *counter) ReissueMemo(_ context.Context, _ models.Actor, _ string, rows []int, _ string) (models.MemoView, error) {
	return c.memo, c.ask(rows)
}

func (c *counter) SkipRows(_ context.Context, _ models.Actor, _, reason, _ string) (models.MemoView, error) {
	if faults := models.CheckReason("reason", reason); faults != nil {
		return models.MemoView{}, models.Invalid(faults...)
	}
	return c.memo, c.ask("skip: " + reason)
}

// inquired is a memo whose head asked the sender something an hour ago.
func inquired(actions ...models.Action) func(*counter) {
	return func(c *counter) {
		c.memo.Asked, c.memo.Due, c.memo.Content = at(ago(time.Hour)), nil, strings.Repeat("9f86d081884c", 6)[:64]
		c.memo.Steps[0].Due = nil
		c.memo.Timeline = append(c.memo.Timeline, models.TimelineEvent{Seq: 3, Type: models.EventAsked, At: ago(time.Hour), ActorName: "Ratna Wulandari",
			OnBehalfOfName: "Hendra Gunawan", Reason: "Mana yang berlaku dari kedua kontrak Made Surya?\nDan sampai kapan?", Status: models.StatusApproval})
		c.memo.Actions = actions
	}
}

// decider is a memo that waits for the reader, who may ask about it.
func decider(c *counter) {
	c.memo.Actions = []models.Action{models.ActionApprove, models.ActionRefuse, models.ActionReturn, models.ActionAsk}
}

// lapsed is a memo of the reader's whose links went out: one is used, one waits, one was rejected and one lapsed.
func lapsed(c *counter) {
	c.memo.Status, c.memo.Steps, c.memo.Due, c.memo.Actions = models.StatusActivation, nil, nil, []models.Action{models.ActionReissue}
	c.memo.Rows = models.RowCounts{Total: 4, Rejected: 1, Provisioned: 1, Activated: 1, Lapsed: 1}
	for i, s := range []models.RowState{models.RowActivated, models.RowProvisioned, models.RowRejected, models.RowLapsed} {
		c.rows[i].State = s
	}
	c.memo.Timeline = append(c.memo.Timeline, models.TimelineEvent{Seq: 3, Type: models.EventApproved, At: ago(time.Hour), ActorName: "Ratna Wulandari",
		Content: strings.Repeat("9f86d081884c", 6)[:64], Status: models.StatusVerification})
}

// stuck is a memo whose accounts cannot be made, before whoever may help.
func stuck(c *counter) {
	c.memo.Status, c.memo.Steps, c.memo.Due = models.StatusProvisioning, nil, nil
	c.memo.Trouble, c.memo.Actions = models.TroubleAccounts, []models.Action{models.ActionRetry, models.ActionSkip}
	c.memo.Timeline = append(c.memo.Timeline, models.TimelineEvent{Seq: 3, Type: models.EventTrouble, At: ago(time.Hour), Reason: "directory: 53 unwilling to perform", Status: models.StatusProvisioning})
}

// vacant is a memo that nobody is left to decide.
func vacant(roles ...models.Role) func(*counter) {
	return func(c *counter) {
		c.memo.Trouble, c.memo.Actions, c.memo.Steps = models.TroubleApprover, nil, nil
		c.memo.Case = models.Case{Unit: "KEM.1.2", Candidates: []models.Candidate{{Role: models.RoleHead, Unit: "KEM.1"}}}
		c.memo.Timeline = append(c.memo.Timeline, models.TimelineEvent{Seq: 3, Type: models.EventTrouble, At: ago(time.Hour), Status: models.StatusApproval})
		c.who.Actor.Grants = grants(roles...)
	}
}

func conversationScenes() []scene {
	sender := inquired(models.ActionAnswer, models.ActionWithdraw)
	return []scene{
		{name: "memo-decider", path: "/memos/memo-1", set: decider},
		{name: "ask", path: "/memos/memo-1/ask", set: decider},
		{name: "decide-askable", path: "/memos/memo-1/decide", set: decider},
		{name: "memo-question", path: "/memos/memo-1", set: sender},
		{name: "memo-asked", path: "/memos/memo-1", set: inquired(models.ActionApprove, models.ActionRefuse, models.ActionReturn)},
		{name: "memo-asked-reader", path: "/memos/memo-1", set: inquired()},
		{name: "answer", path: "/memos/memo-1/answer", set: sender},
		{name: "memo-lapsed", path: "/memos/memo-1", set: lapsed},
		{name: "reissue", path: "/memos/memo-1/reissue?row=2&row=4", set: lapsed},
		{name: "reissue-nobody", path: "/memos/memo-1/reissue?row=1", set: lapsed, status: 422},
		{name: "memo-stuck", path: "/memos/memo-1", set: stuck},
		{name: "skip", path: "/memos/memo-1/skip", set: stuck},
		{name: "memo-vacant", path: "/memos/memo-1", set: vacant(models.RoleDrafter)},
		{name: "memo-vacant-admin", path: "/memos/memo-1", set: vacant(models.RoleAdmin)},
	}
}

// saidAt sends a form to a memo's page on a fresh sample.
func saidAt(t *testing.T, path string, set func(*counter), form url.Values) (*counter, answer, string) {
	t.Helper()
	c := newCounter()
	set(c)
	server, _ := serve(t, c)
	res, page := ask(t, server, http.MethodPost, "/memos/memo-1"+path, form)
	return c, res, page
}

func TestConversation(t *testing.T) {
	sender := inquired(models.ActionAnswer, models.ActionWithdraw)
	ways := []struct {
		path string
		set  func(*counter)
	}{{"/ask", decider}, {"/answer", sender}}
	for _, way := range ways {
		t.Run("words go to the desk with what was seen: "+way.path, func(t *testing.T) {
			c, res, _ := saidAt(t, way.path, way.set, url.Values{"text": {" Sampai kapan? "}, "seq": {"3"}, "key": {"k"}})
			require.Equal(t, http.StatusSeeOther, res.StatusCode)
			require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
			require.Equal(t, []any{desk.Message{Text: "Sampai kapan?", Seq: 3}}, c.asked)
		})
		t.Run("none are asked for beside their field: "+way.path, func(t *testing.T) {
			c, res, page := saidAt(t, way.path, way.set, url.Values{"text": {"  "}, "seq": {"3"}})
			require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
			require.Empty(t, c.asked)
			require.Contains(t, page, `href="#text"`)
			require.Contains(t, page, `id="text-error"`)
		})
		t.Run("too many are kept as they were typed: "+way.path, func(t *testing.T) {
			long := strings.Repeat("panjang ", 200)
			c, res, page := saidAt(t, way.path, way.set, url.Values{"text": {long}})
			require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
			require.Empty(t, c.asked)
			require.Contains(t, page, strings.TrimSpace(long))
			require.Contains(t, page, `id="text-error"`)
		})
		t.Run("a page that shows too little is shown anew, the words kept: "+way.path, func(t *testing.T) {
			_, res, page := saidAt(t, way.path, func(c *counter) {
				way.set(c)
				c.fail = models.ErrStale.With("by", "Yanti Hidayat")
			}, url.Values{"text": {"Sampai kapan?"}, "seq": {"1"}})
			require.Equal(t, http.StatusConflict, res.StatusCode)
			require.Contains(t, page, "Sampai kapan?</textarea>")
			require.Contains(t, page, "govuk-error-summary")
		})
		t.Run("whoever may not is led back to the memo: "+way.path, func(t *testing.T) {
			c := newCounter()
			c.memo.Actions = nil
			server, _ := serve(t, c)
			res, _ := ask(t, server, http.MethodGet, "/memos/memo-1"+way.path, nil)
			require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
			c.fail = models.ErrNotYours
			res, _ = ask(t, server, http.MethodPost, "/memos/memo-1"+way.path, url.Values{"text": {"x"}})
			require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
			require.Contains(t, strings.Join(res.Header.Values("Set-Cookie"), ";"), "warn.not_yours")
			c.fail = models.ErrNotFound
			res, _ = ask(t, server, http.MethodPost, "/memos/memo-1"+way.path, url.Values{"text": {"x"}})
			require.Equal(t, http.StatusNotFound, res.StatusCode)
		})
	}
	t.Run("the question stands before the sender, on the memo and beside the answer", func(t *testing.T) {
		c := newCounter()
		sender(c)
		server, _ := serve(t, c)
		for _, path := range []string{"/memos/memo-1", "/memos/memo-1/answer"} {
			_, page := ask(t, server, http.MethodGet, path, nil)
			require.Contains(t, page, "Mana yang berlaku dari kedua kontrak Made Surya?", path)
			require.Contains(t, page, "Hendra Gunawan", path)
		}
		_, page := ask(t, server, http.MethodGet, "/memos/memo-1", nil)
		require.Contains(t, page, `href="/memos/memo-1/answer"`)
		require.Contains(t, page, "Menunggu jawaban pengirim sejak")
	})
	t.Run("deciding and withdrawing lose no reason to a page that shows too little", func(t *testing.T) {
		for path, set := range map[string]func(*counter){"/decide": decider, "/withdraw": sender} {
			_, res, page := saidAt(t, path, func(c *counter) {
				set(c)
				c.fail = models.ErrStale.With("by", "Yanti Hidayat")
			}, url.Values{"verdict": {"refuse"}, "reason": {"Belum lengkap."}, "seq": {"1"}})
			require.Equal(t, http.StatusConflict, res.StatusCode, path)
			require.Contains(t, page, "Belum lengkap.</textarea>")
			require.Contains(t, page, "govuk-error-summary")
		}
	})
	t.Run("a decider's form says what it is about", func(t *testing.T) {
		for path, form := range map[string]url.Values{"/decide": {"verdict": {"approve"}}, "/return": {"reason": {"x"}}, "/verify": {"do": {"all"}, "all": {"accepted"}}} {
			form.Set("content", "9f86d081")
			c, _, _ := saidAt(t, path, decider, form)
			require.Len(t, c.asked, 1, path)
			switch in := c.asked[0].(type) {
			case desk.Decision:
				require.Equal(t, "9f86d081", in.Content)
			case desk.Return:
				require.Equal(t, "9f86d081", in.Content)
			case desk.Verification:
				require.Equal(t, "9f86d081", in.Content)
			default:
				require.Fail(t, "something else was asked", "%T", in)
			}
		}
		c := newCounter()
		inquired(models.ActionApprove, models.ActionRefuse)(c)
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/memos/memo-1/decide", nil)
		require.Contains(t, page, `name="content" value="`+c.memo.Content+`"`)
	})
}

func TestReissuing(t *testing.T) {
	get := func(t *testing.T, path string) (answer, string) {
		t.Helper()
		c := newCounter()
		lapsed(c)
		server, _ := serve(t, c)
		return ask(t, server, http.MethodGet, "/memos/memo-1"+path, nil)
	}
	t.Run("the list offers it for links that are out or lapsed, and for all that lapsed", func(t *testing.T) {
		_, page := get(t, "")
		require.Contains(t, page, `href="/memos/memo-1/reissue?row=2"`)
		require.Contains(t, page, `href="/memos/memo-1/reissue?row=4"`)
		require.NotContains(t, page, "reissue?row=1")
		require.NotContains(t, page, "reissue?row=3")
		require.Contains(t, page, `href="/memos/memo-1/reissue?state=lapsed"`)
		require.Contains(t, page, "<code>9f86d081884c</code>", "the digest beside the decision")
	})
	t.Run("nobody but the sender is offered it", func(t *testing.T) {
		c := newCounter()
		lapsed(c)
		c.memo.Actions = nil
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/memos/memo-1", nil)
		require.NotContains(t, page, "/reissue")
	})
	t.Run("it is asked first, by name", func(t *testing.T) {
		_, page := get(t, "/reissue?row=2&row=1")
		require.Contains(t, page, "Fajar Anggraini")
		require.NotContains(t, page, "Dewi Yusuf Saputra", "whose account is active")
		require.Contains(t, page, `name="row" value="2"`)
		_, page = get(t, "/reissue?state=lapsed")
		require.Contains(t, page, "Tri Wijaya")
		require.NotContains(t, page, "Fajar Anggraini")
	})
	t.Run("the rows named go to the desk", func(t *testing.T) {
		c, res, _ := saidAt(t, "/reissue", lapsed, url.Values{"row": {"2", "4", "x"}, "key": {"k"}})
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Equal(t, []any{[]int{2, 4}}, c.asked)
	})
	t.Run("for whoever signed on meanwhile it says why not", func(t *testing.T) {
		_, res, page := saidAt(t, "/reissue", func(c *counter) {
			lapsed(c)
			c.fail = models.Invalid(models.Fault("rows", "no_open_link"))
		}, url.Values{"row": {"1"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, "Tidak ada tautan yang dapat dikirim ulang pada baris ini")
		res, page = get(t, "/reissue?row=1")
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.NotContains(t, page, `action="/memos/memo-1/reissue"`)
	})
}

func TestSkipping(t *testing.T) {
	t.Run("support sees why, and may try again or leave out", func(t *testing.T) {
		c := newCounter()
		stuck(c)
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/memos/memo-1", nil)
		require.Contains(t, page, "53 unwilling to perform")
		require.Contains(t, page, `action="/memos/memo-1/retry"`)
		require.Contains(t, page, `href="/memos/memo-1/skip"`)
	})
	t.Run("a reason is asked for", func(t *testing.T) {
		c, res, page := saidAt(t, "/skip", stuck, url.Values{"reason": {""}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Empty(t, c.asked)
		require.Contains(t, page, `id="reason-error"`)
		c, res, _ = saidAt(t, "/skip", stuck, url.Values{"reason": {"Tidak dikenal direktori"}})
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Equal(t, []any{"skip: Tidak dikenal direktori"}, c.asked)
	})
	t.Run("whoever is not support is led back", func(t *testing.T) {
		_, res, _ := saidAt(t, "/skip", func(c *counter) { c.fail = models.ErrNotYours }, url.Values{"reason": {"x"}})
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
		require.Contains(t, strings.Join(res.Header.Values("Set-Cookie"), ";"), "warn.not_yours")
	})
	t.Run("where nobody is left to decide, an admin is led to who could be named", func(t *testing.T) {
		for role, led := range map[models.Role]bool{models.RoleAdmin: true, models.RoleDrafter: false} {
			c := newCounter()
			vacant(role)(c)
			server, _ := serve(t, c)
			_, page := ask(t, server, http.MethodGet, "/memos/memo-1", nil)
			require.Equal(t, led, strings.Contains(page, `href="/delegations/new?kind=plt&amp;unit=KEM.1"`), role)
			require.Contains(t, page, "Tidak ada lagi pejabat yang dapat memutuskan")
		}
	})
}
