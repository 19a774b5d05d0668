package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
)

// stretch is a time in which a turn's clock runs, or ran until To.
type stretch struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"`
}

// stopped closes the stretch that runs.
func (t turn) stopped(at time.Time) turn {
	if n := len(t.Ran); n > 0 {
		t.Ran = append(t.Ran[:n-1:n-1], stretch{t.Ran[n-1].From, at})
	}
	return t
}

// known is the turn with its stretches. One that was carried on from before they were kept has none: what the old calendar
// says lies before its due time is then taken for one, up to when an open question stopped it.
func (t turn) known(old models.Calendar, stood time.Time) turn {
	if len(t.Ran) == 0 {
		t.Ran = []stretch{{old.Before(t.Due, t.Step.Minutes).UTC(), stood}}
	}
	return t
}

// left is what a calendar leaves of so many business minutes, at the beginning of the stretch that runs, else at the end of the last.
func (t turn) left(cal models.Calendar, minutes int) int {
	for _, s := range t.Ran {
		if !s.To.IsZero() {
			minutes -= cal.Between(s.From, s.To)
		}
	}
	return minutes
}

// by is the turn as another calendar counts it. What should have fallen due before is due now, and what went out stays sent.
func (t turn) by(cal models.Calendar, now time.Time) turn {
	from := t.Ran[len(t.Ran)-1].From
	t.Due = dueBy(cal, from, t.left(cal, t.Step.Minutes), now)
	if !t.Reminded {
		t.Remind = cal.Add(from, t.left(cal, t.Step.RemindAt)).UTC()
	}
	return t
}

// dueBy is when so many business minutes have passed, but never in the past.
func dueBy(cal models.Calendar, from time.Time, minutes int, now time.Time) time.Time {
	if due := cal.Add(from, minutes).UTC(); due.After(now) {
		return due
	}
	return now
}

// reckoned is how a case stands by another calendar: what is due, and what its flow takes over once that is recorded.
type reckoned struct {
	due  *time.Time
	take func()
}

// recount has what is open go by the calendar by which the unit works now (TIMING, rule 10): what was spent counts by it,
// what fired stays fired.
func (k *asker) recount(ctx workflow.Context) error {
	return k.goBy(ctx, models.Status.Asks, func(cal models.Calendar) reckoned {
		now, q := k.now(ctx), k.a.Question
		if q == nil {
			t := k.a.Turn.known(k.a.Calendar, time.Time{}).by(cal, now)
			return reckoned{&t.Due, func() { k.a.Turn = t }}
		}
		t, still := k.a.Turn.known(k.a.Calendar, q.Since), *q
		still.Left, still.Remind = t.left(cal, t.Step.Minutes), t.left(cal, t.Step.RemindAt)
		return reckoned{take: func() { k.a.Turn, k.a.Question = t, &still }}
	})
}

// goBy records that the case goes by another calendar from now on, while it stands where that matters.
func (k *asker) goBy(ctx workflow.Context, matters func(models.Status) bool, reckon func(models.Calendar) reckoned) error {
	for k.calendar.ReceiveAsync(nil) {
	}
	if !matters(k.c.Status) {
		return nil
	}
	var calendars *activities.Calendars
	var cal models.Calendar
	in := activities.CalendarInput{Agency: k.agency, Unit: k.c.Unit}
	if err := workflow.ExecuteActivity(unending(ctx), calendars.Find, in).Get(ctx, &cal); err != nil {
		return err
	}
	return k.inTurn(ctx, func() error {
		for matters(k.c.Status) && cal.Ref() != k.a.Told {
			r, after := reckon(cal), *k.c
			after.Due = r.due
			rec, err := k.record(ctx, models.Change{EventID: "calendar:" + k.next(), Type: models.EventCalendar, After: after, Calendar: cal.Ref()}, false)
			if err != nil {
				return err
			}
			if !rec.ByOther { // else another step of before stood at that place, and is applied by now
				k.a.Calendar = cal
				r.take()
			}
		}
		return nil
	})
}
