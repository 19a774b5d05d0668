package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"

	"loket/internal/auth"
	"loket/internal/calendar"
	"loket/internal/captcha"
	"loket/internal/config"
	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/engine"
	"loket/internal/files"
	"loket/internal/i18n"
	"loket/internal/keyring"
	"loket/internal/store"
	"loket/models"
)

// house is one installation, put together from its settings. Commands take from it what they need; whatever was put
// up comes down with the stack.
type house struct {
	cfg   config.Config
	log   *slog.Logger
	stack *stack

	words *i18n.Catalog
	ring  *keyring.Ring
	store *store.Store
	files *files.Vault
	// The rest stands on a migrated database; see settle and connect.
	clock  models.Clock
	zone   *time.Location
	hasher *auth.Hasher
	// engineAt is the address of the engine.
	engineAt string
	engine   client.Client
	auth     *auth.Service
	desk     *desk.Desk
	// startPage is the path of a demo's start page.
	startPage string
}

// open makes the data folder and opens keys and database, which SQLite has ready at once.
func open(ctx context.Context, cfg config.Config, log *slog.Logger) (*house, error) {
	h := &house{cfg: cfg, log: log, stack: newStack(log)}
	if err := h.openParts(ctx); err != nil {
		return nil, errors.Join(err, h.stack.stop())
	}
	return h, nil
}

