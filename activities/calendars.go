package activities

import (
	"context"

	"loket/models"
)

// CalendarStore is what the calendars' activity needs of the database.
type CalendarStore interface {
	// UnitCalendar is the calendar by which the unit works.
	UnitCalendar(ctx context.Context, agency, unit string) (models.Calendar, error)
}

// Calendars are the activities about business time.
type Calendars struct {
	Store CalendarStore
}

// CalendarInput names the unit whose time is counted.
type CalendarInput struct {
	Agency string `json:"agency"`
	Unit   string `json:"unit"`
}

// Find is the calendar by which a unit works now. It is asked until there is an answer: a case that runs by an old calendar
// is better off than one that has failed.
func (a *Calendars) Find(ctx context.Context, in CalendarInput) (models.Calendar, error) {
	return a.Store.UnitCalendar(ctx, in.Agency, in.Unit)
}
