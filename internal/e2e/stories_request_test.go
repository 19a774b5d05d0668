package e2e_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// mended is one memo from a list with defects to its approval: mended in place, returned with notes, sent again, asked
// about, returned once more by an officer so that the approval is void, and approved by whoever acts for the head.
func mended(t *testing.T, s *scene) {
	o := s.o
	sender := s.joins(s.desk, "sender", senderNIP, "/memos/new")
	head := s.joins(s.phone, "head", rootHeadNIP, "/")
	memo := sender.mendsDefects()

	head.finds(memo, subject)
	head.returns(memo, "Perihal belum menyebut unitnya.", map[string]string{"subject": "Sebutkan unitnya.", "contact": "Tulis nomor telepon."})
	sender.answersNotes(memo)
	head.seesChange(memo)
	s.talks(sender, head, memo)

	head.approvesNow(memo)
	officer := s.joins(s.desk, "officer", officerNIP, memo)
	officer.returns(memo, "Perihal keliru.", map[string]string{"subject": "Bukan hanya bidang perencanaan."})
	sender.losesApproval(memo)

	deputy := s.joins(s.phone, "deputy", deputyNIP, "/")
	require.Zero(t, deputy.count(".lk-slip"))
	s.idle()
	head.delegates("Dewi Yusuf Saputra")
	deputy.actsFor("Siti Irfan Aritonang", memo)
	sender.seesActing(memo, "Dewi Yusuf Saputra", "Siti Irfan Aritonang")
	o.stop()
	o.command("check", "audit")
}

// corrections are what mends the list with defects where it stands, by the id of the field; the rows of what cannot be
// mended are taken out.
func corrections() (fields map[string]string, out []int) {
	return map[string]string{"row-3-external_email": "siti.tri250@mail.example", "row-4-unit_code": "KEM.2.3.2", "row-6-nip": "197902062004122203",
		"row-20-name": "Oka Fajar Wibowo", "row-21-nip": "199909112024121925", "row-22-external_email": "tri.agus560@mail.example"}, []int{23, 5}
}

// mendsDefects uploads the list with defects, reads each message at its row and in the file of errors, mends all in
// place, and sends. It gives the memo's path.
func (p *regular) mendsDefects() string {
	v := p.visitor
	v.t.Helper()
	v.choose("choice", "flexiwork KEM.1.2")
	require.Equal(v.t, http.StatusOK, v.submit())
	v.writes(subject)
	v.uploadsDefects()
	v.plainWords()
	v.errorFile()
	fields, out := corrections()
	for id, value := range fields {
		v.fill(id, value)
	}
	for _, no := range out {
		require.Equal(v.t, http.StatusOK, v.press(fmt.Sprintf("drop:%d", no)), v.text(".govuk-error-summary"))
	}
	require.Zero(v.t, v.count(".lk-entry--fix"), "mended in place, and nothing typed was lost")
	v.chooses("SPTJM.pdf")
	v.sends()
	v.plainWords()
	return v.path()
}

// errorFile finds in the file of errors each message that stands at a row.
func (v *visitor) errorFile() {
	v.t.Helper()
	f := v.saves(v.href("a[href$='/faults.csv']"))
	require.Equal(v.t, http.StatusOK, f.status)
	require.Contains(v.t, f.kind, "text/csv")
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(f.body, []byte("\ufeff"))))
	if bytes.Contains(bytes.SplitN(f.body, []byte("\n"), 2)[0], []byte(";")) {
		r.Comma = ';'
	}
	lines, err := r.ReadAll()
	require.NoError(v.t, err)
	told := map[string]bool{}
	for _, l := range lines[1:] {
		told[l[0]+" "+l[len(l)-1]] = true
	}
	seen := read[[]string](v, `[...document.querySelectorAll(".lk-entry .govuk-error-message")].map(e =>
		e.closest(".lk-entry").id.slice(4) + " " + [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent).join("").trim())`)
	require.GreaterOrEqual(v.t, len(seen), 8)
	for _, s := range seen {
		require.True(v.t, told[s], "%q stands in the file of errors:\n%s", s, f.body)
	}
}

