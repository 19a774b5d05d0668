package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"

	"loket/internal/store"
	"loket/models"
)

// What is stored for fosite. A code has three rows: itself, its PKCE challenge, and its OpenID request.
const (
	kindCode    = "code"
	kindPKCE    = "pkce"
	kindOpenID  = "openid"
	kindAccess  = "access"
	kindRefresh = "refresh"
)

// storage is fosite's storage over ours. What fosite writes in one transaction gathers in a batch in its context and is
// written at once, so that no transaction stays open while tokens are made.
type storage struct{ p *Provider }

type batchKey struct{}

type batch struct {
	spend  *store.OpenIDSpend
	tokens []store.OpenIDToken
}

func gathering(ctx context.Context) (context.Context, *batch) {
	b := &batch{}
	return context.WithValue(ctx, batchKey{}, b), b
}

func batchOf(ctx context.Context) *batch { b, _ := ctx.Value(batchKey{}).(*batch); return b }

// BeginTX opens a batch.
func (s *storage) BeginTX(ctx context.Context) (context.Context, error) {
	ctx, _ = gathering(ctx)
	return ctx, nil
}

// Commit writes the batch.
func (s *storage) Commit(ctx context.Context) error {
	b := batchOf(ctx)
	if b == nil || b.spend == nil && len(b.tokens) == 0 {
		return nil
	}
	return s.p.cfg.Store.OpenIDExchange(ctx, s.p.cfg.Agency, b.spend, b.tokens)
}

// Rollback forgets the batch.
func (s *storage) Rollback(ctx context.Context) error {
	if b := batchOf(ctx); b != nil {
		*b = batch{}
	}
	return nil
}

// GetClient finds an application that is not switched off.
func (s *storage) GetClient(ctx context.Context, id string) (fosite.Client, error) {
	app, err := s.p.cfg.Store.Application(ctx, s.p.cfg.Agency, id)
	if err == nil && !app.Enabled || errors.Is(err, models.ErrNotFound) {
		return nil, fosite.ErrNotFound
	}
	return client{app}, err
}

// ClientAssertionJWTValid refuses: no application authenticates by assertion.
func (s *storage) ClientAssertionJWTValid(context.Context, string) error {
	return fosite.ErrInvalidClient
}

// SetClientAssertionJWT refuses: no application authenticates by assertion.
func (s *storage) SetClientAssertionJWT(context.Context, string, time.Time) error {
	return fosite.ErrInvalidClient
}

// put gathers a row.
func (s *storage) put(ctx context.Context, kind, name string, life time.Duration, r fosite.Requester) error {
	body, err := keep(r)
	if err != nil {
		return err
	}
	b := batchOf(ctx)
	if b == nil {
		return fmt.Errorf("a token of kind %s is made outside any transaction", kind)
	}
	b.tokens = append(b.tokens, store.OpenIDToken{Kind: kind, Name: name, GrantID: r.GetID(), Body: body, Expires: s.p.cfg.Now().Add(life)})
	return nil
}

