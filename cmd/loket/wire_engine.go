package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/internal/engine"
	"loket/workflows"
)

// engineStart is how long an embedded engine may take to be ready; making its databases takes some seconds.
const engineStart = time.Minute

// engineAddress is the configured cluster's, else that of a server started here.
func (h *house) engineAddress(ctx context.Context) (string, error) {
	if h.cfg.TemporalAddress != "" {
		return h.cfg.TemporalAddress, nil
	}
	ctx, cancel := context.WithTimeout(ctx, engineStart)
	defer cancel()
	cfg := engine.EmbeddedConfig{Dir: h.inData("engine"), Namespace: h.cfg.TemporalNamespace, Retention: engine.DefaultRetention, Logger: quieter(h.log)}
	if dialect, source := h.cfg.Database(); dialect == "postgres" {
		cfg.PostgresURL = source
	}
	server, err := engine.StartEmbedded(ctx, cfg)
	if err != nil {
		return "", err
	}
	h.stack.add("engine", server.Stop)
	h.stack.loop("engine watch", func(ctx context.Context) {
		select {
		case <-ctx.Done():
		case <-server.Failed():
			// Pages that only read still work; /readyz says no from here on.
			h.log.Error("the embedded engine broke: restart the program", "error", server.Err())
			<-ctx.Done()
		}
	})
	return server.HostPort(), nil
}

// prepareNamespace makes a cluster ready once it can be reached, where we may: an operator may have done it for us.
func (h *house) prepareNamespace() {
	h.stack.loop("namespace", func(ctx context.Context) {
		tick := time.NewTicker(5 * time.Second)
		defer tick.Stop()
		for told := false; ; {
			err := h.tryNamespace(ctx)
			if err == nil || ctx.Err() != nil {
				break
			}
			if !told {
				h.log.Warn("the engine's namespace is not ready", "error", err)
				told = true
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
		<-ctx.Done()
	})
}

func (h *house) tryNamespace(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	return engine.PrepareNamespace(ctx, h.engine, h.cfg.TemporalNamespace, engine.DefaultRetention)
}

// workCases runs workflows and activities until the stack comes down: the worker then takes nothing new and finishes
// what it holds.
func (h *house) workCases() {
	h.stack.run("worker", func(ctx context.Context) error {
		if err := h.awaitEngine(ctx); err != nil {
			return nil // asked to stop before the engine came
		}
		worker.SetStickyWorkflowCacheSize(keptCases)
		w := worker.New(h.engine, workflows.TaskQueue, worker.Options{WorkerStopTimeout: 8 * time.Second})
		flows(w)
		w.RegisterActivity(&activities.Cases{Store: h.store})
		w.RegisterActivity(&activities.Calendars{Store: h.store})
		w.RegisterActivity(&activities.Memos{Store: h.store})
		w.RegisterActivity(&activities.Activations{Store: h.store})
		w.RegisterActivity(&activities.Accesses{Store: h.store})
		w.RegisterActivity(&activities.Registrations{Store: h.store})
		if err := w.Start(); err != nil {
			return fmt.Errorf("start the worker: %w", err)
		}
		<-ctx.Done()
		w.Stop()
		return nil
	})
}

// flows names every workflow to a worker or a replayer.
func flows(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(workflows.MemoRequest, workflow.RegisterOptions{Name: workflows.MemoWorkflow})
	r.RegisterWorkflowWithOptions(workflows.Activation, workflow.RegisterOptions{Name: workflows.ActivationWorkflow})
	r.RegisterWorkflowWithOptions(workflows.AccessRequest, workflow.RegisterOptions{Name: workflows.AccessWorkflow})
	r.RegisterWorkflowWithOptions(workflows.Registration, workflow.RegisterOptions{Name: workflows.RegistrationWorkflow})
}

// keptCases is how many cases a worker keeps in memory between their steps; any other is read again from its history
// when something happens to it. Cases wait for days, so that memory need not grow with them.
const keptCases = 1000

// awaitEngine waits until the engine serves: a worker cannot start without.
func (h *house) awaitEngine(ctx context.Context) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for told := false; ; {
		probe, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := engine.Healthy(probe, h.engine)
		cancel()
		if err == nil {
			return nil
		}
		if !told {
			h.log.Warn("waiting for the engine", "error", err)
			told = true
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// quieter leaves out what the engine and its client tell of their daily life.
func quieter(log *slog.Logger) *slog.Logger {
	if log.Enabled(context.Background(), slog.LevelDebug) {
		return log
	}
	return slog.New(warnings{log.Handler()})
}

// warnings passes warnings and errors on.
type warnings struct{ slog.Handler }

// Enabled tells whether a level is passed on.
func (h warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// WithAttrs keeps the bound.
func (h warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{h.Handler.WithAttrs(a)} }

// WithGroup keeps the bound.
func (h warnings) WithGroup(name string) slog.Handler { return warnings{h.Handler.WithGroup(name)} }
