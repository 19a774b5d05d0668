package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func (c *counter) Comments(context.Context, models.Actor, string) ([]models.Comment, bool, error) {
	return c.said, !c.mute, nil
}

func (c *counter) AddComment(_ context.Context, _ models.Actor, id, text, _ string) (models.Comment, error) {
	if faults := models.CheckComment(models.NormalizeComment(text)); faults != nil {
		return models.Comment{}, models.Invalid(faults...)
	}
	return models.Comment{Text: text}, c.ask("comment " + id + ": " + text)
}

func sampleComments() []models.Comment {
	return []models.Comment{
		{ID: "c1", AuthorName: "Bagus Pratama", At: ago(26 * time.Hour), Text: "SPTJM sudah ditandatangani Kepala Biro; aslinya ada di Tata Usaha lantai 3."},
		{ID: "c2", AuthorName: "Ratna Wulandari", Own: true, At: ago(2 * time.Hour), Text: "Terima kasih. Mohon pastikan juga:\n- unit Sdr. Tri Wijaya\n- tanggal akhir kontrak Sdr. Made Surya"},
	}
}

// commentScenes are the memo's page with something said on it, with nothing, and with a comment that is too long.
func commentScenes() []scene {
	said := func(c *counter) { c.said = sampleComments() }
	return []scene{
		{name: "memo-comments", path: "/memos/memo-1", set: said},
		{name: "memo-comments-read", path: "/memos/memo-1", set: func(c *counter) { said(c); c.mute = true }},
	}
}

func TestComments(t *testing.T) {
	open := func(t *testing.T) (*counter, func(method, path string, form url.Values) (answer, string)) {
		c := newCounter()
		c.said = sampleComments()
		server, _ := serve(t, c)
		return c, func(method, path string, form url.Values) (answer, string) { return ask(t, server, method, path, form) }
	}
	t.Run("a comment is kept and the page shown again where it stands", func(t *testing.T) {
		c, do := open(t)
		res, _ := do(http.MethodPost, "/memos/memo-1/comments", url.Values{"text": {"Baik."}, "key": {"k"}})
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Equal(t, "/memos/memo-1#comments", res.Header.Get("Location"))
		require.Contains(t, c.asked, "comment memo-1: Baik.")
	})
	t.Run("what was typed stays in the form when it is refused", func(t *testing.T) {
		_, do := open(t)
		long := strings.Repeat("panjang ", 300)
		res, page := do(http.MethodPost, "/memos/memo-1/comments", url.Values{"text": {long}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, long)
		require.Contains(t, page, `href="#comment"`)
		require.Contains(t, page, `id="comment-error"`)
		require.Contains(t, page, "SPTJM sudah ditandatangani")
	})
	t.Run("it stays too when the memo has ended meanwhile", func(t *testing.T) {
		c, do := open(t)
		c.fail, c.mute = models.ErrNotNow, true
		res, page := do(http.MethodPost, "/memos/memo-1/comments", url.Values{"text": {"Satu hal lagi."}})
		require.Equal(t, http.StatusConflict, res.StatusCode)
		require.Contains(t, page, "Satu hal lagi.")
	})
	t.Run("reloading an answer leads to the comments", func(t *testing.T) {
		_, do := open(t)
		res, _ := do(http.MethodGet, "/memos/memo-1/comments", nil)
		require.Equal(t, "/memos/memo-1#comments", res.Header.Get("Location"))
	})
	t.Run("markup is text", func(t *testing.T) {
		c, do := open(t)
		c.said[0].Text = "<img src=x onerror=alert(1)>"
		_, page := do(http.MethodGet, "/memos/memo-1", nil)
		require.Contains(t, page, "&lt;img src=x onerror=alert(1)&gt;")
	})
	t.Run("whoever may only read has no form, and nothing at all where nothing was said", func(t *testing.T) {
		c, do := open(t)
		c.mute = true
		_, page := do(http.MethodGet, "/memos/memo-1", nil)
		require.Contains(t, page, "comment-list")
		require.NotContains(t, page, `action="/memos/memo-1/comments"`)
		c.said = nil
		_, page = do(http.MethodGet, "/memos/memo-1", nil)
		require.NotContains(t, page, "comment-list")
	})
}
