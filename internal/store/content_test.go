package store

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestContentOfARound(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		sender := b.holder(models.RoleHead, "KEM.1.2")
		id := b.memo(sender, "KEM.1.2", recap(t, "recap-clean.csv")[:2])
		content := func() string {
			v, err := b.Memo(b.ctx(), id)
			require.NoError(t, err)
			return v.Content
		}
		require.Empty(t, content(), "a draft is judged by nobody")
		last := b.record(b.sending(id, sender, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
		sent, err := b.Revision(b.ctx(), id, 1)
		require.NoError(t, err)
		digest, err := models.ContentDigest(sent)
		require.NoError(t, err)
		first := hex.EncodeToString(digest[:])
		require.Equal(t, first, content())
		same, err := b.Content(b.ctx(), id, 1)
		require.NoError(t, err)
		require.Equal(t, first, same)
		none, err := b.Content(b.ctx(), id, 2)
		require.NoError(t, err)
		require.Empty(t, none)

		back := b.follow(last, models.EventReturned, models.StatusReturned)
		back.Content = first
		b.record(back)
		require.Equal(t, first, content(), "what was last judged")
		v, err := b.Memo(b.ctx(), id)
		require.NoError(t, err)
		require.Empty(t, v.Timeline[0].Content)
		require.Equal(t, first, v.Timeline[len(v.Timeline)-1].Content, "beside the decision")
	})
}
