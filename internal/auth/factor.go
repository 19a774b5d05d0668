package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"loket/internal/secret"
	"loket/internal/store"
	"loket/models"
)

// What the codes are made of (RFC 6238): SHA-1, six digits and 30 seconds, which every authenticator app knows. A clock
// may be a step ahead or behind.
const (
	codePeriod = 30
	codeSkew   = 1
	keyBytes   = 20
	// offerLife is how long a key waits for its first code.
	offerLife = 15 * time.Minute
	// recoveryCodes is how many there are at once.
	recoveryCodes = 10
	// longestCode is far above a real one.
	longestCode = 64
)

// Factors keeps second factors; the store decides under a lock which try counts.
type Factors interface {
	SecondFactor(ctx context.Context, accountID string) (store.SecondFactor, error)
	BeginSecondFactor(ctx context.Context, a models.Actor, keyID, sealed string) error
	ConfirmSecondFactor(ctx context.Context, a models.Actor, in store.FirstCode) (string, error)
	ReplaceRecoveryCodes(ctx context.Context, a models.Actor, codes []string) error
	RemoveSecondFactor(ctx context.Context, a models.Actor, accountID string) error
}

// Confirmed is a second factor that was just added: Signed has the session's new token, as after StepUp; Codes are its
// recovery codes, shown this once.
type Confirmed struct {
	Signed
	Codes []string
}

// factors tells whether the agency has second factors.
func (s *Service) factors() bool {
	return s.cfg.Keys != nil && (s.cfg.SecondFactor == models.FactorOptional || s.cfg.SecondFactor == models.FactorRequired)
}

// owes tells whether an actor has to come with a second factor and did not: given says that a code opened the session
// or token, has that the account has one by now.
func (s *Service) owes(a models.Actor, given, has bool) bool {
	return s.factors() && s.cfg.SecondFactor.MustHaveFactor(a) && (!has || !given)
}

// SecondFactor tells how the person's second factor stands.
func (s *Service) SecondFactor(ctx context.Context, id Identity) (models.FactorView, error) {
	view := models.FactorView{Mode: models.FactorOff}
	if !s.factors() {
		return view, nil
	}
	f, err := s.cfg.Store.SecondFactor(ctx, id.Actor.AccountID)
	view.Mode, view.Required = s.cfg.SecondFactor, s.cfg.SecondFactor.MustHaveFactor(id.Actor)
	if f.Active() {
		view.Active, view.Since, view.CodesLeft = true, f.Confirmed, f.CodesLeft
	}
	return view, err
}

// BeginSecondFactor makes a key for the person's authenticator app. It waits a quarter of an hour for its first code;
// asked again meanwhile, the same is answered. ErrSecondFactorSet when there is one, ErrSecondFactorOff when the agency
// has none.
func (s *Service) BeginSecondFactor(ctx context.Context, id Identity) (models.FactorOffer, error) {
	f, err := s.ownFactor(ctx, id)
	if err != nil {
		return models.FactorOffer{}, err
	}
	if f.Active() {
		return models.FactorOffer{}, models.ErrSecondFactorSet
	}
	if f.Sealed != "" && s.cfg.Now().Sub(f.Created) < offerLife {
		if key, err := s.unseal(f); err == nil {
			return s.offer(id, key)
		}
	}
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails; the runtime ends the process instead
	keyID, sealed, err := s.seal(id.Actor.AccountID, key)
	if err != nil {
		return models.FactorOffer{}, err
	}
	if err := s.cfg.Store.BeginSecondFactor(ctx, id.Actor, keyID, sealed); err != nil {
		return models.FactorOffer{}, err
	}
	return s.offer(id, key)
}

func (s *Service) ownFactor(ctx context.Context, id Identity) (store.SecondFactor, error) {
	if !s.factors() {
		return store.SecondFactor{}, models.ErrSecondFactorOff
	}
	return s.cfg.Store.SecondFactor(ctx, id.Actor.AccountID)
}

