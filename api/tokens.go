package api

import (
	"context"
	"net/http"
	"slices"

	"loket/internal/edge"
	"loket/models"
)

type tokenInput struct {
	Body struct {
		Name   string         `json:"name" minLength:"1" maxLength:"100" example:"nightly export" doc:"By what you will know it."`
		Scopes []models.Scope `json:"scopes" minItems:"1" maxItems:"4" uniqueItems:"true" nullable:"false" enum:"read,write,decide,admin" example:"[\"read\"]" doc:"What it may do; nothing that the asking token may not."`
		Days   int            `json:"days" minimum:"1" maximum:"365" example:"90" doc:"How long it lives."`
	}
}

type tokenBody struct {
	Token string           `json:"token" example:"lkt_8mB1…" doc:"The secret, shown this once."`
	Info  models.TokenView `json:"info" doc:"The token as it is listed."`
}

type tokenOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         tokenBody
}

type tokenID struct {
	ID string `path:"id" maxLength:"64" doc:"The token's id, as listed."`
}

func (s *service) tokenOperations() {
	register(s, operation{id: "list-tokens", method: http.MethodGet, path: "/me/tokens", tag: tagMe, summary: "List my tokens",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "Without their secrets, which nobody can read again."}, s.tokens)
	register(s, operation{id: "create-token", method: http.MethodPost, path: "/me/tokens", tag: tagMe, summary: "Make a token", status: created,
		access: edge.SignedIn(), scope: models.ScopeWrite, stepUp: true,
		text: "A token can make others with its own scopes or fewer."}, s.createToken)
	register(s, operation{id: "revoke-token", method: http.MethodDelete, path: "/me/tokens/{id}", tag: tagMe, summary: "Revoke a token",
		access: edge.SignedIn(), scope: models.ScopeWrite, text: "Counts from the next request on. A token may revoke itself."}, s.revokeToken)
}

func (s *service) tokens(ctx context.Context, _ *nothing) (*plain[models.TokenView], error) {
	tokens, err := s.desk.Tokens(ctx, actorIn(ctx))
	return whole(tokens), err
}

func (s *service) createToken(ctx context.Context, in *tokenInput) (*tokenOutput, error) {
	held := visitIn(ctx).identity.Scopes
	for _, scope := range in.Body.Scopes {
		if !slices.Contains(held, scope) { // a token that only reads must not mint one that decides
			return nil, models.ErrScope.With("scope", string(scope))
		}
	}
	view, secret, err := s.desk.CreateToken(ctx, actorIn(ctx), in.Body.Name, in.Body.Scopes, in.Body.Days)
	return &tokenOutput{CacheControl: "no-store", Body: tokenBody{Token: secret, Info: view}}, err
}

func (s *service) revokeToken(ctx context.Context, in *tokenID) (*empty, error) {
	return nil, s.desk.RevokeToken(ctx, actorIn(ctx), in.ID)
}
