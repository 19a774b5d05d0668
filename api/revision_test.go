package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

func (f *counter) ReturnMemo(_ context.Context, _ models.Actor, _ string, in desk.Return, key string) (models.MemoView, error) {
	f.returned, f.asked = in, key
	return f.memo(), f.err
}

func (f *counter) ResubmitMemo(_ context.Context, _ models.Actor, _ string, version int, _ string) (models.MemoView, error) {
	f.version = version
	return f.memo(), f.err
}

func (f *counter) NudgeMemo(_ context.Context, _ models.Actor, _, key string) (models.MemoView, error) {
	f.asked = key
	return f.memo(), f.err
}

func (f *counter) CopyMemo(_ context.Context, _ models.Actor, _, key string) (models.MemoView, error) {
	f.asked = key
	return f.memo(), f.err
}

func TestRevision(t *testing.T) {
	b := setup(t)
	path := "/api/v1/memos/" + memoID1
	t.Run("a return carries its notes and what the decider saw", func(t *testing.T) {
		answer := b.client.Call(t, http.MethodPost, path+"/return", `{"reason":"Salah unit","notes":[{"field":"rows[3]","note":"Sudah pindah"}],"seq":3}`, "Idempotency-Key", "k-1")
		require.Equal(t, http.StatusOK, answer.Status, "%s", answer.Body)
		require.Equal(t, desk.Return{Reason: "Salah unit", Notes: []models.FieldNote{{Field: "rows[3]", Note: "Sudah pindah"}}, Seq: 3}, b.returned)
		require.Equal(t, "k-1", b.asked)
	})
	t.Run("a return without a reason or with a half note is refused before the desk", func(t *testing.T) {
		require.Equal(t, "required", b.client.Call(t, http.MethodPost, path+"/return", `{}`).Refused(t, http.StatusUnprocessableEntity, "invalid")["reason"])
		faults := b.client.Call(t, http.MethodPost, path+"/return", `{"reason":"x","notes":[{"field":"body"}]}`).Refused(t, http.StatusUnprocessableEntity, "invalid")
		require.Equal(t, "required", faults["notes[0].note"])
		notes := strings.TrimSuffix(strings.Repeat(`{"field":"body","note":"x"},`, models.MaxNotes+1), ",")
		faults = b.client.Call(t, http.MethodPost, path+"/return", `{"reason":"x","notes":[`+notes+`]}`).Refused(t, http.StatusUnprocessableEntity, "invalid")
		require.Equal(t, "list_too_long", faults["notes"])
	})
	t.Run("sending again names the version that was read", func(t *testing.T) {
		require.Equal(t, http.StatusOK, b.client.Call(t, http.MethodPost, path+"/resubmission", nil, "If-Match", `"7"`).Status)
		require.Equal(t, 7, b.version)
		b.client.Call(t, http.MethodPost, path+"/resubmission", nil, "If-Match", `seven`).Refused(t, http.StatusPreconditionFailed, "stale")
	})
	t.Run("a second nudge is told when it is possible", func(t *testing.T) {
		require.Equal(t, http.StatusOK, b.client.Call(t, http.MethodPost, path+"/nudge", nil, "Idempotency-Key", "k-2").Status)
		require.Equal(t, "k-2", b.asked)
		b.err = models.ErrTooSoon.With("until", "2026-11-23T14:15:00+07:00")
		answer := b.client.Call(t, http.MethodPost, path+"/nudge", nil)
		answer.Refused(t, http.StatusConflict, "too_soon")
		var problem struct{ Params map[string]string }
		require.NoError(t, json.Unmarshal(answer.Body, &problem))
		require.Equal(t, "2026-11-23T14:15:00+07:00", problem.Params["until"])
		b.err = nil
	})
	t.Run("a copy says where it is", func(t *testing.T) {
		answer := b.client.Call(t, http.MethodPost, path+"/copy", nil, "Idempotency-Key", "k-3")
		require.Equal(t, http.StatusCreated, answer.Status, "%s", answer.Body)
		require.Equal(t, path, answer.Header.Get("Location"))
		require.Equal(t, `"7"`, answer.Header.Get("ETag"))
	})
	t.Run("a token that only writes cannot return", func(t *testing.T) {
		b.client.As("lkt_read").Call(t, http.MethodPost, path+"/return", `{"reason":"x"}`).Refused(t, http.StatusForbidden, "token_scope")
	})
}
