package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// PersonalToken is a bearer token of the API; its instants are wall time. Scopes are separated by spaces. Proved is when
// its owner last gave the password with it, nil for never. Factor says that a code was given where it was made, HasFactor
// that the account has a second factor by now.
type PersonalToken struct {
	ID        string `gorm:"primaryKey"`
	AgencyID  string
	Digest    string
	AccountID string
	Name      string
	Scopes    string
	Created   time.Time
	Expires   time.Time
	LastUsed  *time.Time
	Revoked   *time.Time
	Proved    *time.Time
	Factor    bool
	HasFactor bool `gorm:"->"`
}

// TableName is the table's name.
func (PersonalToken) TableName() string { return "personal_tokens" }

const (
	tokenUse    = "personal"
	tokenPrefix = "lkt_" // lets leak scanners know one when they see it
)

// CreateToken makes a bearer token of the actor's own and gives its secret once.
func (s *Store) CreateToken(ctx context.Context, a models.Actor, name string, scopes []models.Scope, expires time.Time) (models.TokenView, string, error) {
	secret := tokenPrefix + newToken()
	names := make([]string, len(scopes))
	for i, sc := range scopes {
		names[i] = string(sc)
	}
	row := PersonalToken{ID: newID(), AgencyID: agencyOf(a), Digest: s.digest(tokenUse, secret), AccountID: a.AccountID, Name: name,
		Scopes: strings.Join(names, " "), Created: s.wallNow(), Expires: micro(expires), Factor: a.Factor}
	err := s.transact(ctx, "create a token", func(tx *gorm.DB) error {
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "token_created", object: "token:" + row.ID,
			after: map[string]any{"name": name, "scopes": names, "expires": row.Expires}})
	})
	if err != nil {
		return models.TokenView{}, "", err
	}
	return row.View(), secret, nil
}

// TokenBySecret finds a token. One that is over or revoked comes with models.ErrUnauthenticated, for the audit trail to
// name it; one that never was comes as that error alone.
func (s *Store) TokenBySecret(ctx context.Context, secret string) (PersonalToken, error) {
	var rows []PersonalToken
	err := s.reader(ctx).Select("personal_tokens.*, "+hasFactor("personal_tokens")).Where("digest = ?", s.digest(tokenUse, secret)).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		if err == nil {
			err = models.ErrUnauthenticated
		}
		return PersonalToken{}, wrap(err, "find a token")
	}
	if rows[0].Revoked != nil || !rows[0].Expires.After(s.wallNow()) {
		return rows[0], models.ErrUnauthenticated
	}
	return rows[0], nil
}

// TouchToken renews the last use, at most once a minute.
func (s *Store) TouchToken(ctx context.Context, t PersonalToken) error {
	now := s.wallNow()
	if t.LastUsed != nil && now.Sub(*t.LastUsed) < touchEvery {
		return nil
	}
	err := s.write.WithContext(ctx).Exec("update personal_tokens set last_used = ? where id = ?", now, t.ID).Error
	return wrap(err, "renew a token's last use")
}

// Tokens lists the account's tokens that still open something, the newest first.
func (s *Store) Tokens(ctx context.Context, accountID string) ([]models.TokenView, error) {
	var rows []PersonalToken
	err := s.reader(ctx).Where("account_id = ? and revoked is null and expires > ?", accountID, s.wallNow()).
		Order("created desc, id desc").Find(&rows).Error
	views := make([]models.TokenView, len(rows))
	for i, r := range rows {
		views[i] = r.View()
	}
	return views, wrap(err, "list tokens")
}

// RevokeToken ends one of the actor's own tokens; models.ErrNotFound when it is not theirs or ended already.
func (s *Store) RevokeToken(ctx context.Context, a models.Actor, id string) error {
	return s.transact(ctx, "revoke a token", func(tx *gorm.DB) error {
		done := tx.Exec("update personal_tokens set revoked = ? where id = ? and account_id = ? and revoked is null",
			s.wallNow(), id, a.AccountID)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.ErrNotFound
		}
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "token_revoked", object: "token:" + id})
	})
}

// revokeTokens ends every token of an account and gives how many there were.
func revokeTokens(tx *gorm.DB, accountID string, now time.Time) (int, error) {
	done := tx.Exec("update personal_tokens set revoked = ? where account_id = ? and revoked is null and expires > ?", now, accountID, now)
	return int(done.RowsAffected), done.Error
}

// View is the token without its secret.
func (t PersonalToken) View() models.TokenView {
	v := models.TokenView{ID: t.ID, Name: t.Name, Created: t.Created, Expires: t.Expires, LastUsed: t.LastUsed}
	for _, name := range strings.Fields(t.Scopes) {
		v.Scopes = append(v.Scopes, models.Scope(name))
	}
	return v
}