// get finds a row whose grant counts still. A spent one comes with spent as its error.
func (s *storage) get(ctx context.Context, kind, name string, into fosite.Session, spent error) (*fosite.Request, error) {
	found, err := s.p.cfg.Store.OpenIDFind(ctx, s.p.cfg.Agency, kind, name)
	if errors.Is(err, models.ErrNotFound) || err == nil && !found.Live {
		return nil, fosite.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	var k kept
	if err := json.Unmarshal([]byte(found.Body), &k); err != nil {
		return nil, fmt.Errorf("read a request: %w", err)
	}
	if asked, ok := into.(*session); ok && k.Session != nil {
		*asked = *k.Session // fosite goes on with the one that it gave
		k.Session = asked
	}
	c, err := s.GetClient(ctx, k.Client)
	if err != nil {
		return nil, err
	}
	if found.Spent {
		return k.request(c), spent
	}
	return k.request(c), nil
}

func (s *storage) forget(ctx context.Context, kind, name string) error {
	return s.p.cfg.Store.OpenIDForget(ctx, s.p.cfg.Agency, kind, name)
}

// CreateAuthorizeCodeSession keeps a code.
func (s *storage) CreateAuthorizeCodeSession(ctx context.Context, signature string, r fosite.Requester) error {
	return s.put(ctx, kindCode, signature, codeLife, r)
}

// GetAuthorizeCodeSession finds a code.
func (s *storage) GetAuthorizeCodeSession(ctx context.Context, signature string, into fosite.Session) (fosite.Requester, error) {
	return requester(s.get(ctx, kindCode, signature, into, fosite.ErrInvalidatedAuthorizeCode))
}

// requester keeps a missing request from looking like one.
func requester(r *fosite.Request, err error) (fosite.Requester, error) {
	if r == nil {
		return nil, err
	}
	return r, err
}

// InvalidateAuthorizeCodeSession uses a code up, when the transaction is written.
func (s *storage) InvalidateAuthorizeCodeSession(ctx context.Context, signature string) error {
	return s.spend(ctx, kindCode, signature)
}

func (s *storage) spend(ctx context.Context, kind, name string) error {
	b := batchOf(ctx)
	if b == nil {
		return fmt.Errorf("a token of kind %s is used up outside any transaction", kind)
	}
	b.spend = &store.OpenIDSpend{Kind: kind, Name: name}
	return nil
}

// CreatePKCERequestSession keeps a code's challenge.
func (s *storage) CreatePKCERequestSession(ctx context.Context, signature string, r fosite.Requester) error {
	return s.put(ctx, kindPKCE, signature, codeLife, r)
}

// GetPKCERequestSession finds a code's challenge.
func (s *storage) GetPKCERequestSession(ctx context.Context, signature string, into fosite.Session) (fosite.Requester, error) {
	return requester(s.get(ctx, kindPKCE, signature, into, fosite.ErrNotFound))
}

// DeletePKCERequestSession forgets a code's challenge: a wrong verifier spends the code.
func (s *storage) DeletePKCERequestSession(ctx context.Context, signature string) error {
	return s.forget(ctx, kindPKCE, signature)
}

// nameOf is the half of a code by which it is kept.
func nameOf(code string) string {
	_, signature, _ := strings.Cut(code, ".")
	return signature
}

// CreateOpenIDConnectSession keeps a code's OpenID request.
func (s *storage) CreateOpenIDConnectSession(ctx context.Context, code string, r fosite.Requester) error {
	return s.put(ctx, kindOpenID, nameOf(code), codeLife, r)
}

// GetOpenIDConnectSession finds a code's OpenID request.
func (s *storage) GetOpenIDConnectSession(ctx context.Context, code string, _ fosite.Requester) (fosite.Requester, error) {
	r, err := s.get(ctx, kindOpenID, nameOf(code), nil, nil)
	if errors.Is(err, fosite.ErrNotFound) {
		return nil, openid.ErrNoSessionFound
	}
	return requester(r, err)
}

// DeleteOpenIDConnectSession forgets a code's OpenID request.
func (s *storage) DeleteOpenIDConnectSession(ctx context.Context, code string) error {
	return s.forget(ctx, kindOpenID, nameOf(code))
}

// CreateAccessTokenSession keeps an access token.
func (s *storage) CreateAccessTokenSession(ctx context.Context, signature string, r fosite.Requester) error {
	return s.put(ctx, kindAccess, signature, accessLife, r)
}

// GetAccessTokenSession finds an access token.
func (s *storage) GetAccessTokenSession(ctx context.Context, signature string, into fosite.Session) (fosite.Requester, error) {
	return requester(s.get(ctx, kindAccess, signature, into, fosite.ErrInactiveToken))
}

// DeleteAccessTokenSession forgets an access token.
func (s *storage) DeleteAccessTokenSession(ctx context.Context, signature string) error {
	return s.forget(ctx, kindAccess, signature)
}

// CreateRefreshTokenSession keeps a refresh token; the grant's end bounds it however often it is renewed.
func (s *storage) CreateRefreshTokenSession(ctx context.Context, signature, _ string, r fosite.Requester) error {
	return s.put(ctx, kindRefresh, signature, grantLife, r)
}

// GetRefreshTokenSession finds a refresh token.
func (s *storage) GetRefreshTokenSession(ctx context.Context, signature string, into fosite.Session) (fosite.Requester, error) {
	return requester(s.get(ctx, kindRefresh, signature, into, fosite.ErrInactiveToken))
}

// DeleteRefreshTokenSession forgets nothing: a token that was used once must be known when it comes again.
func (s *storage) DeleteRefreshTokenSession(context.Context, string) error { return nil }

// RotateRefreshToken uses a refresh token up, when the transaction is written.
func (s *storage) RotateRefreshToken(ctx context.Context, _ string, signature string) error {
	return s.spend(ctx, kindRefresh, signature)
}

// RevokeRefreshToken ends the grant.
func (s *storage) RevokeRefreshToken(ctx context.Context, grantID string) error {
	return s.p.cfg.Store.EndGrant(ctx, s.p.cfg.Agency, grantID, "revoked")
}

// RevokeAccessToken ends the grant.
func (s *storage) RevokeAccessToken(ctx context.Context, grantID string) error {
	return s.p.cfg.Store.EndGrant(ctx, s.p.cfg.Agency, grantID, "revoked")
}
