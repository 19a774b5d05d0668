package api

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

func (f *counter) Letter(_ context.Context, _ models.Actor, _ string, k models.LetterKind) (desk.Letter, error) {
	if k == models.LetterResults {
		return desk.Letter{}, models.ErrNotNow.With("status", "approval")
	}
	return desk.Letter{Name: "nota-dinas-ND-1.pdf", Body: []byte("%PDF-1.3"), SHA256: strings.Repeat("ab", 32), VerifyURL: "http://localhost/verify/3f"}, nil
}

func (f *counter) VerifyLetter(_ context.Context, id string) (models.LetterVerification, error) {
	if id != "3f" {
		return models.LetterVerification{}, models.ErrNotFound
	}
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	return models.LetterVerification{Kind: models.LetterMemo, Number: "LKT-2026-000001", Decision: models.OutcomeOpen, At: at, Issued: at,
		Why: models.LetterSuperseded}, nil
}

func TestLetters(t *testing.T) {
	b := setup(t)
	path := "/api/v1/memos/" + memoID1 + "/letters/"
	t.Run("a letter is a PDF with its name, its digest and where it is checked", func(t *testing.T) {
		answer := b.client.Call(t, "GET", path+"memo", nil)
		require.Equal(t, 200, answer.Status, "%s", answer.Body)
		require.Equal(t, "application/pdf", answer.Header.Get("Content-Type"))
		require.Equal(t, `attachment; filename="nota-dinas-ND-1.pdf"`, answer.Header.Get("Content-Disposition"))
		require.Equal(t, `<http://localhost/verify/3f>; rel="describedby"`, answer.Header.Get("Link"))
		require.Equal(t, "%PDF-1.3", string(answer.Body))
	})
	t.Run("one that is not earned yet is refused, and an unknown one is no choice", func(t *testing.T) {
		b.client.Call(t, "GET", path+"results", nil).Refused(t, 409, "not_now")
		require.Equal(t, map[string]string{"kind": "choice_unknown"}, b.client.Call(t, "GET", path+"diary", nil).Refused(t, 422, "invalid"))
		b.client.As("").Call(t, "GET", path+"memo", nil).Refused(t, 401, "unauthenticated")
	})
	t.Run("anybody checks a code", func(t *testing.T) {
		var v struct {
			Valid bool
			Why   string
		}
		b.client.As("").Call(t, "GET", "/api/v1/verifications/3f", nil).Into(t, 200, &v)
		require.False(t, v.Valid)
		require.Equal(t, "superseded", v.Why)
		b.client.As("").Call(t, "GET", "/api/v1/verifications/LKT-2026-000001", nil).Refused(t, 404, "not_found")
	})
}
