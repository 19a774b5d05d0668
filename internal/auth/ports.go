package auth

import (
	"context"
	"time"

	"loket/internal/store"
	"loket/models"
)

// What auth needs of the store, cut by use; *store.Store satisfies all of them. The writers put their audit entry into
// the transaction of the change, so that an action that cannot be audited does not happen.

// Accounts finds accounts and keeps their passwords.
type Accounts interface {
	AccountByUsername(ctx context.Context, agency, username string) (store.Account, error)
	AccountByID(ctx context.Context, id string) (store.Account, error)
	SetPassword(ctx context.Context, a models.Actor, in store.PasswordSet) (string, error)
	Rehash(ctx context.Context, accountID, old, hash string) (bool, error)
	SetLocale(ctx context.Context, a models.Actor, locale string) error
}

// Recalls knows an account's earlier passwords.
type Recalls interface {
	PasswordHashes(ctx context.Context, accountID string, last int, since time.Time) ([]string, error)
}

// People tells who an account is and what may be asked by it at an instant of case time.
type People interface {
	Identity(ctx context.Context, accountID string, at time.Time) (models.Actor, models.AccountView, error)
	AccountView(ctx context.Context, accountID string, at time.Time) (models.AccountView, error)
}

// Locks counts failures, of an account and of each browser that is known for it.
type Locks interface {
	LoginFailed(ctx context.Context, accountID, deviceID string, o models.Origin) (*time.Time, error)
	LoginSucceeded(ctx context.Context, accountID string) error
	KnownDevice(ctx context.Context, accountID, token string) (store.Device, error)
	DeviceByID(ctx context.Context, accountID, id string) (store.Device, error)
}

// Sessions keeps where people are signed in.
type Sessions interface {
	CreateSession(ctx context.Context, a models.Actor, in store.NewSession) (store.Opened, error)
	SessionByToken(ctx context.Context, token string) (store.Session, error)
	TouchSession(ctx context.Context, session store.Session) error
	Prove(ctx context.Context, a models.Actor, p store.Proof) (string, error)
}

// SessionList shows and ends a person's sessions.
type SessionList interface {
	Sessions(ctx context.Context, accountID string) ([]models.SessionView, error)
	EndSession(ctx context.Context, a models.Actor, id string) error
	EndOtherSessions(ctx context.Context, a models.Actor, keep string) error
	BesideSession(ctx context.Context, accountID, id string) ([]string, error)
	LeaveBrowser(ctx context.Context, a models.Actor, id string) error
}

// Tokens keeps personal bearer tokens.
type Tokens interface {
	CreateToken(ctx context.Context, a models.Actor, name string, scopes []models.Scope, expires time.Time) (models.TokenView, string, error)
	TokenBySecret(ctx context.Context, secret string) (store.PersonalToken, error)
	TouchToken(ctx context.Context, t store.PersonalToken) error
	Tokens(ctx context.Context, accountID string) ([]models.TokenView, error)
	RevokeToken(ctx context.Context, a models.Actor, id string) error
}

// Links keeps one-use links, and the temporary passwords that lead to one.
type Links interface {
	LinkInfo(ctx context.Context, token string) (store.Link, error)
	SpendLink(ctx context.Context, token, hash string, o models.Origin) (store.Spent, error)
	TemporaryHash(ctx context.Context, accountID string) (string, error)
	OpenChange(ctx context.Context, accountID, hash string, o models.Origin) (store.Change, error)
}

// Trail takes entries about what changed nothing, such as refusals.
type Trail interface {
	AppendAudit(ctx context.Context, entries ...models.AuditEntry) error
}

// Store is all of them.
type Store interface {
	Accounts
	Recalls
	People
	Locks
	Sessions
	SessionList
	Tokens
	Links
	Resets
	OldAccounts
	Registrations
	Trail
	Factors
	Codes
	Browsers
}

// Passwords hashes and checks; *Hasher does.
type Passwords interface {
	Hash(ctx context.Context, password string) (string, error)
	Check(ctx context.Context, password, hash string) (match, weak bool, err error)
}

// Limiter counts events per key and answers models.ErrTooMany past its rate; *edge.Limiter does.
type Limiter interface {
	Allow(key string) error
}
