package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// TestWhatCameBackIsTheUnits returns a memo whose sender is not in office any more: whoever is may send it again, and
// nobody who ever sent it decides on it.
func TestWhatCameBackIsTheUnits(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		grant := func(a models.Actor, unit string) models.Actor {
			_, err := b.Grant(b.ctx(), models.Actor{}, models.RoleGrant{EmployeeID: a.EmployeeID, Role: models.RoleHead, Unit: unit, From: b.caseNow()})
			require.NoError(t, err)
			return b.actor(a.AccountID)
		}
		id := b.memo(o.ppk, "KEM.1.2", recap(t, "recap-clean.csv")[:1])
		sent := b.record(b.sending(id, o.head, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
		back := b.follow(sent, models.EventReturned, models.StatusReturned)
		back.Actor, back.Outcome = o.above, "returned"
		back = b.record(back).Change
		successor := grant(b.colleague("KEM.1.2"), "KEM.1.2")
		now := b.caseNow()

		t.Run("it keeps the unit of its number", func(t *testing.T) {
			moved := draftOf("KEM.1.3", recap(t, "recap-clean.csv")[:1])
			var p *models.Problem
			require.ErrorAs(t, b.SaveDraft(b.ctx(), o.head, id, moved, 0), &p)
			require.Equal(t, []models.FieldFault{models.Fault("unit", "unit_numbered", "code", "KEM.1.2")}, p.Faults)
			view, err := b.Memo(b.ctx(), id)
			require.NoError(t, err)
			require.Contains(t, view.MemoNumber, "/KEM.1.2/")
			require.Equal(t, "KEM.1.2", view.Draft.Unit)
			moved.Unit, moved.Subject = "KEM.1.2", "Akun Flexiwork, diperbaiki"
			require.NoError(t, b.SaveDraft(b.ctx(), o.head, id, moved, 0))
		})

		t.Run("who may send for the unit finds it and may send it again", func(t *testing.T) {
			c, err := b.Case(b.ctx(), models.DefaultAgency, id)
			require.NoError(t, err)
			require.NoError(t, models.May(c, successor, models.ActionResubmit, now))
			require.ErrorIs(t, models.May(c, o.above, models.ActionResubmit, now), models.ErrNotYours)
			require.Equal(t, []string{id}, b.tab(successor, models.WorkQuery{Tab: models.TabReturned}))
			require.Empty(t, b.tab(o.elsewhere, models.WorkQuery{Tab: models.TabReturned}))
			for a, n := range map[*models.Actor]int{&successor: 1, &o.elsewhere: 0} {
				found, err := b.Cases(b.ctx(), *a, CaseQuery{Status: models.StatusReturned})
				require.NoError(t, err)
				require.Len(t, found.Items, n)
			}
		})
		t.Run("who sent it before decides on it no more than who sends it now", func(t *testing.T) {
			again := b.follow(back, models.EventResent, models.StatusApproval)
			again.Actor, again.After.Sender, again.After.Round = successor, successor.AccountID, 2
			again.Item = &models.WorkItem{Stage: models.StageHead, Round: 2, Queue: "approval", Candidate: models.Candidate{Role: models.RoleHead, Unit: "KEM.1"},
				Due: now.Add(time.Hour)}
			b.record(again)
			former, latter := grant(o.head, "KEM.1"), grant(successor, "KEM.1")
			require.True(t, b.decides(id, o.above))
			for _, a := range []models.Actor{former, latter} {
				require.False(t, b.decides(id, a))
				require.NotContains(t, b.shown(a), id)
			}
			facts, err := b.ApprovalFacts(b.ctx(), id)
			require.NoError(t, err)
			require.True(t, facts.Listed[former.EmployeeID] && facts.Listed[latter.EmployeeID])
			require.Empty(t, b.tab(latter, models.WorkQuery{Tab: models.TabReturned}))
		})
	})
}
