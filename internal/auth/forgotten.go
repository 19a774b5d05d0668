package auth

import (
	"context"
	"errors"

	"loket/internal/captcha"
	"loket/internal/store"
	"loket/models"
)

const (
	actionForgotten = "password_reset_asked"
	actionReset     = "password_reset"
)

// Resets keeps what people ask who forgot their password.
type Resets interface {
	AskReset(ctx context.Context, in store.ResetRequest) error
	ResetInfo(ctx context.Context, token string) (store.Link, error)
	SpendReset(ctx context.Context, token, hash string, o models.Origin) error
}

// HumanProof is what shows that a form was not filled in by a machine: the work of a browser, or the answer to a
// question.
type HumanProof struct{ Work, Question, Answer string }

// Forgotten is what somebody sends who forgot their password.
type Forgotten struct {
	Form   models.ForgottenForm
	Proof  HumanProof
	Locale string
	Origin models.Origin
}

// Challenge gives a browser work to do.
func (s *Service) Challenge(context.Context) captcha.Challenge { return s.cfg.Captcha.Challenge() }

// Question asks what needs no scripts.
func (s *Service) Question(context.Context) captcha.Question { return s.cfg.Captcha.Question() }

func (in Forgotten) asking() asking { return asking{actionForgotten, in.Proof, in.Origin} }

// CheckForgotten looks at a form for its shape, and at the proof, without using it up. Fields of faults: username, nik,
// birth_place, birth_date, email, captcha.
func (s *Service) CheckForgotten(ctx context.Context, in Forgotten) error {
	_, faults := models.ParseForgottenForm(in.Form, models.DateOf(s.cfg.Now()))
	_, err := s.shaped(ctx, in.asking(), faults)
	return err
}

// ForgotPassword takes a request for a link by which a new password is set. The answer is the same, after the same work,
// whether there is such an account or not: nobody has looked when it is given.
func (s *Service) ForgotPassword(ctx context.Context, in Forgotten) error {
	form, faults := models.ParseForgottenForm(in.Form, models.DateOf(s.cfg.Now()))
	return s.asked(ctx, in.asking(), faults, func(proof captcha.Proof) error {
		return s.cfg.Store.AskReset(ctx, store.ResetRequest{Form: form, Lang: models.Locale(in.Locale), Nonce: proof.Nonce, NonceExpires: proof.Expires, Origin: in.Origin})
	})
}

// ResetInfo looks at the link for a forgotten password without spending it; ErrLinkSpent when it is unknown, used or
// over.
func (s *Service) ResetInfo(ctx context.Context, token string) (store.Link, error) {
	if len(token) > longestSecret {
		return store.Link{}, models.ErrLinkSpent
	}
	return s.cfg.Store.ResetInfo(ctx, token)
}

// ResetPassword spends that link and sets the password, typed twice, where its owner is sure. It works while a lock
// holds, and lifts it. A password that is refused does not spend the link. Fields of faults: password, again, sure.
func (s *Service) ResetPassword(ctx context.Context, token string, in NewPassword, o models.Origin) error {
	link, err := s.ResetInfo(ctx, token)
	if errors.Is(err, models.ErrLinkSpent) {
		return s.refuse(ctx, models.AuditEntry{Stream: "system", Actor: "system", Action: actionReset, Object: "link", Origin: o}, models.ErrLinkSpent)
	}
	if err != nil {
		return err
	}
	faults, err := s.resetFaults(ctx, link, in)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return s.refuse(ctx, entryOf(store.Account{ID: link.AccountID, Name: link.Name}, actionReset, o), models.Invalid(faults...))
	}
	hash, err := s.cfg.Passwords.Hash(ctx, in.Password)
	if err != nil {
		return err
	}
	return s.cfg.Store.SpendReset(ctx, token, hash, o)
}

// NewPassword is one that its owner typed twice, and is sure of.
type NewPassword struct {
	Password, Again string
	Sure            bool
}

func (s *Service) resetFaults(ctx context.Context, link store.Link, in NewPassword) ([]models.FieldFault, error) {
	owner := models.PasswordContext{Username: link.Username, Name: link.Name, Blocklisted: s.cfg.Common.Blocklisted}
	faults, err := s.recalled(ctx, link.AccountID, in.Password, s.faults(in.Password, in.Again, owner))
	if err == nil && !in.Sure {
		faults = append(faults, models.Fault("sure", "sure_needed"))
	}
	return faults, err
}
