//go:build !slim

package engine

import (
	"context"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"loket/internal/pgtest"
)

// Postgres is the one server of this test binary.
var Postgres pgtest.Cluster

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func openTestStore(t *testing.T, address string) *store {
	t.Helper()
	cfg := EmbeddedConfig{PostgresURL: address, Logger: slog.New(slog.DiscardHandler)}.withDefaults()
	s, err := openStore(t.Context(), cfg, newFault())
	require.NoError(t, err)
	return s
}

func TestPostgresStore(t *testing.T) {
	t.Run("is made anew over what a killed start left behind", func(t *testing.T) {
		address := Postgres.NewDatabase(t)
		conn := connect(t, address)
		name := conn.Config().Database
		for _, half := range []string{"_temporal_new", "_visibility_new"} {
			_, err := conn.Exec(t.Context(), "create database "+quoted(name+half))
			require.NoError(t, err)
		}
		s := openTestStore(t, address)
		require.EqualValues(t, postgresShards, s.shards)
		require.NoError(t, s.release())
		var left int
		require.NoError(t, conn.QueryRow(t.Context(), "select count(*) from pg_database where datname like $1 || '%new'", name).Scan(&left))
		require.Zero(t, left)
	})

	t.Run("is made in databases that stand ready and empty, by a user who may not create any", func(t *testing.T) {
		address := Postgres.NewDatabase(t)
		conn := connect(t, address)
		name := conn.Config().Database
		_, err := conn.Exec(t.Context(), "create role "+quoted(name)+" login password '"+conn.Config().Password+"'")
		require.NoError(t, err)
		t.Cleanup(func() {
			for _, each := range []string{name + "_temporal", name + "_visibility"} {
				_, _ = conn.Exec(context.Background(), "drop database if exists "+quoted(each)+" with (force)")
			}
			_, err := conn.Exec(context.Background(), "drop role "+quoted(name))
			require.NoError(t, err)
		})
		limited, err := asUser(address, name)
		require.NoError(t, err)
		cfg := EmbeddedConfig{PostgresURL: limited, Logger: slog.New(slog.DiscardHandler)}.withDefaults()
		_, err = openStore(t.Context(), cfg, newFault())
		require.ErrorContains(t, err, "the engine needs a database "+name+"_temporal and may not create it")

		for _, each := range []string{"_temporal", "_visibility"} {
			_, err := conn.Exec(t.Context(), "create database "+quoted(name+each)+" owner "+quoted(name))
			require.NoError(t, err)
		}
		s := openTestStore(t, limited)
		require.NoError(t, s.release())
		require.EqualValues(t, postgresShards, s.shards)
	})
}

func TestReservation(t *testing.T) {
	address := Postgres.NewDatabase(t)
	conn := connect(t, address)
	config, err := pgx.ParseConfig(address)
	require.NoError(t, err)
	quiet := slog.New(slog.DiscardHandler)
	held := func() (n int) {
		require.NoError(t, conn.QueryRow(t.Context(), `select count(*) from pg_locks l join pg_database d on d.oid = l.database
			where l.locktype = 'advisory' and l.granted and d.datname = current_database()`).Scan(&n))
		return n
	}
	cut := func() {
		_, err := conn.Exec(t.Context(), `select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
			where l.locktype = 'advisory' and d.datname = current_database() and l.pid <> pg_backend_pid()`)
		require.NoError(t, err)
	}

	f := newFault()
	r, err := reserve(t.Context(), config, quiet, f)
	require.NoError(t, err)
	cut()
	require.Eventually(t, func() bool { return held() == 1 }, 3*lockCheck, 20*time.Millisecond, "taken again after the database was away")
	require.NoError(t, f.Err())

	cut()
	_, err = conn.Exec(t.Context(), "select pg_advisory_lock($1)", int64(lockKey))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return f.Err() != nil }, 3*lockCheck, 20*time.Millisecond, "and told when another was quicker")
	require.ErrorIs(t, f.Err(), errTaken)
	require.NoError(t, r.release())
}

func asUser(address, user string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	password, _ := u.User.Password()
	u.User = url.UserPassword(user, password)
	return u.String(), nil
}
