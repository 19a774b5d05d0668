package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"loket/internal/edge"
	"loket/models"
)

// CalendarID names a calendar in the path.
type CalendarID struct {
	ID string `path:"id" maxLength:"64" doc:"The calendar's id." example:"id-wib"`
}

type calendarInput struct {
	CalendarID
	Version int `query:"version" minimum:"0" maximum:"1000000" doc:"Which version; the newest unless given." example:"1"`
}

type calendarOutput struct{ Body models.Calendar }

type dueInput struct {
	CalendarID
	From    instant `query:"from" required:"true" doc:"RFC 3339, such as 2026-06-08T08:00:00+07:00. Write + as %2B; one that arrived as a space is understood." example:"2026-06-08T01:00:00Z"`
	Minutes int     `query:"minutes" required:"true" minimum:"-1000000" maximum:"1000000" doc:"Business minutes; negative ones go back." example:"900"`
}

type dueOutput struct {
	Body struct {
		Due time.Time `json:"due" example:"2026-06-09T16:00:00+07:00" doc:"When that many business minutes have passed, in the calendar's own offset."`
	}
}

// instant is an RFC 3339 time in a query, where people forget that + means a space.
type instant struct{ time.Time }

// UnmarshalText reads RFC 3339.
func (i *instant) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.RFC3339Nano, strings.ReplaceAll(string(text), " ", "+"))
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return errors.New("not RFC 3339")
	}
	i.Time = t
	return nil
}

func (s *service) calendarOperations() {
	register(s, operation{id: "get-calendar", method: http.MethodGet, path: "/calendars/{id}", tag: tagCalendars, summary: "Read a calendar",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "Working hours by weekday, periods with other hours, and days off. A version never changes; an edit makes the next, by which open cases go from then on."}, s.calendar)
	register(s, operation{id: "get-due", method: http.MethodGet, path: "/calendars/{id}/due", tag: tagCalendars, summary: "Reckon a deadline",
		access: edge.SignedIn(), scope: models.ScopeRead,
		text: "The instant at which so many business minutes have passed, with the code that deadlines use. A span that fills a day ends at the day's end. A working day is 450 minutes."}, s.due)
}

func (s *service) calendar(ctx context.Context, in *calendarInput) (*calendarOutput, error) {
	c, err := s.desk.Calendar(ctx, in.ID, in.Version)
	return &calendarOutput{c}, err
}

func (s *service) due(ctx context.Context, in *dueInput) (*dueOutput, error) {
	due, err := s.desk.Due(ctx, in.ID, in.From.Time, in.Minutes)
	out := &dueOutput{}
	out.Body.Due = due
	return out, err
}
