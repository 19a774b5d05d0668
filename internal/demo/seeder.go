package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"loket/internal/desk"
	"loket/internal/i18n"
	"loket/internal/mail/mailbox"
	"loket/internal/store"
	"loket/models"
)

// Letters is where the demo's mail ends up; *mailbox.Mailbox is one.
type Letters interface {
	List(to string) []mailbox.Summary
	Get(id string) (mailbox.Letter, error)
}

// Config is what the demo is played with.
type Config struct {
	Store *store.Store
	Desk  desk.Counter
	// Past gives a desk that lives by another clock, for a case whose deadlines went by before the demo began.
	Past func(models.Clock) desk.Memos
	Hash func(ctx context.Context, password string) (string, error)
	Mail Letters
	// Words and Agency print the forms that memos have attached.
	Words  *i18n.Catalog
	Agency string
	// Clock is the clock of the data folder; its epoch is the first start.
	Clock models.Clock
	Now   func() time.Time // wall time
	Log   *slog.Logger
}

// Seeder plays the demo's beginning. It may be stopped at any point and run again: it goes on where it was, and leaves
// alone what people have taken further meanwhile.
type Seeder struct {
	Config
	crowd   crowd
	idle    []person
	signIns []SignIn
	ready   Applicant

	mu       sync.Mutex
	progress Progress
	follow   []SignIn
}

// Progress tells how far the demo is. Settled says that the ministry and its sign-ins are there; Over that nothing
// more comes. Failed names the scenes that could not be played.
type Progress struct {
	Done, Total   int
	Settled, Over bool
	Failed        []string
}

// New reads the ministry.
func New(c Config) (*Seeder, error) {
	s := &Seeder{Config: c}
	var err error
	if s.crowd, err = newCrowd(); err != nil {
		return nil, err
	}
	if s.idle, err = s.crowd.idle(); err != nil {
		return nil, err
	}
	if s.signIns, err = s.crowd.signIns(); err != nil {
		return nil, err
	}
	if s.ready, err = s.applicant(); err != nil {
		return nil, err
	}
	s.progress.Total = 1 + len(plot())
	return s, nil
}

// Progress tells how far the demo is.
func (s *Seeder) Progress() Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.progress
	p.Failed = slices.Clone(p.Failed)
	return p
}

// SignIns lists the ready-made sign-ins, and those of employees whose accounts came out of a memo already.
func (s *Seeder) SignIns() []SignIn {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.signIns)
	for _, t := range traders() {
		all = append(all, t.signIn())
	}
	return append(all, s.follow...)
}

func (s *Seeder) step(change func(*Progress)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress.Done++
	change(&s.progress)
}

// Run fills the ministry, then plays scene after scene. A scene that cannot be played is logged and left out; only a
// ministry that cannot be filled is an error.
func (s *Seeder) Run(ctx context.Context) error {
	if err := s.settle(ctx, s.Clock.Epoch); err != nil {
		return fmt.Errorf("fill the demo: %w", err)
	}
	s.step(func(p *Progress) { p.Settled = true })
	if err := s.request(ctx); err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "the demo's request for an application could not be made", "error", err)
	}
	for _, sc := range plot() {
		err := s.play(ctx, sc)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			s.Log.WarnContext(ctx, "a scene of the demo could not be played", "scene", sc.key, "error", err)
		}
		s.step(func(p *Progress) {
			if err != nil {
				p.Failed = append(p.Failed, sc.key)
			}
		})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress.Over = true
	return nil
}

// passing tells whether trying again soon may help.
func passing(err error) bool {
	return errors.Is(err, models.ErrUnavailable) || errors.Is(err, models.ErrLinkSpent) || errors.Is(err, context.DeadlineExceeded)
}
