package oidc

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/token/jwt"

	"loket/models"
)

// session is what a grant knows of who opened it, and where.
type session struct {
	*openid.DefaultSession
	SessionID string `json:"session"`
}

// How somebody signed in: by a password, or by a password and a code.
const (
	acrPassword = "urn:loket:acr:password"
	acrFactors  = "urn:loket:acr:two-factors"
)

// newSession is a visitor's, whose password was last given at proved. What the ID token says of how follows RFC 8176.
func newSession(v Visitor, proved, asked time.Time) *session {
	account, sessionID := v.Actor.AccountID, v.SessionID
	claims := &jwt.IDTokenClaims{Subject: account, AuthTime: proved.UTC().Truncate(time.Second), RequestedAt: asked.UTC().Truncate(time.Second),
		AuthenticationContextClassReference: acrPassword, AuthenticationMethodsReferences: []string{"pwd"}}
	if v.Actor.Factor {
		claims.AuthenticationContextClassReference, claims.AuthenticationMethodsReferences = acrFactors, []string{"pwd", "otp", "mfa"}
	}
	claims.Add("sid", sessionID)
	return &session{&openid.DefaultSession{Claims: claims, Headers: &jwt.Headers{Extra: map[string]any{}}, Subject: account}, sessionID}
}

// blank is a session for fosite to fill in.
func blank() *session { return &session{DefaultSession: openid.NewDefaultSession()} }

// Clone copies a session so that the copy can change.
func (s *session) Clone() fosite.Session {
	inner, ok := s.DefaultSession.Clone().(*openid.DefaultSession)
	if !ok {
		return nil
	}
	return &session{inner, s.SessionID}
}

// kept is a request as it is stored.
type kept struct {
	ID        string     `json:"id"`
	At        time.Time  `json:"at"`
	Client    string     `json:"client"`
	Requested []string   `json:"requested"`
	Granted   []string   `json:"granted"`
	Form      url.Values `json:"form"`
	Session   *session   `json:"session"`
}

func keep(r fosite.Requester) (string, error) {
	s, ok := r.GetSession().(*session)
	if !ok {
		return "", fmt.Errorf("a request carries a session of kind %T", r.GetSession())
	}
	body, err := json.Marshal(kept{r.GetID(), r.GetRequestedAt(), r.GetClient().GetID(), r.GetRequestedScopes(), r.GetGrantedScopes(), r.GetRequestForm(), s})
	if err != nil {
		return "", fmt.Errorf("write a request: %w", err)
	}
	return string(body), nil
}

func (k kept) request(c fosite.Client) *fosite.Request {
	return &fosite.Request{ID: k.ID, RequestedAt: k.At, Client: c, RequestedScope: k.Requested, GrantedScope: k.Granted, Form: k.Form, Session: k.Session}
}

// client is an application as fosite knows it.
type client struct{ models.Application }

// GetID is the client id.
func (c client) GetID() string { return c.ID }

// GetHashedSecret gives what secrets.Compare looks the secret up by.
func (c client) GetHashedSecret() []byte { return []byte(c.ID) }

// GetRedirectURIs lists where codes may go.
func (c client) GetRedirectURIs() []string { return c.Redirects }

// GetGrantTypes lists the grants: every application has the same.
func (c client) GetGrantTypes() fosite.Arguments {
	return fosite.Arguments{"authorization_code", "refresh_token"}
}

// GetResponseTypes lists the response types.
func (c client) GetResponseTypes() fosite.Arguments { return fosite.Arguments{"code"} }

// GetScopes lists what may be asked for.
func (c client) GetScopes() fosite.Arguments { return scopes() }

// IsPublic tells whether it can keep no secret.
func (c client) IsPublic() bool { return c.Kind == models.ApplicationPublic }

// GetAudience is empty: tokens are for this provider's own endpoints.
func (c client) GetAudience() fosite.Arguments { return nil }

// The scopes.
const (
	scopeOpenID  = "openid"
	scopeProfile = "profile"
	scopeEmail   = "email"
	scopeOffline = "offline_access"
	scopeUnit    = "agency:unit"
	scopeRoles   = "agency:roles"
	scopeCompany = "agency:company"
	scopeLink    = "agency:link"
	scopePart    = "agency:directorate"
)

func scopes() []string {
	return []string{scopeOpenID, scopeProfile, scopeEmail, scopeOffline, scopeUnit, scopeRoles, scopeCompany, scopeLink, scopePart}
}
