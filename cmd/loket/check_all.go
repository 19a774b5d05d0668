package main

import (
	"context"
	"errors"
	"time"

	"loket/internal/check"
	"loket/internal/engine"
	"loket/models"
	"loket/workflows"
)

type checkAll struct {
	Strict bool     `help:"Read the histories of closed cases too, for as long as the engine keeps them."`
	Repair bool     `help:"Bring pages that have drifted from their workflows back to them; nothing is done twice."`
	Canary []string `placeholder:"TEXT" sep:"none" help:"A text that was planted as a secret and must be found nowhere; may be given again."`
}

// Help tells more than one line.
func (checkAll) Help() string {
	return `Compares the database with the engine's histories and each with itself, R1 to R9: nothing lost, nothing twice, nothing late, nothing told. It may run beside loket serve, and over a stopped installation, whose engine it starts for as long as it takes, without working any case.

Exit code 0 when all holds, 1 when something is broken, 3 when something could not be looked at. Good for cron:

  loket check --strict
  loket check --strict --repair`
}

// Run asks every question and prints the report.
func (c *checkAll) Run(p *process) error {
	err := p.withHouse(func(h *house) error {
		if err := h.settle(p.ctx, 1); err != nil {
			return unchecked{err}
		}
		alone, err := h.findEngine(p.ctx)
		if err != nil {
			return unchecked{err}
		}
		report := check.Run(p.ctx, check.Config{Store: h.store, Engine: h.engine, Namespace: h.cfg.TemporalNamespace, TaskQueue: workflows.TaskQueue,
			Register: flows, Data: engine.DataConverter(h.ring), Failures: engine.FailureConverter(h.ring), Codec: engine.NewCodec(h.ring),
			Files: h.files, Clock: h.clock, Now: time.Now, Checkpoints: h.cfg.AuditCheckpoints, Alone: alone, Strict: c.Strict, Repair: c.Repair,
			Directory: h.cfg.Directory != models.DirectoryBuiltIn, Canaries: c.Canary})
		if err := report.Print(p.stdout); err != nil {
			return err
		}
		if report.Faults() > 0 {
			return errBroken
		}
		if report.Unchecked() {
			return unchecked{errors.New("not every question could be asked")}
		}
		return nil
	})
	if err == nil || errors.Is(err, errBroken) {
		return err
	}
	return unchecked{err}
}

var errBroken = errors.New("something that was promised does not hold")

// unchecked is an error of having been kept from looking.
type unchecked struct{ error }

// Unwrap gives what was in the way.
func (u unchecked) Unwrap() error { return u.error }

// findEngine reaches the engine: the configured cluster, the embedded one of a process that runs here, or one started
// here over what a stopped process left; that one is alone.
func (h *house) findEngine(ctx context.Context) (alone bool, err error) {
	h.engineAt, err = h.engineAddress(ctx)
	switch {
	case errors.Is(err, engine.ErrInUse):
		if h.engineAt, err = engine.Running(h.inData("engine")); err != nil {
			return false, err
		}
	case err != nil:
		return false, err
	default:
		alone = h.cfg.TemporalAddress == ""
	}
	return alone, h.dial(nil)
}
