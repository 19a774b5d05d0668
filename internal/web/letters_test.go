package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

const letterID = "3f2a91bc77de0a12c45d68e1900b7af6"

func letterBody() []byte { return []byte("%PDF-1.3 surat") }

func sampleLetter() models.LetterVerification {
	sum := sha256.Sum256(letterBody())
	return models.LetterVerification{Kind: models.LetterApproval, Number: "LKT-2026-000123", MemoNumber: "ND-14/KEM.1.2/2026", Subject: sampleSummary().Subject,
		Decision: models.OutcomePartly, Signer: "Fajar Anggraini", SignerFor: "Ratna Wulandari", At: ago(5 * time.Hour), Issued: ago(time.Hour),
		SHA256: hex.EncodeToString(sum[:]), Valid: true}
}

func (c *counter) Letter(_ context.Context, _ models.Actor, id string, k models.LetterKind) (desk.Letter, error) {
	if id != c.memo.ID || k != models.LetterMemo {
		return desk.Letter{}, models.ErrNotFound
	}
	return desk.Letter{Name: "nota-dinas-ND-14-KEM.1.2-2026.pdf", Body: letterBody()}, c.fail
}

func (c *counter) VerifyLetter(_ context.Context, id string) (models.LetterVerification, error) {
	if id != letterID {
		return models.LetterVerification{}, models.ErrNotFound
	}
	return c.letter, c.fail
}

func (c *counter) CompareLetter(ctx context.Context, id string, digest [sha256.Size]byte) (models.LetterVerification, bool, error) {
	found, err := c.VerifyLetter(ctx, id)
	return found, found.SHA256 == hex.EncodeToString(digest[:]), err
}

// send posts a form with one file, or with none when the name is empty.
func sendFile(t *testing.T, address, name string, content []byte) (status int, page string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	require.NoError(t, form.WriteField("other", "x"))
	file, err := form.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = file.Write(content)
	require.NoError(t, err)
	require.NoError(t, form.Close())
	res, err := http.Post(address, form.FormDataContentType(), &body)
	require.NoError(t, err)
	defer res.Body.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(res.Body)
	require.NoError(t, err)
	return res.StatusCode, text.String()
}

func TestLetters(t *testing.T) {
	t.Run("a letter is read in the browser, which may do nothing else with it", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		res, text := ask(t, server, http.MethodGet, "/memos/memo-1/letters/memo", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, "application/pdf", res.Header.Get("Content-Type"))
		require.Equal(t, `inline; filename="nota-dinas-ND-14-KEM.1.2-2026.pdf"`, res.Header.Get("Content-Disposition"))
		require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
		require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
		require.Contains(t, res.Header.Get("Content-Security-Policy"), "default-src 'none'")
		require.NotContains(t, res.Header.Get("Content-Security-Policy"), "script-src")
		require.Equal(t, string(letterBody()), text)
		res, _ = ask(t, server, http.MethodGet, "/memos/memo-1/letters/diary", nil)
		require.Equal(t, http.StatusNotFound, res.StatusCode)
	})
	t.Run("the memo's page links to what may be opened, and to nothing else", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		_, page := ask(t, server, http.MethodGet, "/memos/memo-1", nil)
		require.NotContains(t, page, "/letters/")
		c.memo.Letters = []models.LetterKind{models.LetterMemo, models.LetterApproval}
		_, page = ask(t, server, http.MethodGet, "/memos/memo-1", nil)
		require.Equal(t, 2, strings.Count(page, `href="/memos/memo-1/letters/`))
		require.Contains(t, page, "Lembar persetujuan (PDF)")
	})
	t.Run("anybody may check a letter by its id, and nothing by a number", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		res, err := http.Get(server.URL + "/verify/" + letterID)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, "noindex", res.Header.Get("X-Robots-Tag"))
		for _, other := range []string{"LKT-2026-000123", strings.Repeat("0", 32)} {
			res, err := http.Get(server.URL + "/verify/" + other)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			require.Equal(t, http.StatusNotFound, res.StatusCode, other)
		}
	})
	t.Run("a letter that nobody issued is told to be none of ours", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		_, page := askAs(t, server, nil, http.MethodGet, "/verify/"+strings.Repeat("0", 32), nil)
		require.Contains(t, page, "Surat ini tidak kami kenal")
		require.Contains(t, page, "surat ini tidak diterbitkan oleh Loket.")
		require.Contains(t, page, `value="`+strings.Repeat("0", 32)+`"`)
	})
	t.Run("a typed code leads to its letter", func(t *testing.T) {
		server, _ := serve(t, newCounter())
		res, _ := askAs(t, server, nil, http.MethodGet, "/verify?code=+3F2A91BC-77DE0A12+c45d68e1900b7af6", nil)
		require.Equal(t, "/verify/"+letterID, res.Header.Get("Location"))
		res, _ = askAs(t, server, nil, http.MethodGet, "/verify?code="+url.QueryEscape("//evil.example/\\"), nil)
		require.Equal(t, "/verify/evilexample", res.Header.Get("Location"))
		res, page := askAs(t, server, nil, http.MethodGet, "/verify?code=+", nil)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, page, "Ketik kode surat.")
	})
}

func TestComparingLetters(t *testing.T) {
	c := newCounter()
	server, _ := serve(t, c)
	address := server.URL + "/verify/" + letterID
	t.Run("the same bytes are the letter", func(t *testing.T) {
		status, page := sendFile(t, address, "surat.pdf", letterBody())
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, "Berkas ini sama persis")
	})
	t.Run("one changed byte makes it another file", func(t *testing.T) {
		status, page := sendFile(t, address, "surat.pdf", append(letterBody(), '\n'))
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, "Berkas ini bukan surat")
		require.NotContains(t, page, "sama persis dengan")
	})
	t.Run("without a file it is asked for, beside its field", func(t *testing.T) {
		status, page := sendFile(t, address, "", nil)
		require.Equal(t, http.StatusUnprocessableEntity, status)
		require.Contains(t, page, `href="#file"`)
		require.Contains(t, page, "Pilih berkas PDF dulu.")
		require.Contains(t, page, "Surat ini asli")
		res, err := http.Post(address, "application/x-www-form-urlencoded", strings.NewReader("file=x"))
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
	})
	t.Run("a file beyond 10 MB is refused with the bound", func(t *testing.T) {
		status, page := sendFile(t, address, "big.pdf", make([]byte, 11<<20))
		require.Equal(t, http.StatusUnprocessableEntity, status)
		require.Contains(t, page, "10 MB")
		require.Contains(t, page, `id="file-error"`)
	})
	t.Run("an unknown id has no page to compare on", func(t *testing.T) {
		status, _ := sendFile(t, server.URL+"/verify/"+strings.Repeat("0", 32), "surat.pdf", letterBody())
		require.Equal(t, http.StatusNotFound, status)
	})
}
