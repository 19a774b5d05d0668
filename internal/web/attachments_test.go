package web_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/internal/files"
	"loket/internal/files/filestest"
	"loket/internal/sheet"
	"loket/models"
)

func sampleAttachment() models.Attachment {
	return models.Attachment{ID: "file-1", Position: 1, Kind: models.AttachmentSPTJM, Name: "SPTJM Direktorat Perencanaan Umum, ditandatangani.pdf", Size: 482_113,
		Type: "application/pdf", SHA256: strings.Repeat("ab", 32)}
}

func (c *counter) AddAttachment(_ context.Context, _ models.Actor, _ string, up desk.Upload) (models.MemoView, error) {
	body, err := files.Read(up.Body)
	if err != nil {
		return models.MemoView{}, err
	}
	file := models.Attachment{ID: "file-2", Kind: up.Kind, Name: up.Name, Size: int64(len(body)), Type: files.PDF, SHA256: files.Sum(body)}
	c.memo.Draft.Attachments = append(c.memo.Draft.Attachments, file)
	return c.memo, c.ask("attach " + string(up.Kind) + " " + up.Name)
}

func (c *counter) RemoveAttachment(_ context.Context, _ models.Actor, _, id string) (models.MemoView, error) {
	c.memo.Draft.Attachments = nil
	return c.memo, c.ask("detach " + id)
}

func (c *counter) Attachment(_ context.Context, _ models.Actor, _, id string) (models.Attachment, []byte, error) {
	if id != "file-1" {
		return models.Attachment{}, nil, models.ErrNotFound
	}
	return sampleAttachment(), []byte("%PDF-1.7 <script>"), c.fail
}

// posted is what a form's posting came to, its body read.
type posted struct {
	StatusCode int
	Header     http.Header
}

// press sends the composer's form with a file for the letter, as a browser would.
func press(t *testing.T, address, do, name string, content []byte) (posted, string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, value := range map[string]string{"do": do, "subject": "Perihal", "attachment_kind": "sptjm", "version": "5"} {
		require.NoError(t, form.WriteField(field, value))
	}
	file, err := form.CreateFormFile("attachment", name)
	require.NoError(t, err)
	_, err = file.Write(content)
	require.NoError(t, err)
	require.NoError(t, form.Close())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/memos/memo-1/edit", &body)
	require.NoError(t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "loket", Value: "good"})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return posted{res.StatusCode, res.Header}, string(text)
}

func TestAttachments(t *testing.T) {
	start := func(t *testing.T) (*counter, string) {
		t.Helper()
		c := newCounter()
		draft(c)
		c.memo.Draft.Attachments = nil
		server, _ := serve(t, c)
		return c, server.URL
	}
	pdf := filestest.PDF("Surat pernyataan")
	t.Run("a file is attached after what was typed is saved", func(t *testing.T) {
		c, address := start(t)
		res, page := press(t, address, "attach", "SPTJM.pdf", pdf)
		require.Equal(t, "/memos/memo-1/edit#attachments", res.Header.Get("Location"), page)
		require.Equal(t, []any{"attach sptjm SPTJM.pdf"}, c.asked)
		require.Equal(t, "Perihal", c.saved[0].Subject)
	})
	t.Run("a chosen file goes along with whatever button is pressed", func(t *testing.T) {
		c, address := start(t)
		res, _ := press(t, address, "send", "SPTJM.pdf", pdf)
		require.Equal(t, "/memos/memo-1", res.Header.Get("Location"))
		require.Equal(t, []any{"attach sptjm SPTJM.pdf", "send memo-1"}, c.asked)
	})
	t.Run("but not with what is saved by itself", func(t *testing.T) {
		c, address := start(t)
		press(t, address, "autosave", "SPTJM.pdf", pdf)
		require.Empty(t, c.asked)
	})
	t.Run("what is no PDF is told beside its field, and nothing is sent", func(t *testing.T) {
		c, address := start(t)
		res, page := press(t, address, "send", "SPTJM.pdf", []byte("PK\x03\x04"))
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `href="#attachment"`)
		require.Contains(t, page, `id="attachment-error"`)
		require.Empty(t, c.asked)
	})
	t.Run("attaching nothing is told", func(t *testing.T) {
		_, address := start(t)
		res, page := press(t, address, "attach", "", nil)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, `id="attachment-error"`)
	})
	t.Run("a file is taken out", func(t *testing.T) {
		c := newCounter()
		draft(c)
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/memos/memo-1/edit", nil)
		require.Contains(t, page, `value="detach:file-1"`)
		res, _ := ask(t, server, http.MethodPost, "/memos/memo-1/edit", url.Values{"do": {"detach:file-1"}, "version": {"5"}})
		require.Equal(t, "/memos/memo-1/edit#attachments", res.Header.Get("Location"))
		require.Equal(t, []any{"detach file-1"}, c.asked)
	})
	server, words := serve(t, newCounter())
	t.Run("a file is saved, or looked at in a sandbox", func(t *testing.T) {
		res, body := ask(t, server, http.MethodGet, "/memos/memo-1/attachments/file-1", nil)
		require.Equal(t, "%PDF-1.7 <script>", body)
		require.Equal(t, "application/pdf", res.Header.Get("Content-Type"))
		require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
		require.True(t, strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment; "))
		res, _ = ask(t, server, http.MethodGet, "/memos/memo-1/attachments/file-1/view", nil)
		require.True(t, strings.HasPrefix(res.Header.Get("Content-Disposition"), "inline; "))
		require.True(t, strings.HasPrefix(res.Header.Get("Content-Security-Policy"), "sandbox; default-src 'none'"))
		require.NotContains(t, res.Header.Get("Content-Security-Policy"), "script")
		res, _ = ask(t, server, http.MethodGet, "/memos/memo-1/attachments/file-9/view", nil)
		require.Equal(t, http.StatusNotFound, res.StatusCode)
		require.NotContains(t, res.Header.Get("Content-Type"), "pdf")
	})
	t.Run("the templates of the list are read back as lists", func(t *testing.T) {
		for _, name := range []string{"recap-template.csv", "recap-template.xlsx"} {
			res, body := ask(t, server, http.MethodGet, "/memos/"+name, nil)
			require.Equal(t, http.StatusOK, res.StatusCode)
			table, err := sheet.Read(name, strings.NewReader(body), sheet.RecapLimits())
			require.NoError(t, err, name)
			require.Equal(t, models.RecapColumns(), table.Header)
			rows, err := sheet.RecapRows(table)
			require.NoError(t, err)
			require.Empty(t, rows, "the explanations are no people")
		}
	})
	t.Run("the blank forms may themselves be attached", func(t *testing.T) {
		for _, k := range models.MemoKinds() {
			res, body := ask(t, server, http.MethodGet, "/memos/form-"+string(models.RequiredAttachment(k))+".pdf", nil)
			require.Equal(t, http.StatusOK, res.StatusCode)
			_, err := files.Read(strings.NewReader(body))
			require.NoError(t, err)
		}
	})
	require.Empty(t, words.Missing())
}
