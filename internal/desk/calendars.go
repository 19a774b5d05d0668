package desk

import (
	"context"
	"time"

	"loket/models"
	"loket/workflows"
)

// calendarsEvery is how often cases are looked for that go by another calendar than their unit. A file that was imported in
// another process is nothing anybody hears of.
const calendarsEvery = 10 * time.Second

// calendarsAgain is at which look those are told once more that were told already; a worker that was away comes back to no
// heap of signals.
const calendarsAgain = 60

// keepCalendars looks for cases that go by another calendar than their unit until ctx ends.
func (d *Desk) keepCalendars(ctx context.Context) {
	tick := time.NewTicker(calendarsEvery)
	defer tick.Stop()
	by := ""
	for look := 0; ; look++ {
		told, err := d.recount(ctx, by, look%calendarsAgain == 0)
		if err != nil && ctx.Err() == nil {
			d.log.WarnContext(ctx, "cases of another calendar were not told", "error", err)
		}
		if err == nil {
			by = told
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// recount has cases reckon anew what is due, where units work by other calendars than they did by the last look, or in any
// case where again is true. It answers by which they work.
func (d *Desk) recount(ctx context.Context, last string, again bool) (string, error) {
	ids, by, err := d.store.Miscounted(ctx)
	if err != nil || by == last && !again {
		return by, err
	}
	err = d.tellAll(ctx, ids, workflows.SignalCalendar)
	if err != nil && !away(err) { // one that cannot be told has the others told no more often
		d.log.WarnContext(ctx, "a case of another calendar was not told", "error", err)
		err = nil
	}
	return by, err
}

// Calendar is one version of a calendar, the newest for 0.
func (d *Desk) Calendar(ctx context.Context, id string, version int) (models.Calendar, error) {
	if version > 0 {
		return d.store.CalendarVersion(ctx, id, version)
	}
	return d.store.Calendar(ctx, id)
}

// Due reckons with the code that the workflows use.
func (d *Desk) Due(ctx context.Context, calendarID string, from time.Time, minutes int) (time.Time, error) {
	cal, err := d.Calendar(ctx, calendarID, 0)
	if err != nil {
		return time.Time{}, err
	}
	return cal.Add(from, minutes), nil
}
