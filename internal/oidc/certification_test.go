package oidc_test

import (
	"net/url"
	"testing"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"loket/internal/oidc"
	"loket/internal/store"
)

// suite is an application that asks what the OpenID Foundation's certification suite asks, module by module under the
// suite's own names. Every request carries PKCE, which the suite sends where a provider demands it.
type suite struct {
	*world
	found  *gooidc.Provider
	client *oauth2.Config
}

// certify signs somebody in a minute ago, so that what a module lets pass does not lead into the future.
func certify(t *testing.T) *suite {
	t.Helper()
	return certifyOver(t, setup(t))
}

func certifyOver(t *testing.T, w *world) *suite {
	t.Helper()
	w.pass(-time.Minute)
	w.session = w.signIn(w.account)
	found, c := w.relying()
	return &suite{w, found, c}
}

// module runs one of the suite's modules.
func (s *suite) module(t *testing.T, name string, check func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		before := s.t
		s.t = t
		defer func() { s.t = before }()
		check(t)
	})
}

// discovered reads the discovery document into a struct.
func (s *suite) discovered(into any) {
	s.t.Helper()
	require.NoError(s.t, s.found.Claims(into))
}

// told is what the application knows after a round through the code flow.
type told struct {
	token   *oauth2.Token
	raw     string
	id      *gooidc.IDToken
	Time    int64    `json:"auth_time"`
	Class   string   `json:"acr"`
	Methods []string `json:"amr"`
}

// flow asks with changes, redeems the code and verifies the ID token.
func (s *suite) flow(more ...string) told {
	s.t.Helper()
	verifier := oauth2.GenerateVerifier()
	return s.redeem(s.client, request(s.client, verifier, more...), verifier)
}

func (s *suite) redeem(c *oauth2.Config, form url.Values, verifier string) told {
	s.t.Helper()
	answer, step, err := s.ask(form)
	require.NoError(s.t, err)
	require.Equal(s.t, oidc.StepGrant, step)
	require.Equal(s.t, form.Get("state"), answer.Get("state"))
	token, err := c.Exchange(s.ctx, answer.Get("code"), oauth2.VerifierOption(verifier))
	require.NoError(s.t, err)
	return s.read(token)
}

func (s *suite) read(token *oauth2.Token) told {
	s.t.Helper()
	raw, ok := token.Extra("id_token").(string)
	require.True(s.t, ok)
	id, err := s.found.Verifier(&gooidc.Config{ClientID: s.client.ClientID, SupportedSigningAlgs: []string{gooidc.RS256}}).Verify(s.ctx, raw)
	require.NoError(s.t, err)
	require.NoError(s.t, id.VerifyAccessToken(token.AccessToken))
	out := told{token: token, raw: raw, id: id}
	require.NoError(s.t, id.Claims(&out))
	return out
}

// again asks for the password as the page does, two seconds later, and goes on.
func (s *suite) again(more ...string) told {
	s.t.Helper()
	verifier := oauth2.GenerateVerifier()
	s.pass(2 * time.Second)
	asked, err := s.provider.Ask(s.ctx, request(s.client, verifier, more...))
	require.NoError(s.t, err)
	step, err := s.provider.Next(s.ctx, asked, s.visitor())
	require.NoError(s.t, err)
	require.Equal(s.t, oidc.StepProve, step)
	_, err = s.store.Prove(s.ctx, s.account, store.Proof{SessionID: s.session})
	require.NoError(s.t, err)
	return s.redeem(s.client, asked.After(step), verifier)
}

// refused asks with changes and gives what the application hears.
func (s *suite) refused(more ...string) url.Values {
	s.t.Helper()
	answer, _, err := s.ask(request(s.client, oauth2.GenerateVerifier(), more...))
	require.Error(s.t, err)
	require.Empty(s.t, answer.Get("code"))
	require.Equal(s.t, "a-state", answer.Get("state"))
	return answer
}
