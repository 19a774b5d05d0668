package oidc

import (
	"context"
	"errors"
	"net/url"
	"slices"

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
func (f *Farewell) Origin() string { return OriginOf(f.To) }

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
