package auth

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"loket/internal/store"
	"loket/models"
)

// SignIn is what the sign-in form sends.
type SignIn struct {
	Username, Password string
	Origin             models.Origin
}

const actionSignIn = "sign_in"

// SignIn opens a session. It answers ErrWrongCredentials alike for unknown, locked, pending, disabled and wrong, after
// the same work: one look-up, one hash, one entry in the audit trail. ErrTooMany comes by the name that was typed,
// whether somebody has it or not.
func (s *Service) SignIn(ctx context.Context, in SignIn) (Signed, error) {
	username := strings.ToLower(strings.TrimSpace(in.Username))
	if s.cfg.SignIns != nil {
		if err := s.cfg.SignIns.Allow(username); err != nil {
			return Signed{}, err
		}
	}
	acc, err := s.cfg.Store.AccountByUsername(ctx, models.DefaultAgency, username)
	if err != nil && !errors.Is(err, models.ErrNotFound) {
		return Signed{}, err
	}
	match, weak, err := s.cfg.Passwords.Check(ctx, in.Password, s.opens(acc))
	if err != nil {
		return Signed{}, err
	}
	if !match {
		return Signed{}, s.wrong(ctx, acc, username, in.Origin)
	}
	return s.admit(ctx, acc, weak, in)
}

// opens gives the hash that would let somebody in now, empty for nobody.
func (s *Service) opens(acc store.Account) string {
	if acc.Status != store.AccountActive || s.locked(acc) {
		return ""
	}
	return acc.PasswordHash
}

func (s *Service) locked(acc store.Account) bool {
	return acc.LockedUntil != nil && s.cfg.Now().Before(*acc.LockedUntil)
}

// wrong writes a failure down. Only a failure against a password that could have opened the account counts towards
// its lock: a lock must not be lengthened by trying at it.
func (s *Service) wrong(ctx context.Context, acc store.Account, typed string, o models.Origin) error {
	switch {
	case acc.ID == "":
		return s.refuse(ctx, models.AuditEntry{Stream: "system", Actor: "system", Action: actionSignIn, Object: "username:" + shown(typed), Origin: o},
			models.ErrWrongCredentials)
	case s.opens(acc) == "":
		return s.refuse(ctx, entryOf(acc, actionSignIn, o), models.ErrWrongCredentials)
	}
	if _, err := s.cfg.Store.LoginFailed(context.WithoutCancel(ctx), acc.ID, o); err != nil {
		return err
	}
	return models.ErrWrongCredentials
}

// shown is a typed name as the trail may keep it: what does not look like one may be a password in the wrong field.
func shown(typed string) string {
	if !regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z0-9]+)*$`).MatchString(typed) || len(typed) > 64 || !strings.Contains(typed, ".") {
		return "unreadable"
	}
	return typed
}

// admit opens the session, once the account has been looked at again: of many guesses at once, one that is right must
// not come in after the others have locked the account.
func (s *Service) admit(ctx context.Context, acc store.Account, weak bool, in SignIn) (Signed, error) {
	now, err := s.cfg.Store.AccountByID(ctx, acc.ID)
	if err != nil {
		return Signed{}, err
	}
	if s.opens(now) != acc.PasswordHash {
		return Signed{}, s.refuse(ctx, entryOf(acc, actionSignIn, in.Origin), models.ErrWrongCredentials)
	}
	if err := s.cfg.Store.LoginSucceeded(ctx, acc.ID); err != nil {
		return Signed{}, err
	}
	if weak {
		if err := s.rehash(ctx, acc, in.Password); err != nil {
			return Signed{}, err
		}
	}
	who, err := s.identify(ctx, acc.ID, in.Origin)
	if err != nil {
		return Signed{}, err
	}
	_, most := s.bounds(who.Actor)
	token, session, err := s.cfg.Store.CreateSession(ctx, who.Actor, s.cfg.Now().Add(most))
	who.SessionID, who.Expires = session.ID, session.Expires
	return Signed{Token: token, Identity: who}, err
}

func (s *Service) rehash(ctx context.Context, acc store.Account, password string) error {
	hash, err := s.cfg.Passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.cfg.Store.Rehash(ctx, acc.ID, acc.PasswordHash, hash)
}

// Bounds of an admin's session, QUALITY 3: whoever can appoint others is worth more to a thief.
const (
	adminIdle = 15 * time.Minute
	adminMax  = 8 * time.Hour
)

// bounds gives how long the actor's session may lie idle and how long it lasts at most.
func (s *Service) bounds(a models.Actor) (idle, most time.Duration) {
	if a.Has(models.RoleAdmin) {
		return min(s.cfg.Idle, adminIdle), min(s.cfg.Max, adminMax)
	}
	return s.cfg.Idle, s.cfg.Max
}
