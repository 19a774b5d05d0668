package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func (f *counter) Comments(context.Context, models.Actor, string) ([]models.Comment, bool, error) {
	return []models.Comment{sampleComment()}, true, f.err
}

func (f *counter) AddComment(_ context.Context, _ models.Actor, _, text, key string) (models.Comment, error) {
	f.asked = text + " " + key
	c := sampleComment()
	c.Own = true
	return c, f.err
}

func sampleComment() models.Comment {
	return models.Comment{ID: "0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7083", AuthorName: "Ratna Dewi", At: time.Date(2026, 11, 23, 1, 15, 0, 0, time.UTC), Text: "Lampiran menyusul."}
}

func TestComments(t *testing.T) {
	b := setup(t)
	path := "/api/v1/memos/" + memoID1 + "/comments"
	t.Run("they are listed", func(t *testing.T) {
		var got struct{ Items []models.Comment }
		b.client.Call(t, http.MethodGet, path, nil).Into(t, http.StatusOK, &got)
		require.Equal(t, []models.Comment{sampleComment()}, got.Items)
	})
	t.Run("one is added under its key", func(t *testing.T) {
		var got models.Comment
		b.client.Call(t, http.MethodPost, path, `{"text":"Lampiran menyusul."}`, "Idempotency-Key", "k-9").Into(t, http.StatusCreated, &got)
		require.True(t, got.Own)
		require.Equal(t, "Lampiran menyusul. k-9", b.asked)
	})
	for name, refused := range map[string]struct {
		err    *models.Problem
		status int
	}{
		"an auditor may not":            {models.ErrForbidden, http.StatusForbidden},
		"nobody may once it is over":    {models.ErrNotNow, http.StatusConflict},
		"an empty one names its field":  {models.Invalid(models.Fault("text", "required")), http.StatusUnprocessableEntity},
		"a stranger learns of no memo":  {models.ErrNotFound, http.StatusNotFound},
		"a key that was something else": {models.ErrIdempotencyConflict, http.StatusUnprocessableEntity},
	} {
		t.Run(name, func(t *testing.T) {
			b.err = refused.err
			t.Cleanup(func() { b.err = nil })
			b.client.Call(t, http.MethodPost, path, `{"text":""}`).Refused(t, refused.status, refused.err.Code)
		})
	}
}
