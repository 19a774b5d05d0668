package auth

import (
	"context"
	"fmt"
	"maps"

	"loket/internal/secret"
	"loket/internal/store"
	"loket/models"
)

// The kinds of messages that tell of a temporary password in place of a link. The reminder bears none.
const (
	kindReminder         = "credentials_reminder"
	kindPassword         = "credentials_password"
	kindPasswordReminder = "credentials_password_reminder"
)

// TemporaryStore keeps temporary passwords; *store.Store does.
type TemporaryStore interface {
	MintPassword(ctx context.Context, n models.Notice, hash string) (map[string]string, error)
	Awaited(ctx context.Context, n models.Notice) (map[string]string, error)
}

// TemporaryPasswords makes messages bear temporary passwords in place of links (LOKET_CREDENTIALS=password).
type TemporaryPasswords struct {
	Store     TemporaryStore
	Passwords Passwords
}

// Reword gives a message that bears a secret the words that go with a temporary password.
func (TemporaryPasswords) Reword(n models.Notice) models.Notice {
	switch {
	case n.SecretFor == "" || store.BearsReset(n) || store.BearsEmailLink(n) || store.ForTrader(n): // traders get links, and who has a password needs no temporary one
	case n.Kind == kindReminder:
		n.Kind = kindPasswordReminder
	default:
		n.Kind = kindPassword
	}
	return n
}

// Mint makes the temporary password of a message as it is sent: the one before is dead from then on, and of this one
// only a hash is kept. It gives "password" besides what the store tells, but for a reminder.
func (t TemporaryPasswords) Mint(ctx context.Context, n models.Notice) (map[string]string, error) {
	if n.Kind == kindPasswordReminder {
		return t.Store.Awaited(ctx, n)
	}
	password := newTemporary()
	hash, err := t.Passwords.Hash(ctx, password)
	if err != nil {
		return nil, fmt.Errorf("hash a temporary password: %w", err)
	}
	data, err := t.Store.MintPassword(ctx, n, hash)
	if err != nil {
		return nil, err
	}
	data = maps.Clone(data)
	data["password"] = password
	return data, nil
}

// newTemporary gives 79 random bits that can be read and typed.
func newTemporary() string { return secret.Typed("Loket", 4) }

// opensChange answers whoever gave a temporary password: it opens no session, and nothing but the form for an own one.
func (s *Service) opensChange(ctx context.Context, at door, in SignIn) (Signed, error) {
	change, err := s.cfg.Store.OpenChange(ctx, at.acc.ID, at.temporary, in.Origin)
	return Signed{Change: change.Token, ChangeExpires: change.Expires}, err
}
