package auth

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/require"

	"loket/internal/edge"
	"loket/models"
)

func TestSignIn(t *testing.T) {
	t.Run("the right password opens a session", func(t *testing.T) {
		b := setup(t, nil)
		signed, err := b.SignIn(t.Context(), SignIn{Username: " Budi.Santoso ", Password: goodPassword, Origin: portal})
		require.NoError(t, err)
		require.Len(t, signed.Token, 43, "256 bits")
		require.Equal(t, b.budi, signed.Identity.Actor.AccountID)
		require.Equal(t, portal, signed.Identity.Actor.Origin)
		require.Nil(t, signed.Identity.Scopes)
		require.Equal(t, b.wall.Now().Add(12*time.Hour), signed.Identity.Expires)
		require.Equal(t, 1, b.audited("sign_in", "ok"))
		require.Zero(t, b.count("select count(*) from sessions where digest like ?", "%"+signed.Token+"%"), "only a digest is kept")
	})
	t.Run("each sign-in has a token of its own", func(t *testing.T) {
		b := setup(t, nil)
		require.NotEqual(t, b.signIn().Token, b.signIn().Token)
	})
	t.Run("everybody else gets the same answer for the same work", func(t *testing.T) {
		b := setup(t, nil)
		b.account("menunggu.tautan", "")
		disabled := b.account("sudah.pensiun", goodPassword)
		b.exec("update accounts set status = 'disabled' where id = ?", disabled)
		locked := b.account("sedang.dikunci", goodPassword)
		b.exec("update accounts set locked_until = ? where id = ?", b.wall.Now().Add(time.Minute), locked)
		for _, c := range []struct{ name, username, password string }{
			{"wrong", "budi.santoso", "wrong"}, {"unknown", "tidak.ada", goodPassword}, {"pending", "menunggu.tautan", goodPassword},
			{"disabled", "sudah.pensiun", goodPassword}, {"locked", "sedang.dikunci", goodPassword}, {"empty", "", ""},
			{"endless", "budi.santoso", strings.Repeat("x", 1<<20)}, {"odd", "' or 1=1 --", "x"},
		} {
			checks, entries := b.hasher.checks.Load(), b.audited("sign_in", "wrong_credentials")
			_, err := b.SignIn(t.Context(), SignIn{Username: c.username, Password: c.password, Origin: portal})
			require.Equal(t, models.ErrWrongCredentials, err, c.name)
			require.Equal(t, checks+1, b.hasher.checks.Load(), "%s: one hash", c.name)
			require.Equal(t, entries+1, b.audited("sign_in", "wrong_credentials"), "%s: one entry", c.name)
		}
		require.Zero(t, b.count("select count(*) from sessions"))
	})
	t.Run("a password typed as the name is not kept", func(t *testing.T) {
		b := setup(t, nil)
		for _, typed := range []string{goodPassword, "rahasia123", "kopi tubruk"} {
			_, err := b.SignIn(t.Context(), SignIn{Username: typed, Password: "x", Origin: portal})
			require.ErrorIs(t, err, models.ErrWrongCredentials)
		}
		require.Equal(t, 3, b.count("select count(*) from audit_entries where object = 'username:unreadable'"))
		_, err := b.SignIn(t.Context(), SignIn{Username: "tidak.ada", Password: "x", Origin: portal})
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		require.Equal(t, 1, b.count("select count(*) from audit_entries where object = 'username:tidak.ada'"))
	})
	t.Run("a hash of older cost is renewed", func(t *testing.T) {
		b := setup(t, func(c *Config) { c.Passwords = newHasher(t) })
		old, err := argon2id.CreateHash(goodPassword, &argon2id.Params{Memory: 8 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
		require.NoError(t, err)
		b.exec("update accounts set password_hash = ? where id = ?", old, b.budi)
		b.signIn()
		require.Equal(t, 1, b.count("select count(*) from accounts where id = ? and password_hash like '$argon2id$v=19$m=19456,t=2,p=1$%'", b.budi))
		b.signIn()
	})
	t.Run("nobody comes in unaudited", func(t *testing.T) {
		b := setup(t, nil)
		b.breakAudit()
		require.Error(t, b.try(goodPassword))
		require.Zero(t, b.count("select count(*) from sessions"))
		err := b.try("wrong")
		require.Error(t, err)
		require.NotErrorIs(t, err, models.ErrWrongCredentials)
		_, err = b.SignIn(t.Context(), SignIn{Username: "tidak.ada", Password: "x", Origin: portal})
		require.NotErrorIs(t, err, models.ErrWrongCredentials)
	})
	t.Run("a name is tried ten times a minute, whoever has it", func(t *testing.T) {
		b := setup(t, nil)
		b.cfg.SignIns = edge.NewLimiter(10, time.Minute, b.wall.Now)
		for _, name := range []string{"budi.santoso", "tidak.ada"} {
			for range 10 {
				_, err := b.SignIn(t.Context(), SignIn{Username: name, Password: "wrong", Origin: portal})
				require.ErrorIs(t, err, models.ErrWrongCredentials)
			}
			_, err := b.SignIn(t.Context(), SignIn{Username: strings.ToUpper(name), Password: "wrong", Origin: portal})
			require.ErrorIs(t, err, models.ErrTooMany)
		}
	})
}

func TestLock(t *testing.T) {
	fail := func(b *bench, n int) {
		b.t.Helper()
		for range n {
			require.ErrorIs(b.t, b.try("wrong"), models.ErrWrongCredentials)
		}
	}
	t.Run("five failures lock for 15 minutes, then 30, then an hour at most, and a success forgives", func(t *testing.T) {
		b := setup(t, nil)
		for _, lock := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, time.Hour} {
			fail(b, 5)
			require.ErrorIs(t, b.try(goodPassword), models.ErrWrongCredentials, "locked")
			b.wall.pass(lock - time.Second)
			require.ErrorIs(t, b.try(goodPassword), models.ErrWrongCredentials, "still locked after %s", lock-time.Second)
			b.wall.pass(time.Second)
		}
		require.NoError(t, b.try(goodPassword), "it opens by itself")
		fail(b, 5)
		b.wall.pass(15 * time.Minute)
		require.NoError(t, b.try(goodPassword), "the first lock again")
	})
	t.Run("four failures do not lock, and a success forgets them", func(t *testing.T) {
		b := setup(t, nil)
		for range 3 {
			fail(b, 4)
			require.NoError(t, b.try(goodPassword))
		}
	})
	t.Run("failures more than 15 minutes apart do not add up", func(t *testing.T) {
		b := setup(t, nil)
		for range 3 {
			fail(b, 4)
			b.wall.pass(15*time.Minute + time.Second)
		}
		require.NoError(t, b.try(goodPassword))
	})
	t.Run("trying at a lock does not lengthen it", func(t *testing.T) {
		b := setup(t, nil)
		fail(b, 5)
		b.wall.pass(14 * time.Minute)
		fail(b, 10)
		b.wall.pass(time.Minute)
		require.NoError(t, b.try(goodPassword))
	})
	t.Run("200 wrong passwords at once lock once", func(t *testing.T) {
		b := setup(t, nil)
		var all sync.WaitGroup
		errs := make(chan error, 200)
		for range 200 {
			all.Go(func() {
				_, err := b.SignIn(t.Context(), SignIn{Username: "budi.santoso", Password: "wrong", Origin: portal})
				errs <- err
			})
		}
		all.Wait()
		close(errs)
		for err := range errs {
			require.ErrorIs(t, err, models.ErrWrongCredentials)
		}
		require.Equal(t, 200, b.audited("sign_in", "wrong_credentials"))
		require.Equal(t, 1, b.count("select lock_count from accounts where id = ?", b.budi))
		require.ErrorIs(t, b.try(goodPassword), models.ErrWrongCredentials)
		b.wall.pass(15 * time.Minute)
		require.NoError(t, b.try(goodPassword))
	})
	t.Run("a right guess that overtakes the lock does not come in", func(t *testing.T) {
		b := setup(t, nil)
		acc, err := b.store.AccountByUsername(t.Context(), models.DefaultAgency, "budi.santoso")
		require.NoError(t, err)
		b.exec("update accounts set locked_until = ? where id = ?", b.wall.Now().Add(time.Minute), b.budi)
		_, err = b.admit(t.Context(), door{acc: acc}, false, SignIn{Username: "budi.santoso", Password: goodPassword, Origin: portal})
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		require.Zero(t, b.count("select count(*) from sessions"))
	})
}
