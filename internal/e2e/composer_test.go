package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/web/webtest"
)

// TestLongListInComposer mends a list of 120 people, which takes three pages: rows of each page are opened, typed in and
// taken out, refused saves included, and nothing that was typed is lost.
func TestLongListInComposer(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]struct {
		lang  string
		width webtest.Width
		plain bool
	}{
		"in Indonesian at a desk":          {i18n.Indonesian, webtest.Desktop, false},
		"in English on a phone":            {i18n.English, webtest.Phone, false},
		"on a phone, where no script runs": {i18n.Indonesian, webtest.Phone, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, "").start()
			c := o.crowd(how.lang, how.width)
			c.plain, c.looked = how.plain, map[string]bool{}
			sender := c.arrives("sender", senderNIP, "/")
			sender.begins()
			sender.uploads(sender.longList(120, 60, 110))
			sender.opensBeyondTheFirstPage()
			sender.losesNothingRefused()
			sender.goesToTheFaults()
			sender.takesOutTheLast()
			require.Equal(t, http.StatusOK, sender.open("/memos?q=19740629+199705+1+964"))
			require.Equal(t, 1, sender.count(".lk-slips > li"), "a NIP is found as offices write it")
			require.Empty(t, c.words.Missing())
		})
	}
}

// longList is the first so many rows of the long list, some with an address that is none.
func (v *visitor) longList(rows int, wrong ...int) string {
	v.t.Helper()
	whole, err := os.ReadFile(ministryFolder + "recap-500.csv")
	require.NoError(v.t, err)
	lines := strings.SplitAfter(string(whole), "\n")[:rows+1]
	for _, no := range wrong {
		lines[no] = strings.Replace(lines[no], "@", " bukan ", 1)
	}
	path := filepath.Join(v.t.TempDir(), "panjang.csv")
	require.NoError(v.t, os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600))
	return path
}

func (v *visitor) opensBeyondTheFirstPage() {
	v.t.Helper()
	require.Contains(v.t, v.text(".lk-leaf"), v.say.T("composer.leaf", "no", "1", "of", "3"))
	require.Equal(v.t, http.StatusOK, v.press("open:10"))
	v.fill("row-10-position", "Jabatan Sepuluh")
	require.Equal(v.t, http.StatusOK, v.press("turn:51"))
	require.Contains(v.t, v.text(".lk-leaf"), v.say.T("composer.leaf", "no", "2", "of", "3"))
	require.Equal(v.t, http.StatusOK, v.press("open:70"))
	require.Equal(v.t, 1, v.count("#row-70-nip"), "a row of the second page is open there")
	v.fill("row-70-position", "Jabatan Tujuh Puluh")
	v.keep("composer-second-page")
	require.Equal(v.t, http.StatusOK, v.press("turn:1"))
	require.Contains(v.t, v.text("#row-10"), "Jabatan Sepuluh", "the next page was asked for, and what was typed is kept")
	require.Equal(v.t, http.StatusOK, v.press("turn:51"))
	require.Contains(v.t, v.text("#row-70"), "Jabatan Tujuh Puluh")
}

func (v *visitor) losesNothingRefused() {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.press("open:71"))
	v.fill("row-71-position", "Jabatan Baru")
	v.unfold("#pasted")
	v.faulted(v.press("paste"), "pasted")
	require.Equal(v.t, "Jabatan Baru", v.value("row-71-position"))
	v.fill("row-71-name", strings.Repeat("panjang ", 60))
	v.faulted(v.press("turn:101"), "row-71-name")
	require.Equal(v.t, "Jabatan Baru", v.value("row-71-position"))
	v.fill("row-71-name", "Nama Pendek")
	require.Equal(v.t, http.StatusOK, v.follow(".lk-submit button[value=save]"))
	require.Equal(v.t, "Jabatan Baru", v.value("row-71-position"), "the name differs from the registry: the row stays open, on its page")
}

func (v *visitor) goesToTheFaults() {
	v.t.Helper()
	require.Equal(v.t, http.StatusUnprocessableEntity, v.press("send"))
	require.Equal(v.t, 1, v.count(`.govuk-error-summary a[href="#row-60-external_email"]`))
	v.keep("composer-refused-send")
	v.fill("row-60-external_email", "enam.puluh@mail.example")
	require.Equal(v.t, http.StatusOK, v.press("row:110-external_email"))
	require.Equal(v.t, "#row-110-external_email", read[string](v, "location.hash"))
	require.Equal(v.t, 1, v.count("#row-110-external_email"))
	v.fill("row-110-external_email", "seratus@mail.example")
	require.Equal(v.t, http.StatusOK, v.press("fix"))
	require.Equal(v.t, 1, v.count(".lk-entry"), "only the row with the wrong name is left")
	require.Equal(v.t, "Nama Pendek", v.value("row-71-name"))
	require.Equal(v.t, http.StatusOK, v.press("drop:71"))
	require.Zero(v.t, v.count(".lk-entry--fix"))
}

func (v *visitor) takesOutTheLast() {
	v.t.Helper()
	require.Equal(v.t, http.StatusOK, v.press("add"))
	require.Equal(v.t, 1, v.count("#row-120-name"), "a new person comes after the 119 that are left")
	require.Equal(v.t, http.StatusOK, v.press("open:119"))
	require.Equal(v.t, http.StatusOK, v.press("drop:119"))
	require.Contains(v.t, v.text("#rows"), fmt.Sprint(118))
	require.Contains(v.t, v.text(".lk-leaf"), v.say.T("composer.leaf", "no", "3", "of", "3"))
}
