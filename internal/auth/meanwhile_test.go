package auth

import (
	"context"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/require"

	"loket/models"
)

// meanwhile lets something happen, once, between a password's check and what comes of it.
type meanwhile struct{ then func() }

func (m *meanwhile) happen() {
	then := m.then
	m.then = nil
	if then != nil {
		then()
	}
}

// lateHash is a hasher in whose time for a new hash something happens.
type lateHash struct {
	Passwords
	*meanwhile
}

func (h lateHash) Hash(ctx context.Context, password string) (string, error) {
	h.happen()
	return h.Passwords.Hash(ctx, password)
}

// lateStore is one in which something happens while it is looked up who somebody is.
type lateStore struct {
	Store
	*meanwhile
}

func (s lateStore) Identity(ctx context.Context, accountID string, at time.Time) (models.Actor, models.AccountView, error) {
	actor, view, err := s.Store.Identity(ctx, accountID, at)
	s.happen()
	return actor, view, err
}

// weaken has the owner's password kept as it was when hashing cost less.
func (b *bench) weaken() {
	b.t.Helper()
	hash, err := argon2id.CreateHash(goodPassword, &argon2id.Params{Memory: 32, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	require.NoError(b.t, err)
	b.exec("update accounts set password_hash = ? where id = ?", hash, b.budi)
}

func TestPasswordReplacedMeanwhile(t *testing.T) {
	const fresh = "Soto*Lamongan*7*Enak"
	slow := func(t *testing.T) (*bench, *meanwhile) {
		between := &meanwhile{}
		b := setup(t, func(c *Config) {
			c.Passwords, c.Store = lateHash{c.Passwords, between}, lateStore{c.Store, between}
		})
		b.knownByNIK()
		return b, between
	}
	// owner has the bench's owner set another password by a mailed link.
	owner := func(b *bench) func() {
		require.NoError(b.t, b.forgets(nil))
		link := b.resetLink()
		return func() {
			require.NoError(b.t, b.ResetPassword(b.t.Context(), link, NewPassword{fresh, fresh, true}, portal))
		}
	}
	t.Run("a thief's change does not land after the owner's reset", func(t *testing.T) {
		b, between := slow(t)
		thief := b.signIn()
		between.then = owner(b)
		_, err := b.ChangePassword(t.Context(), thief.Identity, goodPassword, otherPassword, otherPassword)
		require.ErrorContains(t, err, "old: password_wrong")
		require.ErrorIs(t, b.try(otherPassword), models.ErrWrongCredentials)
		require.NoError(t, b.try(fresh))
		require.Equal(t, 1, b.audited("password_set", "invalid"))
	})
	t.Run("nor by a personal token", func(t *testing.T) {
		b, between := slow(t)
		thief := b.signIn().Identity
		thief.SessionID, thief.Scopes = "", []models.Scope{models.ScopeWrite}
		between.then = owner(b)
		_, err := b.ChangePassword(t.Context(), thief, goodPassword, otherPassword, otherPassword)
		require.ErrorContains(t, err, "old: password_wrong")
		require.NoError(t, b.try(fresh))
	})
	t.Run("nor one of a session that was ended meanwhile", func(t *testing.T) {
		b, between := slow(t)
		thief, own := b.signIn(), b.signIn()
		between.then = func() { require.NoError(t, b.EndOtherSessions(t.Context(), own.Identity)) }
		_, err := b.ChangePassword(t.Context(), thief.Identity, goodPassword, otherPassword, otherPassword)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
		require.NoError(t, b.try(goodPassword))
	})
	t.Run("nor one by a token that was revoked meanwhile", func(t *testing.T) {
		b, between := slow(t)
		thief := b.signIn().Identity
		token, _, err := b.CreateToken(t.Context(), thief.Actor, "skrip", models.Scopes(), 7)
		require.NoError(t, err)
		thief.SessionID, thief.TokenID = "", token.ID
		between.then = func() { require.NoError(t, b.RevokeToken(t.Context(), thief.Actor, token.ID)) }
		_, err = b.ChangePassword(t.Context(), thief, goodPassword, otherPassword, otherPassword)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
		require.NoError(t, b.try(goodPassword))
	})
	t.Run("a sign-in by the old password opens nothing after the reset", func(t *testing.T) {
		b, between := slow(t)
		between.then = owner(b)
		require.ErrorIs(t, b.try(goodPassword), models.ErrWrongCredentials)
		require.Zero(t, b.count("select count(*) from sessions"))
		require.Equal(t, 1, b.audited("sign_in", "wrong_credentials"))
		require.NoError(t, b.try(fresh))
	})
	t.Run("nor one whose account was closed meanwhile", func(t *testing.T) {
		b, between := slow(t)
		between.then = func() { b.exec("update accounts set status = 'disabled' where id = ?", b.budi) }
		require.ErrorIs(t, b.try(goodPassword), models.ErrWrongCredentials)
		require.Zero(t, b.count("select count(*) from sessions"))
	})
	t.Run("two who sign in at once while the cost is raised both come in", func(t *testing.T) {
		b, between := slow(t)
		b.weaken()
		between.then = func() { require.NoError(t, b.try(goodPassword)) }
		require.NoError(t, b.try(goodPassword))
		require.Equal(t, 2, b.count("select count(*) from sessions"))
	})
	t.Run("but not by a password that was replaced meanwhile", func(t *testing.T) {
		b, between := slow(t)
		b.weaken()
		between.then = owner(b)
		require.ErrorIs(t, b.try(goodPassword), models.ErrWrongCredentials)
		require.Zero(t, b.count("select count(*) from sessions"))
	})
}
