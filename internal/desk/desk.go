package desk

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"loket/internal/auth"
	"loket/internal/store"
	"loket/models"
)

// Config is what a desk stands on.
type Config struct {
	Store  *store.Store
	Auth   *auth.Service
	Engine client.Client
	Clock  models.Clock
	// Files keeps what is attached.
	Files Vault
	// Now is wall time; case time is made of it by Clock.
	Now func() time.Time
	// Patience is how long a person waits for the engine before 'not acknowledged, may still happen'; 0 means that they
	// are answered within 2 s.
	Patience time.Duration
	Logger   *slog.Logger
	// ActingDays is the longest that a daily acting head may act for at once; 0 means 30.
	ActingDays int
	// Domain is what stands behind the @ of a username.
	Domain string
	// Linking asks applications that have their own login about their users; needed where one is registered so.
	Linking Linker
	// Directory is the kind of directory that knows the accounts too; empty where there is none.
	Directory string
	// Stationery is needed by letters, exports and dashboards alone.
	Stationery Stationery
}

// Desk is the application that both counters stand on. What concerns the person alone (signing in, sessions, tokens,
// the password) is the embedded service's. It is safe for concurrent use.
type Desk struct {
	*auth.Service
	store     *store.Store
	files     Vault
	engine    client.Client
	clock     models.Clock
	wall      func() time.Time
	patience  time.Duration
	log       *slog.Logger
	queues    *queues
	feed      *feed
	offices   chan struct{} // holds one token while a look for deciders is due
	paper     Stationery
	acting    int
	domain    string
	linker    Linker
	directory string
	heard     chan struct{} // holds one token while workflows have to be told of activations
}

var _ Counter = (*Desk)(nil)

// defaultPatience bounds what a request may take until the engine's answer is given up, from its arrival: who asks, what
// stands in the database and the case's turn included. Somebody is told within two seconds (QUALITY 2); the rest is for a
// last look and the answer's own way.
const defaultPatience = 1600 * time.Millisecond

// leastPatience is what the engine gets of a request that took long to come in.
const leastPatience = 200 * time.Millisecond

// waiting bounds the wait for the engine by what is left of the request's time.
func (d *Desk) waiting(ctx context.Context) (context.Context, context.CancelFunc) {
	left := d.patience - time.Since(models.Arrival(ctx))
	return context.WithTimeout(ctx, max(left, leastPatience))
}

// lastLook is what a last look at the projection may take where no time is left: it tells somebody more than to come
// back.
const lastLook = 300 * time.Millisecond

// looking bounds a last look, by which whoever is about to be sent away, or those who wait behind, are told more. It
// goes on where the asker has left.
func (d *Desk) looking(ctx context.Context) (context.Context, context.CancelFunc) {
	left := d.patience - time.Since(models.Arrival(ctx))
	return context.WithTimeout(context.WithoutCancel(ctx), min(max(left, lastLook), time.Second))
}

// New returns a desk. Run must be going for Watch to hear anything.
func New(cfg Config) *Desk {
	if cfg.Patience == 0 {
		cfg.Patience = defaultPatience
	}
	d := &Desk{Service: cfg.Auth, store: cfg.Store, files: cfg.Files, engine: cfg.Engine, clock: cfg.Clock, wall: cfg.Now, patience: cfg.Patience,
		log: cfg.Logger, feed: newFeed(cfg.Store, cfg.Now, cfg.Logger), offices: make(chan struct{}, 1),
		acting: cfg.ActingDays, paper: cfg.Stationery, domain: cfg.Domain, linker: cfg.Linking, directory: cfg.Directory, heard: make(chan struct{}, 1)}
	d.queues = newQueues(func(ctx context.Context, of place) (models.Case, error) {
		ctx, cancel := d.looking(ctx)
		defer cancel()
		return d.store.Case(ctx, of.agency, of.caseID)
	})
	return d
}

// Run listens for changes until ctx ends, so that watchers hear of them, has cases find a new decider when theirs is gone
// and go by the calendar of their unit, and has the workflows of activations hear of them.
func (d *Desk) Run(ctx context.Context) {
	var work sync.WaitGroup
	work.Go(func() { d.keepPlans(ctx) })
	work.Go(func() { d.keepCalendars(ctx) })
	work.Go(func() { d.keepActivations(ctx) })
	d.feed.run(ctx)
	work.Wait()
}

// now is case time.
func (d *Desk) now() time.Time { return d.clock.At(d.wall()) }
