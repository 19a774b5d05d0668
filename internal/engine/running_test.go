//go:build !slim

package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/engine"
)

func TestRunning(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "engine.address"), []byte("127.0.0.1:1\n"), 0o600)) // left by one that was killed
	e, err := engine.StartEmbedded(t.Context(), engine.EmbeddedConfig{Dir: dir, Logger: quiet()})
	require.NoError(t, err)
	_, err = engine.StartEmbedded(t.Context(), engine.EmbeddedConfig{Dir: dir, Logger: quiet()})
	require.ErrorIs(t, err, engine.ErrInUse)
	address, err := engine.Running(dir)
	require.NoError(t, err)
	require.Equal(t, e.HostPort(), address, "the one that runs, not the one that was")
	require.NoError(t, e.Stop(context.Background()))
	_, err = engine.Running(dir)
	require.Error(t, err)
}
