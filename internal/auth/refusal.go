package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"loket/internal/audit"
	"loket/internal/store"
	"loket/models"
)

const (
	actionBearer = "bearer"
	// refusalEvery is how often one address gets an entry, and refusalMost how many entries there are meanwhile from all
	// addresses together: a flood must not fill the trail, from one place or from many.
	refusalEvery = time.Minute
	refusalMost  = 60
	// refusalMemory is how long an address is remembered for a count that no entry has told yet.
	refusalMemory = time.Hour
)

// refusals decides which refused tokens get an entry of their own, and counts the others for the next entry. It counts
// in this process alone; what is left when the process ends is lost. At most refusalMost addresses a minute come in, so
// its memory is bounded.
type refusals struct {
	mu      sync.Mutex
	began   time.Time // of the minute in which told counts entries
	told    int
	heard   map[string]*refused
	unheard int // refusals of addresses that are not remembered
}

type refused struct {
	told   time.Time
	untold int
}

// count counts one refusal and tells whether it gets an entry: then untold and elsewhere are how many before it, from
// this address and from forgotten ones, got none.
func (r *refusals) count(now time.Time, address string) (untold, elsewhere int, tell bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.began) >= refusalEvery {
		r.began, r.told = now, 0
		r.forget(now)
	}
	from, known := r.heard[address]
	switch {
	case known && (now.Sub(from.told) < refusalEvery || r.told >= refusalMost):
		from.untold++
		return 0, 0, false
	case r.told >= refusalMost:
		r.unheard++
		return 0, 0, false
	case !known:
		from = &refused{}
		r.heard[address] = from
	}
	untold, elsewhere = from.untold, r.unheard
	*from, r.unheard = refused{told: now}, 0
	r.told++
	return untold, elsewhere, true
}

func (r *refusals) forget(now time.Time) {
	for address, from := range r.heard {
		quiet := now.Sub(from.told)
		if quiet >= refusalMemory || quiet >= refusalEvery && from.untold == 0 {
			r.unheard += from.untold
			delete(r.heard, address)
		}
	}
}

// refuseBearer answers ErrUnauthenticated for a token that opens nothing, and writes it down as often as refusals
// allow. token is named in the entry where it was one once: whoever still sends it ought to be told, or has stolen it.
func (s *Service) refuseBearer(ctx context.Context, token store.PersonalToken, o models.Origin) error {
	untold, elsewhere, tell := s.refused.count(s.cfg.Now(), models.Network(o.IP))
	if !tell {
		return models.ErrUnauthenticated
	}
	entry := models.AuditEntry{Stream: "system", Actor: "system", Action: actionBearer, Object: "token:unknown", Origin: o}
	if token.ID != "" {
		entry.Object = "token:" + token.ID
	}
	counts := map[string]any{}
	if untold > 0 {
		counts["more_since_last_entry"] = untold
	}
	if elsewhere > 0 {
		counts["more_elsewhere"] = elsewhere
	}
	var err error
	if entry.After, err = audit.State(counts); err != nil {
		return fmt.Errorf("audit a refused token: %w", err)
	}
	return s.refuse(ctx, entry, models.ErrUnauthenticated)
}

// unlessRefused writes ErrUnauthenticated down and passes every other error on.
func (s *Service) unlessRefused(ctx context.Context, err error, token store.PersonalToken, o models.Origin) error {
	if errors.Is(err, models.ErrUnauthenticated) {
		return s.refuseBearer(ctx, token, o)
	}
	return err
}
