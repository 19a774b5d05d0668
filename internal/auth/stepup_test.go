package auth

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/edge"
	"loket/models"
)

// stale signs budi in from a browser, and lets the password grow older than five minutes.
func (b *bench) stale() Signed {
	b.t.Helper()
	signed, err := b.from("", goodPassword)
	require.NoError(b.t, err)
	b.wall.pass(FreshFor)
	return signed
}

// at resolves a session's token, which must open something.
func (b *bench) at(token string) Identity {
	b.t.Helper()
	who, err := b.Session(b.t.Context(), token, portal)
	require.NoError(b.t, err)
	return who
}

func TestStepUp(t *testing.T) {
	t.Run("a sign-in counts as fresh for five minutes", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.signIn()
		require.Equal(t, b.wall.Now().Add(FreshFor), signed.Identity.FreshUntil)
		b.wall.pass(FreshFor - time.Second)
		require.NotZero(t, b.at(signed.Token).FreshUntil)
		b.wall.pass(time.Second)
		require.Zero(t, b.at(signed.Token).FreshUntil)
	})
	t.Run("the password makes the session fresh under a new id, and the old one opens nothing", func(t *testing.T) {
		b := setup(t, nil)
		old := b.stale()
		risen, err := b.StepUp(t.Context(), b.at(old.Token), goodPassword, "")
		require.NoError(t, err)
		require.Len(t, risen.Token, 43)
		require.NotEqual(t, old.Token, risen.Token)
		_, err = b.Session(t.Context(), old.Token, portal)
		require.ErrorIs(t, err, models.ErrUnauthenticated)
		who := b.at(risen.Token)
		require.Equal(t, old.Identity.SessionID, who.SessionID, "in the list it stays the same place")
		require.Equal(t, old.Identity.Expires, who.Expires, "it lives no longer for it")
		require.Equal(t, b.wall.Now().Add(FreshFor), who.FreshUntil)
		require.Equal(t, 1, b.audited("step_up", "ok"))
		require.Zero(t, b.count("select count(*) from sessions where digest = ?", risen.Token))
		b.wall.pass(FreshFor)
		require.Zero(t, b.at(risen.Token).FreshUntil)
	})
	t.Run("each sign-in has an id of its own, whatever the browser sent before", func(t *testing.T) {
		b := setup(t, nil)
		first, second := b.signIn(), b.signIn()
		require.NotEqual(t, first.Token, second.Token)
		require.NotEqual(t, first.Identity.SessionID, second.Identity.SessionID)
	})
	t.Run("a wrong one changes nothing but the count, and is on record", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.stale()
		_, err := b.StepUp(t.Context(), b.at(signed.Token), "wrong", "")
		require.Equal(t, models.Invalid(models.Fault("password", "password_wrong")), err)
		require.Zero(t, b.at(signed.Token).FreshUntil)
		require.Equal(t, 1, b.count("select failed_count from known_devices"))
		require.Equal(t, 1, b.audited("step_up", "invalid"))
	})
	t.Run("five wrong ones lock the door of the sign-in, and the right one gets the same answer after the same work", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.stale()
		who := b.at(signed.Token)
		for range 5 {
			_, err := b.StepUp(t.Context(), who, "wrong", "")
			require.Error(t, err)
		}
		checks := b.hasher.checks.Load()
		_, err := b.StepUp(t.Context(), who, goodPassword, "")
		require.Equal(t, models.Invalid(models.Fault("password", "password_wrong")), err)
		require.Equal(t, checks+1, b.hasher.checks.Load())
		_, err = b.from(signed.Device, goodPassword)
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		b.wall.pass(15 * time.Minute)
		_, err = b.StepUp(t.Context(), who, goodPassword, "")
		require.NoError(t, err)
		require.Zero(t, b.count("select failed_count + lock_count from known_devices"), "it forgives as a sign-in does")
	})
	t.Run("what failed at the sign-in counts here too", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.stale()
		for range 4 {
			_, err := b.from(signed.Device, "wrong")
			require.Error(t, err)
		}
		_, err := b.StepUp(t.Context(), b.at(signed.Token), "wrong", "")
		require.Error(t, err)
		_, err = b.StepUp(t.Context(), b.at(signed.Token), goodPassword, "")
		require.ErrorContains(t, err, "password_wrong")
	})
	t.Run("of 200 wrong ones at once five count and lock once", func(t *testing.T) {
		b := setup(t, nil)
		who := b.at(b.stale().Token)
		var all sync.WaitGroup
		errs := make(chan error, 200)
		for range 200 {
			all.Go(func() {
				_, err := b.StepUp(t.Context(), who, "wrong", "")
				errs <- err
			})
		}
		all.Wait()
		close(errs)
		for err := range errs {
			require.ErrorContains(t, err, "password_wrong")
		}
		require.Equal(t, 1, b.count("select lock_count from known_devices"))
		require.Equal(t, 200, b.audited("step_up", "invalid"))
		_, err := b.StepUp(t.Context(), who, goodPassword, "")
		require.ErrorContains(t, err, "password_wrong")
	})
	t.Run("a right guess that overtakes its lock does not count", func(t *testing.T) {
		b := setup(t, nil)
		who := b.at(b.stale().Token)
		acc, err := b.store.AccountByID(t.Context(), b.budi)
		require.NoError(t, err)
		slow := *b.Service
		slow.cfg.Passwords = locking{b.hasher, func() { b.exec("update known_devices set locked_until = ?", b.wall.Now().Add(time.Minute)) }}
		require.ErrorContains(t, slow.prove(t.Context(), acc, who, proof{actionStepUp, "password", goodPassword}), "password_wrong")
	})
	t.Run("tries have a rate of their own, which strangers cannot spend", func(t *testing.T) {
		b := setup(t, func(c *Config) { c.SignIns = edge.NewLimiter(10, time.Minute, time.Now) })
		who := b.at(b.stale().Token)
		for range 9 {
			require.ErrorIs(t, b.try("wrong"), models.ErrWrongCredentials)
		}
		require.ErrorIs(t, b.try("wrong"), models.ErrTooMany)
		for range 10 {
			_, err := b.StepUp(t.Context(), who, "wrong", "")
			require.ErrorContains(t, err, "password_wrong")
		}
		_, err := b.StepUp(t.Context(), who, "wrong", "")
		require.ErrorIs(t, err, models.ErrTooMany)
	})
	t.Run("what cannot be audited does not happen", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.stale()
		who := b.at(signed.Token)
		b.breakAudit()
		_, err := b.StepUp(t.Context(), who, goodPassword, "")
		require.Error(t, err)
		require.Zero(t, b.at(signed.Token).FreshUntil)
	})
	t.Run("a session that was ended meanwhile is not revived", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.stale()
		who := b.at(signed.Token)
		require.NoError(t, b.SignOut(t.Context(), signed.Token))
		_, err := b.StepUp(t.Context(), who, goodPassword, "")
		require.ErrorIs(t, err, models.ErrUnauthenticated)
	})
}

