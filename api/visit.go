package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

// visit is what is known of one request: who asks, from where, in which language.
type visit struct {
	operation string
	lang      string
	token     string
	origin    models.Origin
	identity  desk.Identity
}

func (v visit) actor() models.Actor { return v.identity.Actor }

// visitIn gives the visit that arrive left in the context.
func visitIn(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}

// actorIn is who asks.
func actorIn(ctx context.Context) models.Actor { return visitIn(ctx).actor() }

// visitOf reads what the request says of itself. The language is that of Accept-Language.
func (s *service) visitOf(c *gin.Context) visit {
	return visit{lang: s.catalog.Match(c.GetHeader("Accept-Language")), origin: edge.Origin(c, "api")}
}

// arrive is the first middleware of every operation: it resolves the bearer token (never the cookie), and lets the
// route's declaration say whether this visitor may come in.
func (s *service) arrive(ctx huma.Context, next func(huma.Context)) {
	c := humagin.Unwrap(ctx)
	v := s.visitOf(c)
	v.operation = ctx.Operation().OperationID
	route, _ := ctx.Operation().Metadata[declared].(edge.Route) // the zero Route admits nobody
	err := s.identify(ctx.Context(), c.Request, route, &v)
	if err == nil {
		err = route.Admits(v.visitor())
	}
	if err == nil && v.token != "" {
		edge.Know(c, v.actor().AccountID)
		err = s.rate.Allow(v.actor().AccountID)
	}
	if err != nil {
		s.write(c, s.problem(ctx.Context(), v, err))
		return
	}
	ctx.SetHeader("Content-Language", v.lang)
	next(huma.WithValue(ctx, visitKey{}, v))
}

// identify fills in the identity behind the token. No token, or one that is not known, leaves the visitor a stranger.
func (s *service) identify(ctx context.Context, r *http.Request, route edge.Route, v *visit) error {
	token := bearer(r)
	if token == "" || route.Access.IsPublic() {
		return nil
	}
	id, err := s.desk.Bearer(ctx, token, v.origin)
	if errors.Is(err, models.ErrUnauthenticated) {
		return nil
	}
	if err != nil {
		return err
	}
	v.identity, v.token = id, token
	if r.Header.Get("Accept-Language") == "" && id.Account.Locale != "" {
		v.lang = id.Account.Locale
	}
	return nil
}

func (v visit) visitor() edge.Visitor {
	return edge.Visitor{SignedIn: v.token != "", MustChangePassword: v.identity.Account.MustChangePassword, OwesFactor: v.identity.OwesFactor, Ended: v.identity.Account.Ended,
		Actor: v.identity.Actor, Token: v.token != "", Scopes: v.identity.Scopes,
		Fresh: !v.identity.FreshUntil.IsZero()}
}

// bearer gives the token of the Authorization header, or nothing. The scheme is read in any case (RFC 9110).
func bearer(r *http.Request) string {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
