package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/files/filestest"
)

// attached is the part of a memo's answer that tells of its files.
type attached struct {
	Version int
	Draft   struct {
		Attachments []struct{ ID, Kind, Name, SHA256 string }
	}
}

// attaches uploads a statement to a draft, insisting while the counter is away, and gives its bytes.
func (p person) attaches(t testing.TB, id string) []byte {
	t.Helper()
	body := filestest.PDF("Surat pernyataan " + id)
	require.Eventually(t, func() bool {
		a, err := p.TryUpload("/api/v1/memos/"+id+"/attachments", "sptjm", "SPTJM.pdf", body)
		if err != nil || a.Status == http.StatusServiceUnavailable || a.Status == http.StatusTooManyRequests {
			return false
		}
		require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
		return true
	}, 2*time.Minute, 50*time.Millisecond)
	return body
}

// keeps finds a memo's one file as it was uploaded. It asks for one thing at a time: somebody who is told to wait has
// one question a while.
func (p person) keeps(t testing.TB, id string, body []byte) {
	t.Helper()
	got := func(path string) (a apitest.Answer) {
		require.Eventually(t, func() bool {
			var err error
			a, err = p.Try(http.MethodGet, "/api/v1/memos/"+path, nil)
			return err == nil && a.Status == http.StatusOK
		}, 2*time.Minute, 100*time.Millisecond, path)
		return a
	}
	var m attached
	require.NoError(t, got(id).Decode(&m))
	require.Len(t, m.Draft.Attachments, 1)
	require.Equal(t, body, got(id+"/attachments/"+m.Draft.Attachments[0].ID).Body)
}

// attached lists a memo's files.
func (p person) attached(t testing.TB, id string) attached {
	t.Helper()
	var m attached
	p.Call(t, http.MethodGet, "/api/v1/memos/"+id, nil).Into(t, http.StatusOK, &m)
	return m
}

// chooses a file for the letter, to go along with whatever button is pressed next.
func (v *visitor) chooses(name string) {
	v.t.Helper()
	path := filepath.Join(v.t.TempDir(), name)
	require.NoError(v.t, os.WriteFile(path, filestest.PDF("Surat pernyataan"), 0o600))
	v.do(chromedp.SetUploadFiles(chromedp.CSS("#attachment"), []string{path}))
}

// blobs lists the contents that lie in the folder of files.
func (o *office) blobs() []string {
	o.t.Helper()
	paths, err := filepath.Glob(filepath.Join(o.dir, "data", "files", "*", "*"))
	require.NoError(o.t, err)
	return paths
}

// TestAttachments uploads what should not be, twice what should, and reads it as the people of a memo and as a stranger.
func TestAttachments(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL).start()
		c := apitest.NewClient(t, o.base)
		sender, head, officer, other := o.hire(c, senderNIP), o.hire(c, headNIP), o.hire(c, officerNIP), o.hire(c, supportNIP)
		rows := recap(t, "recap-clean.csv")[:2]
		listed := o.hire(c, rows[1]["nip"])
		var m memo
		sender.Call(t, http.MethodPost, "/api/v1/memos", draft(rows)).Into(t, http.StatusCreated, &m)
		path := "/api/v1/memos/" + m.ID
		require.Equal(t, map[string]string{"attachments": "sptjm_required"},
			sender.Call(t, http.MethodPost, path+"/send", nil).Refused(t, http.StatusUnprocessableEntity, "invalid"))

		whole := filestest.PDF("Surat pernyataan")
		for code, body := range map[string][]byte{
			"pdf_only":       []byte("PK\x03\x04 an archive"),
			"file_empty":     nil,
			"file_too_large": append(append([]byte{}, whole...), make([]byte, 5<<20)...),
			"pdf_unreadable": append(append([]byte{}, whole...), "<script>"...),
			"pdf_active":     filestest.Build("<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /J#61vaScript /JS (x) >> >>", "<< /Type /Pages /Kids [] /Count 0 >>"),
			"pdf_encrypted":  filestest.BuildWith("/Encrypt 2 0 R ", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"),
		} {
			require.Equal(t, map[string]string{"file": code}, sender.Upload(t, path+"/attachments", "sptjm", "SPTJM.pdf", body).Refused(t, http.StatusUnprocessableEntity, "invalid"))
		}
		require.Equal(t, map[string]string{"kind": "choice_unknown"},
			sender.Upload(t, path+"/attachments", "activation_form", "a.pdf", whole).Refused(t, http.StatusUnprocessableEntity, "invalid"))
		other.Upload(t, path+"/attachments", "sptjm", "a.pdf", whole).Refused(t, http.StatusNotFound, "not_found")
		require.Empty(t, o.blobs(), "nothing of it was kept")

		sender.Upload(t, path+"/attachments", "sptjm", "..\\..\\SPTJM\u202efdp.PDF", whole).Is(t, http.StatusOK)
		sender.Upload(t, path+"/attachments", "other", "salinan.pdf", whole).Is(t, http.StatusOK)
		sender.Upload(t, path+"/attachments", "sptjm", "lagi.pdf", whole).Is(t, http.StatusOK)
		have := sender.attached(t, m.ID)
		require.Len(t, have.Draft.Attachments, 2, "the same file of the same kind is one")
		require.Equal(t, "SPTJMfdp.pdf", have.Draft.Attachments[0].Name)
		require.Len(t, o.blobs(), 1, "the same bytes lie there once")
		require.False(t, strings.Contains(o.blobs()[0], "SPTJM"))
		file := path + "/attachments/" + have.Draft.Attachments[0].ID
		saved := sender.Call(t, http.MethodGet, file, nil)
		require.Equal(t, whole, saved.Body)
		require.Contains(t, saved.Header.Get("Content-Disposition"), "attachment")
		head.Call(t, http.MethodGet, file, nil).Refused(t, http.StatusNotFound, "not_found")

		sender.Call(t, http.MethodDelete, path+"/attachments/"+have.Draft.Attachments[1].ID, nil).Into(t, http.StatusOK, &m)
		sender.Call(t, http.MethodDelete, path+"/attachments/"+have.Draft.Attachments[1].ID, nil).Refused(t, http.StatusNotFound, "not_found")
		sender.Call(t, http.MethodPost, path+"/send", nil).Into(t, http.StatusOK, &m)
		require.Equal(t, whole, head.Call(t, http.MethodGet, file, nil).Body, "who is asked reads it")
		for _, stranger := range []person{officer, other, listed} {
			stranger.Call(t, http.MethodGet, file, nil).Refused(t, http.StatusNotFound, "not_found")
		}
		require.Empty(t, listed.attached(t, m.ID).Draft.Attachments, "who is merely listed sees the memo without its files")
		sender.Call(t, http.MethodDelete, file, nil).Refused(t, http.StatusConflict, "not_now")
		sender.Upload(t, path+"/attachments", "other", "a.pdf", whole).Refused(t, http.StatusConflict, "not_now")

		sender.Call(t, http.MethodPost, path+"/withdrawal", map[string]string{"reason": "keliru"}).Into(t, http.StatusOK, &m)
		var copied memo
		sender.Call(t, http.MethodPost, path+"/copy", nil, "Idempotency-Key", "again").Into(t, http.StatusCreated, &copied)
		sender.keeps(t, copied.ID, whole)
		sender.Call(t, http.MethodPost, path+"/copy", nil, "Idempotency-Key", "again").Into(t, http.StatusCreated, &copied)
		sender.keeps(t, copied.ID, whole)
		require.Len(t, o.blobs(), 1, "a copy takes no room")
		o.stop()
		o.command("check", "audit")
	})
}
