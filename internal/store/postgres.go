package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

const (
	postgresConnections = 24
	postgresIdleTime    = 5 * time.Minute
	postgresDialTime    = 2 * time.Second
)

func (s *Store) connectPostgres(address string) error {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		// pgx leaves the password out of this error.
		return fmt.Errorf("read the database address: %w", err)
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = postgresDialTime
	}
	pool := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(settle))
	pool.SetMaxOpenConns(postgresConnections)
	pool.SetMaxIdleConns(postgresConnections)
	pool.SetConnMaxIdleTime(postgresIdleTime)
	s.pools = append(s.pools, pool)
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), gormConfig())
	if err != nil {
		return fmt.Errorf("set up gorm for PostgreSQL: %w", err)
	}
	s.write, s.read = db, db
	return nil
}

func settle(ctx context.Context, conn *pgx.Conn) error {
	inUTC(conn)
	// Pages take a millisecond; compiling a statement that the planner overrates takes 300.
	_, err := conn.Exec(ctx, "set jit = off")
	return err
}

// inUTC makes instants come back in UTC, as SQLite gives them, whatever the machine's zone.
func inUTC(conn *pgx.Conn) {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
}
