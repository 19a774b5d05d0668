package desk

import (
	"context"
	"errors"

	"loket/models"
)

// meanwhile is for a repeat that is refused because its first was recorded between the two looks at it, as happens when
// a process that was killed comes back: it is taken as one that was recorded before. Everybody else gets the refusal.
func (d *Desk) meanwhile(ctx context.Context, a models.Actor, in ask, refusal error) error {
	var p *models.Problem
	if in.key == "" || !errors.As(refusal, &p) {
		return refusal
	}
	if done, err := d.repeated(ctx, a, in); done && err == nil {
		return nil
	}
	return refusal
}
