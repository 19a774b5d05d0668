package desk

import (
	"context"

	"loket/models"
)

// Consenting is what the actor lets applications of third parties know.
type Consenting interface {
	Consents(ctx context.Context, a models.Actor) ([]models.ConsentView, error)
	// WithdrawConsent closes what is open there; ErrNotFound where the actor agreed to nothing.
	WithdrawConsent(ctx context.Context, a models.Actor, application string) error
}

// Consents lists what the actor lets applications know.
func (d *Desk) Consents(ctx context.Context, a models.Actor) ([]models.ConsentView, error) {
	return d.store.Consents(ctx, a)
}

// WithdrawConsent has an application ask again before it is opened.
func (d *Desk) WithdrawConsent(ctx context.Context, a models.Actor, application string) error {
	return d.denied(ctx, a, "consent_withdrawn", "application:"+application, d.store.WithdrawConsent(ctx, a, application))
}