func (h *house) openParts(ctx context.Context) (err error) {
	if err := os.MkdirAll(h.cfg.DataDir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if h.words, err = i18n.New(); err != nil {
		return fmt.Errorf("read the messages: %w", err)
	}
	if h.ring, err = keyring.Open(h.cfg.KeyringFile); err != nil {
		return fmt.Errorf("open the keyring: %w", err)
	}
	h.store, err = store.Open(ctx, store.Config{URL: h.cfg.DatabaseURL.Reveal(), AuditKeys: h.ring,
		TokenKey: h.ring.Current(keyring.Token).Secret, PublicURL: h.cfg.PublicURL, Now: time.Now,
		TraderValidity: h.cfg.TraderValidity})
	if err != nil {
		return err
	}
	h.stack.add("database", func(context.Context) error { return h.store.Close() })
	if h.files, err = files.Open(ctx, h.cfg.FilesURL); err != nil {
		return err
	}
	h.stack.add("files", func(context.Context) error { return h.files.Close() })
	if dialect, _ := h.cfg.Database(); dialect == "sqlite" {
		return h.store.Migrate(ctx)
	}
	return nil
}

// close takes everything down; it is for defer.
func (h *house) close(err *error) { *err = errors.Join(*err, h.stack.stop()) }

// withStore opens the database of the settings for one piece of work.
func (p *process) withStore(do func(*store.Store) error) (err error) {
	return p.withHouse(func(h *house) error { return do(h.store) })
}

// withHouse opens keys and database for one piece of work.
func (p *process) withHouse(do func(*house) error) (err error) {
	cfg, err := p.settings()
	if err != nil {
		return err
	}
	h, err := open(p.ctx, cfg, newLog(cfg, p.stderr))
	if err != nil {
		return err
	}
	defer h.close(&err)
	if err := h.store.Ping(p.ctx); err != nil {
		return fmt.Errorf("LOKET_DATABASE_URL: %w", err)
	}
	return do(h)
}

// settle reads what a migrated database holds of the installation: the clock and the calendar. speed counts at the
// first start of a data folder only.
func (h *house) settle(ctx context.Context, speed int) error {
	if err := h.migrated(ctx); err != nil {
		return err
	}
	var err error
	if h.clock, err = h.store.LoadClock(ctx, speed, time.Now()); err != nil {
		return err
	}
	builtIn, err := calendar.BuiltIn()
	if err != nil {
		return err
	}
	if err := h.store.SeedCalendar(ctx, builtIn); err != nil {
		return err
	}
	office, err := h.store.Calendar(ctx, h.cfg.Calendar)
	if errors.Is(err, models.ErrNotFound) {
		return misuse("LOKET_CALENDAR names %s, which is not there: loket import calendar brings one", h.cfg.Calendar)
	}
	h.zone = office.Location()
	return err
}

func (h *house) migrated(ctx context.Context) error {
	list, err := h.store.MigrationStatus(ctx)
	if err != nil {
		return err
	}
	for _, m := range list {
		if !m.Applied {
			return errors.New("the database is older than this program: run loket migrate up first")
		}
	}
	return nil
}

// now is case time.
func (h *house) now() time.Time { return h.clock.At(time.Now()) }

// connect starts or finds the engine and makes the desk on it.
func (h *house) connect(ctx context.Context) error {
	var err error
	if h.engineAt, err = h.engineAddress(ctx); err != nil {
		return err
	}
	interceptors, err := traces(ctx, h.cfg.OTLPEndpoint, h.stack)
	if err != nil {
		return err
	}
	if err := h.dial(interceptors); err != nil {
		return err
	}
	if h.cfg.TemporalAddress != "" {
		h.prepareNamespace()
	}
	if err := h.letIn(); err != nil {
		return err
	}
	h.desk = h.deskOn(h.clock)
	return nil
}

// dial makes the client of the engine.
func (h *house) dial(interceptors []interceptor.ClientInterceptor) (err error) {
	h.engine, err = engine.Dial(engine.Config{Address: h.engineAt, Namespace: h.cfg.TemporalNamespace, Interceptors: interceptors,
		APIKey: h.cfg.TemporalAPIKey.Reveal(), TLS: engine.TLSConfig{CertFile: h.cfg.TemporalTLSCert, KeyFile: h.cfg.TemporalTLSKey,
			CAFile: h.cfg.TemporalTLSCA, ServerName: h.cfg.TemporalServerName}}, h.ring, quieter(h.log))
	if err != nil {
		return err
	}
	h.stack.add("engine client", func(context.Context) error { h.engine.Close(); return nil })
	return nil
}

func (h *house) deskOn(clock models.Clock) *desk.Desk {
	return desk.New(desk.Config{Store: h.store, Files: h.files, Auth: h.auth, Engine: h.engine, Clock: clock, Now: time.Now, Logger: h.log,
		ActingDays: h.cfg.ActingDays, Domain: h.cfg.AccountDomain(), Linking: h.linking(),
		Directory: h.cfg.Directory, Stationery: desk.Stationery{Words: h.words, Zone: h.zone, Agency: h.cfg.AgencyName, Address: h.cfg.AgencyAddress, Contact: h.cfg.AgencyContact,
			PublicURL: h.cfg.PublicURL}})
}

// letIn makes what knows people by their passwords and tokens.
func (h *house) letIn() (err error) {
	if h.hasher, err = auth.NewHasher(runtime.NumCPU()); err != nil {
		return err
	}
	common, err := auth.NewBlocklist()
	if err != nil {
		return err
	}
	h.auth, err = auth.New(auth.Config{Store: h.store, Passwords: h.hasher, Common: common, Policy: h.passwords(), Captcha: h.captcha(), Clock: h.clock, Now: time.Now,
		Idle: h.cfg.SessionIdle, Max: h.cfg.SessionMax, SecondFactor: models.FactorMode(h.cfg.SecondFactor), Keys: h.ring, Issuer: h.cfg.AgencyName,
		SignIns: edge.NewLimiter(10, time.Minute, time.Now), Requests: edge.NewLimiter(120, time.Minute, time.Now)})
	return err
}

// passwords are the rules for passwords.
func (h *house) passwords() models.PasswordPolicy {
	if h.cfg.PasswordPolicy == "nist" {
		return models.NISTPolicy()
	}
	policy := models.AgencyPolicy()
	policy.MinLength = h.cfg.PasswordLength
	return policy
}

// captcha makes and checks what keeps machines out, alike in every process that shares the keys.
func (h *house) captcha() *captcha.Maker {
	key := hmac.New(sha256.New, h.ring.Current(keyring.Token).Secret)
	_, _ = key.Write([]byte("captcha"))
	return captcha.New(key.Sum(nil), time.Now)
}

// inData names a file or folder of ours.
func (h *house) inData(name string) string { return filepath.Join(h.cfg.DataDir, name) }
