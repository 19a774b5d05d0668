package auth

import (
	"context"
	"database/sql"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"loket/internal/keyring"
	"loket/internal/store"
	"loket/models"
)

const (
	goodPassword  = "Kopi-Tubruk-7!"
	otherPassword = "Teh-Poci-Hangat-9!"
)

// wall is a clock that tests move by hand.
type wall struct {
	mu  sync.Mutex
	now time.Time
}

func (w *wall) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *wall) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// counting is a hasher that knows how often it was asked.
type counting struct {
	*Hasher
	checks atomic.Int64
}

func (c *counting) Check(ctx context.Context, password, hash string) (bool, bool, error) {
	c.checks.Add(1)
	return c.Hasher.Check(ctx, password, hash)
}

// quickHasher does a thousandth of the true work, which the race detector makes long; the cost is TestHasher's matter.
func quickHasher(t *testing.T) *Hasher {
	t.Helper()
	h := &Hasher{params: &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}, slots: make(chan struct{}, 2)}
	var err error
	h.decoy, err = argon2id.CreateHash("nobody has this password", h.params)
	require.NoError(t, err)
	return h
}

// bench is a service on a real store, with a second view of its database.
type bench struct {
	*Service
	t      *testing.T
	store  *store.Store
	wall   *wall
	hasher *counting
	db     *sql.DB
	budi   string // the id of the account budi.santoso, whose password is goodPassword
}

var portal = models.Origin{Channel: "portal", IP: "198.51.100.7", UserAgent: "test", RequestID: "r-1"}

func setup(t *testing.T, change func(*Config)) *bench {
	t.Helper()
	dir := t.TempDir()
	keys, err := keyring.Open(filepath.Join(dir, "keyring.json"))
	require.NoError(t, err)
	b := &bench{t: t, wall: &wall{now: time.Date(2026, 11, 2, 2, 0, 0, 0, time.UTC)}, hasher: &counting{Hasher: quickHasher(t)}}
	path := filepath.Join(dir, "loket.db")
	b.store, err = store.Open(t.Context(), store.Config{URL: "sqlite:" + path, AuditKeys: keys, PublicURL: "http://localhost:8080",
		TokenKey: []byte("0123456789abcdef0123456789abcdef"), Now: b.wall.Now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.store.Close()) })
	require.NoError(t, b.store.Migrate(t.Context()))
	b.db, err = sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_time_format=sqlite&_timezone=UTC")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.db.Close()) })

	common, err := NewBlocklist()
	require.NoError(t, err)
	cfg := Config{Store: b.store, Passwords: b.hasher, Common: common, Now: b.wall.Now}
	if change != nil {
		change(&cfg)
	}
	b.Service, err = New(cfg)
	require.NoError(t, err)
	b.budi = b.account("budi.santoso", goodPassword)
	b.wall.pass(48 * time.Hour) // the password is old enough to be changed by free will
	return b
}

// account makes an account; without a password it is pending.
func (b *bench) account(username, password string, grants ...models.RoleGrant) string {
	b.t.Helper()
	in := store.NewAccount{Username: username, Name: "Budi Santoso", Email: username + "@kem.example", Grants: grants}
	if password != "" {
		var err error
		in.PasswordHash, err = b.hasher.Hash(b.t.Context(), password)
		require.NoError(b.t, err)
	}
	id, err := b.store.CreateAccount(b.t.Context(), models.Actor{AccountID: "cli", Origin: models.Origin{Channel: "cli"}}, in)
	require.NoError(b.t, err)
	return id
}

func (b *bench) exec(statement string, args ...any) {
	b.t.Helper()
	_, err := b.db.ExecContext(b.t.Context(), statement, args...)
	require.NoError(b.t, err)
}

func (b *bench) count(query string, args ...any) int {
	b.t.Helper()
	var n int
	require.NoError(b.t, b.db.QueryRowContext(b.t.Context(), query, args...).Scan(&n))
	return n
}

// audited counts the entries of an action with an outcome.
func (b *bench) audited(action, outcome string) int {
	b.t.Helper()
	return b.count("select count(*) from audit_entries where action = ? and outcome = ?", action, outcome)
}

func (b *bench) try(password string) error {
	b.t.Helper()
	_, err := b.SignIn(b.t.Context(), SignIn{Username: "budi.santoso", Password: password, Origin: portal})
	return err
}

func (b *bench) signIn() Signed {
	b.t.Helper()
	signed, err := b.SignIn(b.t.Context(), SignIn{Username: "budi.santoso", Password: goodPassword, Origin: portal})
	require.NoError(b.t, err)
	return signed
}

// link mints a one-use link for a pending account as the mail relay does.
func (b *bench) link(account string, life time.Duration) string {
	b.t.Helper()
	now := b.wall.Now()
	b.exec(`insert into notices (id, agency_id, message_id, kind, account_id, to_address, to_name, lang, data, secret_for, expires, state, next_try, created)
		values (?, 'main', ?, 'credentials', ?, 'x@kem.example', 'X', 'id', '{}', ?, ?, 'queued', ?, ?)
		on conflict do nothing`, "n-"+account, "m-"+account, account, account, now.Add(life), now, now)
	minted, err := b.store.Mint(b.t.Context(), models.Notice{ID: "n-" + account})
	require.NoError(b.t, err)
	return filepath.Base(minted["link"])
}

// breakAudit makes the trail refuse every entry.
func (b *bench) breakAudit() {
	b.exec("create trigger no_audit before insert on audit_entries begin select raise(abort, 'no audit'); end")
}
