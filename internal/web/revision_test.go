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

func (c *counter) ReturnMemo(_ context.Context, _ models.Actor, _ string, in desk.Return, _ string) (models.MemoView, error) {
	return c.memo, c.ask(in)
}

func (c *counter) ResubmitMemo(_ context.Context, _ models.Actor, id string, _ int, _ string) (models.MemoView, error) {
	return c.memo, c.ask("resubmit " + id)
}

func (c *counter) NudgeMemo(_ context.Context, _ models.Actor, id, _ string) (models.MemoView, error) {
	return c.memo, c.ask("nudge " + id)
}

func (c *counter) CopyMemo(_ context.Context, _ models.Actor, id, _ string) (models.MemoView, error) {
	copied := c.memo
	copied.ID = "memo-9"
	return copied, c.ask("copy " + id)
}

// back is a memo that an officer returned to the reader, who sent it.
func back(c *counter) {
	c.memo.Status, c.memo.Stage, c.memo.Due, c.memo.Steps = models.StatusReturned, models.StageOfficer, nil, nil
	c.memo.Actions = []models.Action{models.ActionEdit, models.ActionResubmit, models.ActionWithdraw}
	c.memo.Timeline = append(c.memo.Timeline,
		models.TimelineEvent{Seq: 3, Type: models.EventApproved, At: ago(90 * time.Minute), ActorName: "Ratna Wulandari", Status: models.StatusVerification},
		models.TimelineEvent{Seq: 4, Type: models.EventReturned, At: ago(time.Hour), ActorName: "Yanti Hidayat", OnBehalfOfName: "Hendra Gunawan",
			Reason: "Dua pegawai sudah pindah unit, dan perihalnya belum menyebut unitnya.", Status: models.StatusReturned, Notes: []models.FieldNote{
				{Field: "subject", Note: "Sebutkan nama direktoratnya."}, {Field: "rows[1].unit_code", Note: "Pegawai ini sudah pindah ke KEM.1.3."},
				{Field: "rows", Note: "Urutkan menurut unit."}, {Field: "other", Note: "Lampirkan surat keputusan pindah."}}})
}

// again is a memo in its second round, which waits for the reader.
func again(c *counter) {
	back(c)
	c.memo.Status, c.memo.Stage, c.memo.Round, c.memo.Due, c.memo.Steps = models.StatusApproval, models.StageHead, 2, at(later(29*time.Hour)), sampleSteps()
	c.memo.Timeline = append(c.memo.Timeline, models.TimelineEvent{Seq: 5, Type: models.EventResent, At: ago(time.Minute), ActorName: "Bagus Pratama", Status: models.StatusApproval})
	c.memo.Actions = []models.Action{models.ActionApprove, models.ActionRefuse, models.ActionReturn}
	c.memo.Changes = []models.FieldChange{
		{Field: "date", Before: "2026-11-20", After: "2026-11-22"},
		{Field: "subject", Before: "Permohonan akses Flexiwork bagi pegawai direktorat", After: c.memo.Draft.Subject},
		{Field: "body", Before: strings.Replace(c.memo.Draft.Body, "triwulan pertama", "tahun depan", 1), After: c.memo.Draft.Body},
		{Field: "unit_code", Person: "Fajar Anggraini", Before: "KEM.1.2", After: "KEM.1.3"},
		{Field: "contract_end", Person: "Made Surya Adi Wijaya", Before: "2026-06-30", After: "2026-12-31"},
		{Field: "rows", Person: "Tri Wijayanto", After: "196906291993051964"},
		{Field: "rows", Person: "Nyoman Rahayu", Before: "3333********6461"}}
}

// waiting is a memo that the reader sent, and whose decider they reminded an hour ago or never.
func waiting(nudged *time.Time) func(*counter) {
	return func(c *counter) {
		c.memo.Case = models.Case{Status: models.StatusApproval, Sender: c.who.Actor.AccountID, Nudged: nudged}
		c.memo.Actions = models.Allowed(c.memo.Case, c.who.Actor, noon())
	}
}

