package mailbox

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/mail"
)

type bundle struct {
	dir    string
	box    *Mailbox
	server *Server
	sender *mail.Sender
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{dir: t.TempDir()}
	var err error
	b.box, err = Open(b.dir)
	require.NoError(t, err)
	b.server, err = b.box.Listen("127.0.0.1:0", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.server.Close()) })
	b.sender, err = mail.NewSender(mail.Config{
		Host: "127.0.0.1", Port: b.server.Addr().Port, TLS: mail.TLSNone, From: "Loket <loket@kem.example>",
	})
	require.NoError(t, err)
	return b
}

func letter(n int, to string) mail.Message {
	return mail.Message{
		MessageID: fmt.Sprintf("n%d@kem.example", n), To: to, ToName: "Made Surya", Lang: "id",
		Subject: fmt.Sprintf("Pesan <%d> é", n), Text: "Halo\nhttps://loket.kem.example/p/abc?x=1 <script>",
		HTML: `<!DOCTYPE html><html><head><title>x</title></head><body><a href="https://loket.kem.example/p/abc">Buka</a></body></html>`,
		Date: time.Now(),
	}
}

func (b *bundle) send(t *testing.T, messages ...mail.Message) {
	t.Helper()
	for _, m := range messages {
		require.NoError(t, b.sender.Send(t.Context(), m))
	}
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	t.Run("a sent message is listed for its recipient, newest first", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.send(t, letter(1, "Made@kem.example"), letter(2, "budi@kem.example"), letter(3, "made@kem.example"))
		got := b.box.List("MADE@kem.example")
		require.Len(t, got, 2)
		require.Equal(t, "n3@kem.example", got[0].MessageID)
		require.Equal(t, "Pesan <3> é", got[0].Subject)
		require.Equal(t, "Loket", got[0].From)
		require.WithinDuration(t, time.Now(), got[0].Received, time.Minute)
		require.Len(t, b.box.List(""), 3)
		require.Empty(t, b.box.List("nobody@kem.example"))
		require.Equal(t, []string{"budi@kem.example", "made@kem.example"}, b.box.Recipients())
	})
	t.Run("a message reads back whole", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.send(t, letter(1, "made@kem.example"))
		got, err := b.box.Get(b.box.List("")[0].ID)
		require.NoError(t, err)
		require.Contains(t, got.Text, "https://loket.kem.example/p/abc?x=1")
		require.Contains(t, got.HTML, "<a href=")
	})
	t.Run("what was acknowledged is there after a restart, half a file is not", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.send(t, letter(1, "made@kem.example"), letter(2, "made@kem.example"))
		half := filepath.Join(b.dir, ".new-1234")
		require.NoError(t, os.WriteFile(half, []byte("Subject: ha"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(b.dir, "notes.txt"), []byte("x"), 0o600))
		again, err := Open(b.dir)
		require.NoError(t, err)
		require.Equal(t, b.box.List(""), again.List(""))
		require.NoFileExists(t, half)
	})
	t.Run("many senders at once lose nothing", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		var busy sync.WaitGroup
		errs := make([]error, 40)
		for n := range errs {
			busy.Go(func() { errs[n] = b.sender.Send(t.Context(), letter(n, "made@kem.example")) })
		}
		busy.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		files, err := filepath.Glob(filepath.Join(b.dir, "*.eml"))
		require.NoError(t, err)
		require.Len(t, files, len(errs))
		require.Len(t, b.box.List(""), len(errs))
	})
	t.Run("a disk that fails is the sender's cue to come again", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		require.NoError(t, os.RemoveAll(b.dir))
		err := b.sender.Send(t.Context(), letter(1, "made@kem.example"))
		require.ErrorContains(t, err, "451")
		require.True(t, mail.Temporary(err))
		require.Empty(t, b.box.List(""))
	})
	t.Run("an id never leads out of the folder", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		for _, id := range []string{"", "../mailbox", "..%2fx", strings.Repeat("0", 20), "/etc/passwd"} {
			_, err := b.box.Get(id)
			require.ErrorIs(t, err, ErrNotFound)
		}
	})
}

// page is the mailbox's pages; none of their words is missing when the test ends.
func (b *bundle) page(t *testing.T) *Page {
	t.Helper()
	catalog, err := i18n.New()
	require.NoError(t, err)
	t.Cleanup(func() { require.Empty(t, catalog.Missing()) })
	page, err := NewPage(b.box, catalog, time.FixedZone("", 7*3600))
	require.NoError(t, err)
	return page
}

