package auth

import (
	"context"
	"errors"

	"loket/internal/captcha"
	"loket/internal/store"
	"loket/models"
)

const actionOldAccount = "old_account_asked"

// OldAccounts keeps what people ask whose account was imported.
type OldAccounts interface {
	AskOldAccount(ctx context.Context, in store.OldAccountRequest) error
}

// OldAccount is what the owner of an imported account sends to get a link for their first password.
type OldAccount struct {
	Form   models.OldAccountForm
	Proof  HumanProof
	Locale string
	Origin models.Origin
}

// CheckOldAccount looks at a form for its shape, and at the proof, without using it up. Fields of faults: npwp, email,
// captcha.
func (s *Service) CheckOldAccount(ctx context.Context, in OldAccount) error {
	_, _, err := s.readOldAccount(ctx, in)
	return err
}

// ActivateOldAccount takes a request for a link by which a first password is set. The answer is the same, after the same
// work, whether there is such an account or not: nobody has looked when it is given.
func (s *Service) ActivateOldAccount(ctx context.Context, in OldAccount) error {
	form, proof, err := s.readOldAccount(ctx, in)
	if err != nil {
		return err
	}
	locale := "id"
	if in.Locale == "en" {
		locale = in.Locale
	}
	err = s.cfg.Store.AskOldAccount(ctx, store.OldAccountRequest{Form: form, Lang: locale, Nonce: proof.Nonce, NonceExpires: proof.Expires, Origin: in.Origin})
	if errors.Is(err, models.ErrDuplicate) {
		return s.refuseOldAccount(ctx, in, []models.FieldFault{models.Fault("captcha", "captcha_over")})
	}
	return err
}

func (s *Service) readOldAccount(ctx context.Context, in OldAccount) (models.OldAccountForm, captcha.Proof, error) {
	form, faults := models.ParseOldAccountForm(in.Form)
	proof, fault := s.human(in.Proof)
	if fault != "" {
		faults = append(faults, models.Fault("captcha", fault))
	}
	if len(faults) > 0 {
		return form, proof, s.refuseOldAccount(ctx, in, faults)
	}
	return form, proof, nil
}

func (s *Service) refuseOldAccount(ctx context.Context, in OldAccount, faults []models.FieldFault) error {
	return s.refuse(ctx, models.AuditEntry{Stream: "system", Actor: "system", Action: actionOldAccount, Object: "form", Origin: in.Origin}, models.Invalid(faults...))
}
