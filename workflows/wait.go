package workflows

import (
	"strconv"
	"time"

	"go.temporal.io/sdk/workflow"

	"loket/models"
)

// graceAfterDue keeps what arrives in the very second of the deadline on time: late means now > due (TIMING).
const graceAfterDue = time.Second

// turn is one candidate's time to decide: reminded once, then due. Ran is when its clock ran, the last stretch without an end
// while it runs.
type turn struct {
	Step     models.Step `json:"step"`
	Remind   time.Time   `json:"remind"`
	Due      time.Time   `json:"due"`
	Reminded bool        `json:"reminded"`
	Ran      []stretch   `json:"ran,omitempty"`
}

// begin gives a step its own time from now on, in business minutes.
func begin(s models.Step, cal models.Calendar, now time.Time) turn {
	return turn{Step: s, Remind: cal.Add(now, s.RemindAt).UTC(), Due: cal.Add(now, s.Minutes).UTC(), Ran: []stretch{{From: now.UTC()}}}
}

// next is the instant at which the clock has something to do: a reminder, unless that would come too late to help.
func (t turn) next(now time.Time) time.Time {
	if !t.Reminded && now.Before(t.Due) {
		return t.Remind
	}
	return t.Due.Add(graceAfterDue)
}

// timerID is the event id of a step of the clock; unique within a case, the same after continue-as-new.
func timerID(what string, stage models.Stage, step, round int) string {
	return "timer:" + what + ":" + string(stage) + ":" + strconv.Itoa(step) + ":" + strconv.Itoa(round)
}

// afresh starts a fresh history, once nobody is in the middle of something. A signal that comes meanwhile is sent again: whoever
// sent it looks for what has not changed.
func afresh(ctx workflow.Context, name string, in any) error {
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, name, in)
}

// sleepUntil waits until case time reaches at, or until done says that waiting is over; it answers whether the time
// came. The timer is cancelled when it is not needed any more.
func (r *caseRun) sleepUntil(ctx workflow.Context, at time.Time, done func() bool) (bool, error) {
	wait := r.clock.Wait(at.Sub(r.now(ctx))) + time.Millisecond // a divided wait is rounded down
	timerCtx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	timer := workflow.NewTimer(timerCtx, wait)
	err := workflow.Await(ctx, func() bool { return done() || timer.IsReady() })
	return !done(), err
}
