package desk

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"loket/internal/keyring"
	"loket/internal/store"
	"loket/models"
)

// TestWhoWaitsIsToldInTime has an engine that says nothing, and a crowd before it: whatever a request has spent until it
// comes to the engine, its asker is told within two seconds of its arrival. Time is that of the test: how busy the machine
// is makes no difference.
func TestWhoWaitsIsToldInTime(t *testing.T) {
	t.Parallel()
	silent := func(ctx context.Context) (client.WorkflowUpdateHandle, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for name, spent := range map[string]time.Duration{"at once": 0, "after half its time": time.Second, "after nearly all": 1500 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := lonely(t)
				arrived := time.Now().Add(-spent)
				var crowd sync.WaitGroup
				for range 50 {
					crowd.Go(func() {
						ctx := models.WithArrival(t.Context(), arrived)
						if err := d.inQueue(ctx, ask{caseID: name, id: "x"}, silent); err == nil {
							t.Error("nothing was acknowledged")
						}
					})
				}
				crowd.Wait()
				require.Less(t, time.Since(arrived), 2*time.Second)
			})
		})
	}
}

// lonely is a desk over an empty store.
func lonely(t *testing.T) *Desk {
	t.Helper()
	dir := t.TempDir()
	ring, err := keyring.Open(filepath.Join(dir, "keyring.json"))
	require.NoError(t, err)
	kept, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(dir, "loket.db"), AuditKeys: ring,
		TokenKey: ring.Current(keyring.Token).Secret, PublicURL: "http://localhost:8080", Clock: models.Clock{Speed: 1}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	require.NoError(t, kept.Migrate(t.Context()))
	return New(Config{Store: kept, Now: time.Now, Clock: models.Clock{Speed: 1}, Logger: slog.New(slog.DiscardHandler)})
}
