package desk

import (
	"context"
	"log/slog"
	"slices"
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

// watcher hears of one case, or, with caseID empty, of those that concern a person.
type watcher struct {
	caseID string
	who    models.Actor
	pings  chan models.Ping
}

// hears tells whether a change is for this watcher.
func (w *watcher) hears(p models.Ping, c store.Concern) bool {
	if w.caseID != "" {
		return w.caseID == p.CaseID
	}
	return slices.Contains(c.Accounts, w.who.AccountID) || slices.ContainsFunc(c.Rules, func(r models.Candidate) bool {
		_, asked := r.Admits(w.who)
		return asked
	})
}

func newFeed(s *store.Store, wall func() time.Time, log *slog.Logger) *feed {
	return &feed{store: s, wall: wall, log: log, watchers: map[*watcher]bool{}}
}

func (f *feed) run(ctx context.Context) {
	tick := time.NewTicker(feedPeriod)
	defer tick.Stop()
	l := listener{feed: f, told: map[seen]time.Time{}}
	for {
		l.hear(ctx, l.look(ctx)) // at once: what changes in the first second is news too
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// hear tells whoever runs the process that pages hear of nothing, and when they do again: once each, not each second.
func (l *listener) hear(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
		return
	case err != nil && !l.deaf:
		l.log.WarnContext(ctx, "open pages hear of no changes", "error", err)
	case err == nil && l.deaf:
		l.log.InfoContext(ctx, "open pages hear of changes again")
	}
	l.deaf = err != nil
}

// listener remembers how far the feed has heard, by the database's own clock.
type listener struct {
	*feed
	since time.Time
	began bool
	deaf  bool // the last look failed
	told  map[seen]time.Time
}

// look tells of what is new. The first look only finds where to begin.
func (l *listener) look(ctx context.Context) error {
	from := l.since
	if !from.IsZero() {
		from = from.Add(-feedOverlap)
	}
	changes, err := l.store.ChangesSince(ctx, from)
	if err != nil {
		return err
	}
	var fresh []models.Ping
	for _, c := range changes {
		at := seen{c.CaseID, c.Version, c.Touched.UnixMicro()}
		if _, again := l.told[at]; l.began && !again {
			fresh = append(fresh, models.Ping{CaseID: c.CaseID, Seq: c.Seq})
		}
		l.told[at] = c.Touched
		if c.Touched.After(l.since) {
			l.since = c.Touched
		}
	}
	forget(l.told, l.since.Add(-2*feedOverlap))
	if l.began = true; l.since.IsZero() { // there is no case yet: the first will be news
		l.since = time.Unix(0, 0)
	}
	return l.spread(ctx, fresh)
}

// spread tells of changes. Whom they concern is asked once for all, and only while somebody listens.
func (l *listener) spread(ctx context.Context, fresh []models.Ping) error {
	if len(fresh) == 0 || !l.listened() {
		return nil
	}
	ids := make([]string, len(fresh))
	for i, p := range fresh {
		ids[i] = p.CaseID
	}
	concerns, err := l.store.Concerns(ctx, ids)
	for _, p := range fresh {
		l.tell(p, concerns[p.CaseID])
	}
	return err
}

func (f *feed) listened() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.watchers) > 0
}

// seen is one change of a case that watchers have heard of. What is said about a case leaves its version alone and
// touches it all the same.
type seen struct {
	caseID  string
	version int
	touched int64
}

func forget(told map[seen]time.Time, before time.Time) {
	for p, at := range told {
		if at.Before(before) {
			delete(told, p)
		}
	}
}

// tell never waits: a browser that has not read its last ping will refetch all the same.
func (f *feed) tell(p models.Ping, c store.Concern) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for w := range f.watchers {
		if !w.hears(p, c) {
			continue
		}
		select {
		case w.pings <- p:
		default:
		}
	}
}

func (f *feed) watch(ctx context.Context, who models.Actor, caseID string) <-chan models.Ping {
	w := &watcher{caseID: caseID, who: who, pings: make(chan models.Ping, 16)}
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

// Watch tells of changes to one case the actor may see, or, with caseID empty, of those that concern them: what they
// are asked, what is theirs, what they are told. It tells ids alone: the page refetches what it shows. It ends with ctx;
// the channel is never closed.
func (d *Desk) Watch(ctx context.Context, a models.Actor, caseID string) (<-chan models.Ping, error) {
	if caseID != "" {
		c, err := d.store.Case(ctx, a.Agency, caseID)
		if err != nil {
			return nil, err
		}
		if _, err := d.sees(ctx, a, c); err != nil {
			return nil, err
		}
	}
	return d.feed.watch(ctx, a, caseID), nil
}
