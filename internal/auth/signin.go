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

// SignIn is what the sign-in form sends. A Browser is remembered: it gets a device token, and sends its last one at the
// next sign-in. What is no browser is known by nothing, and sends the Code of a second factor along.
type SignIn struct {
	Username, Password string
	Code               string
	Browser            bool
	LastDevice         string
	Origin             models.Origin

	byCode bool // a code was given
}

const actionSignIn = "sign_in"

// door is what somebody stands before: an account, the browser if it is known for that account, and the hash of the
// account's temporary password if it has one.
type door struct {
	acc       store.Account
	device    store.Device
	temporary string
}

// SignIn opens a session; a temporary password opens nothing but the form for an own one. It answers
// ErrWrongCredentials alike for unknown, locked, pending, disabled, expired and wrong, after the same work: the same
// look-ups, one hash, one entry in the audit trail. ErrTooMany comes by the name that was typed, whether somebody has
// it or not. Strangers who spend the name's tries or lock the account do so for each other: a browser in which its
// owner signed in before has tries and a lock of its own (QUALITY 3). Where the account has a second factor, the right
// password opens nothing yet: a browser gets a Challenge, and ErrCodeNeeded answers everybody else who sent no code.
func (s *Service) SignIn(ctx context.Context, in SignIn) (Signed, error) {
	username := strings.ToLower(strings.TrimSpace(in.Username))
	at, err := s.door(ctx, username, in)
	if err != nil {
		return Signed{}, err
	}
	if err := s.allow(username, at.device); err != nil {
		return Signed{}, err
	}
	match, weak, err := s.cfg.Passwords.Check(ctx, in.Password, s.opens(at))
	if err != nil {
		return Signed{}, err
	}
	if !match {
		return Signed{}, s.wrong(ctx, at, username, in.Origin)
	}
	return s.admit(ctx, at, weak, in)
}

// door finds account and device. A browser that sends a token is looked up for an unknown name too, which has none.
func (s *Service) door(ctx context.Context, username string, in SignIn) (at door, err error) {
	at.acc, err = s.cfg.Store.AccountByUsername(ctx, models.DefaultAgency, username)
	if err != nil && !errors.Is(err, models.ErrNotFound) {
		return at, err
	}
	if at.temporary, err = s.cfg.Store.TemporaryHash(ctx, at.acc.ID); err != nil {
		return at, err
	}
	if !in.Browser || in.LastDevice == "" || len(in.LastDevice) > longestSecret {
		return at, nil
	}
	at.device, err = s.cfg.Store.KnownDevice(ctx, at.acc.ID, in.LastDevice)
	return at, err
}

// allow counts a try. A name is in small letters, so that none can be typed that counts as a device's.
func (s *Service) allow(username string, known store.Device) error {
	if s.cfg.SignIns == nil {
		return nil
	}
	if known.ID != "" {
		return s.cfg.SignIns.Allow("Device " + known.ID)
	}
	return s.cfg.SignIns.Allow(username)
}

// opens gives the hash that would let somebody in now, empty for nobody.
func (s *Service) opens(at door) string {
	lock := at.acc.Failures
	if at.device.ID != "" {
		lock = at.device.Failures
	}
	if lock.Locked(s.cfg.Now()) {
		return ""
	}
	switch at.acc.Status {
	case store.AccountActive:
		return at.acc.PasswordHash
	case store.AccountPending:
		return at.temporary
	}
	return ""
}

