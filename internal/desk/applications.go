package desk

import (
	"context"
	"strings"

	"loket/models"
)

// Applications is what accounts open, and its registration by admins.
type Applications interface {
	// MyApplications lists what the actor may open; text narrows to names that hold it.
	MyApplications(ctx context.Context, a models.Actor, text string) ([]models.ApplicationTile, error)
	RegisteredApplications(ctx context.Context, a models.Actor) ([]models.Application, error)
	RegisteredApplication(ctx context.Context, a models.Actor, id string) (models.Application, error)
	// SaveApplication registers an application where its Version is 0, and answers the secret of a confidential one, this
	// once; otherwise it changes what has that Version still (ErrStale) and answers no secret.
	SaveApplication(ctx context.Context, a models.Actor, app models.Application) (models.Application, string, error)
	// RenewSecret makes a new secret and answers it, this once; ErrNotFound for a public application.
	RenewSecret(ctx context.Context, a models.Actor, id string) (string, error)
}

var _ Applications = (*Desk)(nil)

// MyApplications lists what the actor may open now.
func (d *Desk) MyApplications(ctx context.Context, a models.Actor, text string) ([]models.ApplicationTile, error) {
	return d.store.ApplicationTiles(ctx, a, strings.TrimSpace(text))
}

// RegisteredApplications lists every application, switched on or off.
func (d *Desk) RegisteredApplications(ctx context.Context, a models.Actor) ([]models.Application, error) {
	if err := d.only(ctx, a, "applications_read", "applications", models.RoleAdmin); err != nil {
		return nil, err
	}
	return d.store.Applications(ctx, a.Agency)
}

// RegisteredApplication finds one.
func (d *Desk) RegisteredApplication(ctx context.Context, a models.Actor, id string) (models.Application, error) {
	if err := d.only(ctx, a, "applications_read", "application:"+id, models.RoleAdmin); err != nil {
		return models.Application{}, err
	}
	return d.store.Application(ctx, a.Agency, id)
}

// SaveApplication registers or changes an application.
func (d *Desk) SaveApplication(ctx context.Context, a models.Actor, app models.Application) (models.Application, string, error) {
	action := "application_changed"
	if app.Version == 0 {
		action = "application_registered"
	}
	if err := d.only(ctx, a, action, "application:"+app.ID, models.RoleAdmin); err != nil {
		return app, "", err
	}
	var was models.Application
	if app.Version != 0 {
		var err error
		if was, err = d.store.Application(ctx, a.Agency, app.ID); err != nil {
			return app, "", err
		}
	}
	if faults := models.CheckApplication(app); len(faults) > 0 {
		return app, "", models.Invalid(faults...)
	}
	if err := d.store.SaveApplication(ctx, a, app); err != nil {
		return app, "", err
	}
	secret := ""
	if app.Version == 0 && app.Kind == models.ApplicationConfidential {
		var err error
		if secret, err = d.store.RenewSecret(ctx, a, app.ID); err != nil {
			return app, "", err
		}
	}
	saved, err := d.store.Application(ctx, a.Agency, app.ID)
	if err == nil && was.Owner != saved.Owner {
		d.ownerChanged(ctx, a, app.ID)
	}
	return saved, secret, err
}

// RenewSecret makes a new secret of an application.
func (d *Desk) RenewSecret(ctx context.Context, a models.Actor, id string) (string, error) {
	if err := d.only(ctx, a, "application_secret_renewed", "application:"+id, models.RoleAdmin); err != nil {
		return "", err
	}
	return d.store.RenewSecret(ctx, a, id)
}
