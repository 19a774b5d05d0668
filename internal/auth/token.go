package auth

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"loket/internal/store"
	"loket/models"
)

const (
	tokenPrefix = "lkt_"
	// longestSecret is far above a real one; what is longer need not be digested.
	longestSecret = 128
	longestName   = 100
	mostTokens    = 50
	mostDays      = 365
)

// Bearer resolves a personal token to who it speaks for now. ErrUnauthenticated when it is unknown, over, revoked, or
// its owner can no longer sign in, of which the audit trail hears once a minute and address; ErrTooMany past the
// account's rate.
func (s *Service) Bearer(ctx context.Context, secret string, o models.Origin) (Identity, error) {
	if !strings.HasPrefix(secret, tokenPrefix) || len(secret) > longestSecret {
		return Identity{}, s.refuseBearer(ctx, store.PersonalToken{}, o)
	}
	token, err := s.cfg.Store.TokenBySecret(ctx, secret)
	if err != nil {
		return Identity{}, s.unlessRefused(ctx, err, token, o)
	}
	if s.cfg.Requests != nil {
		if err := s.cfg.Requests.Allow(token.AccountID); err != nil {
			return Identity{}, err
		}
	}
	who, err := s.identify(ctx, token.AccountID, o)
	if err != nil {
		return Identity{}, s.unlessRefused(ctx, err, token, o)
	}
	if err := s.cfg.Store.TouchToken(ctx, token); err != nil {
		return Identity{}, err
	}
	who.TokenID, who.FreshUntil, who.Scopes, who.Expires = token.ID, s.fresh(token.Proved), []models.Scope{}, token.Expires
	who.Scopes = append(who.Scopes, token.View().Scopes...)
	s.byFactor(&who, token.Factor, token.HasFactor)
	return who, nil
}

// Tokens lists the actor's tokens that still open something.
func (s *Service) Tokens(ctx context.Context, a models.Actor) ([]models.TokenView, error) {
	return s.cfg.Store.Tokens(ctx, a.AccountID)
}

// CreateToken makes a token of the actor's own and answers its secret, this once. The name has 1 to 100 characters,
// at least one scope is asked for, days is 1 to 365, and nobody has more than 50.
func (s *Service) CreateToken(ctx context.Context, a models.Actor, name string, scopes []models.Scope, days int) (models.TokenView, string, error) {
	name = strings.TrimSpace(name)
	if faults := tokenFaults(name, scopes, days); len(faults) > 0 {
		return models.TokenView{}, "", models.Invalid(faults...)
	}
	have, err := s.cfg.Store.Tokens(ctx, a.AccountID)
	if err != nil {
		return models.TokenView{}, "", err
	}
	if len(have) >= mostTokens {
		return models.TokenView{}, "", models.Invalid(models.Fault("name", "list_too_long", "max", strconv.Itoa(mostTokens)))
	}
	ordered := slices.DeleteFunc(models.Scopes(), func(known models.Scope) bool { return !slices.Contains(scopes, known) })
	return s.cfg.Store.CreateToken(ctx, a, name, ordered, s.cfg.Now().Add(time.Duration(days)*24*time.Hour))
}

func tokenFaults(name string, scopes []models.Scope, days int) []models.FieldFault {
	var faults []models.FieldFault
	switch {
	case name == "":
		faults = append(faults, models.Fault("name", "required"))
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		faults = append(faults, models.Fault("name", "text_unseen_characters"))
	case utf8.RuneCountInString(name) > longestName:
		faults = append(faults, models.Fault("name", "text_too_long", "max", strconv.Itoa(longestName)))
	}
	if len(scopes) == 0 {
		faults = append(faults, models.Fault("scopes", "required"))
	}
	for _, asked := range scopes {
		if !slices.Contains(models.Scopes(), asked) {
			faults = append(faults, models.Fault("scopes", "choice_unknown"))
			break
		}
	}
	switch {
	case days < 1:
		faults = append(faults, models.Fault("days", "number_too_small", "min", "1"))
	case days > mostDays:
		faults = append(faults, models.Fault("days", "number_too_large", "max", strconv.Itoa(mostDays)))
	}
	return faults
}

// RevokeToken ends one of the actor's own tokens at once; ErrNotFound when it is not theirs or has ended.
func (s *Service) RevokeToken(ctx context.Context, a models.Actor, id string) error {
	return s.cfg.Store.RevokeToken(ctx, a, id)
}
