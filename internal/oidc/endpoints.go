package oidc

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/ory/fosite"

	"loket/models"
)

// Endpoint is one route for programs.
type Endpoint struct {
	Method, Path, Summary string
	Handler               http.HandlerFunc
}

// Endpoints lists what programs ask; the pages for people are the portal's.
func (p *Provider) Endpoints() []Endpoint {
	return []Endpoint{
		{http.MethodGet, "/.well-known/openid-configuration", "What the OpenID provider can do, and where", p.discovery},
		{http.MethodGet, "/oidc/jwks", "The public keys of the OpenID provider", p.jwks},
		{http.MethodPost, "/oidc/token", "Exchange a code or a refresh token", p.token},
		{http.MethodGet, "/oidc/userinfo", "Who an access token speaks of", p.userinfo},
		{http.MethodPost, "/oidc/userinfo", "Who an access token speaks of", p.userinfo},
		{http.MethodPost, "/oidc/introspect", "Whether a token still counts", p.introspect},
		{http.MethodPost, "/oidc/revoke", "Give a token back", p.revoke},
	}
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	at := func(path string) string { return p.cfg.Issuer + path }
	auth := []string{"client_secret_basic", "client_secret_post", "none"}
	p.json(w, http.StatusOK, map[string]any{
		"issuer": p.cfg.Issuer, "authorization_endpoint": at("/oidc/authorize"), "token_endpoint": at("/oidc/token"), "userinfo_endpoint": at("/oidc/userinfo"),
		"jwks_uri": at("/oidc/jwks"), "introspection_endpoint": at("/oidc/introspect"), "revocation_endpoint": at("/oidc/revoke"),
		"end_session_endpoint": at("/oidc/end-session"), "scopes_supported": scopes(), "response_types_supported": []string{"code"},
		"response_modes_supported": []string{"query"}, "grant_types_supported": []string{"authorization_code", "refresh_token"},
		"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		"acr_values_supported": []string{acrPassword, acrFactors}, "claim_types_supported": []string{"normal"},
		"token_endpoint_auth_methods_supported": auth, "introspection_endpoint_auth_methods_supported": auth[:2], "revocation_endpoint_auth_methods_supported": auth,
		"code_challenge_methods_supported": []string{"S256"}, "prompt_values_supported": []string{"none", "login", "consent", "select_account"},
		"claims_supported": []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "sid", "at_hash", "name", "preferred_username", "locale",
			"updated_at", "email", "unit_code", "unit_name", "roles", "company", claimUser, claimPart, claimPartName, claimCompany},
		"ui_locales_supported": []string{"id", "en"}, "claims_parameter_supported": false, "request_parameter_supported": false,
		"request_uri_parameter_supported": false, "authorization_response_iss_parameter_supported": true,
		"backchannel_logout_supported": true, "backchannel_logout_session_supported": true,
	})
}

func (p *Provider) jwks(w http.ResponseWriter, r *http.Request) {
	set, err := p.keys.published(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.json(w, http.StatusOK, set)
}

func (p *Provider) json(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the reader has gone
}

// fail answers what no application can mend.
func (p *Provider) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, code := http.StatusInternalServerError, "server_error"
	if errors.Is(err, models.ErrUnavailable) {
		status, code = http.StatusServiceUnavailable, "temporarily_unavailable"
	}
	p.cfg.Log.ErrorContext(r.Context(), "answer an application", slog.String("path", r.URL.Path), slog.Any("error", err))
	p.json(w, status, map[string]string{"error": code})
}

// token exchanges a code or a refresh token. What was used before ends the grant; an account that may not open the
// application any more gets nothing.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	asked, err := p.fosite.NewAccessRequest(ctx, r, blank())
	if err != nil {
		p.refuseToken(w, r, asked, err)
		return
	}
	who, ok := asked.GetSession().(*session)
	if !ok {
		p.fail(w, r, errors.New("a token request carries no session of ours"))
		return
	}
	may, err := p.cfg.Store.MayOpen(ctx, p.cfg.Agency, who.Subject, asked.GetClient().GetID())
	if err == nil && !may {
		err = errors.Join(fosite.ErrInvalidGrant.WithHint("The account may not open this application any more."),
			p.cfg.Store.EndGrant(ctx, p.cfg.Agency, asked.GetID(), "access_ended"))
	}
	if err != nil {
		p.refuseToken(w, r, asked, err)
		return
	}
	answer, err := p.fosite.NewAccessResponse(ctx, asked)
	if errors.Is(err, models.ErrAlreadyDecided) { // another request used it up a moment ago
		err = errors.Join(fosite.ErrInvalidGrant.WithHint("The code or token was used already."), p.cfg.Store.EndGrant(ctx, p.cfg.Agency, asked.GetID(), "reused"))
	}
	if err != nil {
		p.refuseToken(w, r, asked, err)
		return
	}
	p.fosite.WriteAccessResponse(ctx, w, asked, answer)
}

