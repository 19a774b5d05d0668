//go:build !slim

package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
)

// SQLSTATE codes.
const (
	duplicateDatabase     = "42P04"
	insufficientPrivilege = "42501"
	undefinedTable        = "42P01"
)

// migration makes and updates the server's two databases; conn is in the
// application's.
type migration struct {
	conn *pgx.Conn
	url  string
}

// main returns the number of shards with which the database was made.
func (m migration) main(ctx context.Context, name string) (int32, error) {
	var shards int32
	record := func(ctx context.Context, database string, fresh bool) error {
		return m.in(ctx, database, func(conn *pgx.Conn) (err error) {
			shards, err = recordShards(ctx, conn, name, fresh)
			return err
		})
	}
	return shards, m.prepare(ctx, name, "postgresql/v12/temporal", record)
}

func (m migration) visibility(ctx context.Context, name string) error {
	nothing := func(context.Context, string, bool) error { return nil }
	return m.prepare(ctx, name, "postgresql/v12/visibility", nothing)
}

// prepare updates a database, or makes one under another name that becomes the
// real one when it is whole: the schema's steps are not one transaction, and a
// process killed between them would leave what no later start can read.
func (m migration) prepare(ctx context.Context, name, schemaName string, record func(context.Context, string, bool) error) error {
	exists, err := m.exists(ctx, name)
	if err != nil {
		return err
	}
	working := name
	if !exists {
		working = name + "_new"
		if err := m.recreate(ctx, working, name); err != nil {
			return err
		}
	}
	fresh, err := m.empty(ctx, working)
	if err != nil {
		return err
	}
	if err := m.migrate(working, name, schemaName, fresh); err != nil {
		return err
	}
	if err := record(ctx, working, fresh); err != nil {
		return err
	}
	if working == name {
		return nil
	}
	if _, err := m.conn.Exec(ctx, "alter database "+quoted(working)+" rename to "+quoted(name)); err != nil {
		return fmt.Errorf("giving the engine's database its name %s: %w", name, err)
	}
	return nil
}

func (m migration) exists(ctx context.Context, name string) (bool, error) {
	var exists bool
	err := m.conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&exists)
	if err != nil {
		return false, fmt.Errorf("looking for the engine's database %s: %w", name, err)
	}
	return exists, nil
}

func (m migration) recreate(ctx context.Context, working, name string) error {
	_, err := m.conn.Exec(ctx, "drop database if exists "+quoted(working)+" with (force)")
	if err == nil {
		_, err = m.conn.Exec(ctx, "create database "+quoted(working)+" encoding 'UTF8' template template0")
	}
	if code(err) == insufficientPrivilege {
		return fmt.Errorf("the engine needs a database %s and may not create it: create it, owned by %s: %w", name, m.conn.Config().User, err)
	}
	if err != nil && code(err) != duplicateDatabase {
		return fmt.Errorf("creating the engine's database %s: %w", name, err)
	}
	return nil
}

// empty tells whether a database has never been set up.
func (m migration) empty(ctx context.Context, database string) (fresh bool, err error) {
	err = m.in(ctx, database, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "select to_regclass('schema_version') is null").Scan(&fresh)
	})
	return fresh, err
}

// migrate runs the server's own schema steps in database, noting versions under
// the name that it will have.
func (m migration) migrate(database, name, schemaName string, fresh bool) error {
	cfg, err := postgresConfig(m.url, database, name, 1)
	if err != nil {
		return err
	}
	conn, err := sqltool.NewConnection(cfg, log.NewNoopLogger())
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", database, err)
	}
	defer conn.Close()
	if fresh {
		setup := &schema.SetupConfig{InitialVersion: "0.0"}
		if err := schema.NewSetupSchemaTask(conn, setup, log.NewNoopLogger()).Run(); err != nil {
			return fmt.Errorf("setting up the schema of %s: %w", database, err)
		}
	}
	update := &schema.UpdateConfig{DBName: name, SchemaName: schemaName}
	if err := schema.NewUpdateSchemaTask(conn, update, log.NewNoopLogger()).Run(); err != nil {
		return fmt.Errorf("updating the schema of %s: %w", database, err)
	}
	return nil
}

func (m migration) in(ctx context.Context, database string, do func(*pgx.Conn) error) error {
	address, err := withDatabase(m.url, database)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", database, err)
	}
	return errors.Join(do(conn), conn.Close(ctx))
}

// recordShards notes the number of shards in a new database and reads it in an
// old one.
func recordShards(ctx context.Context, conn *pgx.Conn, name string, fresh bool) (int32, error) {
	if fresh {
		_, err := conn.Exec(ctx, fmt.Sprintf("%s; insert into loket_engine values (1, %d, '')", createRecord, postgresShards))
		if err != nil {
			return 0, fmt.Errorf("recording the number of shards in %s: %w", name, err)
		}
		return postgresShards, nil
	}
	var shards int32
	var version string
	err := conn.QueryRow(ctx, readRecord).Scan(&shards, &version)
	if code(err) == undefinedTable || errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("the database %s was not made by this program, its number of shards is unknown: use it by LOKET_TEMPORAL_ADDRESS, or rename it", name)
	}
	if err != nil {
		return 0, fmt.Errorf("reading the number of shards in %s: %w", name, err)
	}
	return shards, nil
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }
