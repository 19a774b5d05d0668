package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestTemporaryPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		id, notice := b.credentials()
		owner := notice.SecretFor
		minted, err := b.MintPassword(t.Context(), notice, "$argon2id$first")
		require.NoError(t, err)
		hash := func() string {
			h, err := b.TemporaryHash(t.Context(), owner)
			require.NoError(t, err)
			return h
		}
		healthy := func() {
			found, err := b.SurveySecrets(t.Context())
			require.NoError(t, err)
			require.Empty(t, found.Findings)
		}

		t.Run("it is told until when it holds, and where", func(t *testing.T) {
			require.Equal(t, map[string]string{"link": "https://loket.kem.example/sign-in",
				"valid_until": b.wall.Now().Add(24 * time.Hour).Format(time.RFC3339)}, minted)
			require.Equal(t, "$argon2id$first", hash())
		})
		t.Run("sent again, the last one is dead", func(t *testing.T) {
			b.wall.pass(time.Minute)
			_, err := b.MintPassword(t.Context(), notice, "$argon2id$second")
			require.NoError(t, err)
			require.Equal(t, "$argon2id$second", hash())
			_, err = b.OpenChange(t.Context(), owner, "$argon2id$first", models.Origin{})
			require.ErrorIs(t, err, models.ErrWrongCredentials)
			healthy()
		})
		t.Run("it opens the form for an own password as often as its owner comes, one form at a time", func(t *testing.T) {
			first, err := b.OpenChange(t.Context(), owner, "$argon2id$second", models.Origin{})
			require.NoError(t, err)
			b.wall.pass(time.Minute)
			second, err := b.OpenChange(t.Context(), owner, "$argon2id$second", models.Origin{})
			require.NoError(t, err)
			require.Equal(t, b.wall.Now().Add(30*time.Minute), second.Expires)
			_, err = b.LinkInfo(t.Context(), first.Token)
			require.ErrorIs(t, err, models.ErrLinkSpent)
			_, err = b.LinkInfo(t.Context(), second.Token)
			require.NoError(t, err)
			healthy()
			b.wall.pass(30*time.Minute + time.Second)
			_, err = b.LinkInfo(t.Context(), second.Token)
			require.ErrorIs(t, err, models.ErrLinkSpent)
		})
		t.Run("it lives to its last second and no longer", func(t *testing.T) {
			_, err := b.MintPassword(t.Context(), notice, "$argon2id$third")
			require.NoError(t, err)
			b.wall.pass(24*time.Hour - time.Second)
			require.Equal(t, "$argon2id$third", hash())
			change, err := b.OpenChange(t.Context(), owner, "$argon2id$third", models.Origin{})
			require.NoError(t, err)
			require.Equal(t, b.wall.Now().Add(time.Second), change.Expires, "nor does its form")
			b.wall.pass(time.Second)
			require.Empty(t, hash())
			_, err = b.OpenChange(t.Context(), owner, "$argon2id$third", models.Origin{})
			require.ErrorIs(t, err, models.ErrWrongCredentials)
		})
		t.Run("the message that reminds bears none and is of use while somebody waits", func(t *testing.T) {
			links := b.count("select count(*) from one_use_links")
			data, err := b.Awaited(t.Context(), notice)
			require.NoError(t, err)
			require.Equal(t, map[string]string{"link": "https://loket.kem.example/sign-in"}, data)
			require.Equal(t, links, b.count("select count(*) from one_use_links"))
		})
		t.Run("an own password activates the row as a link does, and kills it", func(t *testing.T) {
			_, err := b.MintPassword(t.Context(), notice, "$argon2id$fourth")
			require.NoError(t, err)
			change, err := b.OpenChange(t.Context(), owner, "$argon2id$fourth", models.Origin{})
			require.NoError(t, err)
			spent, err := b.SpendLink(t.Context(), change.Token, "hash", models.Origin{})
			require.NoError(t, err)
			require.Equal(t, Spent{AccountID: owner, Finished: []string{id}}, spent)
			require.Equal(t, 1, b.count("select count(*) from memo_rows where case_id = ? and state = 'activated'", id))
			require.Empty(t, hash())
			require.Zero(t, b.count("select count(*) from one_use_links where used_at is null and voided_at is null"))
			_, err = b.MintPassword(t.Context(), notice, "$argon2id$fifth")
			require.ErrorIs(t, err, models.ErrLinkSpent)
			_, err = b.Awaited(t.Context(), notice)
			require.ErrorIs(t, err, models.ErrLinkSpent)
			healthy()
		})
	})
}

func TestTemporaryPasswordOnAFastClock(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.clock.Store(&models.Clock{Epoch: testNow(), Speed: 2})
		_, notice := b.credentials()
		minted, err := b.MintPassword(t.Context(), notice, "$argon2id$first")
		require.NoError(t, err)
		require.Equal(t, testNow().Add(24*time.Hour).Format(time.RFC3339), minted["valid_until"], "wall time")
		b.wall.pass(24*time.Hour - time.Second)
		hash, err := b.TemporaryHash(t.Context(), notice.SecretFor)
		require.NoError(t, err)
		require.NotEmpty(t, hash)
		b.wall.pass(time.Second)
		hash, err = b.TemporaryHash(t.Context(), notice.SecretFor)
		require.NoError(t, err)
		require.Empty(t, hash)
	})
}
