//go:build !slim

package engine

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/iancoleman/strcase"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jmoiron/sqlx"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql/driver"
)

const (
	// postgresShards measured 1.8 times faster than one.
	postgresShards = 4
	// longestName is PostgreSQL's limit; it cuts longer names without a word.
	longestName = 63
)

// Each of the server's four services opens pools of its own, so that these
// bounds count four times.
const (
	mainConnections       = 10
	visibilityConnections = 3
)

// openPostgres prepares the two databases beside the application's, which it
// reserves for this process.
func openPostgres(ctx context.Context, cfg EmbeddedConfig, f *fault) (*store, error) {
	parsed, err := pgx.ParseConfig(cfg.PostgresURL)
	if err != nil {
		// The error of pgx shows the URL with its password masked.
		return nil, fmt.Errorf("reading the database URL: %w", err)
	}
	held, err := reserve(ctx, parsed, cfg.Logger, f)
	if err != nil {
		return nil, err
	}
	s := &store{release: held.release}
	if err := s.preparePostgres(ctx, parsed, cfg); err != nil {
		return nil, errors.Join(err, held.release())
	}
	return s, nil
}

func (s *store) preparePostgres(ctx context.Context, parsed *pgx.ConnConfig, cfg EmbeddedConfig) error {
	temporal, visibility := parsed.Database+"_temporal", parsed.Database+"_visibility"
	if len(visibility) > longestName {
		return fmt.Errorf("the database name %s is too long to name the engine's after it", parsed.Database)
	}
	conn, err := pgx.ConnectConfig(ctx, parsed.Copy())
	if err != nil {
		return fmt.Errorf("connecting to the database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	m := migration{conn: conn, url: cfg.PostgresURL}
	if s.shards, err = m.main(ctx, temporal); err != nil {
		return err
	}
	if err := m.visibility(ctx, visibility); err != nil {
		return err
	}
	if s.main, err = postgresConfig(cfg.PostgresURL, temporal, temporal, mainConnections); err != nil {
		return err
	}
	if s.visibility, err = postgresConfig(cfg.PostgresURL, visibility, visibility, visibilityConnections); err != nil {
		return err
	}
	return s.createNamespace(cfg)
}

// postgresConfig describes a database of the server. It connects through our
// URL, so that each form that pgx reads works (sockets, several hosts, TLS
// parameters); recorded is the name in the schema's version table.
func postgresConfig(base, database, recorded string, connections int) (*config.SQL, error) {
	address, err := withDatabase(base, database)
	if err != nil {
		return nil, err
	}
	return &config.SQL{
		PluginName:      postgresql.PluginNamePGX,
		DatabaseName:    recorded,
		ConnectProtocol: "tcp",
		Connect: func(*config.SQL) (*sqlx.DB, error) {
			db, err := new(driver.PGXDriver).CreateConnection(address)
			if err != nil {
				return nil, err
			}
			db.SetMaxOpenConns(connections)
			db.SetMaxIdleConns(connections)
			db.SetConnMaxIdleTime(5 * time.Minute)
			db.SetConnMaxLifetime(time.Hour)
			db.MapperFunc(strcase.ToSnake)
			return db, nil
		},
	}, nil
}

// withDatabase names another database in a URL or in a keyword string
// ("host=… dbname=…"), where the last mention counts.
func withDatabase(base, database string) (string, error) {
	if !strings.HasPrefix(base, "postgres://") && !strings.HasPrefix(base, "postgresql://") {
		return base + " dbname='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(database) + "'", nil
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", errors.New("the database URL cannot be read")
	}
	u.Path = "/" + database
	query := u.Query()
	query.Del("dbname")
	query.Del("database")
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// code is the SQLSTATE of an error of PostgreSQL, or empty.
func code(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}
