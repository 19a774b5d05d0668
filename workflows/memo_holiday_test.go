package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
	"loket/workflows"
)

func march(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, wib) }

// beginOn is begin for a memo that is sent at another time than Monday.
func beginOn(t *testing.T, start time.Time) *flow {
	t.Helper()
	f := begin(t, 1)
	f.env.SetStartTime(start)
	return f
}

// happens asserts that each step of the clock was recorded at its instant: in that minute, and not a second early.
func (f *flow) happens(types []models.EventType, at ...time.Time) {
	f.t.Helper()
	f.run()
	require.Equal(f.t, types, f.l.types())
	for i, want := range at {
		got := f.l.events[i].At.In(wib)
		require.False(f.t, got.Before(want), "%s at %s, before %s", types[i], got, want)
		require.Less(f.t, got.Sub(want), 10*time.Second, "%s at %s", types[i], got)
	}
}

// TestOverIdulFitri sends memos around the holiday of 2026: Ramadan hours (08:00 to 12:00 and 12:30 to 15:00, 390
// minutes a day) until Tuesday 17 March, then seven days of holidays, joint leave and weekend, and ordinary hours (450
// minutes) from Wednesday 25 March. The instants are worked out by hand from the calendar.
func TestOverIdulFitri(t *testing.T) {
	unanswered := []models.EventType{models.EventSent, models.EventReminded, models.EventEscalated, models.EventReminded, models.EventEscalated,
		models.EventReminded, models.EventExpired}
	t.Run("sent on the last morning before it", func(t *testing.T) {
		f := beginOn(t, march(17, 10, 0))
		f.happens(unanswered,
			march(17, 10, 0),
			march(25, 10, 30), // 450: 270 until Tuesday 15:00, 180 from Wednesday 07:30
			march(26, 10, 30), // 900: 270 + 450 + 180
			march(26, 15, 15), // the acting head's 225: 90 until noon, 135 from 13:00
			march(27, 10, 30), // 450: 270 until Thursday 16:00, 180 from Friday 07:30
			march(27, 15, 45), // the root's 225: 60 until 11:30, 165 from 13:00
			march(30, 10, 30), // 450: 60 + 210 on Friday, 180 from Monday 07:30
		)
		require.Equal(t, march(26, 10, 30), f.l.events[0].Item.Due.In(wib), "what the page shows is exact")
	})
	t.Run("sent two days before it, the reminder comes with the last minute before the holiday", func(t *testing.T) {
		beginOn(t, march(16, 14, 0)).happens(unanswered,
			march(16, 14, 0),
			march(17, 15, 0), // 450: 60 on Monday, 390 on Tuesday
			march(25, 16, 0), // 900: the whole first Wednesday
			march(26, 11, 15),
			march(26, 16, 0),
			march(27, 11, 15),
			march(27, 16, 30),
		)
	})
	t.Run("sent on the holiday itself, time begins with the first working morning", func(t *testing.T) {
		beginOn(t, march(21, 9, 0)).happens(unanswered,
			march(21, 9, 0),
			march(25, 16, 0), // 450: the whole Wednesday
			march(26, 16, 0), // 900: and the whole Thursday
			march(27, 11, 15),
			march(27, 16, 30),
			march(30, 11, 15),
			march(30, 16, 0),
		)
	})
	t.Run("in the second it falls due after the holiday the head is on time, and later the acting head is asked", func(t *testing.T) {
		due := march(26, 10, 30).Sub(march(17, 10, 0))
		f := beginOn(t, march(17, 10, 0)).at(due, workflows.UpdateDecide, decide(head, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventReminded, models.EventRefused}, f.run())
		f = beginOn(t, march(17, 10, 0)).
			at(due+2*time.Second, workflows.UpdateDecide, decide(head, false), refusedWith(t, "not_yours")).
			at(due+3*time.Second, workflows.UpdateDecide, decide(acting, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventReminded, models.EventEscalated, models.EventRefused}, f.run())
	})
	t.Run("a decision on the eve is not reminded of over the holiday, and the officers' time is their own", func(t *testing.T) {
		f := beginOn(t, march(17, 10, 0)).
			at(4*time.Hour, workflows.UpdateDecide, decide(head, true), nil). // Tuesday 14:00
			at(9*24*time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(sender)}, nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventReminded, models.EventWithdrawn}, f.run())
		require.Equal(t, march(25, 15, 0), f.l.events[2].At.In(wib).Truncate(time.Minute), "450: 60 on Tuesday, 270 until Wednesday noon, 120 from 13:00")
	})
}
