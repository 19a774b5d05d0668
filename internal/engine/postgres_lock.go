//go:build !slim

package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// lockKey is the advisory lock of the embedded server in the application's
	// database ("loketeng" in ASCII).
	lockKey = 0x6c6f6b6574656e67
	// lockPatience covers a predecessor that was killed a moment ago and whose
	// connection PostgreSQL has yet to notice.
	lockPatience = 3 * time.Second
	lockCheck    = 2 * time.Second
)

var errTaken = errors.New("another process runs its engine on this database: stop it, or point LOKET_TEMPORAL_ADDRESS at its engine")

// reservation is a database lock, held on a connection of its own: two servers
// on one store would take each other's shards without end.
type reservation struct {
	config *pgx.ConnConfig
	conn   *pgx.Conn
	logger *slog.Logger
	cancel context.CancelFunc
	done   chan struct{}
}

func reserve(ctx context.Context, config *pgx.ConnConfig, logger *slog.Logger, f *fault) (*reservation, error) {
	r := &reservation{config: config, logger: logger, done: make(chan struct{})}
	limited, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	taken := false
	err := await(limited, "the database", func(ctx context.Context) error {
		err := r.take(ctx)
		taken = taken || errors.Is(err, errTaken)
		return err
	})
	switch {
	case err != nil && taken:
		return nil, errTaken
	case err != nil:
		return nil, err
	}
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.cancel = stop
	go r.keep(keeping, f)
	return r, nil
}

func (r *reservation) take(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, r.config.Copy())
	if err != nil {
		return fmt.Errorf("connecting to the database: %w", err)
	}
	var taken bool
	err = conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", int64(lockKey)).Scan(&taken)
	if err == nil && !taken {
		err = errTaken
	}
	if err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	r.conn = conn
	return nil
}

// keep takes the lock again after the database was away; a server that finds
// another in its place says so instead of fighting.
func (r *reservation) keep(ctx context.Context, f *fault) {
	defer close(r.done)
	tick := time.NewTicker(lockCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if r.alive(ctx) {
			continue
		}
		if err := r.take(ctx); errors.Is(err, errTaken) {
			f.report(err)
			return
		} else if err != nil && ctx.Err() == nil {
			r.logger.Warn("the engine's database is away", "error", err)
		}
	}
}

func (r *reservation) alive(ctx context.Context) bool {
	if r.conn == nil {
		return false
	}
	limited, cancel := context.WithTimeout(ctx, lockCheck)
	defer cancel()
	if r.conn.Ping(limited) == nil {
		return true
	}
	_ = r.conn.Close(limited)
	r.conn = nil
	return false
}

// release gives the database free.
func (r *reservation) release() error {
	r.cancel()
	<-r.done
	if r.conn == nil {
		return nil
	}
	limited, cancel := context.WithTimeout(context.Background(), lockCheck)
	defer cancel()
	if err := r.conn.Close(limited); err != nil {
		return fmt.Errorf("releasing the engine's database: %w", err)
	}
	return nil
}
