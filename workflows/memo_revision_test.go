package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
	"loket/workflows"
)

func giveBack(a models.Actor) workflows.Return {
	return workflows.Return{Asked: by(a), Reason: "perihal kurang jelas", Notes: []models.FieldNote{{Field: "subject", Note: "sebutkan unitnya"}}}
}

// rewrite changes what the memo says after so much time, as its sender would on a returned draft.
func (f *flow) rewrite(d time.Duration, change func(*models.MemoDraft)) *flow {
	f.env.RegisterDelayedCallback(func() {
		f.l.mu.Lock()
		defer f.l.mu.Unlock()
		change(&f.l.draft)
	}, d)
	return f
}

func TestReturnForRevision(t *testing.T) {
	again := workflows.Resubmit{Asked: by(sender)}
	t.Run("by the head, and on to the head again", func(t *testing.T) {
		f := begin(t, 1).
			at(time.Hour, workflows.UpdateReturn, workflows.Return{Asked: by(head)}, refusedWith(t, "invalid")).
			at(2*time.Hour, workflows.UpdateReturn, giveBack(head), nil).
			at(3*time.Hour, workflows.UpdateDecide, decide(head, true), refusedWith(t, "already_decided")).
			at(4*time.Hour, workflows.UpdateResubmit, workflows.Resubmit{Asked: by(head)}, refusedWith(t, "not_yours")).
			at(5*time.Hour, workflows.UpdateResubmit, again, nil).
			at(6*time.Hour, workflows.UpdateDecide, decide(head, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventReturned, models.EventResent, models.EventRefused}, f.run())
		require.Equal(t, 2, f.l.events[2].After.Round)
		require.Equal(t, "subject", f.l.events[1].Notes[0].Field)
	})
	t.Run("by an officer, and on to the officers where nothing changed that the head judged", func(t *testing.T) {
		f := begin(t, 2).
			at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
			at(2*time.Hour, workflows.UpdateVerify, workflows.Verify{Asked: by(officer), Rows: []models.RowDecision{{No: 1, Accept: true}}}, nil).
			at(3*time.Hour, workflows.UpdateReturn, giveBack(officer), nil).
			rewrite(4*time.Hour, func(d *models.MemoDraft) { d.Contact = "pesawat 99" }).
			at(5*time.Hour, workflows.UpdateResubmit, again, nil).
			at(6*time.Hour, workflows.UpdateVerify, acceptAll(officer), nil).
			settle(7 * time.Hour)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventRows, models.EventReturned, models.EventResent,
			models.EventVerified, models.EventProvision, models.EventDone}, f.run())
		require.Equal(t, models.StatusVerification, f.l.events[4].After.Status)
		require.Equal(t, 2, f.l.events[4].After.RowsOpen, "every row is decided anew in a new round")
	})
	t.Run("an approval is void when its subject changed", func(t *testing.T) {
		f := begin(t, 1).
			at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
			at(2*time.Hour, workflows.UpdateReturn, giveBack(officer), nil).
			rewrite(3*time.Hour, func(d *models.MemoDraft) { d.Subject = "Akses bagi Direktorat 2" }).
			at(4*time.Hour, workflows.UpdateResubmit, again, nil).
			at(5*time.Hour, workflows.UpdateVerify, acceptAll(officer), refusedWith(t, "already_decided")).
			at(6*time.Hour, workflows.UpdateDecide, decide(head, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventReturned, models.EventResent, models.EventRefused}, f.run())
	})
	t.Run("no clock runs while the sender corrects, and a new one begins", func(t *testing.T) {
		f := begin(t, 1).
			at(time.Hour, workflows.UpdateReturn, giveBack(head), nil).
			at(30*24*time.Hour, workflows.UpdateResubmit, again, nil) // Wednesday 8 July, 08:00
		types := f.run()
		require.Equal(t, []models.EventType{models.EventSent, models.EventReturned, models.EventResent, models.EventReminded}, types[:4])
		require.Equal(t, time.Date(2026, 7, 9, 8, 0, 0, 0, wib), f.l.at(models.EventReminded).In(wib).Truncate(time.Minute))
	})
	t.Run("whoever may send for the unit by now sends it again, and is its sender", func(t *testing.T) {
		successor, former := actor("successor", sender.Grants[0]), actor(sender.AccountID)
		f := begin(t, 1).
			at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
			at(2*time.Hour, workflows.UpdateReturn, giveBack(officer), nil).
			at(3*time.Hour, workflows.UpdateResubmit, workflows.Resubmit{Asked: by(former)}, refusedWith(t, "not_yours")).
			at(4*time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(successor)}, refusedWith(t, "not_yours")).
			at(5*time.Hour, workflows.UpdateResubmit, workflows.Resubmit{Asked: by(successor)}, nil).
			at(6*time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(successor)}, nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventReturned, models.EventResent, models.EventWithdrawn}, f.run())
		again := f.l.events[3]
		require.Equal(t, "successor", again.Actor.AccountID)
		require.Equal(t, "successor", again.After.Sender)
		require.Equal(t, models.StatusApproval, again.After.Status, "an approval of what another sent is void")
	})
	t.Run("the sender may withdraw instead", func(t *testing.T) {
		f := begin(t, 1).
			at(time.Hour, workflows.UpdateReturn, giveBack(head), nil).
			at(2*time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(sender)}, nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventReturned, models.EventWithdrawn}, f.run())
	})
}

func TestNudge(t *testing.T) {
	nudge := workflows.Nudge{Asked: by(sender)}
	f := begin(t, 1).
		at(time.Hour, workflows.UpdateNudge, workflows.Nudge{Asked: by(head)}, refusedWith(t, "not_yours")).
		at(2*time.Hour, workflows.UpdateNudge, nudge, nil).
		at(6*time.Hour-time.Second, workflows.UpdateNudge, nudge, refusedWith(t, "too_soon")).
		at(6*time.Hour, workflows.UpdateNudge, nudge, nil).
		at(7*time.Hour, workflows.UpdateDecide, decide(head, false), nil)
	require.Equal(t, []models.EventType{models.EventSent, models.EventNudged, models.EventNudged, models.EventRefused}, f.run())
}
