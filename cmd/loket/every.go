package main

import (
	"context"
	"log/slog"
	"time"
)

// every does something at once and then each period, until ctx ends. The first failure of a row is logged, and the
// recovery; a database that is away for an hour needs no thousand lines.
func every(ctx context.Context, period time.Duration, log *slog.Logger, what string, do func(context.Context) error) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	failing := false
	for {
		err := do(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			log.Warn(what+" fails", "error", err)
		case err == nil && failing:
			log.Info(what + " works again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
