package desk

import (
	"context"

	"loket/models"
	"loket/workflows"
)

// LinkInfo looks at a one-use link without spending it.
func (d *Desk) LinkInfo(ctx context.Context, token string) (Link, error) {
	l, err := d.Service.LinkInfo(ctx, token)
	return Link{Username: l.Username, Name: l.Name, Purpose: l.Purpose, Expires: l.Expires}, models.SpentLink(models.LinkFirstPassword, err)
}

// SetPassword spends the link. A memo whose last link this was is told; should that be lost, the memo looks again when
// its links are due.
func (d *Desk) SetPassword(ctx context.Context, token, password, again, locale string, o models.Origin) error {
	spent, err := d.Service.SetPassword(ctx, token, password, again, o)
	if err != nil {
		return models.SpentLink(models.LinkFirstPassword, err)
	}
	if locale != "" {
		// The account is open whatever becomes of this; its owner can choose again.
		if err := d.store.SetLocale(ctx, models.Actor{AccountID: spent.AccountID, Origin: o}, locale); err != nil {
			d.log.WarnContext(ctx, "the language of a new account was not kept", "account", spent.AccountID, "error", err)
		}
	}
	for _, id := range spent.Finished {
		d.tellSettled(ctx, models.KindMemo, id)
	}
	for _, id := range spent.Registrations {
		d.tellSettled(ctx, models.KindRegistration, id)
	}
	return nil
}

func (d *Desk) tellSettled(ctx context.Context, kind models.Kind, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.patience)
	defer cancel()
	if err := d.engine.SignalWorkflow(ctx, models.WorkflowID(kind, id), "", workflows.SignalSettled, nil); err != nil {
		d.log.WarnContext(ctx, "a case was not told that its links are used", "kind", string(kind), "case", id, "error", err)
	}
}
