//go:build !slim

package engine

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

func TestServerLogger(t *testing.T) {
	for name, end := range map[string]func(log.Logger){
		"fatal": func(l log.Logger) { l.Fatal("no listener", tag.Error(errors.New("in use"))) },
		"panic": func(l log.Logger) { l.Panic("no listener", tag.Error(errors.New("in use"))) },
	} {
		t.Run(name+" ends the goroutine, not the process, and is told", func(t *testing.T) {
			var out bytes.Buffer
			f := newFault()
			logger := log.With(serverLogger{to: slog.New(slog.NewTextHandler(&out, nil)), fault: f}, tag.Service("frontend"))
			reached := false
			err := guard("trying", func() error {
				end(logger)
				reached = true
				return nil
			})
			require.ErrorContains(t, err, "it gave up")
			require.False(t, reached)
			require.ErrorContains(t, f.Err(), "no listener; error=in use")
			require.Contains(t, out.String(), "service=frontend")
		})
	}

	t.Run("a panic in the server is an error", func(t *testing.T) {
		require.ErrorContains(t, guard("trying", func() error { panic("oops") }), "panic: oops")
	})
}

func TestPortTakenBehindTheCheck(t *testing.T) {
	for _, service := range []string{"frontend", "history", "matching", "worker"} {
		t.Run("of the "+service+" is an error and no exit", func(t *testing.T) {
			cfg := EmbeddedConfig{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)}.withDefaults()
			e := &Embedded{fault: newFault(), stopped: make(chan struct{})}
			var err error
			e.store, err = openStore(t.Context(), cfg, e.fault)
			require.NoError(t, err)
			e.ports, err = choosePorts(0)
			require.NoError(t, err)
			taken, err := net.Listen("tcp", loopback(map[string]int{
				"frontend": e.ports.frontend, "history": e.ports.history, "matching": e.ports.matching, "worker": e.ports.worker,
			}[service]))
			require.NoError(t, err)
			t.Cleanup(func() { _ = taken.Close() })

			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err = e.launch(ctx, cfg)
			if err == nil {
				err = e.ready(ctx, cfg)
			}
			require.ErrorContains(t, err, "address already in use")
			require.ErrorContains(t, e.Err(), "address already in use")
			require.NoError(t, ctx.Err(), "it does not wait for its time to run out")
			_ = e.Stop(ctx)
		})
	}
}

func TestSQLiteStore(t *testing.T) {
	t.Run("keeps the number of shards it was made with", func(t *testing.T) {
		path := t.TempDir() + "/temporal.db"
		shards, err := prepareSQLite(t.Context(), path)
		require.NoError(t, err)
		require.EqualValues(t, sqliteShards, shards)
		alter(t, path, "update loket_engine set shards = 7")
		shards, err = prepareSQLite(t.Context(), path)
		require.NoError(t, err)
		require.EqualValues(t, 7, shards)
	})

	t.Run("refuses a schema of another version", func(t *testing.T) {
		path := t.TempDir() + "/temporal.db"
		_, err := prepareSQLite(t.Context(), path)
		require.NoError(t, err)
		alter(t, path, "update loket_engine set schema_version = '0.1'")
		_, err = prepareSQLite(t.Context(), path)
		require.ErrorContains(t, err, "has schema 0.1")
	})

	t.Run("refuses a file whose shards are not on record", func(t *testing.T) {
		path := t.TempDir() + "/temporal.db"
		_, err := prepareSQLite(t.Context(), path)
		require.NoError(t, err)
		alter(t, path, "drop table loket_engine")
		_, err = prepareSQLite(t.Context(), path)
		require.ErrorContains(t, err, "its number of shards is unknown")
	})
}

func alter(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), statement)
	require.NoError(t, errors.Join(err, db.Close()))
}

func TestWithDatabase(t *testing.T) {
	for from, want := range map[string]string{
		"postgres://u:p%40ss@db.example:5432/loket?sslmode=disable": "postgres://u:p%40ss@db.example:5432/other?sslmode=disable",
		"postgres:///loket?host=/run/postgresql&dbname=loket":       "postgres:///other?host=%2Frun%2Fpostgresql",
		"host=/run/postgresql dbname=loket":                         "host=/run/postgresql dbname=loket dbname='other'",
	} {
		got, err := withDatabase(from, "other")
		require.NoError(t, err)
		require.Equal(t, want, got)
		parsed, err := pgx.ParseConfig(got)
		require.NoError(t, err)
		require.Equal(t, "other", parsed.Database)
	}
}
