package e2e_test

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

// revised is the part of a memo's answer that tells of its rounds.
type revised struct {
	memo
	Round   int
	Changes []struct{ Field, Person, Before, After string }
	History []struct {
		Type  string
		Notes []struct{ Field, Note string }
	} `json:"timeline"`
}

func (r revised) types() []string {
	var types []string
	for _, e := range r.History {
		types = append(types, e.Type)
	}
	return types
}

func (p person) revised(t *testing.T, id string) revised {
	t.Helper()
	var r revised
	p.Call(t, http.MethodGet, "/api/v1/memos/"+id, nil).Into(t, http.StatusOK, &r)
	return r
}

// corrects puts fields of a returned draft right and sends it again.
func (p person) corrects(t *testing.T, id string, rows []map[string]string, fields map[string]any) revised {
	t.Helper()
	body := draft(rows)
	maps.Copy(body, fields)
	var m memo
	path := "/api/v1/memos/" + id
	seen := p.memo(t, id)
	p.Call(t, http.MethodPut, path, body, "If-Match", quoted(seen.Version)).Into(t, http.StatusOK, &m)
	require.Contains(t, m.Actions, "resubmit")
	p.Call(t, http.MethodPost, path+"/resubmission", nil, "If-Match", quoted(seen.Version)).Refused(t, http.StatusPreconditionFailed, "stale")
	var first, again revised
	key := fmt.Sprintf("again-%d", m.Version)
	p.Call(t, http.MethodPost, path+"/resubmission", nil, "If-Match", quoted(m.Version), "Idempotency-Key", key).Into(t, http.StatusOK, &first)
	p.Call(t, http.MethodPost, path+"/resubmission", nil, "If-Match", quoted(m.Version), "Idempotency-Key", key).Into(t, http.StatusOK, &again)
	require.Equal(t, first.Seq, again.Seq, "sent again once")
	return first
}

func quoted(version int) string { return strconv.Quote(strconv.Itoa(version)) }

