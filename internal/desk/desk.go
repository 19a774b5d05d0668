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
	// Stationery is needed by letters, exports and dashboards alone.
	Stationery Stationery
}

// Desk is the application that both counters stand on. What concerns the person alone (signing in, sessions, tokens,
// the password) is the embedded service's. It is safe for concurrent use.
type Desk struct {
	*auth.Service
	store    *store.Store
	files    Vault
	engine   client.Client
	clock    models.Clock
	wall     func() time.Time
	patience time.Duration
	log      *slog.Logger
	queues   *queues
	feed     *feed
	offices  chan struct{} // holds one token while a look for deciders is due
	paper    Stationery
	acting   int
	domain   string
	heard    chan struct{} // holds one token while workflows have to be told of activations
}

var _ Counter = (*Desk)(nil)

// defaultPatience bounds the wait for the case's turn and the engine's answer together: somebody is told within two
// seconds (QUALITY 2), the answer's own way included.
const defaultPatience = 1900 * time.Millisecond

// New returns a desk. Run must be going for Watch to hear anything.
func New(cfg Config) *Desk {
	if cfg.Patience == 0 {
		cfg.Patience = defaultPatience
	}
	return &Desk{Service: cfg.Auth, store: cfg.Store, files: cfg.Files, engine: cfg.Engine, clock: cfg.Clock, wall: cfg.Now, patience: cfg.Patience,
		log: cfg.Logger, queues: newQueues(func(ctx context.Context, caseID string) (models.Case, error) {
			return cfg.Store.Case(ctx, models.DefaultAgency, caseID)
		}), feed: newFeed(cfg.Store, cfg.Now, cfg.Logger), offices: make(chan struct{}, 1),
		acting: cfg.ActingDays, paper: cfg.Stationery, domain: cfg.Domain, heard: make(chan struct{}, 1)}
}

// Run listens for changes until ctx ends, so that watchers hear of them, has cases find a new decider when theirs is gone,
// and has the workflows of activations hear of them.
func (d *Desk) Run(ctx context.Context) {
	var work sync.WaitGroup
	work.Go(func() { d.keepPlans(ctx) })
	work.Go(func() { d.keepActivations(ctx) })
	d.feed.run(ctx)
	work.Wait()
}

// now is case time.
func (d *Desk) now() time.Time { return d.clock.At(d.wall()) }
