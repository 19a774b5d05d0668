package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func meetings() models.Application {
	return models.Application{ID: "jadwal", Name: "Jadwal Rapat", About: "Rapat 100%", Provider: "Kementerian Contoh", Kind: models.ApplicationConfidential, Icon: "calendar",
		Access: models.AccessEveryone, Launch: "https://jadwal.example/", Redirects: []string{"https://jadwal.example/callback"}, Enabled: true}
}

func TestApplications(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		admin, owner := b.holder(models.RoleAdmin, ""), b.holder(models.RoleHead, "KEM.1")
		app := meetings()
		require.NoError(t, b.SaveApplication(b.ctx(), admin, app))
		t.Run("an id is taken once", func(t *testing.T) {
			require.ErrorIs(t, b.SaveApplication(b.ctx(), admin, app), models.ErrDuplicate)
		})
		t.Run("what somebody else changed meanwhile is not overwritten", func(t *testing.T) {
			account, err := b.AccountByID(b.ctx(), owner.AccountID)
			require.NoError(t, err)
			app.Version, app.Owner, app.Access, app.ThirdParty = 1, account.Username, models.AccessByGrant, true
			require.NoError(t, b.SaveApplication(b.ctx(), admin, app))
			require.ErrorIs(t, b.SaveApplication(b.ctx(), admin, app), models.ErrStale)
			kept, err := b.Application(b.ctx(), models.DefaultAgency, "jadwal")
			require.NoError(t, err)
			require.Equal(t, account.Username, kept.Owner)
			require.Equal(t, app.Redirects, kept.Redirects)
			require.True(t, kept.ThirdParty)
			app.Version, app.Owner = 2, "nobody.at.all"
			require.ErrorIs(t, b.SaveApplication(b.ctx(), admin, app), models.ErrInvalid)
		})
		t.Run("a secret fits until the next one", func(t *testing.T) {
			first, err := b.RenewSecret(b.ctx(), admin, "jadwal")
			require.NoError(t, err)
			second, err := b.RenewSecret(b.ctx(), admin, "jadwal")
			require.NoError(t, err)
			for secret, fits := range map[string]bool{first: false, second: true, "": false} {
				got, err := b.SecretFits(b.ctx(), models.DefaultAgency, "jadwal", secret)
				require.NoError(t, err)
				require.Equal(t, fits, got)
			}
			require.Zero(t, b.count("select count(*) from applications where secret_digest = ?", second))
		})
		t.Run("who was granted it sees it, until it ends", func(t *testing.T) {
			tiles, err := b.ApplicationTiles(b.ctx(), owner, "")
			require.NoError(t, err)
			require.Empty(t, tiles)
			b.tamper("insert into account_applications (agency_id, account_id, application, created) values (?, ?, 'jadwal', ?)", models.DefaultAgency, owner.AccountID, b.caseNow())
			for text, found := range map[string]int{"": 1, "RAPAT": 1, "100%": 1, "%_%": 0, "gaji": 0} {
				tiles, err = b.ApplicationTiles(b.ctx(), owner, text)
				require.NoError(t, err)
				require.Len(t, tiles, found, text)
			}
			may, err := b.MayOpen(b.ctx(), models.DefaultAgency, owner.AccountID, "jadwal")
			require.NoError(t, err)
			require.True(t, may)
			b.tamper("update account_applications set ended_at = ? where application = 'jadwal'", b.caseNow())
			may, err = b.MayOpen(b.ctx(), models.DefaultAgency, owner.AccountID, "jadwal")
			require.NoError(t, err)
			require.False(t, may)
		})
		t.Run("what every employee opens is closed to companies' people, unless it is everybody's", func(t *testing.T) {
			trader := b.trades("niaga.satu", "012345678091000", true)
			for access, open := range map[models.ApplicationAccess]bool{models.AccessEmployees: false, models.AccessEveryone: true} {
				other := meetings()
				other.ID, other.Access = string(access), access
				require.NoError(t, b.SaveApplication(b.ctx(), admin, other))
				for who, may := range map[string]bool{trader.AccountID: open, owner.AccountID: true} {
					got, err := b.MayOpen(b.ctx(), models.DefaultAgency, who, other.ID)
					require.NoError(t, err)
					require.Equal(t, may, got, "%s %s", access, who)
				}
				users, err := b.ApplicationUsers(b.ctx(), models.DefaultAgency, []string{other.ID})
				require.NoError(t, err)
				everybody := b.count("select count(*) from accounts where status = 'active'")
				require.Equal(t, open, users[other.ID] == everybody, access)
			}
		})
		t.Run("a disabled account opens nothing", func(t *testing.T) {
			app.Version, app.Owner, app.Access = 2, "", models.AccessEveryone
			require.NoError(t, b.SaveApplication(b.ctx(), admin, app))
			may, err := b.MayOpen(b.ctx(), models.DefaultAgency, owner.AccountID, "jadwal")
			require.NoError(t, err)
			require.True(t, may)
			b.tamper("update accounts set status = 'disabled' where id = ?", owner.AccountID)
			may, err = b.MayOpen(b.ctx(), models.DefaultAgency, owner.AccountID, "jadwal")
			require.NoError(t, err)
			require.False(t, may)
		})
	})
}

