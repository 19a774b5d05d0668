package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/temporal"

	"loket/models"
)

// Recorder writes a change, all of it or nothing, and answers what stands recorded at its place.
type Recorder interface {
	Record(ctx context.Context, c models.Change) (models.Recorded, error)
}

// Cases are the activities that every flow shares.
type Cases struct {
	Store Recorder
}

// Record writes a change to the projection: row, event, work item, notices and audit entry in one transaction. It may
// run twice: the answer is what stands recorded, which the workflow then applies. A problem (a gap in the sequence)
// is not retried; anything else is, for as long as the database stays away.
func (a *Cases) Record(ctx context.Context, c models.Change) (models.Recorded, error) {
	r, err := a.Store.Record(ctx, c)
	return r, permanent(err)
}

// permanent turns a public problem into an error that the engine does not retry; its type is the problem's code. A
// database that is away is no reason to give up.
func permanent(err error) error {
	var p *models.Problem
	if errors.As(err, &p) && !errors.Is(err, models.ErrUnavailable) {
		return temporal.NewNonRetryableApplicationError(p.Error(), p.Code, nil, p)
	}
	return err
}