// returns a memo with a note for each field, after a reason was asked for that was not given.
func (v *visitor) returns(memo, reason string, notes map[string]string) {
	v.t.Helper()
	v.goes(memo + "/return")
	v.faulted(v.presses(), "reason")
	v.fill("reason", reason)
	v.unfold("#note-subject")
	for field, note := range notes {
		v.fill("note-"+field, note)
	}
	require.Equal(v.t, http.StatusOK, v.presses(), v.text(".govuk-error-summary"))
	v.plainWords()
}

// answersNotes finds the notes at their fields, corrects, and sends again.
func (v *visitor) answersNotes(memo string) {
	v.t.Helper()
	v.goes("/")
	require.Equal(v.t, http.StatusOK, v.follow(fmt.Sprintf(".lk-slip--mine a[href=%q]", memo)), "what came back stands first at home")
	require.Contains(v.t, v.text(".lk-next"), "Perihal belum menyebut unitnya.")
	require.Contains(v.t, v.text(".lk-next"), "Sebutkan unitnya.")
	require.Equal(v.t, http.StatusOK, v.follow(fmt.Sprintf("a[href=%q]", memo+"/edit")))
	require.Contains(v.t, v.text("#subject-note"), "Sebutkan unitnya.")
	require.Contains(v.t, v.text("#contact-note"), "Tulis nomor telepon.")
	v.do(click(".lk-notes a[href='#subject']"))
	v.fill("subject", subject+" dan pengawasan")
	v.fill("contact", "Sekretariat, telepon 021-5550134")
	v.resubmits(memo)
	require.Equal(v.t, 2, v.count(".lk-changes tbody tr"), "what changed stands side by side")
	require.Contains(v.t, v.text(".lk-changes ins"), "dan pengawasan")
}

func (v *visitor) resubmits(memo string) {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.press("send"), v.text(".govuk-error-summary"))
	require.Equal(v.t, memo, v.path())
	v.flashed("resubmitted")
	v.plainWords()
}

// seesChange finds before the decision what is new since the last time.
func (v *visitor) seesChange(memo string) {
	v.t.Helper()
	v.goes(memo + "/decide")
	require.Equal(v.t, 2, v.count(".lk-changes tbody tr"))
	require.Contains(v.t, v.text(".lk-changes ins"), "dan pengawasan")
}

// talks has the head ask and the sender answer: meanwhile no clock runs, and both see it without loading the page again.
func (s *scene) talks(sender, head *regular, memo string) {
	t := s.o.t
	t.Helper()
	sender.goes(memo)
	require.NotZero(t, sender.count(".lk-next h2 time"), "a deadline runs")
	head.goes(memo)
	require.Equal(t, http.StatusOK, head.follow(fmt.Sprintf("a[href=%q]", memo+"/ask")))
	head.faulted(head.presses(), "text")
	head.fill("text", "Apakah pegawai kontrak termasuk?")
	require.Equal(t, http.StatusOK, head.presses())
	head.flashed("asked")
	require.Zero(t, head.count(".lk-next h2 time"), "the clock stands still")
	head.plainWords()
	require.Eventually(t, func() bool { return sender.count(".lk-next .lk-due") == 1 }, patience, poll, "the sender's page tells of the question")
	require.Equal(t, http.StatusOK, sender.follow("#bell"))
	sender.plainWords()
	require.Equal(t, http.StatusOK, sender.follow(".lk-told button"))
	require.Equal(t, memo, sender.path())
	require.Equal(t, http.StatusOK, sender.follow(fmt.Sprintf("a[href=%q]", memo+"/answer")))
	require.Contains(t, sender.text("main"), "Apakah pegawai kontrak termasuk?")
	sender.fill("text", "Ya, satu orang.")
	require.Equal(t, http.StatusOK, sender.presses())
	sender.flashed("answered")
	require.Eventually(t, func() bool { return head.count(".lk-next h2 time") == 1 }, patience, poll, "the clock runs again")
	require.Contains(t, head.text(".lk-timeline"), "Ya, satu orang.")
}

