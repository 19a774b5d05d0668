package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestDecidedRows(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender, officer := b.holder(models.RoleHead, "KEM.1.2"), b.holder(models.RoleOfficer, "")
		id := b.memo(sender, "KEM.1.2", recap(t, "recap-clean.csv")[:3])
		c := b.record(b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
		sent := c.Seq
		c = b.record(b.follow(c, models.EventApproved, models.StatusVerification)).Change
		c = b.follow(c, models.EventRows, models.StatusVerification)
		c.Actor, c.After.RowsOpen = officer, 1
		c.Rows = []models.RowDecision{{No: 3, Reason: "Pindah."}, {No: 1, Accept: true}}
		b.record(c)
		t.Run("those that are decided come by number, with who and when", func(t *testing.T) {
			rows, err := b.DecidedRows(b.ctx(), id, []int{3, 2, 1})
			require.NoError(t, err)
			require.Len(t, rows, 2)
			require.Equal(t, []models.RowState{models.RowAccepted, models.RowRejected}, []models.RowState{rows[0].State, rows[1].State})
			require.Equal(t, officer.AccountID, rows[1].ByID)
			require.NotEmpty(t, rows[1].By)
			require.WithinDuration(t, c.At, rows[1].At, 0)
		})
		t.Run("none is asked for, none comes", func(t *testing.T) {
			rows, err := b.DecidedRows(b.ctx(), id, nil)
			require.NoError(t, err)
			require.Empty(t, rows)
		})
		t.Run("a round begins with sending, not with decisions", func(t *testing.T) {
			begun, err := b.RoundBegunSince(b.ctx(), id, sent)
			require.NoError(t, err)
			require.False(t, begun)
			begun, err = b.RoundBegunSince(b.ctx(), id, sent-1)
			require.NoError(t, err)
			require.True(t, begun)
		})
	})
}
