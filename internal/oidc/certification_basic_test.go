package oidc_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"loket/models"
)

// TestBasicCertification is the plan oidcc-basic-certification-test-plan. Its module oidcc-ensure-post-request-succeeds
// needs the page, and stands among the end-to-end tests.
func TestBasicCertification(t *testing.T) {
	s := certify(t)
	s.answers(t)
	s.userinfos(t)
	s.scopesGiven(t)
	s.ignored(t)
	s.prompts(t)
	s.ages(t)
	s.codesReused(t)
	s.requestObjects(t)
	s.refreshed(t)
}

func (s *suite) answers(t *testing.T) {
	s.module(t, "oidcc-server", func(t *testing.T) {
		got := s.flow()
		require.Equal(t, s.issuer, got.id.Issuer)
		require.Equal(t, []string{"jadwal"}, got.id.Audience)
		require.Equal(t, s.account.AccountID, got.id.Subject)
		require.Equal(t, "a-nonce", got.id.Nonce)
		require.InDelta(t, time.Now().Unix(), got.id.IssuedAt.Unix(), 30)
		require.Equal(t, "Bearer", got.token.Type())
	})
	s.module(t, "oidcc-response-type-missing", func(t *testing.T) {
		require.Contains(t, []string{"invalid_request", "unsupported_response_type"}, s.refused("response_type", "").Get("error"))
	})
	s.module(t, "oidcc-idtoken-signature", func(t *testing.T) {
		head, _, _ := strings.Cut(s.flow().raw, ".")
		var header struct{ Alg, Kid string }
		part(t, head, &header)
		require.Equal(t, "RS256", header.Alg)
		require.NotEmpty(t, header.Kid)
	})
	s.module(t, "oidcc-idtoken-unsigned", func(t *testing.T) {
		var told struct {
			Algorithms []string `json:"id_token_signing_alg_values_supported"`
		}
		s.discovered(&told)
		require.NotContains(t, told.Algorithms, "none", "the suite skips what discovery does not offer")
	})
	s.module(t, "oidcc-ensure-request-without-nonce-succeeds-for-code-flow", func(t *testing.T) {
		require.Empty(t, s.flow("nonce", "").id.Nonce)
	})
	s.module(t, "oidcc-server-client-secret-post", func(*testing.T) {
		posting, verifier := *s.client, oauth2.GenerateVerifier()
		posting.Endpoint.AuthStyle = oauth2.AuthStyleInParams
		s.redeem(&posting, request(&posting, verifier), verifier)
	})
	s.module(t, "oidcc-ensure-registered-redirect-uri", func(t *testing.T) {
		_, _, err := s.ask(request(s.client, oauth2.GenerateVerifier(), "redirect_uri", "https://jadwal.example/callback/other"))
		require.ErrorIs(t, err, models.ErrAskUnknown, "a page of ours, and nothing for the address")
	})
	s.module(t, "oidcc-ensure-request-with-valid-pkce-succeeds", func(*testing.T) { s.flow() })
}

