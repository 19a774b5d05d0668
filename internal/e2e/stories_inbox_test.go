package e2e_test

import (
	"fmt"
	"net/http"
	"strings"

	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
)

func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector))
}

// lived is what comes after the decisions: accounts for some of a list, letters that anybody can check, and an inbox
// with more than one memo in it.
func lived(t *testing.T, s *scene) {
	rows := recap(t, "recap-clean.csv")
	sender := s.joins(s.phone, "sender", senderNIP, "/")
	head := s.joins(s.desk, "head", headNIP, "/inbox")

	m := sender.sentMemo(rows[:4], "Akses Flexiwork bagi empat pegawai")
	head.Call(t, http.MethodPost, "/api/v1/memos/"+m.ID+"/decision", map[string]any{"approve": true}).Is(t, http.StatusOK)
	officer := s.joins(s.desk, "officer", officerNIP, "/inbox?tab=claimable")
	officer.acceptsSome("/memos/" + m.ID)
	s.peopleCome(sender, "/memos/"+m.ID, rows)
	s.letterChecked(sender, "/memos/"+m.ID, m.Number)

	var memos []memo
	for i := range 4 {
		memos = append(memos, sender.sentMemo(rows[4+2*i:6+2*i], fmt.Sprintf("Akses Flexiwork gelombang %d", i+1)))
	}
	s.idle()
	head.decidesTwo(memos[:2])
	head.livesInInbox(memos[2:], func() memo { return sender.sentMemo(rows[12:14], "Akses Flexiwork susulan") })
	sender.findsNumber(m)
	head.takesOut(m)
	s.o.stop()
	s.o.command("check", "audit")
}

// acceptsSome accepts three of four people and rejects one with a reason.
func (p *regular) acceptsSome(memo string) {
	v := p.visitor
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.follow(".lk-work__claim button"))
	v.flashed("claimed")
	v.menu("/inbox")
	require.Equal(v.t, http.StatusOK, v.follow(".lk-slip__title a"))
	require.Equal(v.t, http.StatusOK, v.follow(fmt.Sprintf("a[href^=%q]", memo+"/verify")))
	v.plainWords()
	for no, word := range map[int]string{1: "rejected", 2: "accepted", 3: "accepted", 4: "accepted"} {
		v.choose(fmt.Sprintf("row-%d", no), word)
	}
	v.faulted(v.press("rows"), "reason-1")
	v.fill("reason-1", "Sudah pindah unit")
	require.Equal(v.t, http.StatusOK, v.press("rows"), v.text(".govuk-error-summary"))
	v.plainWords()
}

// peopleCome lets one of the accepted in by the link of their mail; another lost theirs and gets it again from the sender,
// which spends the first. Who was rejected hears nothing by mail.
func (s *scene) peopleCome(sender *regular, memo string, rows []map[string]string) {
	t := s.o.t
	t.Helper()
	lost, first := rows[2]["external_email"], s.phone.letIn(rows[1]["external_email"], memo)
	require.Equal(t, 1, first.count("#people tbody tr"))
	first.plainWords()
	old := linkForm.FindStringSubmatch(s.o.letters(lost, 1)[0].Text)
	require.NotNil(t, old)
	sender.goes(memo)
	require.Equal(t, 1, sender.count("#people .lk-tag--rejected"))
	require.Contains(t, sender.text("#people"), "Sudah pindah unit")
	require.Equal(t, http.StatusOK, sender.follow("a[href$='/reissue?row=3']"))
	require.Contains(t, sender.text("main"), rows[2]["name"])
	require.Equal(t, http.StatusOK, sender.presses())
	sender.flashed("reissued")
	sender.plainWords()
	s.o.letters(lost, 2)
	s.phone.spent("/password/" + old[1])
	s.desk.letIn(lost, memo)
	require.Empty(t, s.o.mail.List(rows[0]["external_email"]), "nothing for who was rejected")
	require.Eventually(t, func() bool { return sender.count("#people .lk-tag--activated") == 2 }, patience, poll, "the sender's page moves on by itself")
}

// decidesTwo ticks two memos and decides on both at once; a wrong password first loses nothing of what was typed.
func (v *visitor) decidesTwo(memos []memo) {
	v.t.Helper()
	v.goes("/inbox")
	require.Equal(v.t, 4, v.count(".lk-slip"))
	for _, m := range memos {
		v.do(click("#pick-" + m.ID + " + label"))
	}
	require.Equal(v.t, http.StatusOK, v.follow("#several button"))
	require.Equal(v.t, 2, v.count("tbody tr"))
	v.choose("verdict", "no")
	v.fill("reason", "Anggaran belum ada.")
	v.fill("step_up", "Salah*Besar*1945")
	v.faulted(v.presses(), "step_up")
	require.Equal(v.t, "Anggaran belum ada.", v.value("reason"))
	require.True(v.t, read[bool](v, `document.querySelector("input[name=verdict][value=no]").checked`))
	require.Empty(v.t, v.value("step_up"))
	v.fill("step_up", v.password)
	require.Equal(v.t, http.StatusOK, v.presses(), v.text(".govuk-error-summary"))
	require.Equal(v.t, 2, v.count("tbody .lk-tag--refused"), v.text("main"))
	v.plainWords()
	require.Equal(v.t, http.StatusOK, v.follow("main a[href='/inbox']"))
	require.Equal(v.t, 2, v.count(".lk-slip"))
}

