package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

func (c *counter) StepUp(_ context.Context, id desk.Identity, password, _ string) (desk.Signed, error) {
	if err := c.ask("step up"); err != nil {
		return desk.Signed{}, err
	}
	if password != "right" {
		return desk.Signed{}, models.Invalid(models.Fault("password", "password_wrong"))
	}
	id.FreshUntil = time.Now().Add(5 * time.Minute)
	return desk.Signed{Token: "risen", Identity: id}, nil
}

// many is one word on many memos, and its key.
type many struct {
	desk.Decisions
	key string
}

func (c *counter) DecideMany(_ context.Context, _ models.Actor, in desk.Decisions, key string) ([]desk.Outcome, error) {
	if in.Word == desk.WordRefuse || in.Word == desk.WordRejectAll {
		if faults := models.CheckReason("reason", in.Reason); len(faults) > 0 {
			return nil, models.Invalid(faults...)
		}
	}
	came := c.came
	if came == nil {
		for _, item := range in.Items {
			memo := sampleSummary()
			memo.ID, memo.Status = item.CaseID, models.StatusVerification
			came = append(came, desk.Outcome{Memo: memo})
		}
	}
	c.until, in.Until = append(c.until, in.Until), time.Time{}
	return came[:min(len(came), len(in.Items))], c.ask(many{in, key})
}

// several is an office in which memo-1 waits for the reader as head, memo-4 as officer, and memo-6 not any more.
func several(c *counter) {
	officer, gone := sampleMemo(), sampleMemo()
	officer.ID, officer.Number, officer.Subject, officer.Seq = "memo-4", "LKT-2026-000117", "Akses bagi tenaga ahli Pusat Data", 3
	officer.Status, officer.Rows = models.StatusVerification, models.RowCounts{Total: 37, Pending: 35, Accepted: 2}
	officer.Actions = []models.Action{models.ActionVerify}
	gone.ID, gone.Number, gone.Status, gone.Actions = "memo-6", "LKT-2026-000101", models.StatusWithdrawn, nil
	c.beside = []models.MemoView{officer, gone}
}

func unproven(c *counter) {
	several(c)
	c.who.FreshUntil = time.Time{}
}

const chosen = "/inbox/decide?item=memo-1&item=memo-4&item=memo-6"

func bulkScenes() []scene {
	return []scene{
		{name: "bulk", path: chosen, set: unproven},
		{name: "bulk-fresh", path: "/inbox/decide?item=memo-1", set: several},
		{name: "bulk-none", path: "/inbox/decide", set: several},
	}
}

// wordOn is a form with a word on memos, by what each was shown to wait for.
func wordOn(ids map[string]string, more url.Values) url.Values {
	form := url.Values{"key": {"k"}}
	for _, id := range []string{"memo-1", "memo-4"} {
		if act := ids[id]; act != "" {
			form.Add("item", id)
			form.Set("act-"+id, act)
			form.Set("seq-"+id, "2")
			form.Set("content-"+id, "c0ffee")
		}
	}
	for name, values := range more {
		form[name] = values
	}
	return form
}

