package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// agency owns every row.
const agency = "main"

// space is the namespace of the ids here: they look as random as real ones, and the same number gives the same id.
var space = uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:loket:bench"))

func idOf(kind string, n int) string {
	return uuid.NewSHA1(space, fmt.Appendf(nil, "%s:%d", kind, n)).String()
}

// table is where rows are copied to.
type table struct {
	name    string
	columns []string
}

// copyRows streams n rows, each made when its turn comes.
func copyRows(ctx context.Context, conn *pgx.Conn, t table, n int, row func(i int) []any) error {
	i := -1
	_, err := conn.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromFunc(func() ([]any, error) {
		if i++; i >= n {
			return nil, nil
		}
		return row(i), nil
	}))
	if err != nil {
		return fmt.Errorf("copy into %s: %w", t.name, err)
	}
	return nil
}

// withConn opens a connection for one piece of work.
func withConn(ctx context.Context, url string, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return do(conn)
}

// bulk loads large tables: their secondary indexes go before and come back after, and references are not checked row
// by row where the user may switch that off.
func bulk(ctx context.Context, conn *pgx.Conn, tables []string, load func() error) error {
	rows, err := conn.Query(ctx, `select quote_ident(i.indexname), i.indexdef from pg_indexes i
		where i.schemaname = current_schema() and i.tablename = any($1) and not exists (
			select 1 from pg_constraint c join pg_class x on x.oid = c.conindid where x.relname = i.indexname)`, tables)
	if err != nil {
		return fmt.Errorf("list indexes: %w", err)
	}
	type index struct{ Name, Def string }
	indexes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	if err != nil {
		return fmt.Errorf("list indexes: %w", err)
	}
	for _, x := range indexes {
		if _, err := conn.Exec(ctx, "drop index "+x.Name); err != nil {
			return fmt.Errorf("drop an index: %w", err)
		}
	}
	_, _ = conn.Exec(ctx, "set session_replication_role = replica") // only a superuser may; without it the fill is slow
	if err := load(); err != nil {
		return err
	}
	_, _ = conn.Exec(ctx, "reset session_replication_role")
	for _, x := range indexes {
		if _, err := conn.Exec(ctx, x.Def); err != nil {
			return fmt.Errorf("build index %s: %w", x.Name, err)
		}
	}
	_, err = conn.Exec(ctx, "vacuum analyze")
	return err
}

// past is an instant so many minutes ago, at microseconds as the database keeps them.
func past(now time.Time, minutes int) time.Time {
	return now.Add(-time.Duration(minutes) * time.Minute).UTC().Truncate(time.Microsecond)
}
