package store

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// claims takes what waits for the directory, as entries by username.
func (b *bundle) claims() map[string]models.DirectoryTask {
	b.t.Helper()
	tasks, err := b.ClaimDirectory(b.ctx(), 500, time.Minute)
	require.NoError(b.t, err)
	byName := map[string]models.DirectoryTask{}
	for _, task := range tasks {
		byName[task.Entry.Username] = task
	}
	return byName
}

// carries takes what waits and marks it as carried; it gives what there was.
func (b *bundle) carries() map[string]models.DirectoryTask {
	b.t.Helper()
	claimed := b.claims()
	for _, task := range claimed {
		require.NoError(b.t, b.DirectoryCarried(b.ctx(), task))
	}
	return claimed
}

// clerk makes an account with a password and gives it.
func (b *bundle) clerk(username string) models.Actor {
	b.t.Helper()
	id, err := b.CreateAccount(b.ctx(), models.Actor{}, NewAccount{Username: username, Name: "Sri Rahayu", Email: username + "@mail.example", PasswordHash: "hash"})
	require.NoError(b.t, err)
	return b.actor(id)
}

func TestDirectoryHears(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.carries()
		sri := b.clerk("sri.rahayu")
		t.Run("of an account that is made", func(t *testing.T) {
			task := b.carries()["sri.rahayu"]
			require.Equal(t, models.DirectoryEntry{AccountID: sri.AccountID, Username: "sri.rahayu", Name: "Sri Rahayu", Email: "sri.rahayu@mail.example",
				Kind: models.AccountOfEmployee, PasswordHash: "hash", PasswordSet: task.Entry.PasswordSet}, task.Entry)
			require.NotNil(t, task.Entry.PasswordSet)
			require.Empty(t, b.claims(), "once")
		})
		t.Run("of a password that its owner set, and not of one that somebody else did", func(t *testing.T) {
			b.setPassword(sri, PasswordSet{Account: sri.AccountID, Hash: "second"})
			require.Equal(t, "second", b.carries()["sri.rahayu"].Entry.PasswordHash)
			b.setPassword(sri, PasswordSet{Account: sri.AccountID, Hash: "third", MustChange: true})
			require.Empty(t, b.carries()["sri.rahayu"].Entry.PasswordHash)
			b.setPassword(sri, PasswordSet{Account: sri.AccountID, Hash: "fourth"})
			require.Equal(t, "fourth", b.carries()["sri.rahayu"].Entry.PasswordHash)
		})
		t.Run("of a hash that became stronger", func(t *testing.T) {
			done, err := b.Rehash(b.ctx(), sri.AccountID, "fourth", "stronger")
			require.NoError(t, err)
			require.True(t, done)
			require.Equal(t, "stronger", b.carries()["sri.rahayu"].Entry.PasswordHash)
		})
		t.Run("of an address and of nothing that it does not keep", func(t *testing.T) {
			require.NoError(t, b.SetLocale(b.ctx(), sri, "en"))
			b.tamper("update accounts set failed_count = 3 where id = ?", sri.AccountID)
			b.tamper("update accounts set email = email, name = name where id = ?", sri.AccountID)
			require.Empty(t, b.claims())
			b.tamper("update accounts set email = 'lain@mail.example' where id = ?", sri.AccountID)
			require.Equal(t, "lain@mail.example", b.carries()["sri.rahayu"].Entry.Email)
		})
		t.Run("of nothing that was taken back", func(t *testing.T) {
			tx := b.write.Begin()
			require.NoError(t, tx.Exec("update accounts set email = 'tidak@mail.example' where id = ?", sri.AccountID).Error)
			require.NoError(t, tx.Rollback().Error)
			require.Empty(t, b.claims())
		})
		t.Run("of an account that is closed", func(t *testing.T) {
			b.tamper("update accounts set status = 'disabled' where id = ?", sri.AccountID)
			e := b.carries()["sri.rahayu"].Entry
			require.True(t, e.Disabled)
			require.Empty(t, e.PasswordHash)
		})
	})
}

func TestDirectoryHearsOfAccess(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.carries()
		nik := "3174010101900001"
		_, accounts := b.contracted(models.MemoFlexiwork, contract(nik, "Sari Melati", "2026-12-31"))
		made := b.carries()
		var task models.DirectoryTask
		for _, one := range made {
			if one.Entry.AccountID == accounts[0] {
				task = one
			}
		}
		require.Equal(t, models.AccountOfContract, task.Entry.Kind)
		require.Equal(t, []string{"flexiwork"}, task.Entry.Applications)
		require.Equal(t, "hash", task.Entry.PasswordHash)
		b.contracted(models.MemoSSOActivation, contract(nik, "Sari Melati", "2027-06-30"))
		require.Equal(t, []string{"flexiwork", "sso"}, b.carries()[task.Entry.Username].Entry.Applications)
		b.on("2027-01-01", "08:00:00")
		require.Equal(t, 1, b.keep().Ended)
		require.Equal(t, []string{"sso"}, b.carries()[task.Entry.Username].Entry.Applications)
		b.on("2027-07-01", "08:00:00")
		require.Equal(t, 1, b.keep().Ended)
		gone := b.carries()[task.Entry.Username].Entry
		require.Empty(t, gone.Applications)
		require.True(t, gone.Disabled, "nothing is left by it")
	})
}

