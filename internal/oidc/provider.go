package oidc

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/openid"

	"loket/internal/keyring"
	"loket/models"
)

// How long things live (QUALITY 3).
const (
	codeLife   = time.Minute
	accessLife = 10 * time.Minute
	grantLife  = 12 * time.Hour
)

// Config is what the provider stands on; all but Now and Client is required.
type Config struct {
	Store Store
	Keys  Ring
	// Issuer is the public address, without a slash at its end.
	Issuer string
	Agency string
	// Now is wall time, CaseNow the time in which appointments hold; time.Now when nil.
	Now, CaseNow func() time.Time
	// Links knows people in the applications' own user tables; nil where nobody is linked.
	Links Links
	// Client tells applications of ended sessions; one that follows no redirect where nil.
	Client *http.Client
	Log    *slog.Logger
}

// Provider is the OpenID provider. It is safe for concurrent use.
type Provider struct {
	cfg    Config
	keys   *keys
	fosite *fosite.Fosite
	wake   chan struct{}
}

// New returns a provider; the error says what is missing.
func New(cfg Config) (*Provider, error) {
	if cfg.Store == nil || cfg.Keys == nil || cfg.Log == nil || cfg.Issuer == "" {
		return nil, errors.New("the OpenID provider needs a store, a keyring, a log and its address")
	}
	cfg.Issuer = strings.TrimRight(cfg.Issuer, "/")
	if cfg.Agency == "" {
		cfg.Agency = models.DefaultAgency
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.CaseNow == nil {
		cfg.CaseNow = cfg.Now
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: 5 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	p := &Provider{cfg: cfg, keys: &keys{store: cfg.Store, ring: cfg.Keys, agency: cfg.Agency, now: cfg.Now}, wake: make(chan struct{}, 1)}
	return p, p.compose()
}

// compose puts fosite together: the code flow with PKCE, refreshing, revoking, and nothing else.
func (p *Provider) compose() error {
	secret, err := hkdf.Key(sha256.New, p.cfg.Keys.Current(keyring.Token).Secret, nil, "openid tokens", 32)
	if err != nil {
		return fmt.Errorf("derive the key of tokens: %w", err)
	}
	c := &fosite.Config{
		AccessTokenLifespan: accessLife, RefreshTokenLifespan: grantLife, AuthorizeCodeLifespan: codeLife, IDTokenLifespan: accessLife,
		IDTokenIssuer: p.cfg.Issuer, AccessTokenIssuer: p.cfg.Issuer, TokenURL: p.cfg.Issuer + "/oidc/token",
		GlobalSecret: secret, EnforcePKCE: true, RefreshTokenScopes: []string{}, ScopeStrategy: fosite.ExactScopeStrategy,
		MinParameterEntropy: 1, ClientSecretsHasher: secrets{p.cfg.Store, p.cfg.Agency},
	}
	sign := &signer{keys: p.keys}
	strategy := &compose.CommonStrategy{CoreStrategy: compose.NewOAuth2HMACStrategy(c), Signer: sign,
		OpenIDConnectTokenStrategy: &openid.DefaultStrategy{Signer: sign, Config: c}}
	f, ok := compose.Compose(c, &storage{p}, strategy, compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2RefreshTokenGrantFactory,
		compose.OpenIDConnectExplicitFactory, compose.OpenIDConnectRefreshFactory, compose.OAuth2TokenIntrospectionFactory,
		compose.OAuth2TokenRevocationFactory, compose.OAuth2PKCEFactory).(*fosite.Fosite)
	if !ok {
		return errors.New("fosite composed something that is not fosite")
	}
	p.fosite = f
	return nil
}

// secrets compares client secrets; what fosite takes for the hash is the application's id.
type secrets struct {
	store  Applications
	agency string
}

// Compare tells whether the secret is the application's.
func (s secrets) Compare(ctx context.Context, id, secret []byte) error {
	fits, err := s.store.SecretFits(ctx, s.agency, string(id), string(secret))
	if err == nil && !fits {
		err = models.ErrWrongCredentials
	}
	return err
}

// Hash refuses: secrets are made and kept by the store.
func (secrets) Hash(context.Context, []byte) ([]byte, error) {
	return nil, errors.New("client secrets are kept by the store")
}