func TestOpenIDGrants(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		admin := b.holder(models.RoleAdmin, "")
		app := meetings()
		app.BackChannel = "https://jadwal.example/bye"
		require.NoError(t, b.SaveApplication(b.ctx(), admin, app))
		open := func(code string) (models.Actor, string, string) {
			who := b.holder(models.RoleHead, "KEM.1")
			in, err := b.CreateSession(b.ctx(), who, NewSession{Expires: b.wallNow().Add(8 * time.Hour)})
			require.NoError(t, err)
			g := OpenIDGrant{ID: newID(), Application: "jadwal", SessionID: in.Session.ID, Expires: b.wallNow().Add(time.Hour)}
			require.NoError(t, b.OpenGrant(b.ctx(), who, g, []OpenIDToken{{Kind: "code", Name: code, GrantID: g.ID, Body: "{}", Expires: b.wallNow().Add(time.Minute)}}, "openid profile"))
			return who, g.ID, in.Session.ID
		}
		exchange := func(code, grant, access string) error {
			return b.OpenIDExchange(b.ctx(), models.DefaultAgency, &OpenIDSpend{"code", code},
				[]OpenIDToken{{Kind: "access", Name: access, GrantID: grant, Body: "{}", Expires: b.wallNow().Add(time.Minute)}})
		}
		t.Run("of fifty exchanges at once one succeeds, and leaves one token", func(t *testing.T) {
			_, grant, _ := open("first")
			won := 0
			for _, err := range atOnce(50, func(i int) error { return exchange("first", grant, "access-"+string(rune('A'+i))) }) {
				if err == nil {
					won++
					continue
				}
				require.ErrorIs(t, err, models.ErrAlreadyDecided)
			}
			require.Equal(t, 1, won)
			require.Equal(t, 1, b.count("select count(*) from openid_tokens where grant_id = ? and kind = 'access'", grant))
			found, err := b.OpenIDFind(b.ctx(), models.DefaultAgency, "code", "first")
			require.NoError(t, err)
			require.True(t, found.Spent)
			require.NoError(t, b.EndGrant(b.ctx(), models.DefaultAgency, grant, "reused"))
			require.Zero(t, b.count("select count(*) from openid_tokens where grant_id = ? and kind = 'access'", grant))
			require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'application_closed'"))
		})
		t.Run("no token is kept as it is", func(t *testing.T) {
			open("in the clear")
			require.Zero(t, b.count("select count(*) from openid_tokens where digest like '%clear%'"))
		})
		t.Run("what belongs to a grant that has ended is exchanged no more", func(t *testing.T) {
			_, grant, _ := open("second")
			require.NoError(t, b.EndGrant(b.ctx(), models.DefaultAgency, grant, "revoked"))
			require.ErrorIs(t, exchange("second", grant, "late"), models.ErrAlreadyDecided)
		})
		t.Run("what was agreed to is kept", func(t *testing.T) {
			who, _, _ := open("third")
			scopes, err := b.Consented(b.ctx(), who, "jadwal")
			require.NoError(t, err)
			require.Equal(t, "openid profile", scopes)
		})
		t.Run("a session that ends takes its tokens along, and the application is told once", func(t *testing.T) {
			who, grant, session := open("fourth")
			require.NoError(t, exchange("fourth", grant, "alive"))
			found, err := b.OpenIDFind(b.ctx(), models.DefaultAgency, "access", "alive")
			require.NoError(t, err)
			require.True(t, found.Live)
			require.NoError(t, b.EndSession(b.ctx(), who, session))
			found, err = b.OpenIDFind(b.ctx(), models.DefaultAgency, "access", "alive")
			require.NoError(t, err)
			require.False(t, found.Live)
			ended, err := b.EndGoneSessions(b.ctx())
			require.NoError(t, err)
			require.Equal(t, int64(1), ended)
			list, err := b.Farewells(b.ctx())
			require.NoError(t, err)
			require.Equal(t, []OpenIDFarewell{{models.DefaultAgency, who.AccountID, "jadwal", session, app.BackChannel}}, list)
			require.NoError(t, b.Told(b.ctx(), list[0], Away))
			later, err := b.Farewells(b.ctx())
			require.NoError(t, err)
			require.Empty(t, later, "it is not asked again within the minute")
			b.wall.pass(2 * time.Minute)
			later, err = b.Farewells(b.ctx())
			require.NoError(t, err)
			require.Len(t, later, 1)
			require.NoError(t, b.Told(b.ctx(), later[0], Heard))
			require.NoError(t, b.SweepOpenID(b.ctx()))
		})
		t.Run("everything is swept a day after its end", func(t *testing.T) {
			b.wall.pass(49 * time.Hour)
			for range 2 {
				_, err := b.EndGoneSessions(b.ctx())
				require.NoError(t, err)
				_, err = b.Farewells(b.ctx())
				require.NoError(t, err)
				b.wall.pass(25 * time.Hour)
			}
			require.NoError(t, b.SweepOpenID(b.ctx()))
			require.Zero(t, b.count("select count(*) from openid_grants"))
			require.Zero(t, b.count("select count(*) from openid_tokens"))
		})
	})
}
