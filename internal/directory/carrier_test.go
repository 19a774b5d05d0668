package directory_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/require"

	"loket/internal/directory"
	"loket/internal/keyring"
	"loket/internal/ldaptest"
	"loket/internal/pgtest"
	"loket/internal/store"
	"loket/models"
)

var postgres pgtest.Cluster

func TestMain(m *testing.M) { os.Exit(postgres.Main(m)) }

const password = "Kopi*Tubruk*7*Gelas"

// agency is a store with a clock that tests move, beside a directory.
type agency struct {
	*store.Store
	t    *testing.T
	ldap *ldaptest.Server
	mu   sync.Mutex
	now  time.Time
}

func (a *agency) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

func (a *agency) pass(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = a.now.Add(d)
}

// keys are shared by the tests of this binary.
var keys = sync.OnceValues(func() (*keyring.Ring, error) {
	dir, err := os.MkdirTemp("", "loket-directory-test")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return keyring.Open(filepath.Join(dir, "keyring.json"))
})

func opened(ctx context.Context, url string, now func() time.Time) (*store.Store, error) {
	ring, err := keys()
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Config{URL: url, AuditKeys: ring, TokenKey: ring.Current(keyring.Token).Secret, PublicURL: "https://loket.kem.example", Now: now})
}

func migrated(ctx context.Context, url string) error {
	s, err := opened(ctx, url, time.Now)
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(ctx), s.Close())
}

// onBoth runs a test over each database, with a directory of its own.
func onBoth(t *testing.T, test func(t *testing.T, a *agency)) {
	t.Helper()
	for name, url := range map[string]func(t *testing.T) string{
		"postgres": func(t *testing.T) string { return postgres.Clone(t, "empty", migrated) },
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "loket.db") },
	} {
		t.Run(name, func(t *testing.T) {
			a := &agency{t: t, now: time.Now(), ldap: ldaptest.Start(t)}
			var err error
			a.Store, err = opened(t.Context(), url(t), a.Now)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, a.Close()) })
			require.NoError(t, a.Migrate(t.Context()))
			test(t, a)
		})
	}
}

func (a *agency) settings() directory.LDAPConfig {
	attributes, err := models.ParseDirectoryAttributes("username=uid,id=employeeNumber,name=cn,surname=sn,email=mail,kind=employeeType")
	require.NoError(a.t, err)
	return directory.LDAPConfig{URL: "ldap://" + a.ldap.Address + "?tls=none", BindDN: ldaptest.BindDN, Password: ldaptest.Password, Base: ldaptest.People,
		Groups: ldaptest.Groups, Attributes: attributes, Passwords: true, Timeout: 5 * time.Second}
}

func (a *agency) connect(cfg directory.LDAPConfig) *directory.LDAP {
	d, err := directory.NewLDAP(cfg)
	require.NoError(a.t, err)
	a.t.Cleanup(func() { require.NoError(a.t, d.Close()) })
	return d
}

func (a *agency) carrier(to directory.Directory) *directory.Carrier {
	return &directory.Carrier{Outbox: a.Store, Directory: to, Now: a.Now, Log: slog.New(slog.DiscardHandler)}
}

