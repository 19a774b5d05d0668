package store

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender := b.holder(models.RoleHead, "KEM.1.2")
		decider := b.holder(models.RoleHead, "KEM.1")
		rows := recap(t, "recap-clean.csv")
		id := b.memo(sender, "KEM.1.2", rows)
		who := models.Candidate{Role: models.RoleHead, Unit: "KEM.1"}
		sent := b.sending(id, sender, who)

		t.Run("a sent memo has its number, its work item, its message and its audit entry", func(t *testing.T) {
			r := b.record(sent)
			require.False(t, r.ByOther)
			view, err := b.Memo(b.ctx(), id)
			require.NoError(t, err)
			require.Equal(t, "ND-1/KEM.1.2/2026", view.MemoNumber)
			require.Regexp(t, `^LKT-2026-\d{6}$`, view.Number)
			require.Equal(t, models.StatusApproval, view.Status)
			require.Equal(t, []models.Candidate{who}, view.Case.Candidates)
			require.Equal(t, len(rows), view.Rows.Pending)
			require.Equal(t, len(rows), view.Rows.Total)
			require.Len(t, view.Timeline, 2)
			require.NotEmpty(t, view.Timeline[1].ActorName)
			require.Equal(t, 1, b.count("select count(*) from notices where kind = 'memo_waiting' and account_id = ?", decider.AccountID))
			require.Equal(t, 2, b.count("select count(*) from audit_entries where stream = ?", "case:"+id))
			require.Equal(t, len(rows), b.count("select count(*) from memo_rows where case_id = ? and employee_id is not null", id))
		})
		t.Run("the same change again converges on the first", func(t *testing.T) {
			r := b.record(sent)
			require.False(t, r.ByOther)
			require.Equal(t, sent.Seq, r.Seq)
			require.Equal(t, 1, b.count("select count(*) from notices where kind = 'memo_waiting'"))
			again := sent
			again.Seq = 9
			require.Equal(t, sent.Seq, b.record(again).Seq, "the same event at another place is the stored one")
		})
		t.Run("another event at a taken place is answered with the one that stands", func(t *testing.T) {
			other := sent
			other.EventID, other.Type = "late", models.EventWithdrawn
			r := b.record(other)
			require.True(t, r.ByOther)
			require.Equal(t, models.EventSent, r.Type)
		})
		t.Run("a gap is refused and changes nothing", func(t *testing.T) {
			gap := b.follow(sent, models.EventReminded, models.StatusApproval)
			gap.Seq += 1
			_, err := b.Record(b.ctx(), gap)
			require.ErrorIs(t, err, ErrGap)
			require.Equal(t, 2, b.count("select count(*) from events where case_id = ?", id))
		})
		t.Run("of many decisions at once one is recorded and all learn which", func(t *testing.T) {
			change := func(i int) models.Change {
				c := b.follow(sent, models.EventApproved, models.StatusVerification)
				c.EventID, c.Outcome, c.Actor = fmt.Sprintf("update-%d", i), "approved", decider
				return c
			}
			winners := make([]string, 20)
			for _, err := range atOnce(20, func(i int) error {
				r, err := b.Record(b.ctx(), change(i))
				winners[i] = r.EventID
				return err
			}) {
				require.NoError(t, err)
			}
			require.Len(t, slices.Compact(winners), 1)
			require.Equal(t, 3, b.count("select seq from cases where id = ?", id))
			require.Equal(t, 0, b.count("select count(*) from work_items where case_id = ? and state = 'open'", id))
		})
		t.Run("an unknown case is refused", func(t *testing.T) {
			_, err := b.Record(b.ctx(), models.Change{CaseID: "nobody", Seq: 2})
			require.ErrorIs(t, err, models.ErrNotFound)
		})
	})
}

func TestRowDecisions(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender, officer := b.holder(models.RoleHead, "KEM.1.2"), b.holder(models.RoleOfficer, "")
		id := b.memo(sender, "KEM.1.2", recap(t, "recap-clean.csv")[:4])
		c := b.record(b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
		c = b.follow(c, models.EventRows, models.StatusVerification)
		c.Actor = officer
		c.Rows = []models.RowDecision{{No: 1, Accept: true}, {No: 2, Reason: "Nama berbeda."}}
		c = b.record(c).Change

		t.Run("decided rows keep their decision", func(t *testing.T) {
			c := b.follow(c, models.EventVerified, models.StatusProvisioning)
			c.Actor, c.Rows = officer, []models.RowDecision{{No: 1, Reason: "Berubah."}, {No: 3, Accept: true}, {No: 4, Reason: "Pensiun."}}
			b.record(c)
			page, err := b.MemoRows(b.ctx(), id, RowQuery{})
			require.NoError(t, err)
			var states []models.RowState
			for _, r := range page.Items {
				states = append(states, r.State)
			}
			require.Equal(t, []models.RowState{models.RowAccepted, models.RowRejected, models.RowAccepted, models.RowRejected}, states)
			require.Equal(t, "Nama berbeda.", page.Items[1].Reason)
			require.Equal(t, 4, page.Total)
		})
		t.Run("an officer who decided rows stands as a decider, a listed employee as listed", func(t *testing.T) {
			listed, decided, err := b.Standing(b.ctx(), id, officer)
			require.NoError(t, err)
			require.False(t, listed)
			require.True(t, decided)
			person := b.employee(recap(t, "recap-clean.csv")[0].NIP)
			listed, decided, err = b.Standing(b.ctx(), id, person)
			require.NoError(t, err)
			require.True(t, listed)
			require.False(t, decided)
		})
	})
}

func TestMemoNumbers(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender := b.holder(models.RoleHead, "KEM.1.2")
		const memos = 12
		changes := make([]models.Change, memos)
		for i := range changes {
			id := b.memo(sender, "KEM.1.2", recap(t, "recap-clean.csv")[:1])
			changes[i] = b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})
		}
		changes[3].After.RowsOpen = 99 // its draft was saved meanwhile
		errs := atOnce(memos, func(i int) error { _, err := b.Record(b.ctx(), changes[i]); return err })
		require.ErrorIs(t, errs[3], models.ErrStale)
		var numbers []string
		require.NoError(t, b.read.Raw("select memo_number from memos where memo_number is not null order by length(memo_number), memo_number").Scan(&numbers).Error)
		require.Len(t, numbers, memos-1)
		for i, n := range numbers {
			require.Equal(t, fmt.Sprintf("ND-%d/KEM.1.2/2026", i+1), n)
		}
	})
}