// TestDirectoryHearsOfTerms: a trader's account opens nothing between its end and its renewal, in the directory either.
func TestDirectoryHearsOfTerms(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		a := b.trades("sari.wibowo", "012345678901000", true)
		b.tamper("insert into account_applications (agency_id, account_id, application, created, ends) values ('main', ?, 'flexiwork', ?, '')", a.AccountID, micro(b.wall.Now()))
		before := b.carries()["sari.wibowo"].Entry
		require.NotEmpty(t, before.PasswordHash)
		require.Equal(t, []string{"flexiwork"}, before.Applications)
		b.wall.pass(models.TraderValidity)
		_, err := b.KeepTerms(b.ctx(), 100)
		require.NoError(t, err)
		ended := b.carries()["sari.wibowo"].Entry
		require.Empty(t, ended.PasswordHash)
		require.Empty(t, ended.Applications)
		require.False(t, ended.Disabled, "it can be renewed")
		_, err = b.Renew(b.ctx(), a, Renewal{Version: 1})
		require.NoError(t, err)
		renewed := b.carries()["sari.wibowo"].Entry
		require.Equal(t, before.PasswordHash, renewed.PasswordHash)
		require.Equal(t, []string{"flexiwork"}, renewed.Applications)
		require.Empty(t, b.carries(), "once")
	})
}

func TestDirectoryOutbox(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.carries()
		sri := b.clerk("sri.rahayu")
		rename := func(name string) { b.tamper("update accounts set name = ? where id = ?", name, sri.AccountID) }
		t.Run("a claim is nobody else's until its lease ends", func(t *testing.T) {
			require.Len(t, b.claims(), 1)
			require.Empty(t, b.claims())
			b.wall.pass(61 * time.Second)
			require.Len(t, b.carries(), 1)
		})
		t.Run("many changes collapse into the newest state", func(t *testing.T) {
			for _, name := range []string{"A", "B", "C"} {
				rename(name)
			}
			claimed := b.carries()
			require.Len(t, claimed, 1)
			require.Equal(t, "C", claimed["sri.rahayu"].Entry.Name)
			require.Empty(t, b.claims())
		})
		t.Run("what changes while it is carried is carried again, and not before", func(t *testing.T) {
			rename("D")
			task := b.claims()["sri.rahayu"]
			rename("E")
			require.Empty(t, b.claims(), "never two at a time")
			require.NoError(t, b.DirectoryCarried(b.ctx(), task))
			require.Equal(t, "E", b.carries()["sri.rahayu"].Entry.Name)
			require.Empty(t, b.claims())
		})
		t.Run("whoever comes late puts the account up once more", func(t *testing.T) {
			rename("F")
			late := b.claims()["sri.rahayu"]
			b.wall.pass(61 * time.Second)
			rename("G")
			require.Equal(t, "G", b.carries()["sri.rahayu"].Entry.Name)
			require.NoError(t, b.DirectoryCarried(b.ctx(), late))
			require.Equal(t, "G", b.carries()["sri.rahayu"].Entry.Name)
			require.Empty(t, b.claims())
		})
		t.Run("what is put off comes back in its time, or with the next change", func(t *testing.T) {
			rename("H")
			task := b.claims()["sri.rahayu"]
			require.NoError(t, b.DirectoryPutOff(b.ctx(), task, "busy", b.wall.Now().Add(time.Hour)))
			require.Empty(t, b.claims())
			state, err := b.DirectoryState(b.ctx(), models.DefaultAgency)
			require.NoError(t, err)
			require.Equal(t, 1, state.Waiting)
			require.Equal(t, "busy", state.Trouble)
			require.NotNil(t, state.Since)
			b.wall.pass(time.Hour)
			task = b.claims()["sri.rahayu"]
			require.Equal(t, 2, task.Attempts)
			require.NoError(t, b.DirectoryHandBack(b.ctx(), []models.DirectoryTask{task}, "away"))
			task = b.claims()["sri.rahayu"]
			require.Equal(t, 2, task.Attempts, "what was not tried is not counted")
			require.NoError(t, b.DirectoryPutOff(b.ctx(), task, "busy", b.wall.Now().Add(time.Hour)))
			rename("I")
			require.Equal(t, "I", b.carries()["sri.rahayu"].Entry.Name)
		})
		t.Run("two claimers share the work", func(t *testing.T) {
			for _, name := range []string{"satu", "dua", "tiga", "empat", "lima", "enam"} {
				b.clerk(name)
			}
			seen := make([][]models.DirectoryTask, 6)
			for _, err := range atOnce(6, func(i int) (err error) {
				seen[i], err = b.ClaimDirectory(b.ctx(), 1, time.Minute)
				return err
			}) {
				require.NoError(t, err)
			}
			names := map[string]int{}
			for _, task := range slices.Concat(seen...) {
				names[task.Entry.Username]++
			}
			for _, n := range names {
				require.Equal(t, 1, n, "%v", names)
			}
		})
	})
}

