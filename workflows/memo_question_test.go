package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
	"loket/workflows"
)

func TestQuestion(t *testing.T) {
	ask := workflows.Ask{Asked: by(head), Question: "untuk berapa lama?"}
	answer := workflows.Answer{Asked: by(sender), Answer: "sampai akhir kontrak"}
	t.Run("stops the decider's clock until it is answered", func(t *testing.T) {
		f := begin(t, 1).
			at(time.Hour, workflows.UpdateAsk, workflows.Ask{Asked: by(head)}, refusedWith(t, "invalid")).
			at(time.Hour+time.Minute, workflows.UpdateAnswer, answer, refusedWith(t, "not_now")).
			at(2*time.Hour, workflows.UpdateAsk, ask, nil). // 780 minutes are left, 330 to the reminder
			at(3*time.Hour, workflows.UpdateAsk, ask, refusedWith(t, "not_now")).
			at(3*time.Hour, workflows.UpdateNudge, workflows.Nudge{Asked: by(sender)}, refusedWith(t, "not_now")).
			at(4*time.Hour, workflows.UpdateAnswer, workflows.Answer{Asked: by(head), Answer: "x"}, refusedWith(t, "not_yours")).
			at(24*time.Hour, workflows.UpdateAnswer, answer, nil) // Tuesday 08:00
		types := f.run()
		require.Equal(t, []models.EventType{models.EventSent, models.EventAsked, models.EventAnswered, models.EventReminded, models.EventEscalated}, types[:5])
		require.Nil(t, f.l.events[1].After.Due, "no time runs")
		require.NotNil(t, f.l.events[1].After.Asked)
		require.Nil(t, f.l.events[2].After.Asked)
		require.Equal(t, "untuk berapa lama?", f.l.events[1].Reason)
		due := time.Date(2026, 6, 10, 14, 30, 0, 0, wib) // 450 on Tuesday, 240 until Wednesday's lunch, 90 after it
		require.Equal(t, due, f.l.events[2].After.Due.In(wib))
		require.Equal(t, due, f.l.at(models.EventEscalated).In(wib).Truncate(time.Minute))
		require.Equal(t, time.Date(2026, 6, 9, 14, 30, 0, 0, wib), f.l.at(models.EventReminded).In(wib).Truncate(time.Minute))
	})
	t.Run("is no hindrance to deciding", func(t *testing.T) {
		f := begin(t, 1).
			at(time.Hour, workflows.UpdateAsk, ask, nil).
			at(2*time.Hour, workflows.UpdateDecide, decide(head, true), nil).
			at(3*time.Hour, workflows.UpdateAnswer, answer, refusedWith(t, "not_now")).
			at(4*time.Hour, workflows.UpdateAsk, workflows.Ask{Asked: by(officer), Question: "siapa?"}, nil).
			at(5*time.Hour, workflows.UpdateAnswer, answer, nil).
			at(6*time.Hour, workflows.UpdateVerify, workflows.Verify{Asked: by(officer), All: models.RowRejected, Reason: "bukan pegawai"}, nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventAsked, models.EventApproved, models.EventAsked, models.EventAnswered,
			models.EventRefused}, f.run())
	})
	t.Run("unanswered, the sender is reminded after 1, 3 and 5 working days and the clock goes on after 7", func(t *testing.T) {
		f := begin(t, 1).at(2*time.Hour, workflows.UpdateAsk, ask, nil)
		types := f.run()
		require.Equal(t, []models.EventType{models.EventSent, models.EventAsked, models.EventAnswerNote, models.EventAnswerNote, models.EventAnswerNote,
			models.EventUnanswered, models.EventReminded, models.EventEscalated}, types[:8])
		for i, day := range map[int]int{2: 9, 3: 11, 4: 15, 5: 18} { // 16 June is a holiday
			require.Equal(t, time.Date(2026, 6, day, 10, 0, 0, 0, wib), f.l.events[i].At.In(wib).Truncate(time.Minute))
		}
	})
	t.Run("can be withdrawn from", func(t *testing.T) {
		f := begin(t, 1).
			at(time.Hour, workflows.UpdateAsk, ask, nil).
			at(2*time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(sender)}, nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventAsked, models.EventWithdrawn}, f.run())
		require.Nil(t, f.l.c.Asked)
	})
}

// lose takes an office from whoever holds it, and has the memo look for somebody else.
func (f *flow) lose(d time.Duration, who ...models.Actor) *flow {
	f.env.RegisterDelayedCallback(func() {
		f.l.mu.Lock()
		f.l.facts.Holders = nil
		for _, a := range who {
			f.l.facts.Holders = append(f.l.facts.Holders, holder(a))
		}
		f.l.mu.Unlock()
		f.env.SignalWorkflow(workflows.SignalReplan, nil)
	}, d)
	return f
}

