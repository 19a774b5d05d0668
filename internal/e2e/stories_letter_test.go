package e2e_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// letterChecked opens the approval sheet, scans its code as a telephone would, and checks it where nobody is signed in:
// the page knows the letter, the file and any other file apart, and a number alone opens nothing.
func (s *scene) letterChecked(sender *regular, memo, number string) {
	t := s.o.t
	t.Helper()
	sender.goes(memo)
	sheet := sender.saves(sender.href("a[href$='/letters/approval']"))
	require.Equal(t, http.StatusOK, sheet.status)
	require.Equal(t, "application/pdf", sheet.kind)
	address := scanned(t, sheet.body)
	printed := pdfText(t, sheet.body)
	require.Contains(t, printed, number)
	require.Contains(t, printed, "Disetujui")
	require.Contains(t, strings.ReplaceAll(printed, " ", ""), address, "whoever cannot scan can type")

	reader := s.phone.stranger("reader")
	require.True(t, strings.HasPrefix(address, s.o.base), address)
	reader.goes(strings.TrimPrefix(address, s.o.base))
	require.Contains(t, reader.text("h1"), reader.say.T("letter.verify.valid"))
	require.Contains(t, reader.text("main"), number)
	require.NotContains(t, reader.text("main"), "Lubis", "nobody of the list is told in public")
	reader.plainWords()
	changed := bytes.Clone(sheet.body)
	changed[len(changed)/2] ^= 1
	require.Contains(t, reader.compares(sheet.body), reader.say.T("letter.compare.same"))
	require.Contains(t, reader.compares(changed), reader.say.T("letter.compare.differs"))
	for _, guess := range []string{number, strings.TrimPrefix(memo, "/memos/")} {
		require.Equal(t, http.StatusNotFound, reader.open("/verify/"+guess))
	}
	require.Equal(t, "/sign-in", func() string { reader.open(memo); return read[string](reader, "location.pathname") }())
}

// compares has the page of a letter compare a file with it, and gives what it says.
func (v *visitor) compares(body []byte) string {
	v.t.Helper()
	name := filepath.Join(v.t.TempDir(), "surat.pdf")
	require.NoError(v.t, os.WriteFile(name, body, 0o600))
	v.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{name}))
	require.Equal(v.t, http.StatusOK, v.submit())
	return v.text("#compared")
}

// pdfText is what is printed on a PDF, with blanks and line breaks run together.
func pdfText(t *testing.T, body []byte) string {
	t.Helper()
	cmd := exec.Command("pdftotext", "-raw", "-", "-")
	cmd.Stdin = bytes.NewReader(body)
	text, err := cmd.Output()
	require.NoError(t, err)
	return strings.Join(strings.Fields(string(text)), " ")
}

// scanned is the address in the code on a letter.
func scanned(t *testing.T, body []byte) string {
	t.Helper()
	page := filepath.Join(t.TempDir(), "letter")
	cmd := exec.Command("pdftoppm", "-png", "-r", "150", "-", page)
	cmd.Stdin = bytes.NewReader(body)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	pages, err := filepath.Glob(page + "*.png")
	require.NoError(t, err)
	if folder := os.Getenv("LOKET_TEST_SHOTS"); folder != "" {
		first, err := os.ReadFile(pages[0])
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "approval-sheet.png"), first, 0o600))
	}
	found, err := exec.Command("zbarimg", append([]string{"--quiet", "--raw"}, pages...)...).Output()
	require.NoError(t, err)
	addresses := strings.Fields(string(found))
	require.NotEmpty(t, addresses)
	for _, a := range addresses {
		require.Equal(t, addresses[0], a, "one letter bears one address")
	}
	return addresses[0]
}