func ended(c *counter) {
	c.memo.Status, c.memo.Actions, c.memo.Steps, c.memo.Due = models.StatusExpired, []models.Action{models.ActionCopy}, nil, nil
	c.memo.Timeline = append(c.memo.Timeline, models.TimelineEvent{Seq: 3, Type: models.EventExpired, At: noon(), Status: models.StatusExpired})
}

func revisionScenes() []scene {
	officer := func(c *counter) {
		verifying(c)
		c.memo.Actions = append(c.memo.Actions, models.ActionReturn)
	}
	return []scene{
		{name: "return", path: "/memos/memo-1/return", set: officer},
		{name: "memo-returned", path: "/memos/memo-1", set: back},
		{name: "compose-returned", path: "/memos/memo-1/edit?open=2", set: back},
		{name: "memo-round-2", path: "/memos/memo-1", set: again},
		{name: "decide-round-2", path: "/memos/memo-1/decide", set: again},
		{name: "verify-returnable", path: "/memos/memo-1/verify", set: officer},
		{name: "memo-nudge", path: "/memos/memo-1", set: waiting(nil)},
		{name: "memo-nudged", path: "/memos/memo-1", set: waiting(at(ago(time.Hour)))},
		{name: "memo-expired", path: "/memos/memo-1", set: ended},
	}
}

func TestReturning(t *testing.T) {
	give := func(t *testing.T, path string, set func(*counter), form url.Values) (*counter, answer, string) {
		t.Helper()
		c := newCounter()
		set(c)
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodPost, path, form)
		return c, res, page
	}
	noted := url.Values{"verdict": {"return"}, "seq": {"5"}, "reason": {"Perihal kurang jelas"}, "note-subject": {" Sebutkan unitnya "}, "note-other": {"Lampirkan SK"}, "note-body": {" "}}
	want := desk.Return{Reason: "Perihal kurang jelas", Seq: 5, Notes: []models.FieldNote{{Field: "subject", Note: "Sebutkan unitnya"}, {Field: "other", Note: "Lampirkan SK"}}}
	officer := func(c *counter) {
		verifying(c)
		c.memo.Actions = append(c.memo.Actions, models.ActionReturn)
	}
	t.Run("a head returns beside approving and refusing, with the notes that say something", func(t *testing.T) {
		c, res, _ := give(t, "/memos/memo-1/decide", again, noted)
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
		require.Equal(t, []any{want}, c.asked)
	})
	t.Run("an officer returns from a page of its own", func(t *testing.T) {
		c, res, _ := give(t, "/memos/memo-1/return", officer, noted)
		require.Contains(t, res.Header.Get("Set-Cookie"), "loket_done=returned")
		require.Equal(t, []any{want}, c.asked)
	})
	t.Run("without a reason it is asked for, the notes kept and open", func(t *testing.T) {
		for path, set := range map[string]func(*counter){"/memos/memo-1/decide": again, "/memos/memo-1/return": officer} {
			c, res, page := give(t, path, set, url.Values{"verdict": {"return"}, "note-subject": {"Sebutkan unitnya"}})
			require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
			require.Contains(t, page, `href="#reason"`)
			require.Contains(t, page, `value="Sebutkan unitnya"`)
			require.Contains(t, page, `<details class="govuk-details" open>`)
			require.Empty(t, c.asked)
		}
	})
	t.Run("a page that shows too little is shown anew, the words and notes kept", func(t *testing.T) {
		for path, set := range map[string]func(*counter){"/memos/memo-1/decide": again, "/memos/memo-1/return": officer} {
			_, res, page := give(t, path, func(c *counter) {
				set(c)
				c.fail = models.ErrStale.With("by", "Yanti Hidayat")
			}, noted)
			require.Equal(t, http.StatusConflict, res.StatusCode, path)
			require.Contains(t, page, "govuk-error-summary")
			require.Contains(t, page, "Perihal kurang jelas</textarea>")
			require.Contains(t, page, `value="Sebutkan unitnya"`)
		}
	})
	t.Run("a note that is too long is told at its field", func(t *testing.T) {
		_, res, page := give(t, "/memos/memo-1/return", officer, url.Values{"reason": {"Salah"}, "note-body": {"pendek"}, "note-contact": {strings.Repeat("panjang ", 200)}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `<a href="#note-contact">Narahubung: `)
		require.Contains(t, page, `id="note-contact-error"`)
	})
	t.Run("whoever may not return is led to the memo", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodGet, "/memos/memo-1/return", nil)
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
		_, page := ask(t, server, http.MethodGet, "/memos/memo-1/decide", nil)
		require.NotContains(t, page, `value="return"`)
	})
}

