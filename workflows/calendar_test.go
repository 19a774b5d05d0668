package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
	"loket/workflows"
)

func june(day, hour, minute int) time.Time { return time.Date(2026, 6, day, hour, minute, 0, 0, wib) }

// edited is the next version of a calendar, with days off put in and taken out.
func edited(c models.Calendar, off, on []int) models.Calendar {
	c.Version++
	c.Holidays = slices.DeleteFunc(slices.Clone(c.Holidays), func(h models.Holiday) bool {
		return slices.ContainsFunc(on, func(day int) bool { return h.Date == models.DateOf(june(day, 0, 0)) })
	})
	for _, day := range off {
		c.Holidays = append(c.Holidays, models.Holiday{Date: models.DateOf(june(day, 0, 0)), Kind: models.HolidayNational})
	}
	return c
}

// edit makes another version of the calendar so long after the beginning, and tells the case.
func (f *flow) edit(d time.Duration, off, on []int) *flow {
	f.env.RegisterDelayedCallback(func() {
		f.l.mu.Lock()
		f.l.calendar = edited(f.l.calendar, off, on)
		f.l.mu.Unlock()
		f.env.SignalWorkflow(workflows.SignalCalendar, nil)
	}, d)
	return f
}

// reckons asserts how a memo begins, with its times as happens does.
func (f *flow) reckons(types []models.EventType, at ...time.Time) {
	f.t.Helper()
	got := f.run()
	require.Equal(f.t, types, got[:len(types)])
	for i, want := range at {
		is := f.l.events[i].At.In(wib)
		require.False(f.t, is.Before(want), "%s at %s, before %s", types[i], is, want)
		require.Less(f.t, is.Sub(want), 10*time.Second, "%s at %s", types[i], is)
	}
}

func (f *flow) due(event int) time.Time {
	f.t.Helper()
	require.NotNil(f.t, f.l.events[event].After.Due)
	return f.l.events[event].After.Due.In(wib)
}

