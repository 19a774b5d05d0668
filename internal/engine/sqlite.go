//go:build !slim

package engine

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/schema/sqlite"
)

// sqliteFile is the name of the server's file; it is backed up together with
// its -wal and -shm.
const sqliteFile = "temporal.db"

// One connection and one shard: SQLite writes one transaction at a time, and
// more of either only makes them wait for each other.
const sqliteShards = 1

// openSQLite prepares the file in cfg.Dir. The plugin keeps a connection to it
// until the process ends, also after Stop.
func openSQLite(ctx context.Context, cfg EmbeddedConfig) (*store, error) {
	path, err := filepath.Abs(filepath.Join(cfg.Dir, sqliteFile))
	if err != nil {
		return nil, fmt.Errorf("naming the engine's file: %w", err)
	}
	shards, err := prepareSQLite(ctx, path)
	if err != nil {
		return nil, err
	}
	stores := &config.SQL{
		PluginName:   sqliteplugin.PluginName,
		DatabaseName: (&url.URL{Path: path}).EscapedPath(),
		MaxConns:     1,
		MaxIdleConns: 1,
		ConnectAttributes: map[string]string{
			"mode":         "rwc",
			"journal_mode": "wal",
			"synchronous":  "full",
			"busy_timeout": "10000",
		},
	}
	s := &store{main: stores, visibility: stores, shards: shards, release: func() error { return nil }}
	return s, s.createNamespace(cfg)
}

// prepareSQLite makes the schema in a new file, all of it or nothing, and
// returns the number of shards.
func prepareSQLite(ctx context.Context, path string) (int32, error) {
	address := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(),
		RawQuery: "mode=rwc&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_txlock=immediate"}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		return 0, fmt.Errorf("opening %s: %w", path, err)
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("opening %s: %w", path, err)
	}
	defer func() { _ = tx.Rollback() }()
	shards, err := sqliteSchema(ctx, tx, path)
	if err != nil {
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("making the schema in %s: %w", path, err)
	}
	return shards, nil
}

func sqliteSchema(ctx context.Context, tx *sql.Tx, path string) (int32, error) {
	var tables int
	if err := tx.QueryRowContext(ctx, `select count(*) from sqlite_master`).Scan(&tables); err != nil {
		return 0, fmt.Errorf("reading %s: %w", path, err)
	}
	if tables == 0 {
		return sqliteShards, createSQLite(ctx, tx)
	}
	var shards int32
	var version string
	if err := tx.QueryRowContext(ctx, readRecord).Scan(&shards, &version); err != nil {
		return 0, fmt.Errorf("%s was not made by this program, its number of shards is unknown: %w", path, err)
	}
	if version != sqlite.Version {
		return 0, fmt.Errorf("%s has schema %s and this version of the engine needs %s: finish the open cases with the old version, or move to PostgreSQL", path, version, sqlite.Version)
	}
	return shards, nil
}

func createSQLite(ctx context.Context, tx *sql.Tx) error {
	if err := sqlite.SetupSchemaOnDB(executor{ctx: ctx, tx: tx}); err != nil {
		return fmt.Errorf("making the engine's schema: %w", err)
	}
	_, err := tx.ExecContext(ctx, createRecord)
	if err == nil {
		_, err = tx.ExecContext(ctx, `insert into loket_engine values (1, ?, ?)`, sqliteShards, sqlite.Version)
	}
	if err != nil {
		return fmt.Errorf("recording the number of shards: %w", err)
	}
	return nil
}

// executor lets the server's schema run in a transaction of ours; of the
// interface it is asked for, setting up uses Exec alone.
type executor struct {
	sqlplugin.AdminDB
	ctx context.Context
	tx  *sql.Tx
}

func (e executor) Exec(statement string, args ...any) error {
	_, err := e.tx.ExecContext(e.ctx, statement, args...)
	return err
}