func (p *Provider) refuseToken(w http.ResponseWriter, r *http.Request, asked fosite.AccessRequester, err error) {
	told := fosite.ErrorToRFC6749Error(err)
	if told.CodeField >= http.StatusInternalServerError || errors.Is(err, models.ErrUnavailable) {
		p.fail(w, r, err)
		return
	}
	p.challenge(w, r, told)
	p.fosite.WriteAccessError(r.Context(), w, asked, told)
}

// challenge tells a program that tried by a header in vain by which one it may (RFC 6749 5.2).
func (p *Provider) challenge(w http.ResponseWriter, r *http.Request, err error) {
	if _, _, basic := r.BasicAuth(); basic && fosite.ErrorToRFC6749Error(err).CodeField == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="`+p.cfg.Issuer+`"`)
	}
}

// userinfo answers with the claims that the token's scopes open.
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	token := bearer(r)
	use, asked, err := p.fosite.IntrospectToken(r.Context(), token, fosite.AccessToken, blank(), scopeOpenID)
	if token == "" || err != nil || use != fosite.AccessToken { // a refresh token is found too
		p.unauthorized(w, r, err)
		return
	}
	claims, err := p.claims(r.Context(), asked)
	if errors.Is(err, models.ErrUnauthenticated) {
		p.unauthorized(w, r, nil)
		return
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.json(w, http.StatusOK, claims)
}

func (p *Provider) unauthorized(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, models.ErrUnavailable) {
		p.fail(w, r, err)
		return
	}
	w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	p.json(w, http.StatusUnauthorized, map[string]string{"error": "invalid_token"})
}

// bearer is the token of the header, or of a posted form; never of an address, which logs keep.
func bearer(r *http.Request) string {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	if r.Method == http.MethodPost && r.ParseForm() == nil {
		return r.PostForm.Get("access_token")
	}
	return ""
}

// introspect tells a confidential application about its own tokens; of others' it hears what of any nonsense.
func (p *Provider) introspect(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	if err := r.ParseForm(); err != nil {
		p.fosite.WriteIntrospectionError(ctx, w, fosite.ErrInvalidRequest)
		return
	}
	asker, err := p.fosite.AuthenticateClient(ctx, r, r.PostForm)
	if errors.Is(err, models.ErrUnavailable) {
		p.fail(w, r, err)
		return
	}
	if err != nil || asker.IsPublic() {
		p.challenge(w, r, fosite.ErrInvalidClient)
		p.fosite.WriteAccessError(ctx, w, nil, fosite.ErrInvalidClient)
		return
	}
	use, asked, err := p.fosite.IntrospectToken(ctx, r.PostForm.Get("token"), fosite.TokenType(r.PostForm.Get("token_type_hint")), blank())
	if errors.Is(err, models.ErrUnavailable) {
		p.fail(w, r, err)
		return
	}
	if err != nil || asked.GetClient().GetID() != asker.GetID() {
		p.json(w, http.StatusOK, map[string]any{"active": false})
		return
	}
	claims, err := p.claims(ctx, asked)
	if err != nil {
		p.json(w, http.StatusOK, map[string]any{"active": false})
		return
	}
	expires := asked.GetSession().GetExpiresAt(use)
	body := map[string]any{"active": true, "iss": p.cfg.Issuer, "client_id": asker.GetID(), "sub": claims["sub"], "scope": strings.Join(asked.GetGrantedScopes(), " "),
		"token_type": "Bearer", "iat": asked.GetRequestedAt().Unix(), "exp": expires.Unix()}
	if slices.Contains(asked.GetGrantedScopes(), scopeProfile) {
		body["username"] = claims["preferred_username"]
	}
	p.json(w, http.StatusOK, body)
}

func (p *Provider) revoke(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	err := p.fosite.NewRevocationRequest(ctx, r)
	if errors.Is(err, models.ErrUnavailable) {
		p.fail(w, r, err)
		return
	}
	if err != nil {
		p.challenge(w, r, err)
	}
	p.fosite.WriteRevocationResponse(ctx, w, err)
}
