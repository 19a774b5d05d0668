package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestProve(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		a, other := b.holder(models.RoleAuditor, ""), b.holder(models.RoleAdmin, "")
		opened := b.browser(a, "")
		proof := Proof{SessionID: opened.Session.ID, DeviceID: opened.Session.DeviceID}
		t.Run("a sign-in is a proof", func(t *testing.T) {
			found, err := b.SessionByToken(b.ctx(), opened.Token)
			require.NoError(t, err)
			require.WithinDuration(t, b.wallNow(), *found.Proved, 0)
		})
		t.Run("the session goes on under another token, its browser forgiven", func(t *testing.T) {
			_, err := b.LoginFailed(b.ctx(), a.AccountID, proof.DeviceID, models.Origin{})
			require.NoError(t, err)
			b.wall.pass(time.Minute)
			token, err := b.Prove(b.ctx(), a, proof)
			require.NoError(t, err)
			_, err = b.SessionByToken(b.ctx(), opened.Token)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			found, err := b.SessionByToken(b.ctx(), token)
			require.NoError(t, err)
			require.WithinDuration(t, b.wallNow(), *found.Proved, 0)
			device, err := b.DeviceByID(b.ctx(), a.AccountID, proof.DeviceID)
			require.NoError(t, err)
			require.Zero(t, device.Failures)
			require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'step_up' and object = ?", "session:"+proof.SessionID))
		})
		t.Run("a lock that holds stays", func(t *testing.T) {
			for range failuresToLock {
				_, err := b.LoginFailed(b.ctx(), a.AccountID, proof.DeviceID, models.Origin{})
				require.NoError(t, err)
			}
			_, err := b.Prove(b.ctx(), a, proof)
			require.NoError(t, err)
			device, err := b.DeviceByID(b.ctx(), a.AccountID, proof.DeviceID)
			require.NoError(t, err)
			require.True(t, device.Locked(b.wallNow()))
		})
		t.Run("a token is proved by itself", func(t *testing.T) {
			view, secret, err := b.CreateToken(b.ctx(), a, "laptop", models.Scopes(), b.wallNow().Add(time.Hour))
			require.NoError(t, err)
			token, err := b.Prove(b.ctx(), a, Proof{TokenID: view.ID})
			require.NoError(t, err)
			require.Empty(t, token)
			found, err := b.TokenBySecret(b.ctx(), secret)
			require.NoError(t, err)
			require.WithinDuration(t, b.wallNow(), *found.Proved, 0)
			require.NoError(t, b.RevokeToken(b.ctx(), a, view.ID))
			_, err = b.Prove(b.ctx(), a, Proof{TokenID: view.ID})
			require.ErrorIs(t, err, models.ErrUnauthenticated)
		})
		t.Run("nobody proves for somebody else", func(t *testing.T) {
			_, err := b.Prove(b.ctx(), other, proof)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
		})
	})
}
