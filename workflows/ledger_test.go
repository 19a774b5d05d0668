package workflows_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"loket/models"
)

// ledger is the projection's contract in memory: what Record promises, and nothing of SQL. The real one runs the same
// promises in its conformance suite.
type ledger struct {
	mu        sync.Mutex
	c         models.Case
	facts     models.ApprovalFacts
	calendar  models.Calendar
	events    []models.Recorded
	open      int
	draft     models.MemoDraft   // as it is written now
	revisions []models.MemoDraft // as it was sent, by round
	accounts  map[int]int        // row number to how often it was made
	refuse    error              // what provisioning answers
	failNext  int                // how many Records fail before one works
	forgetful int                // how many Records commit and then report failure
}

var errAway = errors.New("the database is away")

func (l *ledger) Record(_ context.Context, ch models.Change) (models.Recorded, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failNext > 0 {
		l.failNext--
		return models.Recorded{}, errAway
	}
	for _, e := range l.events {
		if e.EventID == ch.EventID || e.Seq == ch.Seq {
			e.ByOther = e.EventID != ch.EventID
			return e, nil
		}
	}
	rec := models.Recorded{Change: ch}
	l.events = append(l.events, rec)
	if ch.Type == models.EventSent || ch.Type == models.EventResent {
		l.revisions = append(l.revisions, l.draft)
	}
	l.c = ch.After
	if l.forgetful > 0 {
		l.forgetful--
		return models.Recorded{}, errAway
	}
	return rec, nil
}

func (l *ledger) Case(context.Context, string, string) (models.Case, error) { return l.c, nil }

func (l *ledger) ApprovalFacts(context.Context, string) (models.ApprovalFacts, error) {
	return l.facts, nil
}

func (l *ledger) DraftOf(context.Context, string) (models.MemoDraft, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.draft, nil
}

func (l *ledger) Revision(_ context.Context, _ string, round int) (models.MemoDraft, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.revisions[round-1], nil
}

func (l *ledger) UnitCalendar(context.Context, string, string) (models.Calendar, error) {
	return l.calendar, nil
}

func (l *ledger) ProvisionRows(_ context.Context, _ string, from, to int, _ time.Time) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refuse != nil {
		return 0, l.refuse
	}
	for n := from; n <= to; n++ {
		l.accounts[n]++
	}
	l.open = len(l.accounts)
	return to - from + 1, nil
}

func (l *ledger) OpenCredentials(context.Context, string) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open, nil
}

// types lists what happened, in order.
func (l *ledger) types() []models.EventType {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ts []models.EventType
	for _, e := range l.events {
		ts = append(ts, e.Type)
	}
	return ts
}

func (l *ledger) at(t models.EventType) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.events {
		if e.Type == t {
			return e.At
		}
	}
	return time.Time{}
}