func TestDecidingMany(t *testing.T) {
	both := map[string]string{"memo-1": "approve", "memo-4": "verify"}
	post := func(t *testing.T, set func(*counter), form url.Values) (*counter, answer, string) {
		t.Helper()
		c := newCounter()
		set(c)
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, "/inbox/decide", form)
		return c, res, page
	}
	t.Run("the page lists what was chosen, what will be done, and what was left out", func(t *testing.T) {
		c := newCounter()
		several(c)
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodGet, chosen+"&item=memo-1&item=not-mine", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Contains(t, page, `name="act-memo-1" value="approve"`)
		require.Contains(t, page, `name="act-memo-4" value="verify"`)
		require.Contains(t, page, "35 pegawai yang belum diperiksa")
		require.Contains(t, page, "LKT-2026-000101")
		require.NotContains(t, page, `name="item" value="memo-6"`)
		require.NotContains(t, page, `name="step_up"`)
		require.Empty(t, c.asked, "looking changes nothing")
	})
	t.Run("each memo is decided as it was shown, and its outcome told", func(t *testing.T) {
		c, res, page := post(t, several, wordOn(both, url.Values{"verdict": {"no"}, "reason": {"Belum lengkap."}}))
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, []any{
			many{desk.Decisions{Word: desk.WordRefuse, Reason: "Belum lengkap.", Items: []desk.DecisionItem{{CaseID: "memo-1", Seq: 2, Content: "c0ffee"}}}, "k"},
			many{desk.Decisions{Word: desk.WordRejectAll, Reason: "Belum lengkap.", Items: []desk.DecisionItem{{CaseID: "memo-4", Seq: 2, Content: "c0ffee"}}}, "k"}}, c.asked)
		require.Contains(t, page, "2 nota dinas diputuskan.")
		require.WithinDuration(t, time.Now().Add(desk.BulkPatience), c.until[0], 10*time.Second)
		require.Equal(t, c.until[0], c.until[1], "both kinds share the time that the answer has")
	})
	t.Run("without a verdict or a reason nothing happens and nothing typed is lost", func(t *testing.T) {
		c, res, page := post(t, several, wordOn(both, url.Values{"reason": {"Sudah saya tulis."}}))
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `href="#verdict"`)
		require.Contains(t, page, "Sudah saya tulis.")
		require.Empty(t, c.asked)
		_, _, page = post(t, several, wordOn(both, url.Values{"verdict": {"no"}}))
		require.Contains(t, page, `href="#reason"`)
		require.Contains(t, page, `value="no" checked`)
	})
	t.Run("a stale password is asked for in the same form, with all that was typed", func(t *testing.T) {
		form := wordOn(both, url.Values{"verdict": {"yes"}, "reason": {"Setuju, lengkap."}})
		c, res, page := post(t, unproven, form)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Empty(t, c.asked)
		require.Contains(t, page, `name="step_up"`)
		require.Contains(t, page, "Setuju, lengkap.")
		require.Contains(t, page, `value="yes" checked`)
		form.Set("step_up", "s3cret-typed")
		c, res, page = post(t, unproven, form)
		require.Equal(t, []any{"step up"}, c.asked)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `id="step_up-error"`)
		require.Contains(t, page, `name="item" value="memo-4"`)
		require.Contains(t, page, "Setuju, lengkap.")
		require.NotContains(t, page, "s3cret-typed")
		require.Empty(t, res.Header.Get("Set-Cookie"))
		form.Set("step_up", "right")
		c, res, page = post(t, unproven, form)
		require.Len(t, c.asked, 3)
		require.Contains(t, page, "2 nota dinas diputuskan.")
		require.Contains(t, res.Header.Get("Set-Cookie"), "loket=risen", "the session goes on under a new id")
	})
	t.Run("what may be tried again is, with one button and the same key", func(t *testing.T) {
		away := func(c *counter) {
			several(c)
			c.came = []desk.Outcome{{Memo: sampleSummary(), Problem: models.ErrUnavailable}}
		}
		_, _, page := post(t, away, wordOn(map[string]string{"memo-1": "approve"}, url.Values{"verdict": {"no"}, "reason": {"Belum <lengkap>."}}))
		require.Contains(t, page, `name="key" value="k"`)
		require.Contains(t, page, `name="item" value="memo-1"`)
		require.Contains(t, page, `name="seq-memo-1" value="2"`)
		require.Contains(t, page, `name="content-memo-1" value="c0ffee"`)
		require.Contains(t, page, `value="Belum &lt;lengkap&gt;."`)
		require.Contains(t, page, "Coba lagi")
	})
	t.Run("what somebody else decided is told, and what changed can be looked at again", func(t *testing.T) {
		late := func(c *counter) {
			several(c)
			c.came = []desk.Outcome{{Memo: sampleSummary(), Problem: models.ErrStale}}
		}
		_, _, page := post(t, late, wordOn(map[string]string{"memo-1": "approve"}, url.Values{"verdict": {"yes"}}))
		require.Contains(t, page, `href="/inbox/decide?item=memo-1"`)
		require.NotContains(t, page, "Coba lagi")
		_, _, page = post(t, func(c *counter) {
			c.came = []desk.Outcome{{Memo: models.CaseSummary{ID: "x"}, Problem: models.ErrNotFound}}
		},
			wordOn(map[string]string{"memo-1": "approve"}, url.Values{"verdict": {"yes"}}))
		require.Contains(t, page, "tidak dapat Anda lihat")
	})
	t.Run("a service that is away as a whole is told on its own page", func(t *testing.T) {
		_, res, _ := post(t, func(c *counter) { several(c); c.fail = models.ErrUnavailable }, wordOn(both, url.Values{"verdict": {"yes"}}))
		require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
	})
	t.Run("nothing chosen is told", func(t *testing.T) {
		_, res, _ := post(t, several, url.Values{"verdict": {"yes"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
	})
}

func TestVerifyingTogether(t *testing.T) {
	check := func(t *testing.T, path string, form url.Values, set func(*counter)) (*counter, answer, string) {
		t.Helper()
		c := newCounter()
		verifying(c)
		if set != nil {
			set(c)
		}
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, path, form)
		return c, res, page
	}
	t.Run("those picked get one word and one reason", func(t *testing.T) {
		c, res, _ := check(t, "/memos/memo-1/verify", url.Values{"do": {"picked"}, "seq": {"2"}, "pick": {"2", "4"}, "picked": {"rejected"}, "picked_reason": {"Pindah."},
			"row": {"1", "2"}, "row-1": {"accepted"}}, nil)
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Equal(t, []any{desk.Verification{Seq: 2, Rows: []models.RowDecision{{No: 2, Reason: "Pindah."}, {No: 4, Reason: "Pindah."}}}}, c.asked)
	})
	t.Run("nobody picked, no word and no reason are told, the picks kept", func(t *testing.T) {
		for field, form := range map[string]url.Values{"rows": {"picked": {"accepted"}}, "picked": {"pick": {"2"}}, "picked_reason": {"pick": {"2"}, "picked": {"rejected"}}} {
			form.Set("do", "picked")
			c, res, page := check(t, "/memos/memo-1/verify", form, nil)
			require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
			require.Contains(t, page, `href="#`+field+`"`)
			require.Empty(t, c.asked)
			if form.Has("pick") {
				require.Contains(t, page, `name="pick" type="checkbox" value="2" checked`)
			}
		}
	})
	faster := func(c *counter) {
		p := models.ErrAlreadyDecided.With("row", "1", "status", "rejected")
		p.Faults = []models.FieldFault{models.Fault("rows[0].no", "row_rejected", "no", "1", "by", "Fajar Anggraini")}
		c.fail, c.rows = p, c.rows[1:]
	}
	typed := url.Values{"do": {"rows"}, "round": {"1"}, "row": {"1", "2"}, "row-1": {"accepted"}, "row-2": {"rejected"}, "reason-2": {"Sudah pindah."}}
	t.Run("a row that a colleague decided first is named, and the rest stays as it was typed", func(t *testing.T) {
		_, res, page := check(t, "/memos/memo-1/verify?cursor=abc", typed, faster)
		require.Equal(t, http.StatusConflict, res.StatusCode)
		require.Contains(t, page, "Baris 1 sudah ditolak oleh Fajar Anggraini.")
		require.Contains(t, page, "Sudah pindah.")
		require.Contains(t, page, `action="/memos/memo-1/verify?cursor=abc"`, "on the same page of rows")
		require.NotContains(t, page, `name="row-1"`)
		require.Contains(t, page, "Petugas lain lebih dulu")
	})
	t.Run("one word on all that has become stale is kept too", func(t *testing.T) {
		_, res, page := check(t, "/memos/memo-1/verify", url.Values{"do": {"all"}, "round": {"1"}, "all": {"rejected"}, "all_reason": {"Data tidak cocok."}},
			func(c *counter) { c.fail = models.ErrStale })
		require.Equal(t, http.StatusConflict, res.StatusCode)
		require.Contains(t, page, "Data tidak cocok.")
	})
	t.Run("rows that were written anew are not filled with old words", func(t *testing.T) {
		_, res, _ := check(t, "/memos/memo-1/verify", typed, func(c *counter) { faster(c); c.memo.Round = 2 })
		require.Equal(t, "/memos/memo-1/verify", res.Header.Get("Location"))
		require.Contains(t, res.Header.Get("Set-Cookie"), "warn.stale")
	})
}

func TestSessionsAreToldInWords(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0":                                                           "Firefox di Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0":              "Edge di Windows",
		"Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36": "Samsung Internet di Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1":    "Safari di iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.0.0 Mobile/15E148 Safari/604.1": "Chrome di iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 OPR/116.0.0.0":        "Opera di macOS",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36":                             "Chrome di ChromeOS",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36":                              "Chrome di Linux",
		"Something on Windows": "Windows", "<script>curl/8": "Peramban tidak dikenal", "": "Peramban tidak dikenal",
	} {
		t.Run(want, func(t *testing.T) {
			c := newCounter()
			c.agent = agent
			server, _ := serve(t, c)
			_, page := ask(t, server, http.MethodGet, "/account/security", nil)
			require.Contains(t, page, ">"+want+"<")
			require.NotContains(t, page, "Mozilla")
			require.NotContains(t, page, "<script>curl")
		})
	}
}
