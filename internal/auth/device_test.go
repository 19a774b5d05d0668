package auth

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/edge"
	"loket/internal/store"
	"loket/models"
)

// from tries budi's door from a browser that sends a device token.
func (b *bench) from(device, password string) (Signed, error) {
	b.t.Helper()
	return b.SignIn(b.t.Context(), SignIn{Username: "budi.santoso", Password: password, Browser: true, LastDevice: device, Origin: portal})
}

// known signs budi in from a new browser and gives its device token.
func (b *bench) known() string {
	b.t.Helper()
	signed, err := b.from("", goodPassword)
	require.NoError(b.t, err)
	return signed.Device
}

// strangerLocks fails often enough, from no known browser; password is the right one.
func (b *bench) strangerLocks(password string) {
	b.t.Helper()
	for range 5 {
		require.ErrorIs(b.t, b.try("wrong"), models.ErrWrongCredentials)
	}
	require.ErrorIs(b.t, b.try(password), models.ErrWrongCredentials)
}

func TestKnownDevice(t *testing.T) {
	t.Run("it is known by 256 bits, of which a digest is kept, for 180 days from the last sign-in", func(t *testing.T) {
		b := setup(t, nil)
		signed, err := b.from("", goodPassword)
		require.NoError(t, err)
		require.Len(t, signed.Device, 43)
		require.NotEqual(t, signed.Token, signed.Device)
		require.Equal(t, b.wall.Now().Add(180*24*time.Hour), signed.DeviceExpires)
		require.Zero(t, b.count("select count(*) from known_devices where digest like ?", "%"+signed.Device+"%"))
		b.wall.pass(100 * 24 * time.Hour)
		again, err := b.from(signed.Device, goodPassword)
		require.NoError(t, err)
		require.Equal(t, b.wall.Now().Add(180*24*time.Hour), again.DeviceExpires)
		require.Equal(t, 1, b.count("select count(*) from known_devices"), "it is the same one")
		b.strangerLocks(goodPassword)
		b.wall.pass(180*24*time.Hour + time.Second)
		b.strangerLocks(goodPassword)
		_, err = b.from(again.Device, goodPassword)
		require.ErrorIs(t, err, models.ErrWrongCredentials, "it is a stranger by now")
		require.NoError(t, b.store.SweepSessions(t.Context()))
		require.Zero(t, b.count("select count(*) from known_devices"))
	})
	t.Run("what is no browser is not remembered", func(t *testing.T) {
		b := setup(t, nil)
		signed := b.signIn()
		require.Empty(t, signed.Device)
		require.Zero(t, signed.DeviceExpires)
		require.Zero(t, b.count("select count(*) from known_devices"))
		device := b.known()
		b.strangerLocks(goodPassword)
		_, err := b.SignIn(t.Context(), SignIn{Username: "budi.santoso", Password: goodPassword, LastDevice: device, Origin: portal})
		require.ErrorIs(t, err, models.ErrWrongCredentials)
	})
	t.Run("a stranger locks the account, its owner comes in where they are known", func(t *testing.T) {
		b := setup(t, nil)
		device := b.known()
		b.strangerLocks(goodPassword)
		signed, err := b.from(device, goodPassword)
		require.NoError(t, err)
		_, err = b.Session(t.Context(), signed.Token, portal)
		require.NoError(t, err)
		require.ErrorIs(t, b.try(goodPassword), models.ErrWrongCredentials, "the stranger's lock holds")
		b.wall.pass(15 * time.Minute)
		require.NoError(t, b.try(goodPassword))
	})
	t.Run("a stranger who spends the name's tries does not spend the owner's", func(t *testing.T) {
		b := setup(t, func(c *Config) { c.SignIns = edge.NewLimiter(10, time.Minute, time.Now) })
		device := b.known()
		for range 9 {
			require.ErrorIs(t, b.try("wrong"), models.ErrWrongCredentials)
		}
		require.ErrorIs(t, b.try("wrong"), models.ErrTooMany)
		_, err := b.from(device, goodPassword)
		require.NoError(t, err)
	})
	t.Run("five guesses lock it, and it alone", func(t *testing.T) {
		b := setup(t, nil)
		device, other := b.known(), b.known()
		for range 5 {
			_, err := b.from(device, "wrong")
			require.ErrorIs(t, err, models.ErrWrongCredentials)
		}
		_, err := b.from(device, goodPassword)
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		require.Zero(t, b.count("select failed_count + lock_count from accounts where id = ?", b.budi))
		_, err = b.from(other, goodPassword)
		require.NoError(t, err)
		require.NoError(t, b.try(goodPassword))
		_, err = b.from(device, goodPassword)
		require.ErrorIs(t, err, models.ErrWrongCredentials, "nobody else's success opens it")
		b.wall.pass(15*time.Minute - time.Second)
		_, err = b.from(device, goodPassword)
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		b.wall.pass(time.Second)
		_, err = b.from(device, goodPassword)
		require.NoError(t, err, "it opens by itself")
	})
	t.Run("of 40 guesses at once five count", func(t *testing.T) {
		b := setup(t, nil)
		device := b.known()
		var all sync.WaitGroup
		errs := make(chan error, 40)
		for range 40 {
			all.Go(func() {
				_, err := b.SignIn(t.Context(), SignIn{Username: "budi.santoso", Password: "wrong", Browser: true, LastDevice: device, Origin: portal})
				errs <- err
			})
		}
		all.Wait()
		close(errs)
		for err := range errs {
			require.ErrorIs(t, err, models.ErrWrongCredentials)
		}
		require.Equal(t, 1, b.count("select lock_count from known_devices"))
		require.Equal(t, 40, b.audited("sign_in", "wrong_credentials"))
		_, err := b.from(device, goodPassword)
		require.ErrorIs(t, err, models.ErrWrongCredentials)
	})
	t.Run("a right guess that overtakes its lock does not come in", func(t *testing.T) {
		b := setup(t, nil)
		token := b.known()
		sent := SignIn{Username: "budi.santoso", Password: goodPassword, Browser: true, LastDevice: token, Origin: portal}
		at, err := b.door(t.Context(), "budi.santoso", sent)
		require.NoError(t, err)
		b.exec("update known_devices set locked_until = ?", b.wall.Now().Add(time.Minute))
		_, err = b.admit(t.Context(), at, false, sent)
		require.ErrorIs(t, err, models.ErrWrongCredentials)
	})
	t.Run("locked, it answers as every locked door, after the same work", func(t *testing.T) {
		b := setup(t, nil)
		device := b.known()
		b.exec("update known_devices set locked_until = ?", b.wall.Now().Add(time.Minute))
		b.strangerLocks(goodPassword)
		for name, sent := range map[string]string{"locked": device, "unknown": strings.Repeat("A", 43), "endless": strings.Repeat("A", 1<<16), "none": ""} {
			checks, entries := b.hasher.checks.Load(), b.audited("sign_in", "wrong_credentials")
			_, err := b.from(sent, goodPassword)
			require.Equal(t, models.ErrWrongCredentials, err, name)
			require.Equal(t, checks+1, b.hasher.checks.Load(), "%s: one hash", name)
			require.Equal(t, entries+1, b.audited("sign_in", "wrong_credentials"), "%s: one entry", name)
		}
	})
	t.Run("it lets nobody into a disabled account", func(t *testing.T) {
		b := setup(t, nil)
		device := b.known()
		b.exec("update accounts set status = 'disabled' where id = ?", b.budi)
		_, err := b.from(device, goodPassword)
		require.ErrorIs(t, err, models.ErrWrongCredentials)
	})
}

