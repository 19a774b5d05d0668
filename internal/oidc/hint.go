package oidc

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"loket/models"
)

// hint is what an ID token of ours says of whom it was for. It may be over: it only tells whom an application means.
type hint struct {
	subject, session string
	audience         []string
}

// errHint is answered for a token that we did not make.
var errHint = errors.New("no ID token of ours")

// readHint checks the signature by the key that the token names, with an algorithm that we sign or signed by, and that it is
// ours.
func (p *Provider) readHint(ctx context.Context, token string) (hint, error) {
	if len(token) > 8192 {
		return hint{}, errHint
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256, jose.ES256})
	if err != nil || len(parsed.Headers) != 1 {
		return hint{}, errHint
	}
	key, err := p.keys.find(ctx, parsed.Headers[0].KeyID)
	if err != nil {
		return hint{}, err
	}
	if key == nil {
		return hint{}, errHint
	}
	var claims struct {
		jwt.Claims
		Session string `json:"sid"`
	}
	if err := parsed.Claims(key, &claims); err != nil {
		return hint{}, fmt.Errorf("%w: %w", errHint, err)
	}
	if claims.Issuer != p.cfg.Issuer || claims.Subject == "" {
		return hint{}, errHint
	}
	return hint{claims.Subject, claims.Session, claims.Audience}, nil
}

// serious keeps errors that are not about the token itself.
func serious(err error) error {
	if errors.Is(err, models.ErrUnavailable) {
		return err
	}
	return nil
}
