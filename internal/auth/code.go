package auth

import (
	"context"
	"errors"
	"time"

	"loket/internal/store"
	"loket/models"
)

// challengeLife is how long a right password waits for its code.
const challengeLife = 5 * time.Minute

// Codes are tries at a code, and the half-done sign-ins that await one.
type Codes interface {
	OpenChallenge(ctx context.Context, acc store.Account, deviceID string, expires time.Time, o models.Origin) (string, error)
	ChallengeByToken(ctx context.Context, token string) (store.Challenge, error)
	TryCode(ctx context.Context, try store.CodeTry) error
}

// SignInCode is what the form for the code sends: the token that SignIn answered, and a code of the app or a recovery
// code.
type SignInCode struct {
	Challenge, Code string
	Browser         bool
	LastDevice      string
	Origin          models.Origin
}

// asksCode tells whether an account comes in by its password and a code.
func (s *Service) asksCode(ctx context.Context, accountID string) (store.SecondFactor, error) {
	if !s.factors() {
		return store.SecondFactor{}, nil
	}
	f, err := s.cfg.Store.SecondFactor(ctx, accountID)
	if !f.Active() {
		f = store.SecondFactor{}
	}
	return f, err
}

// byFactor fills in how an identity stands to second factors: given says that a code opened its session or token, has
// that the account has one by now.
func (s *Service) byFactor(who *Identity, given, has bool) {
	who.Factor = s.factors() && has
	who.Actor.Factor = given
	who.OwesFactor = s.owes(who.Actor, given, has)
}

// admitByCode opens the session of an account with a second factor, once the code is right too.
func (s *Service) admitByCode(ctx context.Context, at door, weak bool, in SignIn) (_ Signed, err error) {
	if weak { // a challenge is bound to the hash
		if at.acc, err = s.rehash(ctx, at.acc, in.Password); err != nil {
			return Signed{}, err
		}
	}
	if in.Code == "" {
		return s.awaitsCode(ctx, at, in)
	}
	err = s.tryCode(ctx, store.CodeTry{AccountID: at.acc.ID, DeviceID: at.device.ID, Action: actionSignIn, Origin: in.Origin}, in.Code)
	if err != nil {
		return Signed{}, err
	}
	in.byCode = true
	return s.open(ctx, at, in)
}

// awaitsCode answers whoever gave a right password and no code. A browser gets the token by which the next form belongs
// to this sign-in; what is no browser sends everything once more.
func (s *Service) awaitsCode(ctx context.Context, at door, in SignIn) (Signed, error) {
	if !in.Browser {
		return Signed{}, s.refuse(ctx, entryOf(at.acc, actionSignIn, in.Origin), models.ErrCodeNeeded)
	}
	until := s.cfg.Now().Add(challengeLife)
	token, err := s.cfg.Store.OpenChallenge(ctx, at.acc, at.device.ID, until, in.Origin)
	return Signed{Challenge: token, ChallengeExpires: until}, err
}

// SignInWithCode finishes a sign-in that awaits a code: only now there is a session. ErrUnauthenticated when the
// challenge is unknown or over: it begins again with the password. ErrWrongCredentials for a wrong code, one that was
// used before, and any while a lock holds; they count as wrong passwords do.
func (s *Service) SignInWithCode(ctx context.Context, in SignInCode) (Signed, error) {
	if in.Challenge == "" || len(in.Challenge) > longestSecret || !s.factors() {
		return Signed{}, models.ErrUnauthenticated
	}
	challenge, err := s.cfg.Store.ChallengeByToken(ctx, in.Challenge)
	if err != nil {
		return Signed{}, err
	}
	acc, err := s.cfg.Store.AccountByID(ctx, challenge.AccountID)
	if err != nil {
		return Signed{}, err
	}
	err = s.tryCode(ctx, store.CodeTry{AccountID: acc.ID, DeviceID: challenge.DeviceID, Challenge: challenge.ID, Action: actionSignIn, Origin: in.Origin}, in.Code)
	if err != nil {
		return Signed{}, err
	}
	return s.open(ctx, door{acc: acc}, SignIn{Browser: in.Browser, LastDevice: in.LastDevice, Origin: in.Origin, byCode: true})
}

// tryCode has what was typed count, where it is right.
func (s *Service) tryCode(ctx context.Context, try store.CodeTry, typed string) error {
	f, err := s.asksCode(ctx, try.AccountID)
	if err != nil {
		return err
	}
	code := plainCode(typed)
	if try.Step, err = s.step(f, code); err != nil {
		return err
	}
	try.Sealed, try.Recovery = f.Sealed, code
	return s.cfg.Store.TryCode(context.WithoutCancel(ctx), try)
}

// proveCode asks whoever steps up for a code too, where the account has a second factor: what is worth more than an open
// session asks for all that opened it. A fault of the field code answers a missing and a wrong one.
func (s *Service) proveCode(ctx context.Context, id Identity, code string) error {
	f, err := s.asksCode(ctx, id.Actor.AccountID)
	if err != nil || !f.Active() {
		return err
	}
	if plainCode(code) == "" {
		return models.Invalid(models.Fault("code", "code_missing"))
	}
	err = s.tryCode(ctx, store.CodeTry{AccountID: id.Actor.AccountID, DeviceID: id.DeviceID, Action: actionStepUp, Origin: id.Actor.Origin}, code)
	if errors.Is(err, models.ErrWrongCredentials) {
		return wrongCode()
	}
	return err
}