func TestKnownDeviceOfWhom(t *testing.T) {
	siti := func(b *bench, device string) Signed {
		signed, err := b.SignIn(b.t.Context(), SignIn{Username: "siti.aminah", Password: otherPassword, Browser: true, LastDevice: device, Origin: portal})
		require.NoError(b.t, err)
		return signed
	}
	t.Run("another account's does not help", func(t *testing.T) {
		b := setup(t, nil)
		b.account("siti.aminah", otherPassword)
		b.known()
		hers := siti(b, "").Device
		b.strangerLocks(goodPassword)
		_, err := b.from(hers, goodPassword)
		require.ErrorIs(t, err, models.ErrWrongCredentials)
	})
	t.Run("one browser is known to all who signed in from it, and what failed for one stays counted", func(t *testing.T) {
		b := setup(t, nil)
		b.account("siti.aminah", otherPassword)
		device := b.known()
		for range 4 {
			_, err := b.from(device, "wrong")
			require.ErrorIs(t, err, models.ErrWrongCredentials)
		}
		shared := siti(b, device).Device
		_, err := b.from(shared, "wrong")
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		_, err = b.from(shared, goodPassword)
		require.ErrorIs(t, err, models.ErrWrongCredentials, "signing in oneself buys no guesses at somebody else")
		b.wall.pass(15 * time.Minute)
		b.strangerLocks(goodPassword)
		_, err = b.from(shared, goodPassword)
		require.NoError(t, err)
	})
	t.Run("a token is worth nothing once its browser has signed in again", func(t *testing.T) {
		b := setup(t, nil)
		planted := b.known()
		_, err := b.from(planted, goodPassword)
		require.NoError(t, err)
		b.strangerLocks(goodPassword)
		_, err = b.from(planted, goodPassword)
		require.ErrorIs(t, err, models.ErrWrongCredentials)
	})
}

func TestKnownDeviceAndPasswords(t *testing.T) {
	t.Run("a new password makes strangers of all but the one it was set from", func(t *testing.T) {
		b := setup(t, nil)
		elsewhere := b.known()
		here, err := b.from("", goodPassword)
		require.NoError(t, err)
		who, err := b.Session(t.Context(), here.Token, portal)
		require.NoError(t, err)
		require.Equal(t, here.Identity.DeviceID, who.DeviceID)
		_, err = b.ChangePassword(t.Context(), who, goodPassword, otherPassword, otherPassword)
		require.NoError(t, err)
		b.strangerLocks(otherPassword)
		_, err = b.from(elsewhere, otherPassword)
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		_, err = b.from(here.Device, otherPassword)
		require.NoError(t, err)
	})
	t.Run("set from outside or by a link it makes strangers of all", func(t *testing.T) {
		b := setup(t, nil)
		b.known()
		hash, err := b.hasher.Hash(t.Context(), otherPassword)
		require.NoError(t, err)
		_, err = b.store.SetPassword(t.Context(), models.Actor{AccountID: b.budi}, store.PasswordSet{Account: b.budi, Hash: hash, MustChange: true})
		require.NoError(t, err)
		require.Zero(t, b.count("select count(*) from known_devices"))
		_, err = b.from("", otherPassword)
		require.NoError(t, err)
		b.exec("update accounts set status = 'pending' where id = ?", b.budi)
		_, err = b.SetPassword(t.Context(), b.link(b.budi, time.Hour), "Soto*Lamongan*7*Enak", "Soto*Lamongan*7*Enak", portal)
		require.NoError(t, err)
		require.Zero(t, b.count("select count(*) from known_devices"))
	})
	t.Run("whoever came in past a stranger's lock can change the password, and guessing the old one locks the browser", func(t *testing.T) {
		b := setup(t, nil)
		device := b.known()
		b.strangerLocks(goodPassword)
		here, err := b.from(device, goodPassword)
		require.NoError(t, err)
		for range 5 {
			_, err = b.ChangePassword(t.Context(), here.Identity, "wrong", otherPassword, otherPassword)
			require.ErrorContains(t, err, "password_wrong")
		}
		_, err = b.ChangePassword(t.Context(), here.Identity, goodPassword, otherPassword, otherPassword)
		require.ErrorContains(t, err, "password_wrong")
		b.exec("update known_devices set locked_until = null")
		_, err = b.ChangePassword(t.Context(), here.Identity, goodPassword, otherPassword, otherPassword)
		require.NoError(t, err)
	})
}