// TestAnotherCalendar edits the calendar under memos whose head has 900 minutes: from Monday 8 June 08:00 those end on
// Wednesday 08:00, with a reminder on Tuesday 08:00. Tuesday 16 June is a holiday.
func TestAnotherCalendar(t *testing.T) {
	t.Run("a new holiday gives another day, for the reminder too", func(t *testing.T) {
		f := begin(t, 1).edit(3*time.Hour, []int{9}, nil)
		f.reckons([]models.EventType{models.EventSent, models.EventCalendar, models.EventReminded, models.EventEscalated},
			june(8, 8, 0), june(8, 11, 0), june(10, 8, 0), june(11, 8, 0))
		require.Equal(t, june(10, 8, 0), f.due(0))
		require.Equal(t, june(11, 8, 0), f.due(1))
		require.Equal(t, "id-2026@1", f.l.events[0].Calendar)
		require.Equal(t, "id-2026@2", f.l.events[1].Calendar)
		require.Nil(t, f.l.events[1].Item, "whoever is asked stays asked, since when they were")
		require.Empty(t, f.l.events[1].Notices)
		require.Equal(t, "id-2026@2", f.l.events[3].Calendar, "what follows goes by it too")
	})
	t.Run("a holiday that is none any more takes a day", func(t *testing.T) {
		f := beginOn(t, june(15, 8, 0)).edit(3*time.Hour, nil, []int{16})
		f.reckons([]models.EventType{models.EventSent, models.EventCalendar, models.EventReminded, models.EventEscalated},
			june(15, 8, 0), june(15, 11, 0), june(16, 8, 0), june(17, 8, 0))
		require.Equal(t, june(18, 8, 0), f.due(0))
		require.Equal(t, june(17, 8, 0), f.due(1))
	})
	t.Run("a reminder that should have gone goes at once", func(t *testing.T) {
		beginOn(t, june(15, 8, 0)).edit(46*time.Hour, nil, []int{16}).
			reckons([]models.EventType{models.EventSent, models.EventCalendar, models.EventReminded, models.EventEscalated},
				june(15, 8, 0), june(17, 6, 0), june(17, 6, 0), june(17, 8, 0))
	})
	t.Run("what should have fallen due is due now, not in the past, and no reminder goes before it", func(t *testing.T) {
		f := beginOn(t, june(12, 15, 0))
		f.l.calendar = edited(f.l.calendar, []int{15}, nil)
		f.edit(june(17, 9, 0).Sub(june(12, 15, 0)), nil, []int{15, 16})
		f.reckons([]models.EventType{models.EventSent, models.EventCalendar, models.EventEscalated}, june(12, 15, 0), june(17, 9, 0), june(17, 9, 0))
		require.Equal(t, f.l.events[1].At.UTC(), f.l.events[1].After.Due.UTC())
	})
	t.Run("a reminder that went out is neither taken back nor repeated", func(t *testing.T) {
		begin(t, 1).edit(26*time.Hour, []int{9, 10}, nil).
			reckons([]models.EventType{models.EventSent, models.EventReminded, models.EventCalendar, models.EventEscalated},
				june(8, 8, 0), june(9, 8, 0), june(9, 10, 0), june(12, 8, 0))
	})
	t.Run("the same version told twice, and one told after the end, change nothing", func(t *testing.T) {
		f := begin(t, 1).edit(time.Hour, []int{9}, nil).
			at(5*time.Hour, workflows.UpdateDecide, decide(head, false), nil)
		for _, again := range []time.Duration{2 * time.Hour, 3 * time.Hour} {
			f.env.RegisterDelayedCallback(func() { f.env.SignalWorkflow(workflows.SignalCalendar, nil) }, again)
		}
		require.Equal(t, []models.EventType{models.EventSent, models.EventCalendar, models.EventRefused}, f.run())
	})
	t.Run("the officers' turn goes by it as the head's does", func(t *testing.T) {
		f := begin(t, 1).at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).edit(3*time.Hour, []int{9}, nil)
		f.reckons([]models.EventType{models.EventSent, models.EventApproved, models.EventCalendar, models.EventReminded},
			june(8, 8, 0), june(8, 9, 0), june(8, 11, 0), june(10, 9, 0))
	})
	t.Run("a fresh plan brings no calendar along: the signal does", func(t *testing.T) {
		f := begin(t, 1)
		f.env.RegisterDelayedCallback(func() { f.l.mu.Lock(); f.l.calendar = edited(f.l.calendar, []int{9}, nil); f.l.mu.Unlock() }, time.Hour)
		f.lose(2*time.Hour, sender, head, officer)
		f.env.RegisterDelayedCallback(func() { f.env.SignalWorkflow(workflows.SignalCalendar, nil) }, 3*time.Hour)
		f.reckons([]models.EventType{models.EventSent, models.EventCalendar, models.EventReminded}, june(8, 8, 0), june(8, 11, 0), june(10, 8, 0))
	})
	t.Run("in a run that began before there was the signal, the plan does as it did", func(t *testing.T) {
		f := begin(t, 1)
		f.env.OnGetVersion("calendar-by-signal", workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
		f.env.OnGetVersion(mock.Anything, workflow.DefaultVersion, workflow.Version(1)).Return(workflow.Version(1))
		f.env.RegisterDelayedCallback(func() { f.l.mu.Lock(); f.l.calendar = edited(f.l.calendar, []int{9}, nil); f.l.mu.Unlock() }, time.Hour)
		f.env.RegisterDelayedCallback(func() { f.env.SignalWorkflow(workflows.SignalReplan, nil) }, 2*time.Hour)
		types := f.run()
		require.NotContains(t, types, models.EventCalendar)
		require.Equal(t, "id-2026@1", f.l.events[0].Calendar)
		require.Equal(t, "id-2026@2", f.l.events[slices.Index(types, models.EventEscalated)].Calendar)
	})
}

