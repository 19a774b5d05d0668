package api

import (
	"bytes"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestUpload(t *testing.T) {
	b := setup(t)
	path := "/api/v1/memos/" + memoID1 + "/attachments"
	t.Run("kind, name and bytes reach the desk", func(t *testing.T) {
		b.client.Upload(t, path, "sptjm", "SPTJM.pdf", []byte("%PDF-")).Is(t, http.StatusOK)
		require.Equal(t, "sptjm,SPTJM.pdf,%PDF-", b.asked)
	})
	t.Run("a path in the name stays behind", func(t *testing.T) {
		b.client.Upload(t, path, "sptjm", "../../etc/passwd", nil).Is(t, http.StatusOK)
		require.Equal(t, "sptjm,passwd,", b.asked)
	})
	form := func(t *testing.T, write func(*multipart.Writer)) (string, []byte) {
		t.Helper()
		var out bytes.Buffer
		w := multipart.NewWriter(&out)
		write(w)
		require.NoError(t, w.Close())
		return w.FormDataContentType(), out.Bytes()
	}
	file := func(w *multipart.Writer, name string) { _, _ = w.CreateFormFile(name, "a.pdf") }
	for name, c := range map[string]struct {
		write       func(*multipart.Writer)
		field, code string
	}{
		"without a kind": {func(w *multipart.Writer) { file(w, "file") }, "kind", "required"},
		"without a file": {func(w *multipart.Writer) { _ = w.WriteField("kind", "other") }, "file", "required"},
		"with two files": {func(w *multipart.Writer) { file(w, "file"); file(w, "file") }, "file", "json_duplicate"},
		"with more fields": {func(w *multipart.Writer) { _ = w.WriteField(strings.Repeat("x", 100), "1") },
			strings.Repeat("x", 80) + "…", "unknown_field"},
	} {
		t.Run("a form "+name+" is refused", func(t *testing.T) {
			kind, body := form(t, c.write)
			faults := b.client.Call(t, http.MethodPost, path, body, "Content-Type", kind).Refused(t, http.StatusUnprocessableEntity, "invalid")
			require.Equal(t, map[string]string{c.field: c.code}, faults)
		})
	}
	t.Run("a form that was cut off is refused", func(t *testing.T) {
		kind, body := form(t, func(w *multipart.Writer) { _ = w.WriteField("kind", "other") })
		b.client.Call(t, http.MethodPost, path, body[:len(body)-10], "Content-Type", kind).Refused(t, http.StatusUnprocessableEntity, "invalid")
	})
	t.Run("what is no form is refused", func(t *testing.T) {
		b.client.Call(t, http.MethodPost, path, "{}").Refused(t, http.StatusUnsupportedMediaType, "media_type")
	})
	t.Run("what is far too large is not read", func(t *testing.T) {
		b.client.Upload(t, path, "other", "a.pdf", make([]byte, uploadBody)).Refused(t, http.StatusRequestEntityTooLarge, "too_large")
	})
	t.Run("a file is answered to be saved", func(t *testing.T) {
		a := b.client.Call(t, http.MethodGet, path+"/f1", nil)
		a.Is(t, http.StatusOK)
		require.Equal(t, "%PDF-", string(a.Body))
		require.Equal(t, "application/pdf", a.Header.Get("Content-Type"))
		require.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"))
		how, params, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
		require.NoError(t, err)
		require.Equal(t, "attachment", how)
		require.Equal(t, `Surat "é".pdf`, params["filename"])
	})
	t.Run("taking one out answers the memo", func(t *testing.T) {
		b.client.Call(t, http.MethodDelete, path+"/f1", nil).Is(t, http.StatusOK)
		require.Equal(t, memoID1+",f1", b.asked)
	})
	t.Run("a refusal is a problem", func(t *testing.T) {
		b.err = models.ErrNotFound
		b.client.Call(t, http.MethodGet, path+"/f1", nil).Refused(t, http.StatusNotFound, "not_found")
	})
}
