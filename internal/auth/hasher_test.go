package auth

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/require"

	"loket/models"
)

func newHasher(t *testing.T) *Hasher {
	t.Helper()
	h, err := NewHasher(2)
	require.NoError(t, err)
	return h
}

func TestHasher(t *testing.T) {
	h := newHasher(t)
	t.Run("the hash is argon2id with the parameters of the quality table", func(t *testing.T) {
		hash, err := h.Hash(t.Context(), "Kopi-Tubruk-7")
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$"), hash)
		p, salt, key, err := argon2id.DecodeHash(hash)
		require.NoError(t, err)
		require.Equal(t, []int{16, 32}, []int{len(salt), len(key)})
		require.Equal(t, params(), p)
		match, weak, err := h.Check(t.Context(), "Kopi-Tubruk-7", hash)
		require.NoError(t, err)
		require.True(t, match)
		require.False(t, weak)
		match, _, err = h.Check(t.Context(), "kopi-Tubruk-7", hash)
		require.NoError(t, err)
		require.False(t, match)
	})
	t.Run("the two spellings of an accented letter are one password", func(t *testing.T) {
		hash, err := h.Hash(t.Context(), "Cafe\u0301-Tubruk-7")
		require.NoError(t, err)
		match, _, err := h.Check(t.Context(), "Caf\u00e9-Tubruk-7", hash)
		require.NoError(t, err)
		require.True(t, match)
	})
	t.Run("nothing opens an account without a hash", func(t *testing.T) {
		match, _, err := h.Check(t.Context(), "nobody has this password", "")
		require.NoError(t, err)
		require.False(t, match)
	})
	t.Run("a password beyond all bounds never matches", func(t *testing.T) {
		hash, err := h.Hash(t.Context(), strings.Repeat("x", longestPassword))
		require.NoError(t, err)
		match, _, err := h.Check(t.Context(), strings.Repeat("x", longestPassword+1), hash)
		require.NoError(t, err)
		require.False(t, match)
	})
	t.Run("a weaker hash is told", func(t *testing.T) {
		old, err := argon2id.CreateHash("x", &argon2id.Params{Memory: 8 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
		require.NoError(t, err)
		match, weak, err := h.Check(t.Context(), "x", old)
		require.NoError(t, err)
		require.True(t, match)
		require.True(t, weak)
	})
	t.Run("a hash that is none is an error, not a no", func(t *testing.T) {
		_, _, err := h.Check(t.Context(), "x", "$2y$bcrypt")
		require.Error(t, err)
	})
}

func TestHasherTurns(t *testing.T) {
	t.Run("no more run at once than there are slots", func(t *testing.T) {
		h := newHasher(t)
		var now, most atomic.Int32
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				done, err := h.turn(t.Context())
				if err != nil {
					return
				}
				defer done()
				for n := now.Add(1); ; {
					if m := most.Load(); n <= m || most.CompareAndSwap(m, n) {
						break
					}
				}
				now.Add(-1)
			})
		}
		all.Wait()
		require.LessOrEqual(t, most.Load(), int32(2))
		require.Empty(t, h.slots)
	})
	t.Run("who gives up waiting hears that the service is busy", func(t *testing.T) {
		h := newHasher(t)
		h.slots <- struct{}{}
		h.slots <- struct{}{}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := h.Hash(ctx, "x")
		require.ErrorIs(t, err, models.ErrUnavailable)
		_, _, err = h.Check(ctx, "x", "")
		require.ErrorIs(t, err, models.ErrUnavailable)
	})
}
