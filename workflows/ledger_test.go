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
	draft     models.MemoDraft   // as it is written now
	revisions []models.MemoDraft // as it was sent, by round
	accounts  map[int]int        // row number to how often it was made
	links     map[int]*link      // of those rows
	refuse    error              // what provisioning answers
	refused   map[int]bool       // for which rows; nil means all
	leftOut   bool               // the refused rows are rejected
	failNext  int                // how many Records fail before one works
	forgetful int                // how many Records commit and then report failure
}

// link is one row's link: until when it lives, and what became of it.
type link struct {
	expires              time.Time
	reminded, used, over bool
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
	l.moveLinks(ch)
	if l.forgetful > 0 {
		l.forgetful--
		return models.Recorded{}, errAway
	}
	return rec, nil
}

// Case says, as the database does, who may send what is being written.
func (l *ledger) Case(context.Context, string, string) (models.Case, error) {
	c := l.c
	if c.Written() {
		c.Candidates = models.DraftCandidates(models.MemoFlexiwork, "KEM.1.1")
	}
	return c, nil
}

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
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calendar, nil
}

func (l *ledger) ProvisionRows(_ context.Context, _ string, from, to int, at time.Time) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n := from; n <= to; n++ {
		if l.refuse != nil && !l.leftOut && (l.refused == nil || l.refused[n]) {
			return 0, l.refuse
		}
	}
	for n := from; n <= to; n++ {
		if rejected := l.leftOut && (l.refused == nil || l.refused[n]); l.links[n] == nil && !rejected {
			l.accounts[n]++
			l.links[n] = &link{expires: at.Add(models.CredentialLife)}
		}
	}
	return to - from + 1, nil
}

// moveLinks is what a change does to links.
func (l *ledger) moveLinks(ch models.Change) {
	l.leftOut = l.leftOut || ch.Type == models.EventSkipped
	for _, no := range ch.Reissue {
		*l.links[no] = link{expires: ch.At.Add(models.CredentialLife)}
	}
	for _, k := range l.links {
		due := !k.used && !k.over && !k.expires.Add(models.CredentialNote-models.CredentialLife).After(ch.At)
		k.reminded = k.reminded || ch.Type == models.EventCredential && due
		k.over = k.over || ch.Type == models.EventLapsed && !k.used && !k.expires.After(ch.At)
	}
}

func (l *ledger) OpenCredentials(ctx context.Context, id string) (int, error) {
	links, err := l.Links(ctx, id, time.Time{})
	return links.Open, err
}

func (l *ledger) Links(context.Context, string, time.Time) (models.OpenLinks, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	o := models.OpenLinks{Made: len(l.links)}
	earliest := func(a *time.Time, b time.Time) *time.Time {
		if a == nil || b.Before(*a) {
			return &b
		}
		return a
	}
	for _, k := range l.links {
		switch {
		case k.used:
		case k.over:
			o.Lapsed++
			o.Last = &k.expires
		default:
			o.Open++
			o.Lapse = earliest(o.Lapse, k.expires)
			if !k.reminded {
				o.Remind = earliest(o.Remind, k.expires.Add(models.CredentialNote-models.CredentialLife))
			}
		}
	}
	return o, nil
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
