package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"loket/internal/captcha"
	"loket/internal/store"
	"loket/models"
)

// Config is what the service stands on. Store, Passwords and Common are required.
type Config struct {
	Store     Store
	Passwords Passwords
	// Common knows common passwords; see NewBlocklist.
	Common *Blocklist
	// Captcha keeps machines out of public forms; one that no other process knows when nil.
	Captcha *captcha.Maker
	// Policy is AgencyPolicy where its name is empty.
	Policy models.PasswordPolicy
	// Clock makes case time, in which appointments hold. Sessions, locks and the age of passwords use wall time.
	Clock models.Clock
	Now   func() time.Time // wall time; time.Now when nil
	// Idle and Max bound a session, 30 minutes and 12 hours when zero; admins have 15 minutes and 8 hours at most.
	Idle, Max time.Duration
	// SignIns counts tries per username, Requests counts uses of personal tokens per account; nil counts nothing.
	SignIns, Requests Limiter
	// SecondFactor says whether codes are asked for besides passwords; off where it is empty, or Keys are nil. Keys seal
	// what makes the codes. Issuer is whose codes they are, as apps show it.
	SecondFactor models.FactorMode
	Keys         Ring
	Issuer       string
}

// Service lets people in and looks after what lets them in. It is safe for concurrent use.
type Service struct {
	cfg     Config
	refused *refusals
}

// New returns a service; the error says what is missing.
func New(cfg Config) (*Service, error) {
	if cfg.Store == nil || cfg.Passwords == nil || cfg.Common == nil {
		return nil, errors.New("auth needs a store, a hasher and a list of common passwords")
	}
	if cfg.Policy.Name == "" {
		cfg.Policy = models.AgencyPolicy()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Idle == 0 {
		cfg.Idle = 30 * time.Minute
	}
	if cfg.Max == 0 {
		cfg.Max = 12 * time.Hour
	}
	if cfg.Captcha == nil {
		cfg.Captcha = captcha.New([]byte(rand.Text()), cfg.Now)
	}
	return &Service{cfg: cfg, refused: &refusals{heard: map[string]*refused{}}}, nil
}

// Identity is who is signed in. Scopes is nil for a session, which may do all that the person may, and then SessionID
// names it, and DeviceID the browser it was opened in, if that is known for the account. TokenID names the personal
// token otherwise. FreshUntil is until when the password counts as just given, zero when it does not; see StepUp.
// Factor says that the account has a second factor, so that a code is asked for; OwesFactor that nothing is open before
// one is there.
type Identity struct {
	Actor      models.Actor
	Account    models.AccountView
	SessionID  string
	DeviceID   string
	TokenID    string
	Scopes     []models.Scope
	Expires    time.Time
	FreshUntil time.Time
	Factor     bool
	OwesFactor bool
}

// Signed is a new session, or a session's new token: 256 bits in base64url, for the cookie and nowhere else. A browser
// that signed in also gets Device, a token of the same kind by which it is known until DeviceExpires; see
// SignIn.LastDevice. Whoever gave a temporary password gets nothing of this but Change, the token of a one-use link by
// which an own password is set until ChangeExpires. A browser whose password was right and whose account asks for a code
// gets nothing but Challenge, for SignInWithCode, until ChallengeExpires.
type Signed struct {
	Token         string
	Identity      Identity
	Device        string
	DeviceExpires time.Time
	Change        string
	ChangeExpires time.Time

	Challenge        string
	ChallengeExpires time.Time
}

// caseNow is the time in which appointments hold.
func (s *Service) caseNow() time.Time { return s.cfg.Clock.At(s.cfg.Now()) }

// identify gives who an account is now: the grants that hold at this instant, and whether a new password is owed.
func (s *Service) identify(ctx context.Context, accountID string, o models.Origin) (Identity, error) {
	at := s.caseNow()
	actor, view, err := s.cfg.Store.Identity(ctx, accountID, at)
	if err != nil {
		return Identity{}, err
	}
	actor.Origin = o
	return Identity{Actor: actor, Account: s.owing(view)}, nil
}

func (s *Service) view(ctx context.Context, accountID string, at time.Time) (models.AccountView, error) {
	view, err := s.cfg.Store.AccountView(ctx, accountID, at)
	return s.owing(view), err
}

// owing marks an account whose password has grown too old.
func (s *Service) owing(view models.AccountView) models.AccountView {
	if age := s.cfg.Policy.MaxAge; age > 0 && view.PasswordChangedAt != nil && s.cfg.Now().Sub(*view.PasswordChangedAt) >= age {
		view.MustChangePassword = true
	}
	return view
}

// Account is the actor's own account as they see it.
func (s *Service) Account(ctx context.Context, a models.Actor) (models.AccountView, error) {
	return s.view(ctx, a.AccountID, s.caseNow())
}

// SetLocale stores the actor's language, "id" or "en".
func (s *Service) SetLocale(ctx context.Context, a models.Actor, locale string) error {
	return s.cfg.Store.SetLocale(ctx, a, locale)
}

// refuse writes down that something was refused, and why, and answers why. A refusal that cannot be written down is an
// error of its own, which shows as such.
func (s *Service) refuse(ctx context.Context, e models.AuditEntry, why *models.Problem) error {
	e.Outcome = why.Code
	if e.At.IsZero() {
		e.At = s.caseNow()
	}
	if err := s.cfg.Store.AppendAudit(context.WithoutCancel(ctx), e); err != nil {
		return fmt.Errorf("audit a refusal: %w", err)
	}
	return why
}

// entryOf begins the entry about something done to an account.
func entryOf(acc store.Account, action string, o models.Origin) models.AuditEntry {
	return models.AuditEntry{Stream: "account:" + acc.ID, Actor: acc.ID, ActorName: acc.Name, Action: action,
		Object: "account:" + acc.ID, Origin: o}
}