func (s *suite) userinfos(t *testing.T) {
	for name, in := range map[string]struct {
		method       string
		header, form bool
	}{
		"oidcc-userinfo-get":         {http.MethodGet, true, false},
		"oidcc-userinfo-post-header": {http.MethodPost, true, false},
		"oidcc-userinfo-post-body":   {http.MethodPost, false, true},
	} {
		s.module(t, name, func(t *testing.T) {
			token, form := s.flow().token.AccessToken, url.Values{}
			if in.form {
				form.Set("access_token", token)
			}
			r, err := http.NewRequestWithContext(s.ctx, in.method, s.issuer+"/oidc/userinfo", strings.NewReader(form.Encode()))
			require.NoError(t, err)
			if in.form {
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			if in.header {
				r.Header.Set("Authorization", "Bearer "+token)
			}
			answer, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			defer func() { _ = answer.Body.Close() }()
			require.Equal(t, http.StatusOK, answer.StatusCode)
			require.Equal(t, "application/json", answer.Header.Get("Content-Type"))
			text, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			var who struct{ Sub string }
			require.NoError(t, json.Unmarshal(text, &who))
			require.Equal(t, s.account.AccountID, who.Sub)
		})
	}
}

// scopesGiven asks for scopes in every order. Addresses and telephone numbers are not offered: the suite skips them, and
// whoever asks for them nonetheless is refused rather than given less than they asked.
func (s *suite) scopesGiven(t *testing.T) {
	for name, in := range map[string]struct {
		scope      string
		has, lacks []string
	}{
		"oidcc-scope-profile":                     {"openid profile", []string{"name", "preferred_username", "locale"}, []string{"email", "roles"}},
		"oidcc-scope-email":                       {"openid email", []string{"email"}, []string{"name", "roles"}},
		"oidcc-ensure-other-scope-order-succeeds": {"email openid", []string{"email"}, []string{"name", "roles"}},
		"oidcc-scope-all":                         {"openid profile email", []string{"name", "email"}, []string{"roles", "nip", "nik"}},
	} {
		s.module(t, name, func(t *testing.T) {
			status, body := s.userinfo(s.flow("scope", in.scope).token.AccessToken)
			require.Equal(t, http.StatusOK, status)
			require.Equal(t, s.account.AccountID, body["sub"])
			for _, claim := range in.has {
				require.NotEmpty(t, body[claim], claim)
			}
			for _, claim := range in.lacks {
				require.NotContains(t, body, claim)
			}
		})
	}
	for _, scope := range []string{"address", "phone"} {
		s.module(t, "oidcc-scope-"+scope, func(t *testing.T) {
			var told struct {
				Scopes []string `json:"scopes_supported"`
			}
			s.discovered(&told)
			require.NotContains(t, told.Scopes, scope)
			require.Equal(t, "invalid_scope", s.refused("scope", "openid "+scope).Get("error"))
		})
	}
}

// ignored are parameters that change nothing, or need not.
func (s *suite) ignored(t *testing.T) {
	for name, more := range map[string][]string{
		"oidcc-display-page":  {"display", "page"},
		"oidcc-display-popup": {"display", "popup"},
		"oidcc-ensure-request-with-unknown-parameter-succeeds": {"extra", "foobar"},
		"oidcc-login-hint":     {"login_hint", "sekar.anggraini@kem.example"},
		"oidcc-ui-locales":     {"ui_locales", "se"},
		"oidcc-claims-locales": {"claims_locales", "se"},
	} {
		s.module(t, name, func(t *testing.T) {
			require.Equal(t, s.account.AccountID, s.flow(more...).id.Subject)
		})
	}
	s.module(t, "oidcc-claims-essential", func(t *testing.T) {
		var told struct {
			Claims *bool `json:"claims_parameter_supported"`
		}
		s.discovered(&told)
		require.NotNil(t, told.Claims)
		require.False(t, *told.Claims)
		got := s.flow("scope", "openid", "claims", `{"userinfo":{"name":{"essential":true}}}`)
		_, body := s.userinfo(got.token.AccessToken)
		require.Equal(t, map[string]any{"sub": s.account.AccountID}, body, "no parameter opens what the scopes do not")
	})
	s.module(t, "oidcc-ensure-request-with-acr-values-succeeds", func(t *testing.T) {
		var told struct {
			Classes []string `json:"acr_values_supported"`
		}
		s.discovered(&told)
		got := s.flow("acr_values", "1 2")
		require.Contains(t, told.Classes, got.Class)
		require.Equal(t, []string{"pwd"}, got.Methods)
		s.account.Factor = true
		defer func() { s.account.Factor = false }()
		got = s.flow("acr_values", told.Classes[1])
		require.Equal(t, told.Classes[1], got.Class)
		require.Equal(t, []string{"pwd", "otp", "mfa"}, got.Methods)
	})
}

func (s *suite) prompts(t *testing.T) {
	s.module(t, "oidcc-prompt-login", func(t *testing.T) {
		first := s.flow()
		second := s.again("prompt", "login")
		require.Greater(t, second.Time, first.Time)
		require.Equal(t, first.id.Subject, second.id.Subject)
	})
	s.module(t, "oidcc-prompt-none-not-logged-in", func(t *testing.T) {
		was := s.session
		s.session = ""
		defer func() { s.session = was }()
		require.Contains(t, []string{"login_required", "interaction_required"}, s.refused("prompt", "none").Get("error"))
	})
	s.module(t, "oidcc-prompt-none-logged-in", func(t *testing.T) {
		first, second := s.flow(), s.flow("prompt", "none")
		require.Equal(t, first.id.Subject, second.id.Subject)
		require.Equal(t, first.Time, second.Time)
	})
	s.module(t, "oidcc-id-token-hint", func(t *testing.T) {
		first := s.flow()
		second := s.flow("prompt", "none", "id_token_hint", first.raw)
		require.Equal(t, first.id.Subject, second.id.Subject)
		require.Equal(t, first.Time, second.Time)
	})
}

func (s *suite) ages(t *testing.T) {
	s.module(t, "oidcc-max-age-1", func(t *testing.T) {
		first := s.flow()
		second := s.again("max_age", "1")
		require.Greater(t, second.Time, first.Time)
		require.LessOrEqual(t, s.now().Unix()-second.Time, int64(1+5))
	})
	s.module(t, "oidcc-max-age-10000", func(t *testing.T) {
		first, second := s.flow("max_age", "10000"), s.flow("max_age", "10000")
		require.NotZero(t, first.Time)
		require.Equal(t, first.Time, second.Time)
	})
}

func (s *suite) codesReused(t *testing.T) {
	for name, after := range map[string]time.Duration{"oidcc-codereuse": 0, "oidcc-codereuse-30seconds": 30 * time.Second} {
		s.module(t, name, func(t *testing.T) {
			verifier := oauth2.GenerateVerifier()
			code := s.code(s.client, verifier)
			token, err := s.client.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
			require.NoError(t, err)
			s.pass(after)
			_, err = s.client.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
			require.ErrorContains(t, err, "invalid_grant")
			status, _ := s.userinfo(token.AccessToken)
			require.Equal(t, http.StatusUnauthorized, status, "what the code gave is taken back")
		})
	}
}

// requestObjects are not served: discovery says so, and the application hears it under the code that stands for it.
func (s *suite) requestObjects(t *testing.T) {
	object := unsigned(t, map[string]any{"redirect_uri": "https://jadwal.example/callback", "scope": "openid", "nonce": "of the object"})
	for name, in := range map[string][]string{
		"oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": {"request", object, "request_not_supported"},
		"oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported":    {"request_uri", "https://jadwal.example/ask", "request_uri_not_supported"},
		"oidcc-ensure-request-object-with-redirect-uri":                                {"request", object, "request_not_supported"},
	} {
		s.module(t, name, func(t *testing.T) {
			var told struct {
				Object *bool `json:"request_parameter_supported"`
				Linked *bool `json:"request_uri_parameter_supported"`
			}
			s.discovered(&told)
			require.Equal(t, []bool{false, false}, []bool{*told.Object, *told.Linked})
			require.Equal(t, in[2], s.refused(in[0], in[1]).Get("error"))
		})
	}
}

func (s *suite) refreshed(t *testing.T) {
	s.module(t, "oidcc-refresh-token", func(t *testing.T) {
		first := s.flow()
		token, err := s.client.TokenSource(t.Context(), &oauth2.Token{RefreshToken: first.token.RefreshToken}).Token()
		require.NoError(t, err)
		second := s.read(token)
		require.NotEqual(t, first.token.AccessToken, token.AccessToken)
		require.Equal(t, first.id.Issuer, second.id.Issuer)
		require.Equal(t, first.id.Subject, second.id.Subject)
		require.Equal(t, first.id.Audience, second.id.Audience)
		require.Equal(t, first.Time, second.Time, "the sign-in's time, not the renewal's")
		require.Equal(t, first.Class, second.Class)
		require.False(t, second.id.IssuedAt.Before(first.id.IssuedAt))
		require.Contains(t, []string{"", first.id.Nonce}, second.id.Nonce)
		other := meetingRoom()
		other.ID = "arsip"
		mine := s.secret
		s.register(other)
		theirs := s.secret
		s.secret = mine
		status, body := s.post("/oidc/token", "arsip", theirs, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.RefreshToken}})
		require.Equal(t, http.StatusBadRequest, status)
		require.Equal(t, "invalid_grant", body["error"])
	})
}
