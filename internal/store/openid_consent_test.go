package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestConsents(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		admin, who, other := b.holder(models.RoleAdmin, ""), b.holder(models.RoleHead, "KEM.1"), b.holder(models.RoleHead, "KEM.2")
		app := meetings()
		app.ThirdParty, app.BackChannel = true, "https://jadwal.example/bye"
		require.NoError(t, b.SaveApplication(b.ctx(), admin, app))
		agree := func(a models.Actor) string {
			in, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(8 * time.Hour)})
			require.NoError(t, err)
			g := OpenIDGrant{ID: newID(), Application: "jadwal", SessionID: in.Session.ID, Expires: b.wallNow().Add(time.Hour)}
			token := OpenIDToken{Kind: "access", Name: g.ID, GrantID: g.ID, Body: "{}", Expires: b.wallNow().Add(time.Minute)}
			require.NoError(t, b.OpenGrant(b.ctx(), a, g, []OpenIDToken{token}, "openid profile"))
			return g.ID
		}
		mine, theirs := agree(who), agree(other)
		list := func(a models.Actor) []models.ConsentView {
			found, err := b.Consents(b.ctx(), a)
			require.NoError(t, err)
			return found
		}
		live := func(token string) bool {
			found, err := b.OpenIDFind(b.ctx(), models.DefaultAgency, "access", token)
			require.NoError(t, err)
			return found.Live
		}
		t.Run("what somebody agreed to is listed for them", func(t *testing.T) {
			found := list(who)
			require.Len(t, found, 1)
			require.Equal(t, []string{"openid", "profile"}, found[0].Scopes)
			require.Equal(t, []string{"jadwal", app.Name, app.Provider}, []string{found[0].Application, found[0].Name, found[0].Provider})
			require.WithinDuration(t, b.wallNow(), found[0].Given, time.Minute)
		})
		t.Run("withdrawn, it is asked for again, and what is open by it ends, of which the application hears", func(t *testing.T) {
			require.NoError(t, b.WithdrawConsent(b.ctx(), who, "jadwal"))
			require.Empty(t, list(who))
			scopes, err := b.Consented(b.ctx(), who, "jadwal")
			require.NoError(t, err)
			require.Empty(t, scopes)
			require.False(t, live(mine))
			told, err := b.Farewells(b.ctx())
			require.NoError(t, err)
			require.Len(t, told, 1)
			require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'consent_withdrawn'"))
		})
		t.Run("nobody else's is", func(t *testing.T) {
			require.Len(t, list(other), 1)
			require.True(t, live(theirs))
		})
		t.Run("what nobody agreed to is not found", func(t *testing.T) {
			require.ErrorIs(t, b.WithdrawConsent(b.ctx(), who, "jadwal"), models.ErrNotFound)
		})
	})
}
