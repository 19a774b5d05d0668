package e2e_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

const ministryFolder = "../demo/ministry/"

// begins a memo from an empty home page.
func (v *visitor) begins() {
	v.t.Helper()
	require.Contains(v.t, v.text("main"), v.say.T("portal.home.nothing_for_me"))
	require.Contains(v.t, v.text("main"), v.say.T("portal.home.nothing_sent"))
	require.Equal(v.t, http.StatusOK, v.follow(".lk-empty a"), "the empty state leads on")
	v.choose("choice", "flexiwork KEM.1.2")
	require.Equal(v.t, http.StatusOK, v.submit())
	require.Regexp(v.t, `^/memos/[0-9a-f-]+/edit$`, v.path())
}

// memoPath is the memo's page, as seen from its composer.
func (v *visitor) memoPath() string {
	v.t.Helper()
	return strings.TrimSuffix(read[string](v, "location.pathname"), "/edit")
}

// uploads a list in place of what is there.
func (v *visitor) uploads(path string) {
	v.t.Helper()
	if v.count(`button[value="clear"]`) > 0 {
		require.Equal(v.t, http.StatusOK, v.press("clear"))
	}
	v.unfold("#file")
	absolute, err := filepath.Abs(path)
	require.NoError(v.t, err)
	v.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{absolute}))
	require.Equal(v.t, http.StatusOK, v.press("upload"), v.text(".govuk-error-summary"))
}

// uploadsDefects finds each defect that the list is known to have at its row, in its field.
func (v *visitor) uploadsDefects() {
	v.t.Helper()
	v.uploads(ministryFolder + "recap-defects.csv")
	f, err := os.Open(ministryFolder + "recap-defects.csv")
	require.NoError(v.t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(v.t, err)
	defects := 0
	for i, r := range records[1:] {
		field, _, found := strings.Cut(r[len(r)-1], ":")
		if found {
			defects++
			require.NotEmpty(v.t, v.text(fmt.Sprintf("#row-%d-%s-error", i+1, field)), "row %d: %s", i+1, r[len(r)-1])
		} else {
			require.Zero(v.t, v.count(fmt.Sprintf("#row-%d .govuk-error-message", i+1)), "row %d is clean: %s", i+1, v.text(fmt.Sprintf("#row-%d", i+1)))
		}
	}
	require.Equal(v.t, defects, v.count(".lk-entry--fix"))
	require.NotZero(v.t, defects)
}

// withOneWrong is the clean list with one address spoiled by hand.
func (v *visitor) withOneWrong(name, address, wrong string) string {
	v.t.Helper()
	clean, err := os.ReadFile(ministryFolder + name)
	require.NoError(v.t, err)
	require.Contains(v.t, string(clean), address)
	path := filepath.Join(v.t.TempDir(), name)
	require.NoError(v.t, os.WriteFile(path, []byte(strings.Replace(string(clean), address, wrong, 1)), 0o600))
	return path
}

// writes the letter.
func (v *visitor) writes(subject string) {
	v.t.Helper()
	v.fill("addressee", "Kepala Pusat Data dan Informasi")
	v.fill("subject", subject)
	v.fill("body", "Mohon dibuatkan akun bagi pegawai terlampir.")
	v.fill("contact", "Sekretariat, pesawat 1204")
}

// sendsAtLast is refused for an empty field, a row with a bad address and the missing statement, loses nothing of what was
// typed, mends all where they stand, sees who will be asked, and sends.
func (v *visitor) sendsAtLast(row int, address string) {
	v.t.Helper()
	field := fmt.Sprintf("row-%d-external_email", row)
	v.fill("subject", " ")
	v.faulted(v.press("send"), "subject", field, "attachments")
	require.Equal(v.t, "Mohon dibuatkan akun bagi pegawai terlampir.", v.value("body"))
	require.Equal(v.t, "bukan alamat", v.value(field))
	v.jumps(field)
	v.fill("subject", subject)
	v.fill(field, address)
	v.chooses("SPTJM.pdf")
	require.Equal(v.t, http.StatusOK, v.press("check"))
	require.Zero(v.t, v.count(".govuk-error-summary")+v.count(".lk-entry--fix"), v.text(".govuk-error-summary"))
	require.NotEmpty(v.t, v.text("aside .lk-people li"), "who will be asked is known before sending")
	v.sends()
}

func (v *visitor) sends() {
	v.t.Helper()
	path := v.memoPath()
	require.Equal(v.t, http.StatusOK, v.press("send"), v.text("main"))
	require.Equal(v.t, path, v.path())
	require.Contains(v.t, v.text(".lk-flash"), v.say.T("portal.flash.sent"))
	require.Equal(v.t, 1, v.count(".lk-tag--approval"))
	require.Contains(v.t, v.text(".lk-letter"), "SPTJM.pdf")
}

// jumps from an error on top to its field.
func (v *visitor) jumps(field string) {
	v.t.Helper()
	v.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(".govuk-error-summary a[href=%q]", "#"+field))))
	if v.plain {
		require.Equal(v.t, "#"+field, read[string](v, "location.hash"))
		return
	}
	require.Eventually(v.t, func() bool { return read[string](v, "document.activeElement.id") == field }, patience, poll)
}

// told finds the whole history and how many are active, in the counts and in the list, without loading the page again.
func (v *visitor) told(activated int) {
	v.t.Helper()
	require.Eventually(v.t, func() bool {
		return strings.HasPrefix(v.text(".lk-tally li:nth-child(5)"), fmt.Sprint(activated)) && v.count("#people .lk-tag--activated") == activated &&
			v.count(".lk-timeline__event") == len(history())
	}, patience, poll, "history, counts and list move on: %d are active", activated)
	for i, event := range history() {
		require.Equal(v.t, v.say.T("portal.event."+event), v.text(fmt.Sprintf(".lk-timeline__event:nth-child(%d) .lk-timeline__what", len(history())-i)))
	}
}

// history is what happens to the memo of these tests until people activate.
func history() []string {
	return []string{"drafted", "sent", "approved", "rows_decided", "verified", "provisioned"}
}
