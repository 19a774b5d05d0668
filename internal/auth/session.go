package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

// Departure is a wish to be signed out. It is about the session of a browser's Token, unless that is another account's
// than Account, where one is named; and about Account's session Session, where an application names it.
type Departure struct {
	Token, Account, Session string
	Origin                  models.Origin
}

// parted is a session that a departure is about.
type parted struct {
	owner models.Actor
	id    string
}

// own is the session of the departure's token; empty where there is none, or it is somebody else's.
func (s *Service) own(ctx context.Context, d Departure) (parted, error) {
	if d.Token == "" {
		return parted{}, nil
	}
	session, err := s.cfg.Store.SessionByToken(ctx, d.Token)
	if errors.Is(err, models.ErrUnauthenticated) || err == nil && d.Account != "" && d.Account != session.AccountID {
		return parted{}, nil
	}
	return parted{models.Actor{Agency: session.AgencyID, AccountID: session.AccountID,
		Origin: models.Origin{Channel: "portal", IP: session.IP, UserAgent: session.UserAgent}}, session.ID}, err
}

// Leaving lists the sessions that a departure would end, by id: they may lie idle, since what was opened from them does not.
func (s *Service) Leaving(ctx context.Context, d Departure) ([]string, error) {
	own, err := s.own(ctx, d)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, l := range []parted{own, {models.Actor{AccountID: d.Account}, d.Session}} {
		if l.id == "" || slices.Contains(ids, l.id) {
			continue
		}
		with, err := s.cfg.Store.BesideSession(ctx, l.owner.AccountID, l.id)
		if err != nil {
			return nil, err
		}
		ids = append(ids, with...)
	}
	return ids, nil
}

// Leave ends the sessions that a departure is about, with the others of the same browser. here tells that the token's own
// was among them; nothing to end is no error.
func (s *Service) Leave(ctx context.Context, d Departure) (here bool, err error) {
	own, err := s.own(ctx, d)
	if err != nil {
		return false, err
	}
	for _, l := range []parted{own, {models.Actor{Agency: models.DefaultAgency, AccountID: d.Account, Origin: d.Origin}, d.Session}} {
		if l.id == "" {
			continue
		}
		if err := s.cfg.Store.LeaveBrowser(ctx, l.owner, l.id); err != nil && !errors.Is(err, models.ErrNotFound) {
			return false, fmt.Errorf("sign out: %w", err)
		}
	}
	return own.id != "", nil
}

// SignOut ends the session of a token, idle or not, with the account's others in the same browser. One that is over already
// is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	_, err := s.Leave(ctx, Departure{Token: token})
	return err
}

// Sessions lists where the person is signed in. The one that asks is marked, and so is what has lain idle too long: it opens
// nothing here, but the applications that were opened from it are open still.
func (s *Service) Sessions(ctx context.Context, id Identity) ([]models.SessionView, error) {
	all, err := s.cfg.Store.Sessions(ctx, id.Actor.AccountID)
	if err != nil {
		return nil, err
	}
	idle, _ := s.bounds(id.Actor)
	for i := range all {
		all[i].Current = all[i].ID == id.SessionID
		all[i].Idle = !all[i].Current && s.cfg.Now().Sub(all[i].LastSeen) >= idle
	}
	return all, nil
}

// EndSession signs one of the person's own sessions out; ErrNotFound when it is not theirs.
func (s *Service) EndSession(ctx context.Context, id Identity, sessionID string) error {
	return s.cfg.Store.EndSession(ctx, id.Actor, sessionID)
}

// EndOtherSessions signs the person out everywhere but here.
func (s *Service) EndOtherSessions(ctx context.Context, id Identity) error {
	return s.cfg.Store.EndOtherSessions(ctx, id.Actor, id.SessionID)
}