// wrong writes a failure down. Only a failure against a password that could have opened the account counts towards a
// lock: a lock must not be lengthened by trying at it.
func (s *Service) wrong(ctx context.Context, at door, typed string, o models.Origin) error {
	switch {
	case at.acc.ID == "":
		return s.refuse(ctx, models.AuditEntry{Stream: "system", Actor: "system", Action: actionSignIn, Object: "username:" + shown(typed), Origin: o},
			models.ErrWrongCredentials)
	case s.opens(at) == "":
		return s.refuse(ctx, entryOf(at.acc, actionSignIn, o), models.ErrWrongCredentials)
	}
	if _, err := s.cfg.Store.LoginFailed(context.WithoutCancel(ctx), at.acc.ID, at.device.ID, o); err != nil {
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

// admit opens the session, once account and device have been looked at again: of many guesses at once, one that is
// right must not come in after the others have set the lock.
func (s *Service) admit(ctx context.Context, at door, weak bool, in SignIn) (Signed, error) {
	now, err := s.again(ctx, at)
	if err != nil {
		return Signed{}, err
	}
	if hash := s.opens(now); hash == "" || hash != s.opens(at) {
		return Signed{}, s.refuse(ctx, entryOf(at.acc, actionSignIn, in.Origin), models.ErrWrongCredentials)
	}
	f, err := s.asksCode(ctx, at.acc.ID)
	if err != nil {
		return Signed{}, err
	}
	if f.Active() { // failures are forgotten once the code is right, or the password alone would let guessing go on
		return s.admitByCode(ctx, at, weak, in)
	}
	if err := s.cfg.Store.LoginSucceeded(ctx, at.acc.ID); err != nil {
		return Signed{}, err
	}
	if at.acc.Status == store.AccountPending {
		return s.opensChange(ctx, at, in)
	}
	if weak {
		if at.acc, err = s.rehash(ctx, at.acc, in.Password); err != nil {
			return Signed{}, err
		}
	}
	return s.open(ctx, at, in)
}

func (s *Service) again(ctx context.Context, at door) (now door, err error) {
	if now.acc, err = s.cfg.Store.AccountByID(ctx, at.acc.ID); err != nil {
		return now, err
	}
	if now.temporary, err = s.cfg.Store.TemporaryHash(ctx, at.acc.ID); err != nil {
		return now, err
	}
	now.device, err = s.cfg.Store.DeviceByID(ctx, at.acc.ID, at.device.ID)
	return now, err
}

func (s *Service) open(ctx context.Context, at door, in SignIn) (Signed, error) {
	who, err := s.identify(ctx, at.acc.ID, in.Origin)
	if err != nil {
		return Signed{}, err
	}
	_, most := s.bounds(who.Actor)
	opening := store.NewSession{Expires: s.cfg.Now().Add(most), Checked: at.acc.PasswordHash, Browser: in.Browser, Factor: in.byCode}
	if len(in.LastDevice) <= longestSecret {
		opening.LastDevice = in.LastDevice
	}
	opened, err := s.cfg.Store.CreateSession(ctx, who.Actor, opening)
	if errors.Is(err, models.ErrWrongCredentials) { // replaced since it was checked
		return Signed{}, s.refuse(ctx, entryOf(at.acc, actionSignIn, in.Origin), models.ErrWrongCredentials)
	}
	session := opened.Session
	who.Factor, who.Actor.Factor, who.OwesFactor = in.byCode, in.byCode, s.owes(who.Actor, in.byCode, in.byCode)
	who.SessionID, who.DeviceID, who.Expires, who.FreshUntil = session.ID, session.DeviceID, session.Expires, s.fresh(session.Proved)
	return Signed{Token: opened.Token, Identity: who, Device: opened.Device, DeviceExpires: opened.DeviceExpires}, err
}

// rehash keeps a right password by a stronger hash, and gives the account with the hash by which it is right now: another
// sign-in may have been faster.
func (s *Service) rehash(ctx context.Context, acc store.Account, password string) (store.Account, error) {
	hash, err := s.cfg.Passwords.Hash(ctx, password)
	if err != nil {
		return acc, err
	}
	done, err := s.cfg.Store.Rehash(ctx, acc.ID, acc.PasswordHash, hash)
	if done || err != nil {
		acc.PasswordHash = hash
		return acc, err
	}
	now, err := s.cfg.Store.AccountByID(ctx, acc.ID)
	if err != nil {
		return acc, err
	}
	if match, _, err := s.cfg.Passwords.Check(ctx, password, now.PasswordHash); err != nil || !match {
		return acc, err // opens nothing any more
	}
	return now, nil
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
