package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

// mostTries bounds how often two transactions that were in each other's way try again.
const mostTries = 5

// transact runs fn in one transaction, again when the database had to choose between it and another. fn makes no
// network call and touches nothing but the database.
func (s *Store) transact(ctx context.Context, what string, fn func(tx *gorm.DB) error) error {
	for try := 1; ; try++ {
		err := s.write.WithContext(ctx).Transaction(fn)
		if err == nil || try == mostTries || !retryable(err) || ctx.Err() != nil {
			return wrap(err, what)
		}
	}
}

// forUpdate locks the rows that are read; SQLite has one writer anyway.
func forUpdate() clause.Locking { return clause.Locking{Strength: "UPDATE"} }

// share locks the rows that a statement reads against whoever would change them, and nobody else.
func (s *Store) share() string {
	if s.sqlite {
		return ""
	}
	return " for share"
}

// databaseTime is the instant of recording by the database's own clock, which all processes share. SQLite serves one
// process, whose clock it is.
func (s *Store) databaseTime() any {
	if s.sqlite {
		return s.wallNow()
	}
	return gorm.Expr("clock_timestamp()")
}

// micro is the precision and zone in which both databases keep instants.
func micro(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func microPointer(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	m := micro(*t)
	return &m
}

// optional is null for nothing.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func agencyOf(a models.Actor) string {
	if a.Agency == "" {
		return models.DefaultAgency
	}
	return a.Agency
}
