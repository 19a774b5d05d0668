package oidc

import (
	"context"
	"time"

	"loket/internal/keyring"
	"loket/internal/store"
	"loket/models"
)

// What the provider needs of the store, cut by use; *store.Store satisfies all of them.

// Applications knows who may be asked for, by whom, with which secret.
type Applications interface {
	Application(ctx context.Context, agency, id string) (models.Application, error)
	SecretFits(ctx context.Context, agency, id, secret string) (bool, error)
	MayOpen(ctx context.Context, agency, accountID, application string) (bool, error)
	Consented(ctx context.Context, a models.Actor, application string) (string, error)
}

// People knows accounts and their sessions.
type People interface {
	Identity(ctx context.Context, accountID string, at time.Time) (models.Actor, models.AccountView, error)
	CompanyStanding(ctx context.Context, accountID string) (models.CompanyStanding, error)
	AccountByID(ctx context.Context, id string) (store.Account, error)
	SessionProved(ctx context.Context, id string) (time.Time, error)
	OpenedIn(ctx context.Context, sessions []string) ([]string, error)
	AppendAudit(ctx context.Context, entries ...models.AuditEntry) error
}

// Tokens keeps codes and tokens.
type Tokens interface {
	OpenGrant(ctx context.Context, a models.Actor, g store.OpenIDGrant, tokens []store.OpenIDToken, consent string) error
	OpenIDFind(ctx context.Context, agency, kind, name string) (store.OpenIDStored, error)
	OpenIDExchange(ctx context.Context, agency string, spend *store.OpenIDSpend, tokens []store.OpenIDToken) error
	OpenIDForget(ctx context.Context, agency, kind, name string) error
	EndGrant(ctx context.Context, agency, id, why string) error
}

// Endings finds applications that have to hear that a session has ended.
type Endings interface {
	EndGoneSessions(ctx context.Context) (int64, error)
	EndClosedAccess(ctx context.Context) (int64, error)
	Farewells(ctx context.Context) ([]store.OpenIDFarewell, error)
	Told(ctx context.Context, f store.OpenIDFarewell, came store.Hearing) error
	SweepOpenID(ctx context.Context) error
}

// SigningKeys keeps the signing keys, sealed.
type SigningKeys interface {
	OpenIDKeys(ctx context.Context, agency string) ([]store.OpenIDKey, error)
	AddOpenIDKey(ctx context.Context, key store.OpenIDKey, since time.Time) error
}

// Store is all of them.
type Store interface {
	Applications
	People
	Tokens
	Endings
	SigningKeys
}

// Links knows where somebody stands in an application that has its own login, see models.LinkPlace; *desk.Desk does.
type Links interface {
	LinkPlace(ctx context.Context, a models.Actor, application, sessionID string) (models.LinkPlace, error)
}

// Ring gives the keys under which signing keys are sealed; *keyring.Ring does.
type Ring interface {
	Current(p keyring.Purpose) keyring.Key
	ByID(p keyring.Purpose, id string) (keyring.Key, bool)
}
