//go:build unix

package pgtest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Own returns a running cluster that stops when t ends and is nobody else's, even where the tests share a server: one
// that a test may kill.
func Own(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{own: true}
	t.Cleanup(c.Stop)
	c.URL(t)
	return c
}

// Kill ends a server of Own as a power cut would.
func (c *Cluster) Kill(t testing.TB) {
	t.Helper()
	require.True(t, c.own, "only a server of one's own may be killed")
	require.NoError(t, c.server.Kill())
}

// Revive starts a killed server again, with its data and at its address. What is left of its processes may take a
// moment to notice that they are alone.
func (c *Cluster) Revive(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := c.server.Revive(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			require.NoError(t, err, "reviving the server")
		case <-tick.C:
		}
	}
}
