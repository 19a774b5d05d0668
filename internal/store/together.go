package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// want is one of several statements whose answers are wanted at once. into is a pointer to a slice of
// structs.
type want struct {
	sql  string
	args map[string]any
	into any
}

// together asks several things in one round trip, none of which depends on the answer to another. SQLite is no trip
// away: there they go one after the other. What has no words is not asked.
func (s *Store) together(ctx context.Context, wants ...want) error {
	wants = slices.DeleteFunc(wants, func(q want) bool { return q.sql == "" })
	if s.sqlite {
		for _, q := range wants {
			if err := s.reader(ctx).Raw(q.sql, q.args).Scan(q.into).Error; err != nil {
				return err
			}
		}
		return nil
	}
	if len(wants) == 0 {
		return nil
	}
	err := s.inOneTrip(ctx, wants)
	if errors.Is(err, driver.ErrBadConn) { // it died in the pool; database/sql tries again too
		err = s.inOneTrip(ctx, wants)
	}
	return err
}

func (s *Store) inOneTrip(ctx context.Context, wants []want) error {
	conn, err := s.pools[0].Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // back to the pool
	return conn.Raw(func(raw any) error {
		pg, ok := raw.(*stdlib.Conn)
		if !ok {
			return errors.New("the connection is not pgx's")
		}
		var batch pgx.Batch
		began := time.Now()
		for _, q := range wants {
			st := s.reader(ctx).Raw(q.sql, q.args).Statement
			batch.Queue(st.SQL.String(), st.Vars...)
			defer s.tell(ctx, st, began)
		}
		results := pg.Conn().SendBatch(ctx, &batch)
		err := s.collect(ctx, results, wants)
		err = errors.Join(err, results.Close())
		if err != nil && pgconn.SafeToRetry(err) {
			return driver.ErrBadConn
		}
		return err
	})
}

// tell lets gorm's logger hear what went past gorm.
func (s *Store) tell(ctx context.Context, st *gorm.Statement, began time.Time) {
	st.Logger.Trace(ctx, began, func() (string, int64) { return st.Explain(st.SQL.String(), st.Vars...), -1 }, nil)
}

func (s *Store) collect(ctx context.Context, results pgx.BatchResults, wants []want) error {
	for _, q := range wants {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		tx := s.reader(ctx)
		if err := tx.Statement.Parse(q.into); err != nil {
			rows.Close()
			return err
		}
		tx.Statement.Dest, tx.Statement.ReflectValue = q.into, reflect.ValueOf(q.into).Elem()
		gorm.Scan(asGorm{rows}, tx, 0)
		rows.Close()
		if err := errors.Join(rows.Err(), tx.Error); err != nil {
			return err
		}
	}
	return nil
}

// asGorm lets gorm read what pgx answers.
type asGorm struct{ pgx.Rows }

// Columns names the columns.
func (r asGorm) Columns() ([]string, error) {
	fields := r.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names, nil
}

// ColumnTypes is asked for maps alone, into which nothing is read here.
func (asGorm) ColumnTypes() ([]*sql.ColumnType, error) {
	return nil, errors.New("column types are not known")
}

// Close ends the reading.
func (r asGorm) Close() error {
	r.Rows.Close()
	return nil
}