// livesInInbox goes to and fro between two memos, decides on one and is led to the other, keeps a view, and hears of a
// third without asking.
func (v *visitor) livesInInbox(memos []memo, next func() memo) {
	v.t.Helper()
	v.goes("/inbox")
	require.Equal(v.t, http.StatusOK, v.follow(".lk-slip__title a"))
	first := v.text(".lk-ticket__number")
	require.Equal(v.t, http.StatusOK, v.follow(".lk-beside a[rel=next]"))
	second := v.text(".lk-ticket__number")
	require.ElementsMatch(v.t, []string{memos[0].Number, memos[1].Number}, []string{first, second})
	require.Equal(v.t, http.StatusOK, v.follow(".lk-beside a[rel=prev]"))
	require.Equal(v.t, first, v.text(".lk-ticket__number"))
	require.Equal(v.t, http.StatusOK, v.follow("main a[href*='/decide']"))
	v.choose("verdict", "approve")
	require.Equal(v.t, http.StatusOK, v.presses())
	require.Contains(v.t, v.text(".lk-flash"), v.say.T("inbox.moved.approved", "number", first))
	require.Contains(v.t, v.text(".lk-flash"), v.say.T("inbox.moved.next"))
	require.Contains(v.t, v.path(), "/decide", "the next is open where it is decided on")

	v.goes("/inbox?tab=mine")
	v.unfold("#q")
	v.fill("q", "gelombang")
	require.Equal(v.t, http.StatusOK, v.follow(".lk-filter button"))
	v.unfold("#name")
	v.faulted(v.follow("form[action='/inbox/views'] button"), "name")
	v.fill("name", "Gelombang")
	v.choose("opens", "yes")
	require.Equal(v.t, http.StatusOK, v.follow("form[action='/inbox/views'] button"))
	v.flashed("view_saved")
	v.menu("/inbox")
	require.Contains(v.t, v.path(), "q=gelombang", "the inbox begins with the view")
	require.Equal(v.t, 1, v.count(".lk-slip"))
	require.Equal(v.t, http.StatusOK, v.follow("a[href='/inbox/views']"))
	v.plainWords()
	require.Equal(v.t, http.StatusOK, v.follow("button[formaction$='/drop']"))
	v.flashed("view_dropped")

	v.menu("/inbox")
	require.Equal(v.t, 1, v.count(".lk-slip"))
	before := v.unseen()
	late := next()
	require.Eventually(v.t, func() bool { return v.count(".lk-slip") == 2 && v.unseen() == before+1 }, patience, poll, "the list and the bell tell of %s by themselves", late.Number)
	require.Equal(v.t, http.StatusOK, v.follow("#bell"))
	v.plainWords()
	require.Contains(v.t, v.text(".lk-told"), late.Number)
	require.Equal(v.t, http.StatusOK, v.follow(".lk-told button"))
	require.Equal(v.t, "/memos/"+late.ID, v.path())
	require.Equal(v.t, before, v.unseen())
}

// unseen is what the bell counts.
func (v *visitor) unseen() int {
	v.t.Helper()
	return read[int](v, `parseInt(document.querySelector("#bell .lk-count")?.textContent ?? "0")`)
}

// findsNumber comes to a memo by its number, in the box on top and on the page that tracks one.
func (v *visitor) findsNumber(m memo) {
	v.t.Helper()
	v.goes("/")
	v.fill("finder", m.Number)
	require.Equal(v.t, http.StatusOK, v.follow(".lk-finder__go"))
	require.Equal(v.t, "/memos/"+m.ID, v.path())
	v.fill("finder", "tidak ada yang begini")
	require.Equal(v.t, http.StatusOK, v.follow(".lk-finder__go"))
	require.Contains(v.t, v.text("main"), v.say.T("inbox.search.none"))
	require.Equal(v.t, http.StatusOK, v.follow(".lk-empty a[href='/track']"))
	v.fill("number", "LKT-2026-999999")
	require.Equal(v.t, http.StatusNotFound, v.submit())
	require.NotEmpty(v.t, v.text("#number-error"))
	v.fill("number", strings.ToLower(m.MemoNumber))
	require.Equal(v.t, http.StatusOK, v.submit())
	require.Contains(v.t, v.text("#tracked"), m.Number)
	v.plainWords()
}

// takesOut reads the dashboard, and takes lists out as files in the reader's language.
func (v *visitor) takesOut(m memo) {
	v.t.Helper()
	v.menu("/dashboard")
	require.NotZero(v.t, v.count(".lk-chart svg"))
	v.unfold(".lk-table--figures")
	v.plainWords()
	v.goes("/memos?box=all")
	require.Equal(v.t, 2, v.count(".lk-export button"))
	list := v.saves("/memos/export.csv?box=all")
	require.Equal(v.t, http.StatusOK, list.status)
	require.Contains(v.t, string(list.body), m.Number)
	require.Contains(v.t, string(list.body), v.say.T("portal.status.refused"))
	v.goes("/memos/" + m.ID)
	people := v.saves(v.href("#people a[href$='/rows.csv']"))
	require.Contains(v.t, string(people.body), v.say.T("portal.row.rejected"))
	book := v.saves(v.href("#people a[href$='/rows.xlsx']"))
	require.Equal(v.t, "PK", string(book.body[:2]))
	require.Equal(v.t, i18n.Indonesian, v.lang)
}
