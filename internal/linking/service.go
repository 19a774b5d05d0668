package linking

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"loket/internal/keyring"
	"loket/internal/store"
	"loket/models"
)

// forLinking is the use of the keys under which secrets are sealed.
const forLinking = "linking"

// restFor is how long an application that did not answer a lookup is not asked again: openings must not all wait for it.
const restFor = 15 * time.Second

// Asker is the port: how an application is asked about its users. *HTTP is one.
type Asker interface {
	Verify(ctx context.Context, to Endpoint, p models.LinkProof) (models.ApplicationUser, error)
	Lookup(ctx context.Context, to Endpoint, who models.LinkSubject) ([]models.Directorate, error)
}

// Secrets keeps where applications are asked; *store.Store does.
type Secrets interface {
	LinkingSecret(ctx context.Context, agency, application string) (store.LinkingSecret, error)
	KeepLinkingSecret(ctx context.Context, a models.Actor, application, keyID, sealed string) error
}

// Ring gives the keys under which secrets are sealed; *keyring.Ring does.
type Ring interface {
	Current(p keyring.Purpose) keyring.Key
	ByID(p keyring.Purpose, id string) (keyring.Key, bool)
}

// Config is what a service stands on; all of it is required.
type Config struct {
	Asker   Asker
	Secrets Secrets
	Keys    Ring
	Now     func() time.Time // wall time
	Log     *slog.Logger
}

// Service asks applications by their ids. It is safe for concurrent use.
type Service struct {
	cfg Config

	mu   sync.Mutex
	rest map[string]time.Time // until when an application is left alone
}

// New returns a service.
func New(cfg Config) *Service { return &Service{cfg: cfg, rest: map[string]time.Time{}} }

// Verify proves one of an application's users. It goes on to its end even when whoever asked has gone, so that nobody
// tries a password without its being counted.
func (s *Service) Verify(ctx context.Context, agency, application string, p models.LinkProof) (models.ApplicationUser, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	to, err := s.endpoint(ctx, agency, application)
	if err != nil {
		return models.ApplicationUser{}, err
	}
	user, err := s.cfg.Asker.Verify(ctx, to, p)
	if errors.Is(err, ErrAway) {
		s.cfg.Log.WarnContext(ctx, "an application did not prove a user", slog.String("application", application), slog.Any("error", err))
	}
	return user, err
}

// Lookup asks for the directorates of a user or a company. An application that did not answer a moment ago is ErrAway
// without being asked.
func (s *Service) Lookup(ctx context.Context, agency, application string, who models.LinkSubject) ([]models.Directorate, error) {
	if s.resting(application) {
		return nil, ErrAway
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	to, err := s.endpoint(ctx, agency, application)
	if err != nil {
		return nil, err
	}
	list, err := s.cfg.Asker.Lookup(ctx, to, who)
	if errors.Is(err, ErrAway) {
		s.leave(application)
		s.cfg.Log.WarnContext(ctx, "an application did not tell of directorates", slog.String("application", application), slog.Any("error", err))
	}
	return list, err
}

func (s *Service) resting(application string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg.Now().Before(s.rest[application])
}

func (s *Service) leave(application string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest[application] = s.cfg.Now().Add(restFor)
}

// endpoint finds where an application is asked. One that was given no secret yet is away.
func (s *Service) endpoint(ctx context.Context, agency, application string) (Endpoint, error) {
	kept, err := s.cfg.Secrets.LinkingSecret(ctx, agency, application)
	if err != nil {
		return Endpoint{}, err
	}
	if kept.Sealed == "" {
		return Endpoint{}, fmt.Errorf("%w: it has no secret yet", ErrAway)
	}
	key, ok := s.cfg.Keys.ByID(keyring.Token, kept.SealedBy)
	if !ok {
		return Endpoint{}, fmt.Errorf("the keyring lacks key %s, which sealed a linking secret", kept.SealedBy)
	}
	secret, err := key.Open(forLinking, agency+"/"+application, kept.Sealed)
	if err != nil {
		return Endpoint{}, fmt.Errorf("open a linking secret: %w", err)
	}
	return Endpoint{kept.Address, string(secret)}, nil
}

// Renew makes an application a new secret, 256 random bits, and answers it, this once; the old one is not shown any more.
func (s *Service) Renew(ctx context.Context, a models.Actor, application string) (string, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make a linking secret: %w", err)
	}
	secret := base64.RawURLEncoding.EncodeToString(raw)
	agency := a.Agency
	if agency == "" {
		agency = models.DefaultAgency
	}
	key := s.cfg.Keys.Current(keyring.Token)
	sealed, err := key.Seal(forLinking, agency+"/"+application, []byte(secret))
	if err != nil {
		return "", fmt.Errorf("seal a linking secret: %w", err)
	}
	return secret, s.cfg.Secrets.KeepLinkingSecret(ctx, a, application, key.ID, sealed)
}
