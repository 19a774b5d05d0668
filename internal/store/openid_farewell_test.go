package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// opened opens an application from a session of its own, and gives the session.
func (b *bundle) opened(who models.Actor, application string) string {
	b.t.Helper()
	in, err := b.CreateSession(b.ctx(), who, NewSession{Expires: b.wallNow().Add(8 * time.Hour)})
	require.NoError(b.t, err)
	g := OpenIDGrant{ID: newID(), Application: application, SessionID: in.Session.ID, Expires: b.wallNow().Add(8 * time.Hour)}
	code := OpenIDToken{Kind: "code", Name: g.ID, GrantID: g.ID, Body: "{}", Expires: b.wallNow().Add(time.Minute)}
	require.NoError(b.t, b.OpenGrant(b.ctx(), who, g, []OpenIDToken{code}, ""))
	return in.Session.ID
}

func TestGrantsEndWithAccess(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		admin := b.holder(models.RoleAdmin, "")
		ends := func() int64 {
			byTime, err := b.EndGoneSessions(b.ctx())
			require.NoError(t, err)
			byAccess, err := b.EndClosedAccess(b.ctx())
			require.NoError(t, err)
			return byTime + byAccess
		}
		told := func(session string) bool {
			list, err := b.Farewells(b.ctx())
			require.NoError(t, err)
			for _, f := range list {
				if f.SessionID == session {
					return true
				}
			}
			return false
		}
		for name, end := range map[string]func(who models.Actor, app models.Application){
			"access by memo ends": func(who models.Actor, _ models.Application) {
				b.tamper("update account_applications set ended_at = ? where account_id = ?", b.caseNow(), who.AccountID)
			},
			"the application is switched off": func(_ models.Actor, app models.Application) {
				app.Version, app.Enabled = 1, false
				require.NoError(t, b.SaveApplication(b.ctx(), admin, app))
			},
			"the application becomes one of companies": func(who models.Actor, app models.Application) {
				b.tamper("update account_applications set ended_at = ? where account_id = ?", b.caseNow(), who.AccountID)
				app.Version, app.Access, app.Area = 1, models.AccessByCompany, models.Areas()[0]
				require.NoError(t, b.SaveApplication(b.ctx(), admin, app))
			},
			"the account is closed": func(who models.Actor, _ models.Application) {
				b.tamper("update accounts set status = 'disabled' where id = ?", who.AccountID)
			},
			"the account's term is over": func(who models.Actor, _ models.Application) {
				b.tamper("update accounts set ends_at = ? where id = ?", b.wallNow(), who.AccountID)
			},
		} {
			t.Run("it ends, and the application hears, when "+name, func(t *testing.T) {
				app := meetings()
				app.ID, app.Access, app.BackChannel = "app-"+newID()[28:], models.AccessByGrant, "https://jadwal.example/bye"
				require.NoError(t, b.SaveApplication(b.ctx(), admin, app))
				who := b.trades("niaga."+newID()[30:], "012345678091000", true)
				b.tamper("insert into account_applications (agency_id, account_id, application, created) values (?, ?, ?, ?)", models.DefaultAgency, who.AccountID, app.ID, b.caseNow())
				session := b.opened(who, app.ID)
				require.Zero(t, ends(), "it lives")
				end(who, app)
				require.Equal(t, int64(1), ends())
				require.Zero(t, ends(), "once")
				require.True(t, told(session))
			})
		}
	})
}

func TestFarewells(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		admin, who := b.holder(models.RoleAdmin, ""), b.holder(models.RoleHead, "KEM.1")
		for _, id := range []string{"jadwal", "arsip"} {
			app := meetings()
			app.ID, app.BackChannel = id, "https://"+id+".example/bye"
			require.NoError(t, b.SaveApplication(b.ctx(), admin, app))
		}
		leaves := func(application string) string {
			session := b.opened(who, application)
			require.NoError(t, b.EndSession(b.ctx(), who, session))
			_, err := b.EndGoneSessions(b.ctx())
			require.NoError(t, err)
			b.wall.pass(time.Second)
			return session
		}
		due := func(application string) (sessions []string) {
			list, err := b.Farewells(b.ctx())
			require.NoError(t, err)
			for _, f := range list {
				if f.Application == application {
					sessions = append(sessions, f.SessionID)
				}
			}
			return sessions
		}
		came := func(session string, h Hearing) {
			require.NoError(t, b.Told(b.ctx(), OpenIDFarewell{AgencyID: models.DefaultAgency, Application: "jadwal", SessionID: session}, h))
		}
		first, second, third := leaves("jadwal"), leaves("jadwal"), leaves("jadwal")
		t.Run("whoever waits longest comes first", func(t *testing.T) {
			require.Equal(t, []string{first, second, third}, due("jadwal"))
		})
		t.Run("one with many leaves room for the others", func(t *testing.T) {
			last := leaves("arsip")
			for range farewellsEach {
				leaves("jadwal")
			}
			require.Len(t, due("jadwal"), farewellsEach)
			require.Equal(t, []string{last}, due("arsip"))
			b.tamper("update openid_grants set told = ended where ended is not null and session_id not in (?, ?, ?)", first, second, third)
		})
		t.Run("what it refuses keeps nobody waiting", func(t *testing.T) {
			came(first, Refused)
			require.Equal(t, []string{second, third}, due("jadwal"))
		})
		t.Run("while it is away all wait, and another one is tried after", func(t *testing.T) {
			came(second, Away)
			require.Empty(t, due("jadwal"))
			b.wall.pass(2*time.Minute + time.Second)
			require.Equal(t, third, due("jadwal")[0])
		})
		t.Run("it waits longer each time, up to a quarter of an hour", func(t *testing.T) {
			for _, minutes := range []int{2, 4, 8, 15, 15} {
				came(due("jadwal")[0], Away)
				require.Empty(t, due("jadwal"))
				b.wall.pass(time.Duration(minutes) * time.Minute)
				require.NotEmpty(t, due("jadwal"), "%d minutes", minutes)
			}
		})
		t.Run("once it hears one, it is told the rest", func(t *testing.T) {
			b.tamper("update openid_grants set tries = 0 where session_id = ?", third)
			came(second, Away)
			came(first, Heard)
			require.Equal(t, []string{third}, due("jadwal"))
		})
	})
}