func TestCorrecting(t *testing.T) {
	page := func(t *testing.T, path string, set func(*counter)) string {
		t.Helper()
		c := newCounter()
		set(c)
		server, _ := serve(t, c)
		res, page := ask(t, server, http.MethodGet, path, nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		return page
	}
	t.Run("the memo's page says what to correct, and leads there", func(t *testing.T) {
		shown := page(t, "/memos/memo-1", back)
		require.Contains(t, shown, "Dua pegawai sudah pindah unit")
		require.Contains(t, shown, "<strong>Baris 2 · Kode unit:</strong> Pegawai ini sudah pindah ke KEM.1.3.")
		require.Contains(t, shown, "Perbaiki dan kirim lagi")
		require.Contains(t, shown, `aria-current="step">Pengirim memperbaiki`)
	})
	t.Run("the composer shows each note at its field", func(t *testing.T) {
		shown := page(t, "/memos/memo-1/edit?open=2", back)
		require.Contains(t, shown, `<a class="govuk-link" href="#subject">Perihal</a>: Sebutkan nama direktoratnya.`)
		require.Contains(t, shown, `aria-describedby=" subject-note"`)
		require.Contains(t, shown, `id="row-2-note"`)
		require.Contains(t, shown, "<strong>Hal lain</strong>: Lampirkan surat keputusan pindah.")
		require.Contains(t, shown, "ND-14/KEM.1.2/2026")
	})
	t.Run("sending again begins a round, not another memo", func(t *testing.T) {
		c := newCounter()
		back(c)
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-1/edit", url.Values{"do": {"send"}, "version": {"5"}, "subject": {"Perihal baru"}})
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
		require.Equal(t, []any{"resubmit memo-1"}, c.asked)
		require.Equal(t, "Perihal baru", c.saved[0].Subject)
	})
	t.Run("deciders see what changed, in words", func(t *testing.T) {
		for _, path := range []string{"/memos/memo-1", "/memos/memo-1/decide"} {
			shown := page(t, path, again)
			require.Contains(t, shown, "Yang berubah sejak putaran 1")
			require.Contains(t, shown, "Permohonan akses Flexiwork bagi pegawai <del>direktorat</del>")
			require.Contains(t, shown, "<ins>Direktorat Perencanaan Umum</ins>")
			require.Contains(t, shown, "<del>20</del> November 2026")
			require.Contains(t, shown, "<del>tahun depan,</del> bersama ini kami mohon")
			require.Contains(t, shown, "Pegawai ditambahkan")
		}
	})
	t.Run("a reminder can be sent, and not twice at once", func(t *testing.T) {
		require.Contains(t, page(t, "/memos/memo-1", waiting(nil)), `action="/memos/memo-1/nudge"`)
		shown := page(t, "/memos/memo-1", waiting(at(ago(time.Hour))))
		require.NotContains(t, shown, "/nudge")
		require.Contains(t, shown, `mulai <time datetime="2026-11-23T06:15:00Z">`)
		c := newCounter()
		c.fail = models.ErrTooSoon.With("until", "2026-11-23T13:15:00+07:00")
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-1/nudge", url.Values{})
		require.Contains(t, res.Header.Get("Set-Cookie"), "loket_done=warn.too_soon")
	})
	t.Run("what ended becomes a new draft", func(t *testing.T) {
		require.Contains(t, page(t, "/memos/memo-1", ended), `action="/memos/memo-1/copy"`)
		c := newCounter()
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-1/copy", url.Values{})
		require.Equal(t, "/memos/memo-9/edit", res.Header.Get("Location"))
	})
}
