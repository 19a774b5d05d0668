package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"loket/models"
)

// ErrGap is answered for a change whose sequence does not follow the stored one: a mistake in the program that no
// retry mends.
var ErrGap = models.ErrInternal.With("cause", "sequence_gap")

// Unavailable tells whether the database is away or cannot write at present, so that asking again later may help.
func Unavailable(err error) bool {
	if err == nil {
		return false
	}
	var pg *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &pg):
		return awayState(pg.Code)
	case errors.As(err, &lite):
		return awayCode(lite.Code())
	}
	return broken(err)
}

// awayState knows PostgreSQL's classes: connection exceptions, resources exhausted (disk, memory, connections), operator
// intervention (shutdown, cancelled), and a server that has become read-only.
func awayState(code string) bool {
	for _, class := range []string{"08", "53", "57", "58"} {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return code == "25006"
}

func awayCode(code int) bool {
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}

// broken knows the ways in which a connection fails beneath the database's own errors.
func broken(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) {
		return true
	}
	for _, known := range []error{context.DeadlineExceeded, driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, known) {
			return true
		}
	}
	return strings.Contains(err.Error(), "conn closed")
}

// retryable tells whether two transactions were in each other's way.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// unstorable tells whether PostgreSQL refused text for a zero byte, which JSON and URLs can bear.
func unstorable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "22021"
}

// wrap says what was being done. What is not there, and a database that is away, are public problems; the cause stays
// beside them for the log.
func wrap(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fmt.Errorf("%s: %w", what, models.ErrNotFound)
	case unstorable(err):
		return fmt.Errorf("%s: %w", what, models.Invalid(models.Fault("text", "text_unseen_characters")))
	case Unavailable(err) && !errors.Is(err, models.ErrUnavailable):
		return fmt.Errorf("%s: %w: %w", what, models.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