// TestRevisionThroughTheAPI has a memo returned by its head and by an officer, corrected both times, and done; and one
// that was withdrawn written anew.
func TestRevisionThroughTheAPI(t *testing.T) {
	o := newOffice(t, "").start()
	c := apitest.NewClient(t, o.base)
	sender, head, officer := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP)
	rows := recap(t, "recap-clean.csv")
	id := sender.sends(t, rows[:2])
	path := "/api/v1/memos/" + id
	number := sender.memo(t, id).MemoNumber

	t.Run("the sender reminds once in four hours", func(t *testing.T) {
		head.Call(t, http.MethodPost, path+"/nudge", nil).Refused(t, http.StatusForbidden, "not_yours")
		sender.Call(t, http.MethodPost, path+"/nudge", nil, "Idempotency-Key", "please").Is(t, http.StatusOK)
		sender.Call(t, http.MethodPost, path+"/nudge", nil, "Idempotency-Key", "please").Is(t, http.StatusOK)
		answer := sender.Call(t, http.MethodPost, path+"/nudge", nil)
		answer.Refused(t, http.StatusConflict, "too_soon")
		var problem struct{ Params struct{ Until time.Time } }
		require.NoError(t, answer.Decode(&problem))
		require.WithinDuration(t, time.Now().Add(4*time.Hour), problem.Params.Until, time.Minute)
		require.NotContains(t, sender.memo(t, id).Actions, "nudge")
	})
	t.Run("the head returns it with notes", func(t *testing.T) {
		sender.Call(t, http.MethodPost, path+"/return", map[string]any{"reason": "x"}).Refused(t, http.StatusForbidden, "not_yours")
		officer.Call(t, http.MethodPost, path+"/return", map[string]any{"reason": "x"}).Refused(t, http.StatusNotFound, "not_found")
		require.Contains(t, head.Call(t, http.MethodPost, path+"/return", map[string]any{"reason": " "}).Refused(t, http.StatusUnprocessableEntity, "invalid"), "reason")
		back := map[string]any{"reason": "Perihal kurang jelas", "notes": []map[string]string{{"field": "subject", "note": "Sebutkan unitnya"}}}
		head.Call(t, http.MethodPost, path+"/return", back).Is(t, http.StatusOK)
		head.Call(t, http.MethodPost, path+"/return", back).Refused(t, http.StatusConflict, "already_decided")
		m := sender.revised(t, id)
		require.Equal(t, "returned", m.Status)
		last := m.History[len(m.History)-1]
		require.Equal(t, "returned", last.Type)
		require.Equal(t, "Sebutkan unitnya", last.Notes[0].Note)
		var home struct {
			Waits struct{ Items []memo } `json:"i_wait_for"`
		}
		sender.Call(t, http.MethodGet, "/api/v1/home", nil).Into(t, http.StatusOK, &home)
		require.Equal(t, "returned", home.Waits.Items[0].Status)
		var me struct{ Email string }
		sender.Call(t, http.MethodGet, "/api/v1/me", nil).Into(t, http.StatusOK, &me)
		require.Eventually(t, func() bool {
			for _, l := range o.mail.List(me.Email) {
				if strings.Contains(l.Subject, "dikembalikan untuk diperbaiki") {
					return true
				}
			}
			return false
		}, time.Minute, 50*time.Millisecond)
	})
	t.Run("with another subject it goes to the head again, who sees the difference", func(t *testing.T) {
		head.Call(t, http.MethodPost, path+"/resubmission", nil).Refused(t, http.StatusForbidden, "not_yours")
		m := sender.corrects(t, id, rows[:2], map[string]any{"subject": "Akses Flexiwork Direktorat Perencanaan 2"})
		require.Equal(t, "approval", m.Status)
		require.Equal(t, 2, m.Round)
		require.Equal(t, number, m.MemoNumber, "the number stays")
		seen := head.revised(t, id)
		require.Len(t, seen.Changes, 1)
		require.Equal(t, "subject", seen.Changes[0].Field)
		require.Equal(t, "Akses Flexiwork", seen.Changes[0].Before)
		require.Contains(t, sender.memo(t, id).Actions, "nudge", "a new round may be reminded of")
		head.Call(t, http.MethodGet, path+"/letters/approval", nil).Refused(t, http.StatusConflict, "not_now")
		head.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true, "seq": seen.Seq}).Is(t, http.StatusOK)
	})
	t.Run("an officer returns it, and gets it back where only the contact changed", func(t *testing.T) {
		officer.Call(t, http.MethodPost, path+"/verification", map[string]any{"rows": []map[string]any{{"no": 1, "accept": true}}}).Is(t, http.StatusOK)
		approved := head.opens(t, id, "approval")
		word, _ := approved.checked(t, c)
		headName := word.Signer
		officer.Call(t, http.MethodPost, path+"/return", map[string]any{"reason": "Narahubung tidak dapat dihubungi",
			"notes": []map[string]string{{"field": "contact", "note": "Nomor ini tidak aktif"}}}).Is(t, http.StatusOK)
		m := sender.corrects(t, id, rows[:2], map[string]any{"subject": "Akses Flexiwork Direktorat Perencanaan 2", "contact": "Tata usaha, pesawat 99"})
		require.Equal(t, "verification", m.Status)
		require.Equal(t, 3, m.Round)
		require.Equal(t, 2, m.Rows.Pending, "every row is decided anew")
		seen := officer.revised(t, id)
		require.Len(t, seen.Changes, 1)
		require.Equal(t, "contact", seen.Changes[0].Field)
		word, _ = approved.checked(t, c)
		require.Equal(t, "superseded", word.Why)
		sheet := head.opens(t, id, "approval")
		word, _ = sheet.checked(t, c)
		require.Equal(t, headName, word.Signer, "the head's word stands, whoever acted since")
		require.Contains(t, sheet.says(t), "Disetujuioleh")
		head.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true}).Refused(t, http.StatusConflict, "already_decided")
		officer.Call(t, http.MethodPost, path+"/verification", map[string]any{"all": "accepted"}).Is(t, http.StatusOK)
		sender.await(t, id, "activation")
		require.Equal(t, []string{"drafted", "sent", "nudged", "returned", "resubmitted", "approved", "rows_decided", "returned", "resubmitted", "verified", "provisioned"},
			sender.revised(t, id).types())
	})
	t.Run("a memo that was withdrawn is written anew", func(t *testing.T) {
		old := sender.sends(t, rows[2:4])
		sender.Call(t, http.MethodPost, "/api/v1/memos/"+old+"/copy", nil).Refused(t, http.StatusConflict, "not_now")
		sender.Call(t, http.MethodPost, "/api/v1/memos/"+old+"/withdrawal", map[string]any{"reason": "salah daftar"}).Is(t, http.StatusOK)
		head.Call(t, http.MethodPost, "/api/v1/memos/"+old+"/copy", nil).Refused(t, http.StatusForbidden, "not_yours")
		var fresh, same memo
		answer := sender.Call(t, http.MethodPost, "/api/v1/memos/"+old+"/copy", nil, "Idempotency-Key", "anew")
		answer.Into(t, http.StatusCreated, &fresh)
		require.Equal(t, "/api/v1/memos/"+fresh.ID, answer.Header.Get("Location"))
		sender.Call(t, http.MethodPost, "/api/v1/memos/"+old+"/copy", nil, "Idempotency-Key", "anew").Into(t, http.StatusCreated, &same)
		require.Equal(t, fresh.ID, same.ID)
		require.NotEqual(t, old, fresh.ID)
		require.Equal(t, "draft", fresh.Status)
		require.Equal(t, 2, fresh.Rows.Total)
		require.Equal(t, "withdrawn", sender.memo(t, old).Status, "nothing revives it")
		sender.Call(t, http.MethodPost, "/api/v1/memos/"+fresh.ID+"/send", nil).Is(t, http.StatusOK)
	})
	o.stop()
	o.command("check", "--strict")
}

// sends writes a memo for the rows and sends it.
func (p person) sends(t *testing.T, rows []map[string]string) string {
	t.Helper()
	var m memo
	p.Call(t, http.MethodPost, "/api/v1/memos", draft(rows)).Into(t, http.StatusCreated, &m)
	p.attaches(t, m.ID)
	p.Call(t, http.MethodPost, "/api/v1/memos/"+m.ID+"/send", nil).Is(t, http.StatusOK)
	return m.ID
}