// approvesNow approves from the memo's page.
func (v *visitor) approvesNow(memo string) {
	v.t.Helper()
	v.goes(memo + "/decide")
	v.choose("verdict", "approve")
	require.Equal(v.t, http.StatusOK, v.presses(), v.text(".govuk-error-summary"))
	v.flashed("approved")
	v.plainWords()
}

// losesApproval corrects the subject, which voids the approval that was given to the old one.
func (v *visitor) losesApproval(memo string) {
	v.t.Helper()
	v.goes(memo + "/edit")
	require.Contains(v.t, v.text("#subject-note"), "Bukan hanya bidang perencanaan.")
	v.fill("subject", "Akses Flexiwork bagi 23 pegawai")
	v.resubmits(memo)
	require.Equal(v.t, 1, v.count(".lk-next .lk-tag--approval"), "the head is asked again")
	require.Equal(v.t, 1, v.count(".lk-steps__step--now"))
	require.NotZero(v.t, v.count(".lk-steps__step--now + .lk-steps__step--later, .lk-steps__step--now + .lk-steps__step--next"), v.text(".lk-steps"))
}

// delegates has somebody act for the holder of the office, who proves once more that it is them: a wrong password first
// loses nothing.
func (v *visitor) delegates(name string) {
	v.t.Helper()
	v.menu("/delegations")
	require.Equal(v.t, http.StatusOK, v.follow("a[href='/delegations/new']"))
	v.fill("delegate_id", strings.Fields(name)[0])
	require.Equal(v.t, http.StatusOK, v.follow("button[formaction='/delegations/search']"))
	v.do(click("input[name=delegate_id] + label"))
	v.fill("until", time.Now().AddDate(0, 0, 3).Format("02-01-2006"))
	v.fill("reason", "Dinas luar")
	require.Equal(v.t, http.StatusForbidden, v.presses(), v.text("main"))
	v.fill("step_up", "Salah*Besar*1945")
	require.Equal(v.t, http.StatusForbidden, v.presses())
	require.NotEmpty(v.t, v.text("#step_up-error"))
	v.fill("step_up", v.password)
	require.Equal(v.t, http.StatusOK, v.presses(), v.text("main"))
	require.Equal(v.t, "/delegations", v.path())
	v.flashed("delegated")
	require.Contains(v.t, v.text(".lk-slips"), name)
	v.plainWords()
}

// actsFor decides the memo that waited before they were named.
func (v *visitor) actsFor(principal, memo string) {
	v.t.Helper()
	v.goes("/")
	require.Equal(v.t, 1, v.count(".lk-slip--mine"), v.text("main"))
	v.menu("/inbox")
	require.Equal(v.t, 1, v.count(".lk-slip"), v.text("main"))
	require.Contains(v.t, v.text(".lk-slip"), principal)
	require.Equal(v.t, http.StatusOK, v.follow(".lk-slip a"))
	v.goes(memo + "/decide")
	v.choose("verdict", "approve")
	require.Equal(v.t, http.StatusOK, v.presses(), v.text(".govuk-error-summary"))
	v.plainWords()
}

// seesActing reads who decided for whom, on the memo's page and on the approval sheet.
func (v *visitor) seesActing(memo, deputy, principal string) {
	v.t.Helper()
	v.goes(memo)
	require.Contains(v.t, v.text(".lk-timeline__event:nth-child(1) .lk-timeline__who"), deputy+" untuk "+principal)
	printed := pdfText(v.t, v.saves(v.href("a[href$='/letters/approval']")).body)
	require.Contains(v.t, printed, "Plh.")
	require.Contains(v.t, printed, deputy)
	require.Contains(v.t, printed, "untuk "+principal)
}