// get opens a page as a browser that asks for a language, with cookies of earlier visits.
func (b *bundle) get(t *testing.T, path, lang string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	request.Header.Set("Accept-Language", lang)
	for _, c := range cookies {
		request.AddCookie(c)
	}
	answer := httptest.NewRecorder()
	b.page(t).ServeHTTP(answer, request)
	return answer
}

func TestPage(t *testing.T) {
	t.Parallel()
	t.Run("the list speaks both languages and filters by recipient", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.send(t, letter(1, "made@kem.example"), letter(2, "budi@kem.example"))
		body := b.get(t, "/mailbox", "id").Body.String()
		require.Contains(t, body, `<html lang="id">`)
		require.Contains(t, body, "2 pesan")
		require.Contains(t, body, "Pesan &lt;1&gt; é")
		require.Contains(t, body, "WIB")
		body = b.get(t, "/mailbox?to=budi@kem.example", "en").Body.String()
		require.Contains(t, body, "1 message")
		require.Contains(t, body, "Pesan &lt;2&gt; é")
		require.NotContains(t, body, "Pesan &lt;1&gt; é")
		require.Contains(t, body, `<option value="budi@kem.example" selected>`)
	})
	t.Run("the language chosen in the portal comes before the browser's, and one that is none does not", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.send(t, letter(1, "made@kem.example"))
		for _, path := range []string{"/mailbox", "/mailbox/" + b.box.List("")[0].ID, "/mailbox/none"} {
			for cookie, want := range map[string]string{"en": "en", "id": "id", "nl": "id", "": "id"} {
				body := b.get(t, path, "id", &http.Cookie{Name: i18n.LanguageCookie, Value: cookie}).Body.String()
				require.Contains(t, body, `<html lang="`+want+`">`)
			}
			body := b.get(t, path, "en", &http.Cookie{Name: i18n.LanguageCookie, Value: "id"}).Body.String()
			require.Contains(t, body, `<html lang="id">`)
		}
	})
	t.Run("an empty mailbox says what to do next", func(t *testing.T) {
		t.Parallel()
		body := setup(t).get(t, "/mailbox", "en").Body.String()
		require.Contains(t, body, "Send a memo")
	})
	t.Run("a message shows its HTML shut in a frame and its text with live links", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.send(t, letter(1, "made@kem.example"))
		id := b.box.List("")[0].ID
		response := b.get(t, "/mailbox/"+id, "id")
		body := response.Body.String()
		require.Equal(t, http.StatusOK, response.Code)
		require.Contains(t, body, `src="/mailbox/`+id+`/html" sandbox="`)
		require.NotContains(t, body, "allow-scripts")
		require.NotContains(t, body, "allow-same-origin")
		require.Contains(t, body, `<a href="https://loket.kem.example/p/abc?x=1">`)
		require.Contains(t, body, "&lt;script&gt;")
	})
	t.Run("no page needs inline style or script", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.send(t, letter(1, "made@kem.example"))
		for _, path := range []string{"/mailbox", "/mailbox/" + b.box.List("")[0].ID, "/mailbox/none"} {
			response := b.get(t, path, "id")
			body := response.Body.String()
			require.Equal(t, pagePolicy, response.Header().Get("Content-Security-Policy"))
			require.NotContains(t, body, "<style")
			require.NotContains(t, body, "style=")
			require.NotContains(t, body, "<script")
		}
		response := b.get(t, "/mailbox/mailbox.css", "id")
		body := response.Body.String()
		require.Equal(t, "text/css; charset=utf-8", response.Header().Get("Content-Type"))
		require.NotContains(t, body, "url(")
	})
	t.Run("the HTML part runs no script and opens links in the whole window", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.send(t, letter(1, "made@kem.example"))
		response := b.get(t, "/mailbox/"+b.box.List("")[0].ID+"/html", "id")
		body := response.Body.String()
		policy := response.Header().Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'")
		require.Contains(t, policy, "style-src 'unsafe-inline'")
		require.NotContains(t, policy, "script")
		require.Contains(t, policy, "frame-ancestors 'self'")
		require.Contains(t, body, `<head><base target="_top">`)
	})
	t.Run("an unknown message is not found, in words", func(t *testing.T) {
		t.Parallel()
		response := setup(t).get(t, "/mailbox/"+strings.Repeat("1", 20)+"-"+strings.Repeat("A", 26), "en")
		body := response.Body.String()
		require.Equal(t, http.StatusNotFound, response.Code)
		require.Equal(t, "text/html; charset=utf-8", response.Header().Get("Content-Type"))
		require.Contains(t, body, "There is no such message")
	})
}