func TestAnotherCalendarAroundAQuestion(t *testing.T) {
	ask := workflows.Ask{Asked: by(head), Question: "untuk berapa lama?"}
	answer := workflows.Answer{Asked: by(sender), Answer: "sampai akhir kontrak"}
	t.Run("while it is open no clock runs, and what is left is what the new calendar leaves", func(t *testing.T) {
		f := begin(t, 1).at(2*time.Hour, workflows.UpdateAsk, ask, nil). // 120 minutes spent on a day that will turn out to be off
											edit(3*time.Hour, []int{8}, nil).
											at(24*time.Hour, workflows.UpdateAnswer, answer, nil) // Tuesday 08:00
		f.reckons([]models.EventType{models.EventSent, models.EventAsked, models.EventCalendar, models.EventAnswered, models.EventReminded, models.EventEscalated},
			june(8, 8, 0), june(8, 10, 0), june(8, 11, 0), june(9, 8, 0), june(10, 8, 0), june(11, 8, 0))
		require.Nil(t, f.l.events[2].After.Due)
		require.NotNil(t, f.l.events[2].After.Asked)
		require.Equal(t, june(11, 8, 0), f.due(3))
	})
	t.Run("the sender's reminders move with it", func(t *testing.T) {
		begin(t, 1).at(2*time.Hour, workflows.UpdateAsk, ask, nil).edit(3*time.Hour, []int{9}, nil).
			reckons([]models.EventType{models.EventSent, models.EventAsked, models.EventCalendar, models.EventAnswerNote},
				june(8, 8, 0), june(8, 10, 0), june(8, 11, 0), june(10, 10, 0))
	})
	t.Run("what the clock stood for it is not counted", func(t *testing.T) {
		f := begin(t, 1).at(2*time.Hour, workflows.UpdateAsk, ask, nil).
			at(24*time.Hour, workflows.UpdateAnswer, answer, nil). // due on Wednesday 14:30
			edit(25*time.Hour, []int{10}, nil)
		f.reckons([]models.EventType{models.EventSent, models.EventAsked, models.EventAnswered, models.EventCalendar})
		require.Equal(t, june(10, 14, 30), f.due(2))
		require.Equal(t, june(11, 14, 30), f.due(3))
	})
}

func TestAnotherCalendarOfARegistration(t *testing.T) {
	edit := func(f *registrationFlow, after time.Duration, off ...int) *registrationFlow {
		f.env.RegisterDelayedCallback(func() {
			f.d.now(func() { f.d.calendar = edited(f.d.calendar, off, nil) })
			f.env.SignalWorkflow(workflows.SignalCalendar, nil)
		}, after)
		return f
	}
	t.Run("moves the officers' time", func(t *testing.T) {
		f := edit(sent(t), 3*time.Hour, 9).judges(4*time.Hour, officer, models.ActionRefuse, nil)
		types := f.run()
		require.Equal(t, []models.EventType{models.EventCalendar, models.EventRefused}, types[len(types)-2:])
		require.Equal(t, f.due(len(types)-3).Add(24*time.Hour), f.due(len(types)-2))
	})
	t.Run("moves the end of the time for a revision", func(t *testing.T) {
		f := edit(sent(t).judges(time.Hour, officer, models.ActionReturn, nil), 3*time.Hour, 9)
		types := f.run()
		require.Equal(t, []models.EventType{models.EventReturned, models.EventCalendar, models.EventExpired}, types[len(types)-3:])
		require.Equal(t, june(23, 9, 0), f.due(len(types)-3))
		require.Equal(t, june(24, 9, 0), f.due(len(types)-2))
		require.Equal(t, june(24, 9, 0), f.l.at(models.EventExpired).In(wib).Truncate(time.Minute))
	})
	t.Run("leaves alone what runs in plain hours", func(t *testing.T) {
		f := edit(registers(t), time.Hour, 9)
		types := f.run()
		require.NotContains(t, types, models.EventCalendar)
		require.Equal(t, models.EventExpired, types[len(types)-1])
	})
}

func TestAnotherCalendarOfARequestForAccess(t *testing.T) {
	a := asks(t)
	a.env.RegisterActivity(&activities.Calendars{Store: a.flow.l})
	a.at(time.Hour, workflows.UpdateDecide, decide(sender, true), nil)
	a.edit(3*time.Hour, []int{9}, nil)
	require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventCalendar, models.EventReminded, models.EventExpired}, a.runs())
	require.Equal(t, june(10, 9, 0), a.due(1))
	require.Equal(t, june(11, 9, 0), a.due(2))
}