func TestReplan(t *testing.T) {
	t.Run("an item whose head lost the office goes to whoever decides next, with time of their own", func(t *testing.T) {
		f := begin(t, 1).
			lose(3*time.Hour, sender, root, officer).
			at(4*time.Hour, workflows.UpdateDecide, decide(head, true), refusedWith(t, "not_yours")).
			at(5*time.Hour, workflows.UpdateDecide, decide(root, true), nil).
			at(6*time.Hour, workflows.UpdateVerify, workflows.Verify{Asked: by(officer), All: models.RowRejected, Reason: "bukan pegawai"}, nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventReassigned, models.EventApproved, models.EventRefused}, f.run())
		require.Equal(t, models.Candidate{Role: models.RoleHead, Unit: "KEM"}, f.l.events[1].Item.Candidate)
		require.Equal(t, time.Date(2026, 6, 10, 11, 0, 0, 0, wib), f.l.events[1].After.Due.In(wib))
	})
	t.Run("whoever is asked stays asked while they hold the office", func(t *testing.T) {
		f := begin(t, 1).
			lose(3*time.Hour, sender, head, officer).
			at(4*time.Hour, workflows.UpdateDecide, decide(head, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventRefused}, f.run())
	})
	t.Run("a unit that moved takes its open memos along", func(t *testing.T) {
		f := begin(t, 1)
		f.env.RegisterDelayedCallback(func() { f.l.mu.Lock(); f.l.facts.Path = "/KEM/KEM.2/KEM.1.1/"; f.l.mu.Unlock() }, time.Hour)
		f.lose(2*time.Hour, sender, head, officer).at(3*time.Hour, workflows.UpdateDecide, decide(head, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventReassigned, models.EventRefused}, f.run())
		require.Equal(t, "/KEM/KEM.2/KEM.1.1/", f.l.c.UnitPath)
		require.Nil(t, f.l.events[1].Item, "nobody else is asked")
	})
	t.Run("where nobody is left an admin is told once, and whoever is appointed is asked", func(t *testing.T) {
		f := begin(t, 1).lose(time.Hour, sender).lose(2*time.Hour, sender).lose(3*time.Hour, sender, root).
			at(4*time.Hour, workflows.UpdateDecide, decide(root, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventTrouble, models.EventReassigned, models.EventRefused}, f.run())
		require.Equal(t, models.TroubleApprover, f.l.events[1].After.Trouble)
		require.Empty(t, f.l.events[2].After.Trouble)
	})
	t.Run("nobody appointed in time lets it expire, never wait for ever", func(t *testing.T) {
		f := begin(t, 1).lose(time.Hour, sender)
		types := f.run()
		require.Equal(t, models.EventExpired, types[len(types)-1])
	})
	t.Run("the same step asked twice is reminded of twice", func(t *testing.T) {
		f := begin(t, 1).lose(26*time.Hour, sender, root).lose(27*time.Hour, sender, head).
			at(54*time.Hour, workflows.UpdateDecide, decide(head, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventReminded, models.EventReassigned, models.EventReassigned, models.EventReminded,
			models.EventRefused}, f.run())
	})
}

func TestFailingRows(t *testing.T) {
	made := func(t *testing.T, rows ...int) *flow {
		f := begin(t, 60).
			at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
			at(2*time.Hour, workflows.UpdateVerify, acceptAll(officer), nil)
		f.l.refuse, f.l.refused = errors.New("the name is taken"), map[int]bool{}
		for _, no := range rows {
			f.l.refused[no] = true
		}
		return f
	}
	skip := workflows.Skip{Asked: by(support), Reason: "data ganda"}
	t.Run("keep no other row waiting, and can be left out", func(t *testing.T) {
		f := made(t, 7, 55).
			at(3*time.Hour, workflows.UpdateSkip, workflows.Skip{Asked: by(sender), Reason: "x"}, refusedWith(t, "not_yours")).
			at(4*time.Hour, workflows.UpdateSkip, skip, nil).
			settle(5 * time.Hour)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventVerified, models.EventTrouble, models.EventSkipped,
			models.EventProvision, models.EventDone}, f.run())
		require.Len(t, f.l.accounts, 58)
		require.Equal(t, "the name is taken", f.l.events[3].Reason)
		require.Equal(t, &models.RowMove{From: models.RowAccepted, To: models.RowRejected}, f.l.events[4].Move)
	})
	t.Run("are made when tried again", func(t *testing.T) {
		f := made(t, 7)
		f.env.RegisterDelayedCallback(func() { f.l.mu.Lock(); f.l.refused = nil; f.l.refuse = nil; f.l.mu.Unlock() }, 4*time.Hour)
		f.at(5*time.Hour, workflows.UpdateRetry, workflows.Retry{Asked: by(support)}, nil).settle(6 * time.Hour)
		require.Contains(t, f.run(), models.EventRetried)
		require.Len(t, f.l.accounts, 60)
	})
	t.Run("where all fail and are left out, the memo is refused", func(t *testing.T) {
		f := made(t)
		f.l.refused = nil
		f.at(4*time.Hour, workflows.UpdateSkip, skip, nil)
		types := f.run()
		require.Equal(t, []models.EventType{models.EventTrouble, models.EventSkipped, models.EventSkipped}, types[len(types)-3:])
		require.Equal(t, models.StatusRefused, f.l.c.Status)
		require.Empty(t, f.l.accounts)
	})
}
