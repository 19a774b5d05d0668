package main

import (
	"io"
	"log/slog"

	"loket/internal/config"
)

// newLog writes log lines as the settings say.
func newLog(cfg config.Config, to io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.Level()}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}
