package activities

import (
	"context"

	"loket/models"
)

// ActivationStore is what the activities of an activation need of the database.
type ActivationStore interface {
	// LookAtActivation judges a request by what is known now, and holds what an open one needs.
	LookAtActivation(ctx context.Context, caseID string) (models.Looked, error)
	// SettleActivation gives what has come of it; with expire it is over where nothing else was first.
	SettleActivation(ctx context.Context, caseID string, expire bool) (models.Activated, error)
}

// Activations are the activities of an employee's activation.
type Activations struct {
	Store ActivationStore
}

// Look judges a request. What was typed stays in the database: no history holds it.
func (a *Activations) Look(ctx context.Context, caseID string) (models.Looked, error) {
	found, err := a.Store.LookAtActivation(ctx, caseID)
	return found, permanent(err)
}

// SettleInput names an activation, and says whether its time is over.
type SettleInput struct {
	CaseID string `json:"case_id"`
	Expire bool   `json:"expire,omitempty"`
}

// Settle gives what has come of an open activation, empty while nothing has. The code's keeper alone decides that, so that
// a code spent in the last second and its expiry cannot both happen.
func (a *Activations) Settle(ctx context.Context, in SettleInput) (models.Activated, error) {
	came, err := a.Store.SettleActivation(ctx, in.CaseID, in.Expire)
	return came, permanent(err)
}
