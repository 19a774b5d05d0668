package oidc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/ory/fosite/token/jwt"

	"loket/internal/store"
	"loket/models"
)

// Farewell is somebody's wish to be signed out, brought by an application. To is where they go afterwards, with the
// application's state; empty where it names nowhere. Account and Session are those of the token that came along; without
// one, the wish is about whoever is signed in.
type Farewell struct {
	Application      string // its name, empty where none is named
	To               string
	Account, Session string
	Form             url.Values
}

// Origin is where the answer goes, as a page's policy for forms names it.
func (f *Farewell) Origin() string { return origin(f.To) }

// Farewell reads a request for the end of a session. models.ErrAskUnknown when a token is not ours, or the way back is
// not registered with the application that asks.
func (p *Provider) Farewell(ctx context.Context, form url.Values) (*Farewell, error) {
	f := &Farewell{Form: form}
	id := form.Get("client_id")
	if token := form.Get("id_token_hint"); token != "" {
		hint, err := p.readHint(ctx, token)
		if err != nil {
			return nil, errors.Join(serious(err), models.ErrAskUnknown)
		}
		if id == "" && len(hint.audience) == 1 {
			id = hint.audience[0]
		}
		if !slices.Contains(hint.audience, id) {
			return nil, models.ErrAskUnknown
		}
		f.Account, f.Session = hint.subject, hint.session
	}
	to := form.Get("post_logout_redirect_uri")
	if id == "" {
		if to != "" {
			return nil, models.ErrAskUnknown
		}
		return f, nil
	}
	app, err := p.cfg.Store.Application(ctx, p.cfg.Agency, id)
	if errors.Is(err, models.ErrNotFound) || err == nil && to != "" && !slices.Contains(app.PostLogout, to) {
		return nil, models.ErrAskUnknown
	}
	if err != nil {
		return nil, err
	}
	f.Application, f.To = app.Name, to
	if state := form.Get("state"); state != "" && to != "" {
		if u, err := url.Parse(to); err == nil {
			q := u.Query()
			q.Set("state", state)
			u.RawQuery = q.Encode()
			f.To = u.String()
		}
	}
	return f, nil
}

// Open lists the names of the applications that sessions have open.
func (p *Provider) Open(ctx context.Context, sessions []string) ([]string, error) {
	return p.cfg.Store.OpenedIn(ctx, sessions)
}

// Wake has applications told at once that a session has ended; they would be within two seconds anyway.
func (p *Provider) Wake() {
	select {
	case p.wake <- struct{}{}:
	default: // it is awake
	}
}

// Run ends what sessions opened when they end, and tells applications, until ctx does. Any number of processes may.
func (p *Provider) Run(ctx context.Context) {
	tick, sweep := time.NewTicker(2*time.Second), time.NewTicker(time.Hour)
	defer tick.Stop()
	defer sweep.Stop()
	for {
		err := p.farewell(ctx)
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		case <-tick.C:
		case <-sweep.C:
			err = errors.Join(err, p.cfg.Store.SweepOpenID(ctx))
		}
		if err != nil && ctx.Err() == nil {
			p.cfg.Log.WarnContext(ctx, "ending what sessions opened", slog.Any("error", err))
		}
	}
}

func (p *Provider) farewell(ctx context.Context) error {
	if _, err := p.cfg.Store.EndGoneSessions(ctx); err != nil {
		return err
	}
	list, err := p.cfg.Store.Farewells(ctx)
	for _, f := range list {
		failed := p.tell(ctx, f)
		if failed != nil {
			p.cfg.Log.WarnContext(ctx, "an application did not hear that a session has ended", slog.String("application", f.Application), slog.Any("error", failed))
		}
		err = errors.Join(err, p.cfg.Store.Told(ctx, f, failed == nil))
	}
	return err
}

// tell posts a logout token (OpenID Connect Back-Channel Logout 1.0).
func (p *Provider) tell(ctx context.Context, f store.OpenIDFarewell) error {
	now := p.cfg.Now()
	claims := jwt.MapClaims{"iss": p.cfg.Issuer, "aud": f.Application, "sub": f.AccountID, "sid": f.SessionID, "iat": now.Unix(),
		"exp": now.Add(2 * time.Minute).Unix(), "jti": uuid.NewString(), "events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}
	sign := &signer{keys: p.keys}
	token, _, err := sign.Generate(ctx, claims, &jwt.Headers{Extra: map[string]any{"typ": "logout+jwt"}})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.BackChannel, strings.NewReader(url.Values{"logout_token": {token}}.Encode()))
	if err != nil {
		return fmt.Errorf("address an application: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := p.cfg.Client.Do(r)
	if err != nil {
		return fmt.Errorf("tell an application: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNoContent {
		return fmt.Errorf("tell an application: it answered %d", answer.StatusCode)
	}
	return nil
}
