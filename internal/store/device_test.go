package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// browser signs an account in from a browser and gives what it has from then on.
func (b *bundle) browser(a models.Actor, last string) Opened {
	b.t.Helper()
	opened, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(time.Hour), Browser: true, LastDevice: last})
	require.NoError(b.t, err)
	return opened
}

func TestDevices(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		a, other := b.holder(models.RoleAuditor, ""), b.holder(models.RoleAdmin, "")
		known := func(who models.Actor, token string) Device {
			device, err := b.KnownDevice(b.ctx(), who.AccountID, token)
			require.NoError(t, err)
			return device
		}
		fail := func(n int, device string) *time.Time {
			var until *time.Time
			for range n {
				var err error
				until, err = b.LoginFailed(b.ctx(), a.AccountID, device, models.Origin{})
				require.NoError(t, err)
			}
			return until
		}
		first := b.browser(a, "")
		t.Run("a browser is known for the account that signed in, by its newest token alone", func(t *testing.T) {
			require.Equal(t, first.Session.DeviceID, known(a, first.Device).ID)
			require.Zero(t, known(other, first.Device))
			require.Zero(t, known(a, first.Token))
			require.Zero(t, known(a, ""))
			second := b.browser(a, first.Device)
			require.Equal(t, first.Session.DeviceID, second.Session.DeviceID)
			require.Zero(t, known(a, first.Device))
			first = second
			byID, err := b.DeviceByID(b.ctx(), other.AccountID, first.Session.DeviceID)
			require.NoError(t, err)
			require.Zero(t, byID)
			require.Zero(t, b.count("select count(*) from known_devices where digest = ?", first.Device))
			require.Equal(t, 2, b.count("select count(*) from audit_entries where action = 'sign_in' and became like ?", "%"+first.Session.DeviceID+"%"))
		})
		t.Run("its failures and the account's are apart", func(t *testing.T) {
			require.Equal(t, lockFirst, fail(5, first.Session.DeviceID).Sub(b.wallNow()))
			account, err := b.AccountByID(b.ctx(), a.AccountID)
			require.NoError(t, err)
			require.Zero(t, account.Failures)
			require.Nil(t, fail(1, ""))
			require.NotNil(t, fail(4, "not a device"), "an unknown one is a stranger")
			require.True(t, known(a, first.Device).Locked(b.wallNow()))
			require.Equal(t, 5, b.count("select count(*) from audit_entries where outcome = 'wrong_credentials' and became like ?", "%"+first.Session.DeviceID+"%"))
		})
		t.Run("coming in by a device leaves a stranger's lock on the account", func(t *testing.T) {
			require.NoError(t, b.LoginSucceeded(b.ctx(), a.AccountID))
			account, err := b.AccountByID(b.ctx(), a.AccountID)
			require.NoError(t, err)
			require.True(t, account.Locked(b.wallNow()))
		})
		t.Run("another account's sign-in in the same browser keeps what failed there", func(t *testing.T) {
			shared := b.browser(other, first.Device)
			require.True(t, known(a, shared.Device).Locked(b.wallNow()))
			require.Equal(t, shared.Session.DeviceID, known(other, shared.Device).ID)
			first.Device = shared.Device
		})
		t.Run("a new password forgets every device but that of the session it was set in", func(t *testing.T) {
			second := b.browser(a, "")
			b.setPassword(a, PasswordSet{Account: a.AccountID, Hash: "new", Where: Proof{SessionID: second.Session.ID}})
			require.Zero(t, known(a, first.Device))
			require.NotZero(t, known(a, second.Device))
			require.NotZero(t, known(other, first.Device), "nobody else's")
			b.setPassword(a, PasswordSet{Account: a.AccountID, Hash: "newer"})
			require.Zero(t, known(a, second.Device))
		})
		t.Run("it is over after half a year, and swept", func(t *testing.T) {
			b.wall.pass(deviceLife)
			require.Zero(t, known(other, first.Device))
			b.wall.pass(time.Second)
			require.NoError(t, b.SweepSessions(b.ctx()))
			require.Zero(t, b.count("select count(*) from known_devices"))
		})
	})
}
