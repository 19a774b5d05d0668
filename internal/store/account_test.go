package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"loket/models"
)

func TestAccounts(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		admin := models.Actor{Origin: models.Origin{Channel: "cli"}}
		id, err := b.CreateAccount(b.ctx(), admin, NewAccount{Username: "siti.auditor", Name: "Siti", Email: "siti@mail.example", PasswordHash: "old",
			MustChange: true, Grants: []models.RoleGrant{{Role: models.RoleAuditor, Unit: "KEM", From: b.caseNow()}}})
		require.NoError(t, err)
		t.Run("an account outside the registry has the roles it was given", func(t *testing.T) {
			view, err := b.AccountView(b.ctx(), id, b.caseNow())
			require.NoError(t, err)
			require.True(t, view.MustChangePassword)
			require.Equal(t, []models.Grant{{Role: models.RoleAuditor, Unit: "KEM", UnitPath: "/KEM/"}}, view.Roles)
			require.True(t, b.actor(id).Has(models.RoleAuditor))
		})
		t.Run("a username is given once, an employee has one account", func(t *testing.T) {
			_, err := b.CreateAccount(b.ctx(), admin, NewAccount{Username: "siti.auditor", Name: "Lain", Email: "x@mail.example"})
			require.ErrorIs(t, err, models.ErrDuplicate)
			nip := recap(t, "recap-clean.csv")[0].NIP
			b.employee(nip)
			_, err = b.CreateAccount(b.ctx(), admin, NewAccount{Username: "lain", NIP: nip})
			require.ErrorIs(t, err, models.ErrDuplicate)
			_, err = b.CreateAccount(b.ctx(), admin, NewAccount{Username: "lain", NIP: "0"})
			require.ErrorIs(t, err, models.ErrNotFound)
		})
		t.Run("a new password ends other sessions and is told to its owner", func(t *testing.T) {
			a := b.actor(id)
			keep, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(time.Hour)})
			require.NoError(t, err)
			other, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(time.Hour)})
			require.NoError(t, err)
			token := b.setPassword(a, PasswordSet{Account: id, Hash: "new", Where: Proof{SessionID: keep.Session.ID}})
			_, err = b.SessionByToken(b.ctx(), token)
			require.NoError(t, err)
			_, err = b.SessionByToken(b.ctx(), other.Token)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			account, err := b.AccountByUsername(b.ctx(), models.DefaultAgency, "siti.auditor")
			require.NoError(t, err)
			require.Equal(t, "new", account.PasswordHash)
			require.False(t, account.MustChange)
			require.Equal(t, 1, b.count("select count(*) from notices where kind = 'password_changed' and account_id = ?", id))
		})
		t.Run("nobody acts through an account that is not active", func(t *testing.T) {
			b.tamper("update accounts set status = 'disabled' where id = ?", id)
			_, err := b.ActorOf(b.ctx(), id, b.caseNow())
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			_, err = b.ActorOf(b.ctx(), "nobody", b.caseNow())
			require.ErrorIs(t, err, models.ErrUnauthenticated)
		})
	})
}

func TestLocks(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		a := b.holder(models.RoleAuditor, "")
		fail := func(n int) *time.Time {
			var until *time.Time
			for range n {
				var err error
				until, err = b.LoginFailed(b.ctx(), a.AccountID, "", models.Origin{})
				require.NoError(t, err)
			}
			return until
		}
		t.Run("four failures lock nothing, and a slow fifth begins anew", func(t *testing.T) {
			require.Nil(t, fail(4))
			b.wall.pass(failureWindow + time.Second)
			require.Nil(t, fail(1))
		})
		t.Run("the fifth in time locks for a quarter of an hour, then twice as long, at most an hour", func(t *testing.T) {
			for _, minutes := range []int{15, 30, 60, 60} {
				b.wall.pass(lockMost + time.Second)
				until := fail(5)
				require.NotNil(t, until)
				require.Equal(t, time.Duration(minutes)*time.Minute, until.Sub(b.wallNow()))
			}
		})
		t.Run("what fails while the lock holds does not lengthen it", func(t *testing.T) {
			until := fail(1)
			b.wall.pass(time.Minute)
			require.Equal(t, until, fail(7))
		})
		t.Run("success forgets", func(t *testing.T) {
			b.wall.pass(lockMost)
			require.NoError(t, b.LoginSucceeded(b.ctx(), a.AccountID))
			require.Equal(t, lockFirst, fail(5).Sub(b.wallNow()))
		})
		t.Run("failures at once are all counted", func(t *testing.T) {
			b.wall.pass(lockFirst)
			require.NoError(t, b.LoginSucceeded(b.ctx(), a.AccountID))
			for _, err := range atOnce(5, func(int) error {
				_, err := b.LoginFailed(b.ctx(), a.AccountID, "", models.Origin{})
				return err
			}) {
				require.NoError(t, err)
			}
			account, err := b.AccountByID(b.ctx(), a.AccountID)
			require.NoError(t, err)
			require.True(t, account.Locked(b.wallNow()))
		})
	})
}

