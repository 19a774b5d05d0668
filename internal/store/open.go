package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"

	"loket/internal/audit"
	"loket/models"
)

// Config says where data live and by which keys and clocks. Clock is the case clock; LoadClock replaces it by the one
// that the database remembers. Now is wall time, time.Now where nil.
type Config struct {
	URL       string // postgres://… or sqlite:path
	AuditKeys audit.Keys
	TokenKey  []byte // HMAC-SHA256 key of the digests under which tokens are kept
	PublicURL string // links in messages begin with it
	Clock     models.Clock
	Now       func() time.Time
	// TraderValidity is for how long a trader's account lives and is renewed; models.TraderValidity where zero.
	TraderValidity time.Duration
}

// Store is the database. It is safe for concurrent use.
type Store struct {
	write, read *gorm.DB
	pools       []*sql.DB
	sqlite      bool
	keys        audit.Keys
	tokenKey    []byte
	publicURL   string
	now         func() time.Time
	clock       atomic.Pointer[models.Clock]
	sealing     sync.Mutex
	validity    time.Duration
}

// Open connects lazily: a database that is away shows at the first statement (see Ping). Close it when done.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	switch {
	case len(cfg.TokenKey) < 16:
		return nil, errors.New("open store: the token key needs at least 16 bytes")
	case cfg.AuditKeys == nil:
		return nil, errors.New("open store: no audit keys given")
	}
	s := &Store{keys: cfg.AuditKeys, tokenKey: cfg.TokenKey, publicURL: strings.TrimRight(cfg.PublicURL, "/"), now: cfg.Now, validity: cfg.TraderValidity}
	if s.now == nil {
		s.now = time.Now
	}
	if s.validity == 0 {
		s.validity = models.TraderValidity
	}
	s.clock.Store(&cfg.Clock)
	if err := s.connect(ctx, cfg.URL); err != nil {
		return nil, fmt.Errorf("open store: %w", errors.Join(err, s.Close()))
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context, address string) error {
	switch {
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		return s.connectPostgres(address)
	case strings.HasPrefix(address, "sqlite:"):
		return s.connectSQLite(ctx, strings.TrimPrefix(address, "sqlite:"))
	}
	return errors.New("the address begins with neither postgres nor sqlite")
}

// Close ends every connection.
func (s *Store) Close() error {
	var err error
	for _, pool := range s.pools {
		err = errors.Join(err, pool.Close())
	}
	return err
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	for _, pool := range s.pools {
		if err := pool.PingContext(ctx); err != nil {
			return fmt.Errorf("ping the database: %w", err)
		}
	}
	return nil
}

// gormConfig keeps gorm quiet (errors are logged once, at the edge) and its statements bare.
func gormConfig() *gorm.Config {
	return &gorm.Config{
		Logger:                 logger.Discard,
		SkipDefaultTransaction: true,
		TranslateError:         true,
		DisableAutomaticPing:   true,
		NamingStrategy:         naming{},
	}
}

// naming keeps gorm from seeing an IP address in NIP.
type naming struct{ schema.NamingStrategy }

// ColumnName is the column of a field.
func (n naming) ColumnName(table, field string) string {
	return n.NamingStrategy.ColumnName(table, strings.ReplaceAll(field, "NIP", "Nip"))
}

// reader runs one statement outside any transaction.
func (s *Store) reader(ctx context.Context) *gorm.DB { return s.read.WithContext(ctx) }

// caseNow is the instant in which cases live.
func (s *Store) caseNow() time.Time { return micro(s.clock.Load().At(s.now())) }

// wallNow is the instant of sessions, tokens and leases.
func (s *Store) wallNow() time.Time { return micro(s.now()) }
