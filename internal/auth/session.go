package auth

import (
	"context"
	"errors"
	"fmt"

	"loket/models"
)

type quietKey struct{}

// Quiet marks requests that a page makes by itself, such as event streams and polling: they do not keep a session
// from lying idle.
func Quiet(ctx context.Context) context.Context { return context.WithValue(ctx, quietKey{}, true) }

func quiet(ctx context.Context) bool { q, ok := ctx.Value(quietKey{}).(bool); return ok && q }

// Session resolves the portal's cookie to who it is now: roles and status are read at each request, so that a revoked
// role counts at once. ErrUnauthenticated when the session is unknown, idle for too long, or over.
func (s *Service) Session(ctx context.Context, token string, o models.Origin) (Identity, error) {
	if token == "" {
		return Identity{}, models.ErrUnauthenticated
	}
	session, err := s.cfg.Store.SessionByToken(ctx, token)
	if err != nil {
		return Identity{}, err
	}
	who, err := s.identify(ctx, session.AccountID, o)
	if err != nil {
		return Identity{}, err
	}
	idle, most := s.bounds(who.Actor)
	if s.factors() && session.HasFactor && !session.Factor {
		return Identity{}, models.ErrUnauthenticated // opened by a password alone, while a second factor was being added
	}
	now, over := s.cfg.Now(), session.Expires
	if end := session.Created.Add(most); end.Before(over) {
		over = end // an admin by now, who was none when signing in
	}
	if !now.Before(over) || now.Sub(session.LastSeen) >= idle {
		return Identity{}, models.ErrUnauthenticated
	}
	if !quiet(ctx) {
		if err := s.cfg.Store.TouchSession(ctx, session); err != nil {
			return Identity{}, err
		}
	}
	who.SessionID, who.DeviceID, who.Expires, who.FreshUntil = session.ID, session.DeviceID, over, s.fresh(session.Proved)
	s.byFactor(&who, session.Factor, session.HasFactor)
	return who, nil
}

// SignOut ends the session of a token. One that is over already is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	session, err := s.cfg.Store.SessionByToken(ctx, token)
	if errors.Is(err, models.ErrUnauthenticated) {
		return nil
	}
	if err != nil {
		return err
	}
	owner := models.Actor{Agency: session.AgencyID, AccountID: session.AccountID,
		Origin: models.Origin{Channel: "portal", IP: session.IP, UserAgent: session.UserAgent}}
	if err := s.cfg.Store.EndSession(ctx, owner, session.ID); err != nil && !errors.Is(err, models.ErrNotFound) {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// Sessions lists where the person is signed in, without what has lain idle too long; the one that asks is marked.
func (s *Service) Sessions(ctx context.Context, id Identity) ([]models.SessionView, error) {
	all, err := s.cfg.Store.Sessions(ctx, id.Actor.AccountID)
	if err != nil {
		return nil, err
	}
	idle, _ := s.bounds(id.Actor)
	live := []models.SessionView{}
	for _, v := range all {
		if s.cfg.Now().Sub(v.LastSeen) < idle {
			v.Current = v.ID == id.SessionID
			live = append(live, v)
		}
	}
	return live, nil
}

// EndSession signs one of the person's own sessions out; ErrNotFound when it is not theirs.
func (s *Service) EndSession(ctx context.Context, id Identity, sessionID string) error {
	return s.cfg.Store.EndSession(ctx, id.Actor, sessionID)
}

// EndOtherSessions signs the person out everywhere but here.
func (s *Service) EndOtherSessions(ctx context.Context, id Identity) error {
	return s.cfg.Store.EndOtherSessions(ctx, id.Actor, id.SessionID)
}
