package desk

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestQueues(t *testing.T) {
	open := func(c models.Case) error {
		if c.Status == models.StatusApproval {
			return nil
		}
		return models.ErrAlreadyDecided
	}
	var looks atomic.Int64
	newer := func(status *atomic.Value) *queues {
		looks.Store(0)
		return newQueues(func(context.Context, place) (models.Case, error) {
			looks.Add(1)
			return models.Case{Status: status.Load().(models.Status)}, nil
		})
	}

	t.Run("a crowd behind one decision is answered by it", func(t *testing.T) {
		var status atomic.Value
		status.Store(models.StatusApproval)
		q := newer(&status)
		leave, err := q.enter(t.Context(), place{caseID: "c"}, open)
		require.NoError(t, err)
		var crowd sync.WaitGroup
		var refused atomic.Int64
		for range 1000 {
			crowd.Go(func() {
				if _, err := q.enter(t.Context(), place{caseID: "c"}, open); err != nil {
					refused.Add(1)
				}
			})
		}
		require.Eventually(t, func() bool { q.mu.Lock(); defer q.mu.Unlock(); return q.open[place{caseID: "c"}].inside == 1001 }, 10*time.Second, time.Millisecond)
		status.Store(models.StatusVerification)
		leave()
		crowd.Wait()
		require.EqualValues(t, 1000, refused.Load())
		require.LessOrEqual(t, looks.Load(), int64(2), "one look for all")
		require.Empty(t, q.open)
	})
	t.Run("who still may goes in turn, one at a time", func(t *testing.T) {
		var status atomic.Value
		status.Store(models.StatusApproval)
		q := newer(&status)
		var running, went atomic.Int64
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				leave, err := q.enter(t.Context(), place{caseID: "c"}, open)
				if err != nil {
					return
				}
				if running.Add(1) == 1 {
					went.Add(1)
				}
				running.Add(-1)
				leave()
			})
		}
		all.Wait()
		require.EqualValues(t, 100, went.Load())
		require.Empty(t, q.open)
	})
	t.Run("who waits too long is told to come back, and other cases do not wait", func(t *testing.T) {
		q := newQueues(func(context.Context, place) (models.Case, error) { return models.Case{}, models.ErrUnavailable })
		leave, err := q.enter(t.Context(), place{caseID: "c"}, open)
		require.NoError(t, err)
		elsewhere, err := q.enter(t.Context(), place{caseID: "d"}, open)
		require.NoError(t, err)
		elsewhere()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		_, err = q.enter(ctx, place{caseID: "c"}, open)
		require.ErrorIs(t, err, models.ErrUnavailable)
		leave()
		require.Empty(t, q.open)
	})
	t.Run("a look that fails answers nobody", func(t *testing.T) {
		q := newQueues(func(context.Context, place) (models.Case, error) { return models.Case{}, models.ErrUnavailable })
		leave, err := q.enter(t.Context(), place{caseID: "c"}, open)
		require.NoError(t, err)
		next := make(chan error)
		go func() {
			leave, err := q.enter(t.Context(), place{caseID: "c"}, open)
			if err == nil {
				leave()
			}
			next <- err
		}()
		require.Eventually(t, func() bool { q.mu.Lock(); defer q.mu.Unlock(); return q.open[place{caseID: "c"}].inside == 2 }, 10*time.Second, time.Millisecond)
		leave()
		require.NoError(t, <-next)
	})
}
