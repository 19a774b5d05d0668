package desk

import (
	"context"

	"loket/internal/store"
	"loket/models"
)

// Audit reads the trail; auditors and admins may.
func (d *Desk) Audit(ctx context.Context, a models.Actor, q AuditQuery) (models.Page[models.AuditEntry], error) {
	if err := d.only(ctx, a, "audit_read", "system", models.RoleAuditor, models.RoleAdmin); err != nil {
		return models.Page[models.AuditEntry]{}, err
	}
	var err error
	if q.Actor, err = d.actorNamed(ctx, a.Agency, q.Actor); err != nil {
		return models.Page[models.AuditEntry]{}, err
	}
	page, err := d.store.AuditEntries(ctx, a.Agency, store.AuditQuery{Stream: q.Stream, Actor: q.Actor, Action: q.Action,
		From: q.From, Until: q.Until, PageQuery: q.PageQuery})
	if err != nil {
		return page, err
	}
	return page, d.nameBehalf(ctx, page.Items)
}

// nameBehalf puts names to those on whose behalf somebody acted.
func (d *Desk) nameBehalf(ctx context.Context, entries []models.AuditEntry) error {
	var ids []string
	for _, e := range entries {
		if e.OnBehalfOf != "" {
			ids = append(ids, e.OnBehalfOf)
		}
	}
	names, err := d.store.Names(ctx, ids)
	for i, e := range entries {
		entries[i].OnBehalfOfName = names[e.OnBehalfOf]
	}
	return err
}

// FailedNotices lists the messages that could not be delivered; the service desk looks after them.
func (d *Desk) FailedNotices(ctx context.Context, a models.Actor, q models.PageQuery) (models.Page[models.FailedNotice], error) {
	if err := d.only(ctx, a, "notices_read", "system", lookAfterMail...); err != nil {
		return models.Page[models.FailedNotice]{}, err
	}
	return d.store.FailedNotices(ctx, a.Agency, q)
}

// ResendNotice queues a failed message again.
func (d *Desk) ResendNotice(ctx context.Context, a models.Actor, id string) error {
	if err := d.only(ctx, a, "notice_resent", "notice:"+id, lookAfterMail...); err != nil {
		return err
	}
	return d.store.ResendNotice(ctx, a, id)
}

// lookAfterMail are the roles that see to messages which could not be delivered.
var lookAfterMail = []models.Role{models.RoleSupport1, models.RoleSupport2, models.RoleSupport3, models.RoleSupportLead, models.RoleAdmin}
