package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestNonces(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		once := func() error {
			return b.AskReset(b.ctx(), ResetRequest{Lang: "id", Nonce: "satu", NonceExpires: b.wallNow().Add(time.Hour)})
		}
		require.NoError(t, once())
		b.wall.pass(time.Hour)
		require.NoError(t, b.SweepNonces(b.ctx()))
		require.ErrorIs(t, once(), models.ErrDuplicate, "kept to the end of its time")
		b.wall.pass(time.Second)
		require.NoError(t, b.SweepNonces(b.ctx()))
		require.NoError(t, once(), "when the proof itself is over")
	})
}
