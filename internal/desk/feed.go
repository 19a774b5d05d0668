package desk

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"loket/internal/store"
	"loket/models"
)

// The feed looks once a second, with an overlap for transactions that commit late (ARCHITECTURE 3a).
const (
	feedPeriod  = time.Second
	feedOverlap = 5 * time.Second
)

// feed tells watchers in this process which cases have changed. One poll serves them all.
type feed struct {
	store    *store.Store
	wall     func() time.Time
	log      *slog.Logger
	mu       sync.Mutex
	watchers map[*watcher]bool
}

// watcher hears of one case, or of every case while caseID is empty.
type watcher struct {
	caseID string
	pings  chan models.Ping
}

func newFeed(s *store.Store, wall func() time.Time, log *slog.Logger) *feed {
	return &feed{store: s, wall: wall, log: log, watchers: map[*watcher]bool{}}
}

func (f *feed) run(ctx context.Context) {
	tick := time.NewTicker(feedPeriod)
	defer tick.Stop()
	since, told := f.wall(), map[models.Ping]time.Time{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := f.wall()
		changes, err := f.store.ChangesSince(ctx, since.Add(-feedOverlap))
		if err != nil {
			f.log.DebugContext(ctx, "looking for changes", "error", err)
			continue
		}
		for _, p := range changes {
			if _, again := told[p]; !again {
				f.tell(p)
			}
			told[p] = now
		}
		forget(told, now.Add(-2*feedOverlap))
		since = now
	}
}

func forget(told map[models.Ping]time.Time, before time.Time) {
	for p, at := range told {
		if at.Before(before) {
			delete(told, p)
		}
	}
}

// tell never waits: a browser that has not read its last ping will refetch all the same.
func (f *feed) tell(p models.Ping) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for w := range f.watchers {
		if w.caseID != "" && w.caseID != p.CaseID {
			continue
		}
		select {
		case w.pings <- p:
		default:
		}
	}
}

func (f *feed) watch(ctx context.Context, caseID string) <-chan models.Ping {
	w := &watcher{caseID: caseID, pings: make(chan models.Ping, 16)}
	f.mu.Lock()
	f.watchers[w] = true
	f.mu.Unlock()
	context.AfterFunc(ctx, func() {
		f.mu.Lock()
		delete(f.watchers, w)
		f.mu.Unlock()
	})
	return w.pings
}

// Watch tells of changes to one case the actor may see, or, with caseID empty, of every change, by id alone: the
// page refetches what it shows. It ends with ctx; the channel is never closed.
func (d *Desk) Watch(ctx context.Context, a models.Actor, caseID string) (<-chan models.Ping, error) {
	if caseID != "" {
		c, err := d.store.Case(ctx, a.Agency, caseID)
		if err != nil {
			return nil, fault(err)
		}
		if _, err := d.sees(ctx, a, c); err != nil {
			return nil, err
		}
	}
	return d.feed.watch(ctx, caseID), nil
}
