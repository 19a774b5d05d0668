// Package pgtest gives tests a real PostgreSQL: one private server per test
// binary, started at first use, and a fresh database per test.
//
// It owns when that server runs (internal/pgserver says how), and creating and
// dropping databases. It leaves schemas to those who ask: see Cluster.Clone for a
// template that is migrated once and copied per test. Only tests import it.
//
//	var postgres pgtest.Cluster
//
//	func TestMain(m *testing.M) { os.Exit(postgres.Main(m)) }
//
//	func TestCases(t *testing.T) { url := postgres.NewDatabase(t); ... }
package pgtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"loket/internal/pgserver"
)

// SharedURLVariable names the environment variable that points to a server
// already running, whose user may create databases. With it set no server is
// started, so that many test binaries can share one.
const SharedURLVariable = "LOKET_TEST_POSTGRES_URL"

// patience bounds every single statement and the start of the server.
const patience = 60 * time.Second

// Cluster is one PostgreSQL server. The zero value is ready: the server starts
// at the first call that needs it. Whoever holds a Cluster stops it, by Main,
// Stop, or by having it from Start.
type Cluster struct {
	mu        sync.Mutex
	own       bool // never the shared server
	admin     string
	server    *pgserver.Server
	failure   error
	templates map[string]string
}

// Start returns a running cluster that stops when t ends. Prefer one Cluster
// per test binary (see Main): a start costs about a second.
func Start(t testing.TB) *Cluster {
	t.Helper()
	c := new(Cluster)
	t.Cleanup(c.Stop)
	c.URL(t)
	return c
}

// Main runs the tests of a binary, stops the server that they started, if any,
// and returns the exit code.
func (c *Cluster) Main(m *testing.M) int {
	defer c.Stop()
	return m.Run()
}

// URL returns the address of the server's own database "postgres", as a user
// who may create others; it starts the server when needed.
func (c *Cluster) URL(t testing.TB) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	require.NoError(t, c.start())
	return c.admin
}

// NewDatabase creates an empty database and returns its URL. It is dropped when
// t ends, together with databases named after it (its name, '_', anything).
func (c *Cluster) NewDatabase(t testing.TB) string {
	t.Helper()
	return c.create(t, c.URL(t), "template0")
}

// Clone returns the URL of a copy of a template database, which is created and
// given to prepare once per cluster and key. Prepare must close its connections:
// a database in use cannot be copied.
func (c *Cluster) Clone(t testing.TB, key string, prepare func(ctx context.Context, url string) error) string {
	t.Helper()
	admin := c.URL(t)
	return c.create(t, admin, c.template(t, admin, key, prepare))
}

// Stop ends the server and removes its files; templates on a shared server are
// dropped. A Cluster may be used again afterwards.
func (c *Cluster) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server != nil {
		c.server.Stop()
	} else {
		c.dropTemplates()
	}
	c.server, c.admin, c.failure, c.templates = nil, "", nil, nil
}

func (c *Cluster) start() error {
	if c.admin != "" || c.failure != nil {
		return c.failure
	}
	if shared := os.Getenv(SharedURLVariable); shared != "" && !c.own {
		c.admin = shared
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if c.server, c.failure = pgserver.Launch(ctx, pgserver.Forgetful()...); c.failure != nil {
		c.failure = fmt.Errorf("these tests need PostgreSQL: %w; or set %s", c.failure, SharedURLVariable)
		return c.failure
	}
	c.admin = c.server.URL()
	return nil
}

func (c *Cluster) template(t testing.TB, admin, key string, prepare func(context.Context, string) error) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if name, ok := c.templates[key]; ok {
		return name
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	name := unique()
	require.NoError(t, execute(ctx, admin, "create database "+quoted(name)+" template template0"))
	if c.templates == nil {
		c.templates = map[string]string{}
	}
	c.templates[key] = name
	require.NoError(t, prepare(ctx, withDatabase(t, admin, name)), "preparing template %s", key)
	return name
}

func (c *Cluster) dropTemplates() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, name := range c.templates {
		// The server is not ours and the tests are over: nobody is left to tell.
		_ = drop(ctx, c.admin, name)
	}
}

func (c *Cluster) create(t testing.TB, admin, template string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	name := unique()
	require.NoError(t, execute(ctx, admin, "create database "+quoted(name)+" template "+quoted(template)))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := drop(ctx, admin, name); err != nil {
			t.Logf("dropping %s: %v", name, err)
		}
	})
	return withDatabase(t, admin, name)
}

func execute(ctx context.Context, address, statement string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("connecting to the test server: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("running %q: %w", statement, err)
	}
	return nil
}

func drop(ctx context.Context, admin, name string) error {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return fmt.Errorf("connecting to the test server: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, "select datname from pg_database where datname = $1 or starts_with(datname, $1 || '_')", name)
	if err != nil {
		return fmt.Errorf("listing databases: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("listing databases: %w", err)
	}
	for _, each := range names {
		if _, err := conn.Exec(ctx, "drop database if exists "+quoted(each)+" with (force)"); err != nil {
			return fmt.Errorf("dropping %s: %w", each, err)
		}
	}
	return nil
}

func unique() string {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return "loket_test_" + hex.EncodeToString(b[:])
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func withDatabase(t testing.TB, admin, name string) string {
	t.Helper()
	u, err := url.Parse(admin)
	require.NoError(t, err, "%s must be a postgres:// URL", SharedURLVariable)
	u.Path = "/" + name
	return u.String()
}
