package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"loket/internal/keyring"
	"loket/internal/store"
	"loket/models"
)

// discoveryDocument is what the suite looks at.
type discoveryDocument struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	UserInfo      string   `json:"userinfo_endpoint"`
	Keys          string   `json:"jwks_uri"`
	End           string   `json:"end_session_endpoint"`
	Introspection string   `json:"introspection_endpoint"`
	Revocation    string   `json:"revocation_endpoint"`
	Responses     []string `json:"response_types_supported"`
	Subjects      []string `json:"subject_types_supported"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	Scopes        []string `json:"scopes_supported"`
	Claims        []string `json:"claims_supported"`
	Grants        []string `json:"grant_types_supported"`
	Methods       []string `json:"token_endpoint_auth_methods_supported"`
	BackChannel   bool     `json:"backchannel_logout_supported"`
}

// TestConfigCertification is the plan oidcc-config-certification-test-plan.
func TestConfigCertification(t *testing.T) {
	s := certify(t)
	s.module(t, "oidcc-discovery-endpoint-verification", func(t *testing.T) {
		var d discoveryDocument
		s.load(s.issuer+"/.well-known/openid-configuration", &d)
		require.Equal(t, s.issuer, d.Issuer)
		require.Contains(t, d.Responses, "code")
		require.Equal(t, []string{"public"}, d.Subjects)
		require.Contains(t, d.Algorithms, "RS256")
		require.Contains(t, d.Scopes, "openid")
		require.Subset(t, d.Claims, []string{"sub", "iss", "auth_time", "acr", "amr", "name", "email"})
		require.Contains(t, d.Grants, "authorization_code")
		require.Subset(t, d.Methods, []string{"client_secret_basic", "client_secret_post"})
		for _, address := range []string{d.Authorization, d.Token, d.UserInfo, d.Keys, d.End, d.Introspection, d.Revocation} {
			require.True(t, strings.HasPrefix(address, s.issuer+"/oidc/"), "of the issuer's own scheme and host: %s", address)
		}
		s.keysAreFit(d.Keys)
	})
}

// TestKeysOnACurve goes on from an installation whose key was ES256.
func TestKeysOnACurve(t *testing.T) {
	s := certifyOver(t, begin(t, nil))
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	plain, err := x509.MarshalPKCS8PrivateKey(own)
	require.NoError(t, err)
	under := s.ring.Current(keyring.Token)
	sealed, err := under.Seal("openid signing keys", "curve", plain)
	require.NoError(t, err)
	require.NoError(t, s.store.AddOpenIDKey(t.Context(), store.OpenIDKey{ID: "curve", AgencyID: models.DefaultAgency, SealedBy: under.ID, Sealed: sealed}, s.now()))
	raw := forge(t, jose.ES256, own, "curve", map[string]any{"iss": s.issuer, "aud": "jadwal", "sub": s.account.AccountID})
	published := func() map[string]string {
		var set jose.JSONWebKeySet
		s.load(s.issuer+"/oidc/jwks", &set)
		list := map[string]string{}
		for _, key := range set.Keys {
			list[key.KeyID] = key.Algorithm
		}
		return list
	}
	s.flow("id_token_hint", raw)
	require.Len(t, published(), 2, "a new key signs, and the old one is published for a day")
	require.Equal(t, "ES256", published()["curve"])
	s.pass(25 * time.Hour)
	require.Len(t, published(), 1)
	require.NotContains(t, published(), "curve")
	_, err = s.provider.Farewell(t.Context(), url.Values{"id_token_hint": {raw}})
	require.NoError(t, err)
	_, err = s.provider.Farewell(t.Context(), url.Values{"id_token_hint": {forge(t, jose.ES256, own, s.signs(), map[string]any{"iss": s.issuer, "aud": "jadwal", "sub": "x"})}})
	require.ErrorIs(t, err, models.ErrAskUnknown, "a key on a curve under the id of another")
}

// signs gives the id of the key that signs now.
func (s *suite) signs() string {
	s.t.Helper()
	var set jose.JSONWebKeySet
	s.load(s.issuer+"/oidc/jwks", &set)
	return set.Keys[0].KeyID
}

// keysAreFit looks at the published keys: public, each with its own id, use and algorithm, none too short.
func (s *suite) keysAreFit(address string) {
	s.t.Helper()
	var set jose.JSONWebKeySet
	s.load(address, &set)
	require.NotEmpty(s.t, set.Keys)
	seen := map[string]bool{}
	for _, key := range set.Keys {
		require.True(s.t, key.Valid() && key.IsPublic())
		require.Equal(s.t, []string{"sig", "RS256"}, []string{key.Use, key.Algorithm})
		require.False(s.t, key.KeyID == "" || seen[key.KeyID])
		seen[key.KeyID] = true
	}
	var raw struct{ Keys []map[string]string }
	s.load(address, &raw)
	for _, key := range raw.Keys {
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			require.NotContains(s.t, key, private)
		}
		modulus, err := base64.RawURLEncoding.DecodeString(key["n"])
		require.NoError(s.t, err)
		require.GreaterOrEqual(s.t, len(modulus)*8, 3072)
	}
}

// load reads JSON that is served as such.
func (s *suite) load(address string, into any) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, address, nil)
	require.NoError(s.t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(s.t, http.StatusOK, answer.StatusCode)
	require.Equal(s.t, "application/json", answer.Header.Get("Content-Type"))
	require.NoError(s.t, json.NewDecoder(answer.Body).Decode(into))
}

// part reads one part of a token.
func part(t *testing.T, text string, into any) {
	t.Helper()
	plain, err := base64.RawURLEncoding.DecodeString(text)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(plain, into))
}

// unsigned is a token that nobody signed.
func unsigned(t *testing.T, claims map[string]any) string {
	t.Helper()
	body, err := json.Marshal(claims)
	require.NoError(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none"}`)) + "." + encode(body) + "."
}
