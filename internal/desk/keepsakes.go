package desk

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"loket/models"
)

// SavedViews lists the actor's views.
func (d *Desk) SavedViews(ctx context.Context, a models.Actor) ([]models.SavedView, error) {
	return d.store.SavedViews(ctx, a)
}

// SaveView keeps a view of the actor's. Its query keeps what narrows an inbox, and nothing else.
func (d *Desk) SaveView(ctx context.Context, a models.Actor, v models.SavedView) (models.SavedView, error) {
	v.Name = strings.Join(strings.Fields(v.Name), " ")
	v.Query = viewQuery(v.Query)
	if faults := models.CheckView(v); len(faults) > 0 {
		return v, models.Invalid(faults...)
	}
	saved, err := d.store.SaveView(ctx, a, v)
	return saved, d.denied(ctx, a, "view_changed", "view:"+v.ID, err)
}

// viewQuery spells a query in one way, with the parameters that narrow an inbox.
func viewQuery(query string) string {
	asked, _ := url.ParseQuery(query) // what does not parse narrows nothing
	kept := url.Values{}
	for _, name := range []string{"tab", "kind", "queue", "unit", "due", "q"} {
		if value := strings.TrimSpace(asked.Get(name)); value != "" {
			kept.Set(name, value)
		}
	}
	return kept.Encode()
}

// DropView forgets a view of the actor's.
func (d *Desk) DropView(ctx context.Context, a models.Actor, id string) error {
	return d.denied(ctx, a, "view_dropped", "view:"+id, d.store.DropView(ctx, a, id))
}

// Phrases lists the reasons that the actor may insert.
func (d *Desk) Phrases(ctx context.Context, a models.Actor) ([]models.Phrase, error) {
	return d.store.Phrases(ctx, a)
}

// SavePhrase keeps a reason: the actor's own, or the agency's by an admin.
func (d *Desk) SavePhrase(ctx context.Context, a models.Actor, p models.Phrase) (models.Phrase, error) {
	p.Text = strings.TrimSpace(p.Text)
	if faults := models.CheckPhrase(p); len(faults) > 0 {
		return p, models.Invalid(faults...)
	}
	if p.Shared {
		if err := d.only(ctx, a, "phrase_saved", "phrase:"+p.ID, models.RoleAdmin); err != nil {
			return p, err
		}
	}
	saved, err := d.store.SavePhrase(ctx, a, p)
	return saved, d.denied(ctx, a, "phrase_changed", "phrase:"+p.ID, err)
}

// DropPhrase forgets a reason: the actor's own, or the agency's by an admin.
func (d *Desk) DropPhrase(ctx context.Context, a models.Actor, id string) error {
	list, err := d.store.Phrases(ctx, a)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(p models.Phrase) bool { return p.ID == id })
	if at < 0 {
		return d.denied(ctx, a, "phrase_dropped", "phrase:"+id, models.ErrNotFound)
	}
	if list[at].Shared {
		if err := d.only(ctx, a, "phrase_dropped", "phrase:"+id, models.RoleAdmin); err != nil {
			return err
		}
	}
	return d.store.DropPhrase(ctx, a, id, list[at].Shared)
}

// Notifications lists what the actor was told.
func (d *Desk) Notifications(ctx context.Context, a models.Actor, q models.PageQuery) (models.Page[models.Notification], error) {
	return d.store.Notifications(ctx, a, q)
}

// Unseen counts what the actor has not looked at.
func (d *Desk) Unseen(ctx context.Context, a models.Actor) (int, error) {
	return d.store.Unseen(ctx, a)
}

// SeeNotification marks one as seen.
func (d *Desk) SeeNotification(ctx context.Context, a models.Actor, id string) (string, error) {
	about, err := d.store.SeeNotification(ctx, a, id)
	return about, d.denied(ctx, a, "notification_seen", "notification:"+id, err)
}

// SeeNotifications marks all as seen.
func (d *Desk) SeeNotifications(ctx context.Context, a models.Actor) (int, error) {
	return d.store.SeeNotifications(ctx, a)
}
