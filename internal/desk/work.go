package desk

import (
	"cmp"
	"context"
	"strings"
	"time"

	"loket/internal/store"
	"loket/models"
)

// Work is the inbox as its reader lives in it.
type Work interface {
	// Work is one page of a tab, with counts of every tab. A choice that there is not is ErrInvalid.
	Work(ctx context.Context, a models.Actor, q models.WorkQuery) (models.WorkPage, error)
	// Beside gives the cases before and after one in a list that asks for decisions, "" for none.
	Beside(ctx context.Context, a models.Actor, q models.WorkQuery, caseID string) (before, after string, err error)
	// Claim tells the colleagues of a shared queue that the actor works on a case. ErrClaimed while one of them does,
	// unless takeOver; ErrNotNow where the case is asked of one office alone.
	Claim(ctx context.Context, a models.Actor, caseID string, takeOver bool) (models.Claim, error)
	// Release ends the actor's own claim.
	Release(ctx context.Context, a models.Actor, caseID string) error
	// Track finds a case by its number or its memo's. What the actor may not see is ErrNotFound, as what is not there.
	Track(ctx context.Context, a models.Actor, number string) (models.CaseSummary, error)
}

// Keepsakes are what a person keeps for the inbox: views of it, and reasons that they give often.
type Keepsakes interface {
	SavedViews(ctx context.Context, a models.Actor) ([]models.SavedView, error)
	// SaveView keeps a new view, or changes one where it has an id.
	SaveView(ctx context.Context, a models.Actor, v models.SavedView) (models.SavedView, error)
	DropView(ctx context.Context, a models.Actor, id string) error
	Phrases
}

// Phrases are the reasons that are given often: a person's own, and the agency's, which admins keep.
type Phrases interface {
	Phrases(ctx context.Context, a models.Actor) ([]models.Phrase, error)
	// SavePhrase keeps a new phrase, or changes one where it has an id.
	SavePhrase(ctx context.Context, a models.Actor, p models.Phrase) (models.Phrase, error)
	DropPhrase(ctx context.Context, a models.Actor, id string) error
}

// Bell is what the portal tells a person.
type Bell interface {
	Notifications(ctx context.Context, a models.Actor, q models.PageQuery) (models.Page[models.Notification], error)
	// Unseen counts what the actor has not looked at, up to models.CountedMost.
	Unseen(ctx context.Context, a models.Actor) (int, error)
	// SeeNotification marks one as seen and gives the case that it is about.
	SeeNotification(ctx context.Context, a models.Actor, id string) (string, error)
	// SeeNotifications marks all as seen and tells how many were not.
	SeeNotifications(ctx context.Context, a models.Actor) (int, error)
}

// Work is one page of the actor's inbox with the business time that is left.
func (d *Desk) Work(ctx context.Context, a models.Actor, q models.WorkQuery) (models.WorkPage, error) {
	q.Text = models.SearchText(q.Text)
	if faults := q.Check(); len(faults) > 0 {
		return models.WorkPage{}, models.Invalid(faults...)
	}
	page, err := d.store.Work(ctx, a, q)
	if err != nil {
		return models.WorkPage{}, err
	}
	if q.Tab.Asks() {
		err = d.timed(page)
	}
	return page.WorkPage, err
}

// timed says how much business time is left, by the calendar of the unit that the item waits for.
func (d *Desk) timed(page store.WorkPage) error {
	now := d.now()
	for i, item := range page.Items {
		if item.ItemDue.IsZero() {
			continue
		}
		cal, err := page.Calendar(item.DueUnit)
		if err != nil {
			return err
		}
		zone := cal.Location()
		page.Items[i].Remaining = cal.Between(now, item.ItemDue)
		page.Items[i].DueToday = models.DateOf(now.In(zone)) == models.DateOf(item.ItemDue.In(zone))
	}
	return nil
}

// Beside gives a case's neighbours in a list.
func (d *Desk) Beside(ctx context.Context, a models.Actor, q models.WorkQuery, caseID string) (before, after string, err error) {
	q.Text = models.SearchText(q.Text)
	if faults := q.Check(); len(faults) > 0 {
		return "", "", models.Invalid(faults...)
	}
	if !q.Tab.Asks() {
		return "", "", nil
	}
	return d.store.Beside(ctx, a, q, caseID)
}

// Claim tells the actor's colleagues that they work on a case, for half a working day.
func (d *Desk) Claim(ctx context.Context, a models.Actor, caseID string, takeOver bool) (models.Claim, error) {
	if err := d.shares(ctx, a, "claim", caseID); err != nil {
		return models.Claim{}, err
	}
	cal, err := d.store.UnitCalendar(ctx, a.Agency, a.Unit)
	if err != nil {
		return models.Claim{}, err
	}
	until := cal.Add(d.now(), models.ClaimMinutes).UTC().Truncate(time.Microsecond)
	if err := d.store.Claim(ctx, a, caseID, until, takeOver); err != nil {
		return models.Claim{}, err
	}
	claim, err := d.store.ClaimOn(ctx, a, caseID)
	if err != nil || claim == nil {
		return models.Claim{Mine: true, Until: until}, err
	}
	return *claim, nil
}

// Release ends the actor's claim.
func (d *Desk) Release(ctx context.Context, a models.Actor, caseID string) error {
	if err := d.shares(ctx, a, "release", caseID); err != nil {
		return err
	}
	return d.store.Release(ctx, a, caseID)
}

// shares asks that a case waits in a queue in which the actor is one of several.
func (d *Desk) shares(ctx context.Context, a models.Actor, action, caseID string) error {
	c, err := d.store.Case(ctx, a.Agency, caseID)
	if err == nil {
		a, err = d.sees(ctx, a, c)
	}
	if err == nil {
		if _, ok := c.Decides(a); !ok {
			err = models.ErrNotYours.With("status", string(c.Status))
		}
	}
	if err != nil {
		return d.denied(ctx, a, action, cmp.Or(string(c.Kind), "case")+":"+caseID, err)
	}
	for _, rule := range c.Candidates {
		if rule.Shared() {
			return nil
		}
	}
	return models.ErrNotNow.With("status", string(c.Status))
}

// Track finds a case by a number that somebody read from a letter or a message.
func (d *Desk) Track(ctx context.Context, a models.Actor, number string) (models.CaseSummary, error) {
	number = strings.ToUpper(strings.Join(strings.Fields(number), ""))
	if number == "" {
		return models.CaseSummary{}, models.Invalid(models.Fault("number", "required"))
	}
	id, err := d.store.CaseByNumber(ctx, a.Agency, number)
	if err != nil {
		return models.CaseSummary{}, err
	}
	c, a, decided, err := d.store.CaseFor(ctx, a, id)
	if err == nil && !models.Sees(c, a, decided) {
		err = models.ErrNotFound
	}
	if err != nil {
		return models.CaseSummary{}, err
	}
	return d.store.CaseLine(ctx, id)
}
