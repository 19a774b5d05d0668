package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteReaders is enough for pages; one connection writes, since more only wait for each other (4.4 s at worst with
// 50 of them, 0.15 s with one).
const sqliteReaders = 8

func (s *Store) connectSQLite(_ context.Context, path string) error {
	if path == "" {
		return errors.New("the address names no file")
	}
	s.sqlite = true
	var err error
	if s.write, err = s.openSQLite(sqliteDSN(path, "_txlock=immediate"), 1); err != nil {
		return err
	}
	s.read, err = s.openSQLite(sqliteDSN(path, "_pragma=query_only(1)"), sqliteReaders)
	return err
}

// sqliteDSN writes instants in UTC with the offset spelt out, so that their text sorts as they do.
func sqliteDSN(path, more string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_time_format=sqlite&_timezone=UTC&" + more
}

func (s *Store) openSQLite(dsn string, connections int) (*gorm.DB, error) {
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	s.pools = append(s.pools, pool)
	inner := gormsqlite.New(gormsqlite.Config{DriverName: "sqlite", Conn: pool})
	dialector, ok := inner.(*gormsqlite.Dialector)
	if !ok {
		return nil, fmt.Errorf("open SQLite: unexpected dialector %T", inner)
	}
	db, err := gorm.Open(translating{dialector}, gormConfig())
	if err != nil {
		return nil, fmt.Errorf("set up gorm for SQLite: %w", err)
	}
	return db, nil
}

// translating teaches gorm's dialector the errors of the driver that we use, which it does not know.
type translating struct{ *gormsqlite.Dialector }

// Translate maps constraint violations to gorm's errors and leaves all others alone.
func (translating) Translate(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return fmt.Errorf("%w: %w", gorm.ErrDuplicatedKey, err)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return fmt.Errorf("%w: %w", gorm.ErrCheckConstraintViolated, err)
	}
	return err
}
