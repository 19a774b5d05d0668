package store

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// withFactor is an employee whose account has a confirmed second factor.
func withFactor(t *testing.T, b *bundle) models.Actor {
	t.Helper()
	a := b.holder(models.RoleOfficer, "")
	require.NoError(t, b.BeginSecondFactor(b.ctx(), a, "key-1", "sealed"))
	opened, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(time.Hour)})
	require.NoError(t, err)
	_, err = b.ConfirmSecondFactor(b.ctx(), a, FirstCode{Sealed: "sealed", Step: 100, Codes: []string{"first", "second"}, Where: Proof{SessionID: opened.Session.ID}})
	require.NoError(t, err)
	return a
}

func TestTryCode(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		a := withFactor(t, b)
		try := func(step int64, recovery string) error {
			return b.TryCode(b.ctx(), CodeTry{AccountID: a.AccountID, Sealed: "sealed", Step: step, Recovery: recovery, Action: "sign_in", Origin: a.Origin})
		}
		count := func(errs []error) (right int) {
			for _, err := range errs {
				if err == nil {
					right++
					continue
				}
				require.ErrorIs(t, err, models.ErrWrongCredentials)
			}
			return right
		}
		t.Run("the code that confirmed it does not count again", func(t *testing.T) {
			require.ErrorIs(t, try(100, ""), models.ErrWrongCredentials)
			require.NoError(t, try(101, ""))
		})
		t.Run("of 40 at once with one code, one counts", func(t *testing.T) {
			require.Equal(t, 1, count(atOnce(40, func(int) error { return try(102, "") })))
			b.wall.pass(time.Hour)
		})
		t.Run("of 40 at once with one recovery code, one counts", func(t *testing.T) {
			require.Equal(t, 1, count(atOnce(40, func(int) error { return try(0, "first") })))
			b.wall.pass(2 * time.Hour)
		})
		t.Run("200 wrong ones at once lock once, and the right one no more", func(t *testing.T) {
			before := b.count("select lock_count from accounts where id = ?", a.AccountID)
			require.Zero(t, count(atOnce(200, func(int) error { return try(0, "000000") })))
			require.Equal(t, before+1, b.count("select lock_count from accounts where id = ?", a.AccountID))
			require.ErrorIs(t, try(999, ""), models.ErrWrongCredentials)
			require.ErrorIs(t, try(0, "second"), models.ErrWrongCredentials)
			b.wall.pass(2 * time.Hour)
			require.NoError(t, try(0, "second"), "nothing was used up meanwhile")
		})
		t.Run("a key that was replaced makes no codes that count", func(t *testing.T) {
			err := b.TryCode(b.ctx(), CodeTry{AccountID: a.AccountID, Sealed: "another", Step: 2000, Action: "sign_in"})
			require.ErrorIs(t, err, models.ErrWrongCredentials)
		})
		t.Run("removed, nothing counts", func(t *testing.T) {
			require.NoError(t, b.RemoveSecondFactor(b.ctx(), a, a.AccountID))
			require.ErrorIs(t, try(3000, ""), models.ErrWrongCredentials)
			require.ErrorIs(t, b.RemoveSecondFactor(b.ctx(), a, a.AccountID), models.ErrNotNow)
			require.Zero(t, b.count("select count(*) from recovery_codes"))
		})
	})
}

func TestConfirmSecondFactor(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		a := b.holder(models.RoleOfficer, "")
		require.NoError(t, b.BeginSecondFactor(b.ctx(), a, "key-1", "old"))
		require.NoError(t, b.BeginSecondFactor(b.ctx(), a, "key-1", "new"))
		opened, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(time.Hour)})
		require.NoError(t, err)
		confirm := func(sealed string) error {
			_, err := b.ConfirmSecondFactor(b.ctx(), a, FirstCode{Sealed: sealed, Step: 1, Codes: []string{"a"}, Where: Proof{SessionID: opened.Session.ID}})
			return err
		}
		t.Run("the key that was replaced confirms nothing", func(t *testing.T) { require.ErrorIs(t, confirm("old"), models.ErrNotNow) })
		t.Run("of ten at once, one confirms", func(t *testing.T) {
			var done int
			for _, err := range atOnce(10, func(int) error { return confirm("new") }) {
				if err == nil {
					done++
				} else {
					require.True(t, errors.Is(err, models.ErrNotNow), "%v", err)
				}
			}
			require.Equal(t, 1, done)
			require.Equal(t, 1, b.count("select count(*) from notices where kind = 'second_factor_added'"))
		})
		t.Run("another cannot be begun", func(t *testing.T) {
			require.ErrorIs(t, b.BeginSecondFactor(b.ctx(), a, "key-1", "third"), models.ErrSecondFactorSet)
		})
	})
}

func TestNewBrowser(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		a := b.holder(models.RoleOfficer, "")
		a.Origin.UserAgent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
		in := func(device string) Opened {
			opened, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(time.Hour), Browser: true, LastDevice: device})
			require.NoError(t, err)
			return opened
		}
		told := func() int { return b.count("select count(*) from notices where kind = 'sign_in_new_browser'") }
		first := in("")
		t.Run("the first of all tells nothing new", func(t *testing.T) { require.Zero(t, told()) })
		t.Run("a known one is not told", func(t *testing.T) {
			first = in(first.Device)
			require.Zero(t, told())
		})
		second := in("")
		t.Run("another one is", func(t *testing.T) { require.Equal(t, 1, told()) })
		t.Run("its owner sees both, in words that tell them apart", func(t *testing.T) {
			devices, err := b.Devices(b.ctx(), a.AccountID)
			require.NoError(t, err)
			require.Len(t, devices, 2)
			require.Equal(t, a.Origin.UserAgent, devices[0].UserAgent)
			require.NotNil(t, devices[0].LastSeen)
		})
		t.Run("forgotten, it is signed out and a stranger", func(t *testing.T) {
			require.NoError(t, b.ForgetDevice(b.ctx(), a, second.Session.DeviceID, first.Session.ID))
			_, err := b.SessionByToken(b.ctx(), second.Token)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			known, err := b.KnownDevice(b.ctx(), a.AccountID, second.Device)
			require.NoError(t, err)
			require.Empty(t, known.ID)
			_, err = b.SessionByToken(b.ctx(), first.Token)
			require.NoError(t, err)
		})
		t.Run("somebody else's is not found", func(t *testing.T) {
			other := b.holder(models.RoleAuditor, "")
			require.ErrorIs(t, b.ForgetDevice(b.ctx(), other, first.Session.DeviceID, ""), models.ErrNotFound)
		})
		t.Run("the sign-ins tell when, where from and what came of it", func(t *testing.T) {
			_, err := b.LoginFailed(b.ctx(), a.AccountID, "", models.Origin{Channel: "api", IP: "2001:db8:1:2::3"})
			require.NoError(t, err)
			list, err := b.SignIns(b.ctx(), models.DefaultAgency, a.AccountID)
			require.NoError(t, err)
			require.Len(t, list, 4)
			require.Equal(t, models.SignInView{At: b.caseNow(), Outcome: "wrong_credentials", Channel: "api", Address: "2001:db8:1::/48"}, list[0])
			require.Equal(t, "192.0.2.x", list[1].Address)
			require.Equal(t, "ok", list[1].Outcome)
		})
	})
}