func TestSessions(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		a := b.holder(models.RoleAuditor, "")
		opened, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(12 * time.Hour)})
		require.NoError(t, err)
		token, session := opened.Token, opened.Session
		t.Run("last use is written once a minute at most", func(t *testing.T) {
			b.wall.pass(30 * time.Second)
			require.NoError(t, b.TouchSession(b.ctx(), session))
			found, err := b.SessionByToken(b.ctx(), token)
			require.NoError(t, err)
			require.Equal(t, session.LastSeen, found.LastSeen)
			b.wall.pass(time.Minute)
			require.NoError(t, b.TouchSession(b.ctx(), session))
			found, err = b.SessionByToken(b.ctx(), token)
			require.NoError(t, err)
			require.Equal(t, b.wallNow(), found.LastSeen)
		})
		t.Run("a new token replaces the old one", func(t *testing.T) {
			fresh := b.setPassword(a, PasswordSet{Account: a.AccountID, Hash: "new", Where: Proof{SessionID: session.ID}})
			_, err := b.SessionByToken(b.ctx(), token)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			token = fresh
			_, err = b.SessionByToken(b.ctx(), token)
			require.NoError(t, err)
		})
		t.Run("one's own sessions are listed and ended, others' are not found", func(t *testing.T) {
			other := b.holder(models.RoleAdmin, "")
			require.ErrorIs(t, b.EndSession(b.ctx(), other, session.ID), models.ErrNotFound)
			_, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(time.Hour)})
			require.NoError(t, err)
			list, err := b.Sessions(b.ctx(), a.AccountID)
			require.NoError(t, err)
			require.Len(t, list, 2)
			require.Equal(t, "192.0.2.7", list[0].IP)
			require.NoError(t, b.EndOtherSessions(b.ctx(), a, session.ID))
			list, err = b.Sessions(b.ctx(), a.AccountID)
			require.NoError(t, err)
			require.Len(t, list, 1)
		})
		t.Run("it ends by itself", func(t *testing.T) {
			b.wall.pass(12 * time.Hour)
			_, err := b.SessionByToken(b.ctx(), token)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			require.NoError(t, b.SweepSessions(b.ctx()))
			require.Zero(t, b.count("select count(*) from sessions"))
		})
	})
}

func TestPersonalTokens(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		a := b.holder(models.RoleAuditor, "")
		t.Run("they outlive a change by their owner, and no other", func(t *testing.T) {
			_, secret, err := b.CreateToken(b.ctx(), a, "malam", models.Scopes(), b.wallNow().Add(24*time.Hour))
			require.NoError(t, err)
			b.setPassword(a, PasswordSet{Account: a.AccountID, Hash: "$argon2id$own"})
			_, err = b.TokenBySecret(b.ctx(), secret)
			require.NoError(t, err)
			b.setPassword(models.Actor{Origin: models.Origin{Channel: "cli"}}, PasswordSet{Account: a.AccountID, Hash: "$argon2id$help", MustChange: true})
			_, err = b.TokenBySecret(b.ctx(), secret)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
		})
		view, secret, err := b.CreateToken(b.ctx(), a, "skrip", []models.Scope{models.ScopeRead, models.ScopeDecide}, b.wallNow().Add(24*time.Hour))
		require.NoError(t, err)
		found, err := b.TokenBySecret(b.ctx(), secret)
		require.NoError(t, err)
		require.Equal(t, view, found.View())
		require.NoError(t, b.TouchToken(b.ctx(), found))
		list, err := b.Tokens(b.ctx(), a.AccountID)
		require.NoError(t, err)
		require.Equal(t, b.wallNow(), *list[0].LastUsed)
		t.Run("only its owner revokes it, once", func(t *testing.T) {
			require.ErrorIs(t, b.RevokeToken(b.ctx(), b.holder(models.RoleAdmin, ""), view.ID), models.ErrNotFound)
			require.NoError(t, b.RevokeToken(b.ctx(), a, view.ID))
			require.ErrorIs(t, b.RevokeToken(b.ctx(), a, view.ID), models.ErrNotFound)
			_, err := b.TokenBySecret(b.ctx(), secret)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
		})
		t.Run("the secret stands in no table", func(t *testing.T) {
			require.Zero(t, b.count("select count(*) from personal_tokens where digest = ?", secret))
			require.Zero(t, b.count("select count(*) from audit_entries where became like ?", "%"+secret+"%"))
		})
	})
}

