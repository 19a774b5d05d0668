package main

import (
	"context"
	"os"
	"path/filepath"
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
	if isDemo(cfg.DataDir) {
		return misuse("%s holds a demo, whose passwords everybody knows: name another folder in LOKET_DATA_DIR", cfg.DataDir)
	}
	on, err := listen(cfg)
	if err != nil {
		return err
	}
	log := newLog(cfg, p.stderr)
	h, err := open(p.ctx, cfg, log)
	if err != nil {
		return err
	}
	defer h.close(&err)
	if err := h.settle(p.ctx, 1); err != nil {
		return err
	}
	if err := h.connect(p.ctx); err != nil {
		return err
	}
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
	log.Info("serving", "listen", on.Addr().String(), "public", cfg.PublicURL, "worker", !c.NoWorker, "version", version)
	return h.untilAsked(p.ctx)
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
