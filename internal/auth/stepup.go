package auth

import (
	"context"
	"time"

	"loket/internal/store"
	"loket/models"
)

// FreshFor is how long a password counts as just given (QUALITY 3); what is worth more to a thief than an open session
// asks for one that fresh.
const FreshFor = 5 * time.Minute

const actionStepUp = "step_up"

// fresh gives until when a password that was given then counts as just given, zero when it does not any more.
func (s *Service) fresh(proved *time.Time) time.Time {
	if proved == nil {
		return time.Time{}
	}
	until := proved.Add(FreshFor)
	if !s.cfg.Now().Before(until) {
		return time.Time{}
	}
	return until
}

// StepUp asks whoever is signed in for the password once more, and for a code where the account has a second factor; both
// are fresh for five minutes then. A session gets a
// new token, answered for the cookie; a personal token stays and none is answered. Failures count as they do at
// sign-in, and the answer is the same for a wrong password and for one that a lock keeps from counting: a fault of the
// field password, or code.
func (s *Service) StepUp(ctx context.Context, id Identity, password, code string) (Signed, error) {
	acc, err := s.cfg.Store.AccountByID(ctx, id.Actor.AccountID)
	if err != nil {
		return Signed{}, err
	}
	if s.cfg.SignIns != nil { // by what was shown, since strangers spend the name's tries
		if err := s.cfg.SignIns.Allow("Step-up " + id.SessionID + id.TokenID); err != nil {
			return Signed{}, err
		}
	}
	if err := s.prove(ctx, acc, id, proof{actionStepUp, "password", password}); err != nil {
		return Signed{}, err
	}
	if err := s.proveCode(ctx, id, code); err != nil {
		return Signed{}, err
	}
	if err := s.cfg.Store.LoginSucceeded(ctx, acc.ID); err != nil {
		return Signed{}, err
	}
	token, err := s.cfg.Store.Prove(ctx, id.Actor, store.Proof{SessionID: id.SessionID, TokenID: id.TokenID, DeviceID: id.DeviceID})
	if err != nil {
		return Signed{}, err
	}
	id.FreshUntil = s.cfg.Now().Add(FreshFor)
	return Signed{Token: token, Identity: id}, nil
}

// proof is a password given again: for which action, in which field.
type proof struct{ action, field, password string }

// prove asks for the present password. Failures count as they do at sign-in, against the browser where it is known: a
// session that somebody left open is no place to guess from. Of many guesses at once, one that is right must not count
// after the others have set the lock.
func (s *Service) prove(ctx context.Context, acc store.Account, id Identity, p proof) error {
	device, err := s.cfg.Store.DeviceByID(ctx, acc.ID, id.DeviceID)
	if err != nil {
		return err
	}
	at := door{acc: acc, device: device}
	match, _, err := s.cfg.Passwords.Check(ctx, p.password, s.opens(at))
	if err != nil {
		return err
	}
	wrong := models.Invalid(models.Fault(p.field, "password_wrong"))
	if match {
		now, err := s.again(ctx, at)
		if err != nil || s.opens(now) == acc.PasswordHash {
			return err
		}
		return s.refuse(ctx, entryOf(acc, p.action, id.Actor.Origin), wrong)
	}
	if s.opens(at) != "" {
		if _, err := s.cfg.Store.LoginFailed(context.WithoutCancel(ctx), acc.ID, device.ID, id.Actor.Origin); err != nil {
			return err
		}
	}
	return s.refuse(ctx, entryOf(acc, p.action, id.Actor.Origin), wrong)
}