func TestIdempotency(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		a := b.holder(models.RoleAuditor, "")
		for i, err := range atOnce(10, func(i int) error {
			got, err := b.Remember(b.ctx(), a, "POST /memos", "key", []byte("body"), "case")
			return errors.Join(err, differ(got, "case"))
		}) {
			require.NoError(t, err, i)
		}
		got, err := b.Remember(b.ctx(), a, "POST /memos", "key", []byte("body"), "another")
		require.NoError(t, err)
		require.Equal(t, "case", got)
		_, err = b.Remember(b.ctx(), a, "POST /memos", "key", []byte("other body"), "another")
		require.ErrorIs(t, err, models.ErrIdempotencyConflict)
		_, err = b.Remember(b.ctx(), a, "POST /others", "key", []byte("other body"), "another")
		require.NoError(t, err)
	})
}

func TestClockAndCalendars(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		t.Run("a clock once stored is kept, whatever speed a restart asks for", func(t *testing.T) {
			first, err := b.LoadClock(b.ctx(), 60, testNow())
			require.NoError(t, err)
			second, err := b.LoadClock(b.ctx(), 1, testNow().Add(time.Hour))
			require.NoError(t, err)
			require.Equal(t, first, second)
			b.wall.pass(time.Minute)
			require.Equal(t, testNow().Add(time.Hour), b.caseNow())
		})
		t.Run("a unit works by its own calendar, else by that of the unit above, else by the agency's", func(t *testing.T) {
			require.NoError(t, b.SeedCalendar(b.ctx(), models.Calendar{ID: "id-2026", Name: "WIB"}))
			_, _, err := b.ImportCalendar(b.ctx(), models.Actor{}, models.Calendar{ID: "id-2026", Name: "WIB 2"})
			require.NoError(t, err)
			require.NoError(t, b.SeedCalendar(b.ctx(), models.Calendar{ID: "zz-timur", Name: "WIT"}))
			b.tamper("update units set calendar_id = 'zz-timur' where code = 'KEM.2'")
			for unit, want := range map[string]string{"KEM": "WIB 2", "KEM.1.2": "WIB 2", "KEM.2": "WIT", "KEM.2.1.1": "WIT"} {
				c, err := b.UnitCalendar(b.ctx(), models.DefaultAgency, unit)
				require.NoError(t, err)
				require.Equal(t, want, c.Name, unit)
			}
			_, err = b.Calendar(b.ctx(), "none")
			require.ErrorIs(t, err, models.ErrNotFound)
		})
	})
}

