package pgtest_test

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"loket/internal/pgtest"
)

var postgres pgtest.Cluster

func TestMain(m *testing.M) { os.Exit(postgres.Main(m)) }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func exists(t *testing.T, admin, name string) bool {
	t.Helper()
	var n int
	require.NoError(t, connect(t, admin).QueryRow(t.Context(), "select count(*) from pg_database where datname = $1", name).Scan(&n))
	return n == 1
}

func TestNewDatabase(t *testing.T) {
	t.Run("two databases share nothing", func(t *testing.T) {
		one, two := connect(t, postgres.NewDatabase(t)), connect(t, postgres.NewDatabase(t))
		_, err := one.Exec(t.Context(), "create table letters (id int)")
		require.NoError(t, err)
		_, err = two.Exec(t.Context(), "select * from letters")
		require.Error(t, err)
	})

	t.Run("a database and those named after it are gone after the test, used or not", func(t *testing.T) {
		var name string
		t.Run("inside", func(t *testing.T) {
			conn := connect(t, postgres.NewDatabase(t))
			require.NoError(t, conn.QueryRow(t.Context(), "select current_database()").Scan(&name))
			_, err := conn.Exec(t.Context(), "create database "+name+"_temporal")
			require.NoError(t, err)
		})
		require.False(t, exists(t, postgres.URL(t), name))
		require.False(t, exists(t, postgres.URL(t), name+"_temporal"))
	})
}

func TestClone(t *testing.T) {
	prepared := 0
	prepare := func(ctx context.Context, url string) error {
		prepared++
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, "create table letters (id int)"); err != nil {
			return err
		}
		return conn.Close(ctx)
	}
	for range 2 {
		var n int
		conn := connect(t, postgres.Clone(t, "letters", prepare))
		require.NoError(t, conn.QueryRow(t.Context(), "select count(*) from letters").Scan(&n))
		require.Zero(t, n, "a copy is empty whatever was written to another")
		_, err := conn.Exec(t.Context(), "insert into letters values (1)")
		require.NoError(t, err)
	}
	require.Equal(t, 1, prepared, "a template is prepared once")
}

func TestStop(t *testing.T) {
	var own pgtest.Cluster
	url := own.URL(t)
	connect(t, url)
	own.Stop()
	if os.Getenv(pgtest.SharedURLVariable) == "" {
		_, err := pgx.Connect(t.Context(), url)
		require.Error(t, err, "a stopped server answers nobody")
	}
}

func TestKillAndRevive(t *testing.T) {
	own := pgtest.Own(t)
	url := own.NewDatabase(t)
	conn := connect(t, url)
	_, err := conn.Exec(t.Context(), "create table letters (id int)")
	require.NoError(t, err)
	own.Kill(t)
	_, err = conn.Exec(t.Context(), "select * from letters")
	require.Error(t, err)
	_, err = pgx.Connect(t.Context(), url)
	require.Error(t, err)
	own.Revive(t)
	_, err = connect(t, url).Exec(t.Context(), "select * from letters")
	require.NoError(t, err, "the same data at the same address")
}