// locking is a hasher during whose work something else happens.
type locking struct {
	*counting
	meanwhile func()
}

func (l locking) Check(ctx context.Context, password, hash string) (bool, bool, error) {
	l.meanwhile()
	return l.counting.Check(ctx, password, hash)
}

func TestStepUpOfTokens(t *testing.T) {
	b := setup(t, nil)
	me := b.signIn().Identity.Actor
	_, secret, err := b.CreateToken(t.Context(), me, "laptop", []models.Scope{models.ScopeDecide}, 30)
	require.NoError(t, err)
	_, other, err := b.CreateToken(t.Context(), me, "server", []models.Scope{models.ScopeDecide}, 30)
	require.NoError(t, err)
	bear := func(secret string) Identity {
		who, err := b.Bearer(t.Context(), secret, models.Origin{Channel: "api"})
		require.NoError(t, err)
		return who
	}
	require.Zero(t, bear(secret).FreshUntil, "a new token knows no password")
	risen, err := b.StepUp(t.Context(), bear(secret), goodPassword, "")
	require.NoError(t, err)
	require.Empty(t, risen.Token, "it stays the same token")
	require.Equal(t, b.wall.Now().Add(FreshFor), bear(secret).FreshUntil)
	require.Zero(t, bear(other).FreshUntil, "that token alone")
	require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'step_up' and object like 'token:%'"))
	b.wall.pass(FreshFor)
	require.Zero(t, bear(secret).FreshUntil)
	for range 5 {
		_, err = b.StepUp(t.Context(), bear(secret), "wrong", "")
		require.ErrorContains(t, err, "password_wrong")
	}
	require.ErrorIs(t, b.try(goodPassword), models.ErrWrongCredentials, "the account is locked")
}
