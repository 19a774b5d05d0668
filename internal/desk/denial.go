package desk

import (
	"context"
	"errors"
	"fmt"

	"loket/models"
)

// denied audits that somebody asked for what is not theirs to ask, in their own stream, and answers the refusal. What
// came too late, or was merely filled in wrongly, is no denial.
func (d *Desk) denied(ctx context.Context, a models.Actor, action, object string, err error) error {
	var p *models.Problem
	if !errors.As(err, &p) || !denial(p) {
		return err
	}
	entry := models.AuditEntry{Stream: "account:" + a.AccountID, At: d.now(), Actor: a.AccountID, Action: action, Object: object,
		Origin: a.Origin, Outcome: p.Code}
	if failed := d.store.AppendAudit(context.WithoutCancel(ctx), entry); failed != nil {
		return fmt.Errorf("audit a denial: %w", failed)
	}
	return err
}

func denial(p *models.Problem) bool {
	for _, d := range []*models.Problem{models.ErrForbidden, models.ErrNotYours, models.ErrNotFound} {
		if errors.Is(p, d) {
			return true
		}
	}
	return false
}

// only refuses, and audits, whoever holds none of the roles.
func (d *Desk) only(ctx context.Context, a models.Actor, action, object string, roles ...models.Role) error {
	if a.Has(roles...) {
		return nil
	}
	return d.denied(ctx, a, action, object, models.ErrForbidden)
}