// hire makes accounts with a password.
func (a *agency) hire(n int) []string {
	a.t.Helper()
	hash, err := argon2id.CreateHash(password, &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	require.NoError(a.t, err)
	ids := make([]string, n)
	for i := range ids {
		ids[i], err = a.CreateAccount(a.t.Context(), models.Actor{}, store.NewAccount{Username: fmt.Sprintf("pegawai%d", i), Name: fmt.Sprint("Pegawai, ", i), PasswordHash: hash})
		require.NoError(a.t, err)
	}
	return ids
}

func (a *agency) people() int { return len(a.ldap.Entries(a.t, ldaptest.People)) }

func (a *agency) waiting() int {
	a.t.Helper()
	state, err := a.DirectoryState(a.t.Context(), models.DefaultAgency)
	require.NoError(a.t, err)
	return state.Waiting
}

// agrees asks whether the directory has every account as it is.
func (a *agency) agrees() {
	a.t.Helper()
	found, err := directory.Compare(a.t.Context(), a.connect(a.settings()), a, models.DefaultAgency)
	require.NoError(a.t, err)
	require.Empty(a.t, found.Differences)
	require.Empty(a.t, found.Strangers)
}

// TestAwayForAnHour has the directory killed while accounts are made: they wait, and once it is back each stands in it
// once and opens it.
func TestAwayForAnHour(t *testing.T) {
	onBoth(t, func(t *testing.T, a *agency) {
		c := a.carrier(a.connect(a.settings()))
		a.hire(3)
		require.NoError(t, c.Round(t.Context()))
		require.Equal(t, 3, a.people())
		a.ldap.Kill(t)
		more := make([]string, 0, 25)
		for i := range 25 {
			id, err := a.CreateAccount(t.Context(), models.Actor{}, store.NewAccount{Username: fmt.Sprintf("baru%d", i), Name: "Pegawai Baru", Email: "x@mail.example"})
			require.NoError(t, err)
			more = append(more, id)
		}
		asked := 0
		for range 75 * 60 { // an hour and a quarter, second by second
			err := c.Round(t.Context())
			require.ErrorContains(t, err, "cannot be reached")
			a.pass(time.Second)
			asked++
		}
		require.Equal(t, 25, a.waiting())
		state, err := a.DirectoryState(t.Context(), models.DefaultAgency)
		require.NoError(t, err)
		require.Contains(t, state.Trouble, "cannot be reached")
		require.Zero(t, state.Failed, "an outage is nobody's failure")
		_, err = a.SetPassword(t.Context(), models.Actor{}, store.PasswordSet{Account: more[0], Hash: "ignored-by-pending"})
		require.NoError(t, err, "accounts live on meanwhile")
		a.ldap.Revive(t)
		a.pass(time.Minute) // the longest pause
		require.NoError(t, c.Round(t.Context()))
		require.Zero(t, a.waiting())
		require.Equal(t, 28, a.people(), "one each")
		a.agrees()
	})
}

// dying is a directory whose carrier dies after some accounts: what it put stands, and nobody hears of it.
type dying struct {
	directory.Directory
	left atomic.Int64
}

var errDied = errors.New("the process died")

func (d *dying) Put(ctx context.Context, e models.DirectoryEntry) error {
	if d.left.Add(-1) == 0 {
		_ = d.Directory.Put(ctx, e)
		panic(errDied)
	}
	return d.Directory.Put(ctx, e)
}

// TestKilledInTheMiddle has carriers die over and over in the middle of 200 changes.
func TestKilledInTheMiddle(t *testing.T) {
	onBoth(t, func(t *testing.T, a *agency) {
		a.hire(200)
		for deaths := 0; ; deaths++ {
			to := &dying{Directory: a.connect(a.settings())}
			to.left.Store(37)
			died := func() (died bool) {
				defer func() { died = recover() != nil }()
				require.NoError(t, a.carrier(to).Round(t.Context()))
				return false
			}()
			if !died {
				require.Greater(t, deaths, 3)
				if a.waiting() == 0 {
					break
				}
			}
			a.pass(61 * time.Second) // the lease of whoever died
		}
		require.Equal(t, 200, a.people())
		a.agrees()
	})
}

// TestManyCarriers has four carriers and changes at the same time.
func TestManyCarriers(t *testing.T) {
	onBoth(t, func(t *testing.T, a *agency) {
		ids := a.hire(60)
		var all sync.WaitGroup
		var enough atomic.Bool
		for range 4 {
			c := a.carrier(a.connect(a.settings()))
			all.Go(func() {
				for !enough.Load() {
					_ = c.Round(t.Context())
				}
				_ = c.Round(t.Context())
			})
		}
		for round := range 3 {
			for i, id := range ids {
				if (i+round)%3 == 0 {
					_, err := a.SetPassword(t.Context(), models.Actor{}, store.PasswordSet{Account: id, Hash: fmt.Sprintf("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$%d", round)})
					require.NoError(t, err)
				}
			}
		}
		enough.Store(true)
		all.Wait()
		require.NoError(t, a.carrier(a.connect(a.settings())).Round(t.Context()))
		require.Zero(t, a.waiting())
		require.Equal(t, 60, a.people())
		a.agrees()
	})
}

func TestRefusedForGood(t *testing.T) {
	onBoth(t, func(t *testing.T, a *agency) {
		cfg := a.settings()
		cfg.BindDN = ldaptest.ReaderDN // who may write nothing
		a.hire(2)
		require.NoError(t, a.carrier(a.connect(cfg)).Round(t.Context()))
		page, err := a.DirectoryFailures(t.Context(), models.DefaultAgency, models.PageQuery{})
		require.NoError(t, err)
		require.Len(t, page.Items, 2)
		require.Contains(t, page.Items[0].Reason, "Insufficient Access Rights")
		require.NoError(t, a.RetryDirectory(t.Context(), models.Actor{}, ""))
		require.NoError(t, a.carrier(a.connect(a.settings())).Round(t.Context()))
		require.Equal(t, 2, a.people())
		a.agrees()
		_, err = a.ldap.Bind("uid=pegawai0,"+ldaptest.People, password)
		require.NoError(t, err)
	})
}

func TestWrongSettings(t *testing.T) {
	onBoth(t, func(t *testing.T, a *agency) {
		a.hire(20)
		cfg := a.settings()
		cfg.Password = "salah"
		c := a.carrier(a.connect(cfg))
		require.ErrorContains(t, c.Round(t.Context()), "does not let Loket in")
		require.ErrorContains(t, c.Round(t.Context()), "does not let Loket in", "it rests, and says why")
		state, err := a.DirectoryState(t.Context(), models.DefaultAgency)
		require.NoError(t, err)
		require.Equal(t, 20, state.Waiting, "no account pays for a setting")
		require.NoError(t, a.carrier(a.connect(a.settings())).Round(t.Context()))
		require.Equal(t, 20, a.people())
	})
}

// unsure is a directory that fails for reasons that nobody knows.
type unsure struct{ directory.BuiltIn }

func (unsure) Put(context.Context, models.DirectoryEntry) error { return errors.New("odd") }

func TestGivenUpAfterThreeDays(t *testing.T) {
	onBoth(t, func(t *testing.T, a *agency) {
		a.hire(1)
		c := a.carrier(unsure{})
		tries := 0
		for a.waiting() > 0 {
			require.NoError(t, c.Round(t.Context()))
			a.pass(30 * time.Minute)
			tries++
			require.Less(t, tries, 150)
		}
		require.Greater(t, tries, 140, "three days")
		page, err := a.DirectoryFailures(t.Context(), models.DefaultAgency, models.PageQuery{})
		require.NoError(t, err)
		require.Equal(t, "odd", page.Items[0].Reason)
		require.Greater(t, page.Items[0].Attempts, 70, "every hour")
	})
}

// gone is a directory that nobody reaches.
type gone struct{ directory.BuiltIn }

func (gone) Put(context.Context, models.DirectoryEntry) error {
	return &directory.Fault{Away: true, Reason: "gone"}
}

// TestNotGivenUpAfterALongOutage: the days in which the directory was away are no tries, so that the first hiccup after them
// is not the end.
func TestNotGivenUpAfterALongOutage(t *testing.T) {
	onBoth(t, func(t *testing.T, a *agency) {
		a.hire(1)
		away := a.carrier(gone{})
		for range 5 * 24 {
			require.Error(t, away.Round(t.Context()))
			a.pass(time.Hour)
		}
		odd := a.carrier(unsure{})
		for range 5 {
			require.NoError(t, odd.Round(t.Context()))
			a.pass(time.Hour)
		}
		require.Equal(t, 1, a.waiting())
		require.NoError(t, a.carrier(directory.BuiltIn{}).Round(t.Context()))
		require.Zero(t, a.waiting())
		state, err := a.DirectoryState(t.Context(), models.DefaultAgency)
		require.NoError(t, err)
		require.Zero(t, state.Failed)
	})
}

func TestStopHandsBack(t *testing.T) {
	onBoth(t, func(t *testing.T, a *agency) {
		a.hire(5)
		over, cancel := context.WithCancel(t.Context())
		to := &stopping{stop: cancel}
		require.NoError(t, a.carrier(to).Round(over))
		require.Equal(t, 1, to.puts)
		require.NoError(t, a.carrier(a.connect(a.settings())).Round(t.Context()), "nobody waits for a lease")
		require.Equal(t, 4, a.people())
	})
}

// stopping asks the process to stop while it puts the first account.
type stopping struct {
	directory.BuiltIn
	stop context.CancelFunc
	puts int
}

func (s *stopping) Put(ctx context.Context, _ models.DirectoryEntry) error {
	s.puts++
	s.stop()
	return ctx.Err()
}

func TestCompare(t *testing.T) {
	onBoth(t, func(t *testing.T, a *agency) {
		ids := a.hire(3)
		d := a.connect(a.settings())
		require.NoError(t, a.carrier(d).Round(t.Context()))
		a.agrees()
		require.NoError(t, d.Put(t.Context(), models.DirectoryEntry{AccountID: ids[0], Username: "pegawai0", Name: "Lain", Applications: []string{"sso"}}))
		require.NoError(t, d.Put(t.Context(), models.DirectoryEntry{AccountID: "orphan", Username: "hantu", Name: "Hantu"}))
		found, err := directory.Compare(t.Context(), d, a, models.DefaultAgency)
		require.NoError(t, err)
		require.Equal(t, 3, found.Checked)
		require.Equal(t, []directory.Difference{{AccountID: ids[0], Username: "pegawai0", State: models.DirectoryCarried,
			How: []string{"has another name", "has another surname", "has another kind", "has another password", "should not be in the group sso"}}}, found.Differences)
		require.Equal(t, []directory.Known{{AccountID: "orphan", Where: "uid=hantu," + ldaptest.People}}, found.Strangers)
		require.Equal(t, []string{ids[0]}, found.Drifted())
		require.NoError(t, a.PutUpForDirectory(t.Context(), models.Actor{}, found.Drifted()))
		require.NoError(t, a.carrier(d).Round(t.Context()))
		found, err = directory.Compare(t.Context(), d, a, models.DefaultAgency)
		require.NoError(t, err)
		require.Empty(t, found.Differences)
	})
}