func (s *Service) offer(id Identity, key []byte) (models.FactorOffer, error) {
	issuer := strings.ReplaceAll(s.cfg.Issuer, ":", " ") // a colon parts the issuer from the name
	if issuer == "" {
		issuer = "Loket"
	}
	made, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: id.Account.Username, Secret: key, Period: codePeriod,
		Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return models.FactorOffer{}, errors.New("write the address of a key") // the cause would repeat it
	}
	return models.FactorOffer{Key: made.Secret(), URI: made.URL()}, nil
}

// ConfirmSecondFactor takes the first code of the key that waits. From then on a code is asked for at sign-in; every
// other session ends, and the owner is told. A fault of the field code answers a wrong one.
func (s *Service) ConfirmSecondFactor(ctx context.Context, id Identity, code string) (Confirmed, error) {
	f, err := s.ownFactor(ctx, id)
	switch {
	case err != nil:
		return Confirmed{}, err
	case f.Active():
		return Confirmed{}, models.ErrSecondFactorSet
	case f.Sealed == "" || s.cfg.Now().Sub(f.Created) >= offerLife:
		return Confirmed{}, models.ErrNotNow
	}
	step, err := s.step(f, plainCode(code))
	if err != nil {
		return Confirmed{}, err
	}
	if step == 0 {
		return Confirmed{}, s.refuse(ctx, entryOf(store.Account{ID: id.Actor.AccountID, Name: id.Account.Name}, "second_factor_added", id.Actor.Origin), wrongCode())
	}
	codes, plain := newRecoveryCodes()
	token, err := s.cfg.Store.ConfirmSecondFactor(ctx, id.Actor, store.FirstCode{Sealed: f.Sealed, Step: step, Codes: plain,
		Where: store.Proof{SessionID: id.SessionID, TokenID: id.TokenID}})
	if err != nil {
		return Confirmed{}, err
	}
	id.Factor, id.OwesFactor, id.Actor.Factor = true, false, true
	if id.SessionID != "" {
		id.FreshUntil = s.cfg.Now().Add(FreshFor)
	}
	return Confirmed{Signed: Signed{Token: token, Identity: id}, Codes: codes}, nil
}

func wrongCode() *models.Problem { return models.Invalid(models.Fault("code", "code_wrong")) }

// NewRecoveryCodes makes recovery codes in place of the old ones; ErrNotNow without a second factor.
func (s *Service) NewRecoveryCodes(ctx context.Context, id Identity) ([]string, error) {
	if !s.factors() {
		return nil, models.ErrSecondFactorOff
	}
	codes, plain := newRecoveryCodes()
	return codes, s.cfg.Store.ReplaceRecoveryCodes(ctx, id.Actor, plain)
}

// RemoveSecondFactor has no code asked for any more, and tells the owner. Whoever must have one is led to add another at
// once. ErrNotNow where there is none.
func (s *Service) RemoveSecondFactor(ctx context.Context, id Identity) error {
	return s.cfg.Store.RemoveSecondFactor(ctx, id.Actor, id.Actor.AccountID)
}

// plainCode is what was typed, without blanks and dashes, in small letters.
func plainCode(typed string) string {
	if len(typed) > longestCode {
		return ""
	}
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimSpace(typed)))
}

// step gives the 30 seconds whose code was typed, the latest of those that may be; 0 for a wrong code.
func (s *Service) step(f store.SecondFactor, code string) (int64, error) {
	if len(code) != otp.DigitsSix.Length() || f.Sealed == "" {
		return 0, nil
	}
	key, err := s.unseal(f)
	if err != nil {
		return 0, err
	}
	secret, found := encodeKey(key), int64(0)
	now := s.cfg.Now().Unix() / codePeriod
	for at := now - codeSkew; at <= now+codeSkew; at++ {
		match, err := hotp.ValidateCustom(code, uint64(at), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, errors.New("reckon a code") // the cause would repeat the key
		}
		if match {
			found = at
		}
	}
	return found, nil
}

// newRecoveryCodes gives ten codes of 49 random bits, as people read them and as they are kept.
func newRecoveryCodes() (shown, plain []string) {
	for range recoveryCodes {
		code := secret.Letters(10)
		plain = append(plain, code)
		shown = append(shown, code[:5]+"-"+code[5:])
	}
	return shown, plain
}
