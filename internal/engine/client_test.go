package engine_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/engine"
)

func TestDial(t *testing.T) {
	ring, logger := newRing(t), slog.New(slog.DiscardHandler)
	junk := filepath.Join(t.TempDir(), "junk.pem")
	require.NoError(t, os.WriteFile(junk, []byte("no certificate"), 0o600))

	t.Run("makes a client while the cluster is away, which says so in time", func(t *testing.T) {
		c, err := engine.Dial(engine.Config{Address: "127.0.0.1:1"}, ring, logger)
		require.NoError(t, err)
		t.Cleanup(c.Close)
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		began := time.Now()
		require.ErrorContains(t, engine.Healthy(ctx, c), "asking the engine for its health")
		require.Less(t, time.Since(began), 5*time.Second)
	})

	for name, c := range map[string]struct {
		config engine.Config
		says   string
	}{
		"no address":                  {engine.Config{}, "LOKET_TEMPORAL_ADDRESS"},
		"a certificate without key":   {engine.Config{Address: "a:1", TLS: engine.TLSConfig{CertFile: junk}}, "one of the two files is missing"},
		"a certificate that is none":  {engine.Config{Address: "a:1", TLS: engine.TLSConfig{CertFile: junk, KeyFile: junk}}, "client certificate"},
		"an authority that is absent": {engine.Config{Address: "a:1", TLS: engine.TLSConfig{CAFile: junk + ".not"}}, "reading the engine's authorities"},
		"an authority that is none":   {engine.Config{Address: "a:1", TLS: engine.TLSConfig{CAFile: junk}}, "no certificate in PEM form"},
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			_, err := engine.Dial(c.config, ring, logger)
			require.ErrorContains(t, err, c.says)
		})
	}
}
