package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// TestUndoOfWhoeverWaits: a colleague whose account was closed and opened again while a stranger had the address.
func TestUndoOfWhoeverWaits(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		f := b.firm("012345678901000", 2, 1)
		owner, err := b.AccountByID(b.ctx(), f.people[1].AccountID)
		require.NoError(t, err)
		const theirs = "pencuri@lain.example"
		undo := b.moves(f.people[1], owner.Email, theirs)
		require.NoError(t, b.CloseColleague(b.ctx(), f.people[0], f.change(1)))
		require.NoError(t, b.ReopenColleague(b.ctx(), f.people[0], f.change(1)))
		sent := b.waiting(noticeReopened, theirs)
		link, err := b.Mint(b.ctx(), sent)
		require.NoError(t, err)
		b.wall.pass(time.Hour)
		require.NoError(t, b.RelinkColleague(b.ctx(), f.people[0], f.change(1)))
		require.NoError(t, b.UndoEmail(b.ctx(), undo, models.Origin{}))

		_, err = b.SpendLink(b.ctx(), tokenOf(t, link), "$argon2id$thief", models.Origin{})
		require.ErrorIs(t, err, models.ErrLinkSpent, "the link that they have")
		_, err = b.Mint(b.ctx(), b.waiting("trader_invited", theirs))
		require.ErrorIs(t, err, models.ErrLinkSpent, "and the message that waited")
		link, err = b.Mint(b.ctx(), b.waiting(noticeReopened, owner.Email))
		require.NoError(t, err)
		_, err = b.SpendLink(b.ctx(), tokenOf(t, link), "$argon2id$own", models.Origin{})
		require.NoError(t, err)
		b.sound()
	})
}