func TestDirectoryFailures(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.carries()
		sri, dewi := b.clerk("sri.rahayu"), b.clerk("dewi.lestari")
		support := b.clerk("dukungan")
		fail := func(name string) {
			t.Helper()
			for _, task := range b.claims() {
				if task.Entry.Username == name {
					require.NoError(t, b.DirectoryFailed(b.ctx(), task, "Constraint Violation"))
				} else {
					require.NoError(t, b.DirectoryCarried(b.ctx(), task))
				}
			}
		}
		list := func() []models.DirectoryFailure {
			t.Helper()
			page, err := b.DirectoryFailures(b.ctx(), models.DefaultAgency, models.PageQuery{Limit: 10})
			require.NoError(t, err)
			return page.Items
		}
		fail("sri.rahayu")
		require.Len(t, list(), 1)
		require.Equal(t, "sri.rahayu", list()[0].Username)
		require.Equal(t, models.DirectoryFailed, list()[0].State)
		require.Equal(t, "Constraint Violation", list()[0].Reason)
		require.Empty(t, b.claims(), "it waits for the service desk")

		require.NoError(t, b.RetryDirectory(b.ctx(), support, sri.AccountID))
		require.ErrorIs(t, b.RetryDirectory(b.ctx(), support, sri.AccountID), models.ErrNotFound)
		require.ErrorIs(t, b.RetryDirectory(b.ctx(), support, dewi.AccountID), models.ErrNotFound)
		require.Empty(t, list())
		fail("sri.rahayu")
		require.NoError(t, b.RetryDirectory(b.ctx(), support, ""), "all of them")
		require.ErrorIs(t, b.RetryDirectory(b.ctx(), support, ""), models.ErrNotFound)
		fail("sri.rahayu")
		require.NoError(t, b.LeaveOutOfDirectory(b.ctx(), support, sri.AccountID))
		require.ErrorIs(t, b.LeaveOutOfDirectory(b.ctx(), support, sri.AccountID), models.ErrNotFound)
		require.Equal(t, models.DirectoryLeftOut, list()[0].State)
		require.ErrorIs(t, b.RetryDirectory(b.ctx(), support, ""), models.ErrNotFound, "left out is left out")
		b.tamper("update accounts set status = 'disabled' where id = ?", sri.AccountID)
		require.True(t, b.carries()["sri.rahayu"].Entry.Disabled, "closing an account is not left out with what was before it")
		require.Empty(t, list())
		state, err := b.DirectoryState(b.ctx(), models.DefaultAgency)
		require.NoError(t, err)
		require.Equal(t, models.DirectoryState{}, state)
		require.Positive(t, b.count("select count(*) from audit_entries where action = 'directory_failed'"))
		require.Equal(t, 2, b.count("select count(*) from audit_entries where action = 'directory_retried' and actor = ?", support.AccountID))
		require.Equal(t, 1, b.count("select count(*) from audit_entries where action = 'directory_left_out' and actor = ?", support.AccountID))
	})
}

func TestDirectorySurvey(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.carries()
		sound, err := b.SurveyDirectory(b.ctx(), true, time.Hour)
		require.NoError(t, err)
		require.Empty(t, sound.Findings)
		sri := b.clerk("sri.rahayu")
		b.tamper("update directory_changes set changed = ? where account_id = ?", b.wall.Now().Add(-2*time.Hour), sri.AccountID)
		late, err := b.SurveyDirectory(b.ctx(), true, time.Hour)
		require.NoError(t, err)
		require.Equal(t, []Finding{{"account " + sri.AccountID, "waits too long for the directory:"}}, late.Findings)
		nowhere, err := b.SurveyDirectory(b.ctx(), false, time.Hour)
		require.NoError(t, err)
		require.Empty(t, nowhere.Findings)
		b.tamper("delete from directory_changes where account_id = ?", sri.AccountID)
		lost, err := b.SurveyDirectory(b.ctx(), true, time.Hour)
		require.NoError(t, err)
		require.Len(t, lost.Findings, 1)
	})
}

// TestDirectoryOfEarlierAccounts: accounts that were there before the directory are put up by the migration.
func TestDirectoryOfEarlierAccounts(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.clerk("sri.rahayu")
		b.carries()
		p, err := b.migrator()
		require.NoError(t, err)
		_, err = p.DownTo(t.Context(), 18)
		require.NoError(t, err)
		require.NoError(t, b.Migrate(t.Context()))
		require.Contains(t, b.carries(), "sri.rahayu")
		all, err := b.DirectoryAccounts(t.Context(), models.DefaultAgency, "", 500)
		require.NoError(t, err)
		require.Equal(t, b.count("select count(*) from accounts"), len(all))
	})
}