func TestErrors(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		t.Run("both databases name a violated rule alike", func(t *testing.T) {
			unit := unitRow{AgencyID: models.DefaultAgency, Code: "KEM", Name: "x", Kind: "ministry", Path: "/x/"}
			require.ErrorIs(t, b.write.Create(&unit).Error, gorm.ErrDuplicatedKey)
			unit.AgencyID = "other"
			require.ErrorIs(t, b.write.Create(&unit).Error, gorm.ErrForeignKeyViolated)
			unit.AgencyID, unit.Code, unit.Kind = models.DefaultAgency, "X", "palace"
			require.ErrorIs(t, b.write.Create(&unit).Error, gorm.ErrCheckConstraintViolated)
		})
		t.Run("a deadline that passed says that the database is away, a refusal does not", func(t *testing.T) {
			ctx, cancel := context.WithTimeout(b.ctx(), -time.Second)
			defer cancel()
			_, err := b.AccountByID(ctx, "x")
			require.True(t, Unavailable(err), "%v", err)
			_, err = b.AccountByID(b.ctx(), "x")
			require.False(t, Unavailable(err))
			require.False(t, Unavailable(nil))
		})
		t.Run("a zero byte finds nobody and breaks nothing", func(t *testing.T) {
			_, err := b.AccountByUsername(b.ctx(), models.DefaultAgency, "siti\x00")
			require.True(t, errors.Is(err, models.ErrInvalid) || errors.Is(err, models.ErrNotFound), "%v", err)
			a := b.holder(models.RoleAuditor, "")
			a.Origin.UserAgent = "Mozilla\x00\xff/5.0"
			opened, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow()})
			require.NoError(t, err)
			require.Equal(t, "Mozilla/5.0", opened.Session.UserAgent)
		})
		t.Run("migrating again changes nothing", func(t *testing.T) {
			require.NoError(t, b.Migrate(b.ctx()))
			status, err := b.MigrationStatus(b.ctx())
			require.NoError(t, err)
			require.NotEmpty(t, status)
			for _, m := range status {
				require.True(t, m.Applied, fmt.Sprint(m))
			}
			require.NoError(t, b.Ping(b.ctx()))
		})
	})
}

func TestDatabaseAway(t *testing.T) {
	t.Run("PostgreSQL that ends our connections is away for one statement", func(t *testing.T) {
		b := open(t, postgresCluster.Clone(t, "ministry", prepare))
		_ = b.Ping(b.ctx())
		b.tamper("select 1")
		err := b.write.Transaction(func(tx *gorm.DB) error { return tx.Exec("select pg_terminate_backend(pg_backend_pid())").Error })
		require.True(t, Unavailable(err), "%v", err)
		require.NoError(t, b.Ping(b.ctx()))
	})
	t.Run("a server that refuses connections is away", func(t *testing.T) {
		s, err := openAt(t.Context(), "postgres://nobody@127.0.0.1:1/none", testNow)
		require.NoError(t, err)
		defer func() { require.NoError(t, s.Close()) }()
		require.True(t, Unavailable(s.Ping(t.Context())))
	})
	t.Run("a folder that does not exist is away", func(t *testing.T) {
		s, err := openAt(t.Context(), "sqlite:"+t.TempDir()+"/none/loket.db", testNow)
		if err == nil {
			defer func() { require.NoError(t, s.Close()) }()
			err = s.Ping(t.Context())
		}
		require.True(t, Unavailable(err), "%v", err)
	})
	t.Run("another kind of address is refused", func(t *testing.T) {
		_, err := openAt(t.Context(), "mysql://x", testNow)
		require.ErrorContains(t, err, "neither")
	})
}

func TestPasswordReplacedMeanwhile(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		a := b.holder(models.RoleAuditor, "") // whose password is "hash"
		opened, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(time.Hour), Checked: "hash"})
		require.NoError(t, err)
		_, err = b.SetPassword(b.ctx(), a, PasswordSet{Account: a.AccountID, Hash: "thief's", Checked: "old", Where: Proof{SessionID: opened.Session.ID}})
		require.ErrorIs(t, err, models.ErrWrongCredentials)
		_, err = b.SetPassword(b.ctx(), a, PasswordSet{Account: a.AccountID, Hash: "thief's", Checked: "hash", Where: Proof{SessionID: "gone"}})
		require.ErrorIs(t, err, models.ErrUnauthenticated)
		_, err = b.SessionByToken(b.ctx(), opened.Token)
		require.NoError(t, err, "nothing has happened")
		for _, e := range atOnce(8, func(i int) error {
			if i == 0 {
				_, err := b.SetPassword(b.ctx(), a, PasswordSet{Account: a.AccountID, Hash: "own", Checked: "hash"})
				return err
			}
			_, err := b.CreateSession(b.ctx(), a, NewSession{Expires: b.wallNow().Add(time.Hour), Checked: "hash"})
			return err
		}) {
			if e != nil {
				require.ErrorIs(t, e, models.ErrWrongCredentials)
			}
		}
		require.Zero(t, b.count("select count(*) from sessions where account_id = ?", a.AccountID), "whichever came first")
	})
}
