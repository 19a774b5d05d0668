package main

type workerCommand struct{}

// Help tells more than one line.
func (workerCommand) Help() string {
	return `Works the cases of an installation whose counters run elsewhere (loket serve --no-worker): workflows, mail, the audit trail. Run as many as you like. It needs LOKET_TEMPORAL_ADDRESS, and answers /healthz, /readyz and /metrics at LOKET_LISTEN.

  LOKET_DATABASE_URL=postgres://loket@db/loket LOKET_TEMPORAL_ADDRESS=temporal:7233 loket worker`
}

// Run works until asked to stop.
func (workerCommand) Run(p *process) (err error) {
	cfg, err := p.settings()
	if err != nil {
		return err
	}
	if cfg.TemporalAddress == "" {
		return misuse("LOKET_TEMPORAL_ADDRESS is missing: a worker shares a Temporal cluster with the counters. Alone on a machine, loket serve does both")
	}
	h, on, err := p.enter(cfg)
	if err != nil {
		return err
	}
	defer h.close(&err)
	if err := h.upkeep(); err != nil {
		return err
	}
	h.workCases()
	if err := h.pulse(on); err != nil {
		return err
	}
	h.log.Info("working", "engine", cfg.TemporalAddress, "health", on.Addr().String(), "version", version)
	return h.untilAsked(p.ctx)
}
