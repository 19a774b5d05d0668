package auth

import (
	"context"

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

func (in OldAccount) asking() asking { return asking{actionOldAccount, in.Proof, in.Origin} }

// CheckOldAccount looks at a form for its shape, and at the proof, without using it up. Fields of faults: npwp, email,
// captcha.
func (s *Service) CheckOldAccount(ctx context.Context, in OldAccount) error {
	_, faults := models.ParseOldAccountForm(in.Form)
	_, err := s.shaped(ctx, in.asking(), faults)
	return err
}

// ActivateOldAccount takes a request for a link by which a first password is set. The answer is the same, after the same
// work, whether there is such an account or not: nobody has looked when it is given.
func (s *Service) ActivateOldAccount(ctx context.Context, in OldAccount) error {
	form, faults := models.ParseOldAccountForm(in.Form)
	return s.asked(ctx, in.asking(), faults, func(proof captcha.Proof) error {
		return s.cfg.Store.AskOldAccount(ctx, store.OldAccountRequest{Form: form, Lang: models.Locale(in.Locale), Nonce: proof.Nonce, NonceExpires: proof.Expires, Origin: in.Origin})
	})
}
