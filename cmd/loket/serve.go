package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"

	"loket/internal/config"
)

type serveCommand struct {
	NoWorker bool `help:"Serve the counters only; other processes (loket worker) work the cases."`
}

// Help tells more than one line.
func (serveCommand) Help() string {
	return `Serves portal and API at LOKET_LISTEN, and works the cases in the same process.

Without LOKET_TEMPORAL_ADDRESS a Temporal server runs embedded, on the same PostgreSQL as the data when LOKET_DATABASE_URL names one. SIGTERM ends it within 30 seconds, finishing what is under way.

  loket serve
  LOKET_DATABASE_URL=postgres://loket@db/loket LOKET_PUBLIC_URL=https://loket.kem.example loket serve
  LOKET_TEMPORAL_ADDRESS=temporal:7233 loket serve --no-worker      with loket worker elsewhere`
}

// Run serves until asked to stop.
func (c *serveCommand) Run(p *process) (err error) {
	cfg, err := p.settings()
	if err != nil {
		return err
	}
	if c.NoWorker && cfg.TemporalAddress == "" {
		return misuse("LOKET_TEMPORAL_ADDRESS is missing: counters without a worker share a Temporal cluster with loket worker. Alone on a machine, loket serve does both")
	}
	if isDemo(cfg.DataDir) {
		return misuse("%s holds a demo, whose passwords everybody knows: name another folder in LOKET_DATA_DIR", cfg.DataDir)
	}
	h, on, err := p.enter(cfg)
	if err != nil {
		return err
	}
	defer h.close(&err)
	if !c.NoWorker {
		if err := h.upkeep(); err != nil {
			return err
		}
		h.workCases()
	}
	h.stack.loop("changes", h.desk.Run)
	if err := h.counters(on, nil); err != nil {
		return err
	}
	h.log.Info("serving", "listen", on.Addr().String(), "public", cfg.PublicURL, "worker", !c.NoWorker, "version", version)
	return h.untilAsked(p.ctx)
}

// enter takes the address of an installation, opens it and connects it to its engine: what counters and workers
// alike begin with. The caller closes the house.
func (p *process) enter(cfg config.Config) (h *house, on net.Listener, err error) {
	if on, err = listen(cfg); err != nil {
		return nil, nil, err
	}
	if h, err = open(p.ctx, cfg, newLog(cfg, p.stderr)); err != nil {
		return nil, nil, errors.Join(err, on.Close())
	}
	if err = h.settle(p.ctx, 1); err == nil {
		err = h.connect(p.ctx)
	}
	if err != nil {
		h.close(&err)
		return nil, nil, errors.Join(err, on.Close())
	}
	return h, on, nil
}

// untilAsked waits for the signal, or for a part to break.
func (h *house) untilAsked(ctx context.Context) error {
	err := h.stack.wait(ctx)
	h.log.Info("stopping")
	return err
}

// isDemo tells whether a data folder belongs to a demo.
func isDemo(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, demoFile))
	return err == nil
}
