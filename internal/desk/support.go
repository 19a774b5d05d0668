package desk

import (
	"context"

	"loket/internal/store"
	"loket/models"
)

// only refuses whoever holds none of the roles.
func only(a models.Actor, roles ...models.Role) error {
	if a.Has(roles...) {
		return nil
	}
	return models.ErrForbidden
}

// Audit reads the trail; auditors and admins may.
func (d *Desk) Audit(ctx context.Context, a models.Actor, q AuditQuery) (models.Page[models.AuditEntry], error) {
	if err := only(a, models.RoleAuditor, models.RoleAdmin); err != nil {
		return models.Page[models.AuditEntry]{}, err
	}
	return d.store.AuditEntries(ctx, a.Agency, store.AuditQuery{Stream: q.Stream, Actor: q.Actor, Action: q.Action,
		From: q.From, Until: q.Until, PageQuery: q.PageQuery})
}

// FailedNotices lists the messages that could not be delivered; the service desk looks after them.
func (d *Desk) FailedNotices(ctx context.Context, a models.Actor, q models.PageQuery) (models.Page[models.FailedNotice], error) {
	if err := maySupport(a); err != nil {
		return models.Page[models.FailedNotice]{}, err
	}
	return d.store.FailedNotices(ctx, a.Agency, q)
}

// ResendNotice queues a failed message again.
func (d *Desk) ResendNotice(ctx context.Context, a models.Actor, id string) error {
	if err := maySupport(a); err != nil {
		return err
	}
	return d.store.ResendNotice(ctx, a, id)
}

func maySupport(a models.Actor) error {
	return only(a, models.RoleSupport1, models.RoleSupport2, models.RoleSupport3, models.RoleSupportLead, models.RoleAdmin)
}

// Grants lists who holds which role in a unit; "" means everywhere.
func (d *Desk) Grants(ctx context.Context, a models.Actor, unit string) ([]models.RoleGrant, error) {
	if err := only(a, models.RoleAdmin, models.RoleAuditor); err != nil {
		return nil, err
	}
	return d.store.Grants(ctx, a.Agency, unit)
}

// Grant appoints somebody. Nobody appoints themselves.
func (d *Desk) Grant(ctx context.Context, a models.Actor, g models.RoleGrant) (models.RoleGrant, error) {
	if err := only(a, models.RoleAdmin); err != nil {
		return g, err
	}
	if faults := models.CheckGrant(g); len(faults) > 0 {
		return g, models.Invalid(faults...)
	}
	if g.AccountID == a.AccountID || g.EmployeeID != "" && g.EmployeeID == a.EmployeeID {
		return g, models.ErrForbidden
	}
	return d.store.Grant(ctx, a, g)
}

// RevokeGrant ends an appointment now; it counts at the next request of whoever held it.
func (d *Desk) RevokeGrant(ctx context.Context, a models.Actor, id string) error {
	if err := only(a, models.RoleAdmin); err != nil {
		return err
	}
	return d.store.RevokeGrant(ctx, a, id)
}
