package desk

import (
	"context"
	"errors"

	"loket/internal/auth"
	"loket/internal/captcha"
	"loket/models"
)

// Recovery lets people in who forgot their password: by themselves, or with the service desk's help.
type Recovery interface {
	// Challenge and Question are the two ways to show that a form was not filled in by a machine.
	Challenge(ctx context.Context) captcha.Challenge
	Question(ctx context.Context) captcha.Question
	// CheckForgotten looks at a form for its shape, and at the proof, without using it up.
	CheckForgotten(ctx context.Context, in Forgotten) error
	// ForgotPassword answers alike, in the same time, whether there is such an account or not.
	ForgotPassword(ctx context.Context, in Forgotten) error
	ResetLinks
	Helping
}

// ResetLinks are what a forgotten password leads to.
type ResetLinks interface {
	// ResetLink looks at the link without spending it; ErrLinkSpent when unknown, used or over.
	ResetLink(ctx context.Context, token string) (Link, error)
	// ResetPassword spends it.
	ResetPassword(ctx context.Context, token string, in NewPassword, o models.Origin) error
}

// Helping is the service desk's part, for models.HelpRoles.
type Helping interface {
	// FindAccounts looks by username, name or NIP.
	FindAccounts(ctx context.Context, a models.Actor, text string) ([]models.AccountFound, error)
	FoundAccount(ctx context.Context, a models.Actor, id string) (models.AccountFound, error)
	// SendReset has a link sent to the registered address; onSight tells how the owner's identity was checked.
	SendReset(ctx context.Context, a models.Actor, id, onSight string) error
}

type (
	// Forgotten is what somebody sends who forgot their password.
	Forgotten = auth.Forgotten
	// HumanProof shows that a form was not filled in by a machine.
	HumanProof = auth.HumanProof
	// NewPassword is one that its owner typed twice, and is sure of.
	NewPassword = auth.NewPassword
)

// ResetLink looks at the link for a forgotten password without spending it.
func (d *Desk) ResetLink(ctx context.Context, token string) (Link, error) {
	l, err := d.ResetInfo(ctx, token)
	return Link{Username: l.Username, Name: l.Name, Purpose: l.Purpose, Expires: l.Expires}, models.SpentLink(models.LinkReset, err)
}

// ResetPassword spends the link for a forgotten password.
func (d *Desk) ResetPassword(ctx context.Context, token string, in NewPassword, o models.Origin) error {
	return models.SpentLink(models.LinkReset, d.Service.ResetPassword(ctx, token, in, o))
}

// FindAccounts looks for accounts by username, name or NIP.
func (d *Desk) FindAccounts(ctx context.Context, a models.Actor, text string) ([]models.AccountFound, error) {
	if err := d.only(ctx, a, "accounts_searched", "system", models.HelpRoles()...); err != nil {
		return nil, err
	}
	return d.store.FindAccounts(ctx, a.Agency, models.SearchText(text))
}

// FoundAccount gives one of them.
func (d *Desk) FoundAccount(ctx context.Context, a models.Actor, id string) (models.AccountFound, error) {
	if err := d.only(ctx, a, "accounts_searched", "account:"+id, models.HelpRoles()...); err != nil {
		return models.AccountFound{}, err
	}
	return d.store.FoundAccount(ctx, a.Agency, id)
}

// SendReset has a link sent to the registered address of somebody whose identity was checked. Nobody helps themselves:
// they would be the only one to have seen what was shown.
func (d *Desk) SendReset(ctx context.Context, a models.Actor, id, onSight string) error {
	const action = "password_reset_helped"
	object := "account:" + id
	if err := d.only(ctx, a, action, object, models.HelpRoles()...); err != nil {
		return err
	}
	if a.AccountID == id {
		return d.denied(ctx, a, action, object, models.ErrForbidden)
	}
	text, faults := models.CheckOnSight(onSight)
	if len(faults) > 0 {
		return models.Invalid(faults...)
	}
	err := d.store.ResetFor(ctx, a, id, text)
	switch {
	case errors.Is(err, models.ErrTooSoon):
		return models.Invalid(models.Fault("account", "reset_too_often"))
	case errors.Is(err, models.ErrNotNow):
		return models.Invalid(models.Fault("account", "reset_not_active"))
	}
	return d.denied(ctx, a, action, object, err)
}
