package oidc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/ory/fosite/token/jwt"

	"loket/internal/store"
)

// toldAtOnce bounds how many applications are told at the same time.
const toldAtOnce = 8

// telling is what applications are being told now: several at once, each one thing after the other, so that one that hangs
// keeps nobody waiting but itself.
type telling struct {
	mu   sync.Mutex
	busy map[string]bool
	work sync.WaitGroup
}

// occupied lists the applications that are being told.
func (t *telling) occupied() map[string]bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	busy := map[string]bool{}
	for name := range t.busy {
		busy[name] = true
	}
	return busy
}

// begin has an application be told, unless too many are; again asks for another round after it.
func (t *telling) begin(name string, tell func() bool, again func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.busy) >= toldAtOnce {
		return
	}
	t.busy[name] = true
	t.work.Go(func() {
		more := tell()
		t.done(name)
		if more {
			again()
		}
	})
}

func (t *telling) done(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.busy, name)
}

// Run ends what sessions opened when they end, and tells applications, until ctx does. Any number of processes may.
func (p *Provider) Run(ctx context.Context) {
	now := &telling{busy: map[string]bool{}}
	defer now.work.Wait()
	tick, access, sweep := time.NewTicker(2*time.Second), time.NewTicker(30*time.Second), time.NewTicker(time.Hour)
	defer tick.Stop()
	defer access.Stop()
	defer sweep.Stop()
	for {
		err := p.farewell(ctx, now)
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		case <-tick.C:
		case <-access.C:
			_, closed := p.cfg.Store.EndClosedAccess(ctx)
			err = errors.Join(err, closed)
		case <-sweep.C:
			err = errors.Join(err, p.cfg.Store.SweepOpenID(ctx))
		}
		if err != nil && ctx.Err() == nil {
			p.cfg.Log.WarnContext(ctx, "ending what sessions opened", slog.Any("error", err))
		}
	}
}

// farewell ends what is to end, and begins to tell every application that is not being told already. Which are is asked
// first: what they have been told meanwhile is not in the list then.
func (p *Provider) farewell(ctx context.Context, now *telling) error {
	if _, err := p.cfg.Store.EndGoneSessions(ctx); err != nil {
		return err
	}
	busy := now.occupied()
	list, err := p.cfg.Store.Farewells(ctx)
	if err != nil {
		return err
	}
	var names []string
	each := map[string][]store.OpenIDFarewell{}
	for _, f := range list {
		name := f.AgencyID + " " + f.Application
		if each[name] == nil && !busy[name] {
			names = append(names, name)
		}
		each[name] = append(each[name], f)
	}
	for _, name := range names { // whoever waits longest first
		now.begin(name, func() bool { return p.tellAll(ctx, each[name]) }, p.Wake)
	}
	return nil
}

// tellAll tells one application what it has to hear, until it is away. It answers whether there may be more to tell.
func (p *Provider) tellAll(ctx context.Context, list []store.OpenIDFarewell) bool {
	for _, f := range list {
		came, why := p.tell(ctx, f)
		if ctx.Err() != nil {
			return false
		}
		if came != store.Heard {
			p.cfg.Log.WarnContext(ctx, "an application did not hear that a session has ended", slog.String("application", f.Application), slog.Any("error", why))
		}
		if err := p.cfg.Store.Told(ctx, f, came); err != nil {
			p.cfg.Log.WarnContext(ctx, "noting who was told", slog.String("application", f.Application), slog.Any("error", err))
			return false
		}
		if came == store.Away {
			return false
		}
	}
	return true
}

// tell posts a logout token (OpenID Connect Back-Channel Logout 1.0). The error says why it was not heard.
func (p *Provider) tell(ctx context.Context, f store.OpenIDFarewell) (store.Hearing, error) {
	now := p.cfg.Now()
	claims := jwt.MapClaims{"iss": p.cfg.Issuer, "aud": f.Application, "sub": f.AccountID, "sid": f.SessionID, "iat": now.Unix(),
		"exp": now.Add(2 * time.Minute).Unix(), "jti": uuid.NewString(), "events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}
	sign := &signer{keys: p.keys}
	token, _, err := sign.Generate(ctx, claims, &jwt.Headers{Extra: map[string]any{"typ": "logout+jwt"}})
	if err != nil {
		return store.Away, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.BackChannel, strings.NewReader(url.Values{"logout_token": {token}}.Encode()))
	if err != nil {
		return store.Away, fmt.Errorf("address an application: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := p.cfg.Client.Do(r)
	if err != nil {
		return store.Away, fmt.Errorf("tell an application: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	switch {
	case answer.StatusCode == http.StatusOK || answer.StatusCode == http.StatusNoContent:
		return store.Heard, nil
	case answer.StatusCode >= http.StatusInternalServerError:
		return store.Away, fmt.Errorf("tell an application: it answered %d", answer.StatusCode)
	}
	return store.Refused, fmt.Errorf("tell an application: it answered %d", answer.StatusCode)
}
