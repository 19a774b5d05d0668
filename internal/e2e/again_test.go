package e2e_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// TestAgain asks for things twice under one key where the second would be refused by itself.
func TestAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	d := s.on(models.Clock{Speed: 1})
	id := s.sent(t, d)
	t.Run("two reminders at once under one key are one, and both are answered", func(t *testing.T) {
		var errs [4]error
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { _, errs[i] = d.NudgeMemo(t.Context(), s.sender, id, "please") })
		}
		all.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		_, err := d.NudgeMemo(t.Context(), s.sender, id, "please now")
		require.ErrorIs(t, err, models.ErrTooSoon)
	})
	t.Run("a comment stands when it is sent again after the memo is over", func(t *testing.T) {
		first, err := d.AddComment(t.Context(), s.sender, id, "Mohon dipercepat.", "said")
		require.NoError(t, err)
		_, err = d.WithdrawMemo(t.Context(), s.sender, id, "Salah daftar.", "")
		require.NoError(t, err)
		again, err := d.AddComment(t.Context(), s.sender, id, "Mohon dipercepat.", "said")
		require.NoError(t, err)
		require.Equal(t, first.ID, again.ID)
		_, err = d.AddComment(t.Context(), s.sender, id, "Sudah tidak perlu.", "said")
		require.ErrorIs(t, err, models.ErrIdempotencyConflict)
		_, err = d.AddComment(t.Context(), s.sender, id, "Mohon dipercepat.", "anew")
		require.ErrorIs(t, err, models.ErrNotNow)
	})
	t.Run("a copy that is asked for again after midnight is the same", func(t *testing.T) {
		first, err := d.CopyMemo(t.Context(), s.sender, id, "anew")
		require.NoError(t, err)
		later := s.on(models.Clock{Epoch: time.Now().Add(-time.Hour), Speed: 49}) // two days ahead
		again, err := later.CopyMemo(t.Context(), s.sender, id, "anew")
		require.NoError(t, err)
		require.Equal(t, first.ID, again.ID)
		other, err := later.CopyMemo(t.Context(), s.sender, id, "another")
		require.NoError(t, err)
		require.NotEqual(t, first.Draft.Date, other.Draft.Date)
	})
}
