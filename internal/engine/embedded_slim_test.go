//go:build slim

package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/engine"
)

func TestSlimBuildSaysWhatToSet(t *testing.T) {
	_, err := engine.StartEmbedded(t.Context(), engine.EmbeddedConfig{Dir: t.TempDir()})
	require.ErrorContains(t, err, "set LOKET_TEMPORAL_ADDRESS")
	_, err = engine.StartUI(engine.UIConfig{})
	require.ErrorIs(t, err, engine.ErrNoUI)
}
