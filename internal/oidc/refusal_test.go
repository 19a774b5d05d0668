package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"loket/internal/oidc"
	"loket/models"
)

func TestRedirectsMatchExactly(t *testing.T) {
	w := setup(t)
	_, c := w.relying()
	local := meetingRoom()
	local.ID, local.Redirects = "lokal", []string{"http://127.0.0.1:9000/callback"}
	secret := w.secret
	w.register(local)
	w.secret = secret
	for _, address := range []string{
		"", "https://jadwal.example/callback/", "https://jadwal.example/callback?a=b", "https://jadwal.example/callback#", "https://jadwal.example/callback%20",
		"https://jadwal.example/Callback", "https://JADWAL.example/callback", "HTTPS://jadwal.example/callback", "http://jadwal.example/callback",
		"https://jadwal.example:443/callback", "https://jadwal.example./callback", "https://jadwal.example/./callback", "https://jadwal.example/a/../callback",
		"https://jadwal.example//callback", "https://jadwal.example/callback\x00", " https://jadwal.example/callback", "https://user@jadwal.example/callback",
		"https://jadwal.example@thief.example/callback", "https://jadwal.example.thief.example/callback", "https://thief.example/callback",
		"https://jadwal.example\\@thief.example/callback", "//jadwal.example/callback", "javascript:alert(1)", "https://jadwal.example/%63allback",
	} {
		_, err := w.provider.Ask(t.Context(), request(c, oauth2.GenerateVerifier(), "redirect_uri", address))
		require.ErrorIs(t, err, models.ErrAskUnknown, address)
	}
	t.Run("nor does the port of this machine's addresses vary", func(t *testing.T) {
		_, err := w.provider.Ask(t.Context(), request(c, oauth2.GenerateVerifier(), "client_id", "lokal", "redirect_uri", "http://127.0.0.1:9001/callback"))
		require.ErrorIs(t, err, models.ErrAskUnknown)
		_, err = w.provider.Ask(t.Context(), request(c, oauth2.GenerateVerifier(), "client_id", "lokal", "redirect_uri", "http://127.0.0.1:9000/callback"))
		require.NoError(t, err)
	})
	t.Run("a parameter that is there twice is refused", func(t *testing.T) {
		form := request(c, oauth2.GenerateVerifier())
		form.Add("redirect_uri", "https://thief.example/callback")
		_, err := w.provider.Ask(t.Context(), form)
		require.ErrorIs(t, err, models.ErrAskUnknown)
	})
	t.Run("the exchange names the same address", func(t *testing.T) {
		verifier := oauth2.GenerateVerifier()
		other := *c
		other.RedirectURL = "https://jadwal.example/other"
		_, err := other.Exchange(t.Context(), w.code(c, verifier), oauth2.VerifierOption(verifier))
		require.ErrorContains(t, err, "invalid_grant")
	})
}

func TestRequestsRefused(t *testing.T) {
	w := setup(t)
	_, c := w.relying()
	for name, in := range map[string]struct {
		change []string
		code   string
	}{
		"without a challenge":          {[]string{"code_challenge", ""}, "invalid_request"},
		"with a plain challenge":       {[]string{"code_challenge_method", "plain"}, "invalid_request"},
		"without the method":           {[]string{"code_challenge_method", ""}, "invalid_request"},
		"with half a challenge":        {[]string{"code_challenge", "tooshort"}, "invalid_request"},
		"for the implicit flow":        {[]string{"response_type", "id_token token"}, "unsupported_response_type"},
		"with a request object":        {[]string{"request", "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"},
		"with a request elsewhere":     {[]string{"request_uri", "https://thief.example/"}, "request_uri_not_supported"},
		"for a scope that nobody has":  {[]string{"scope", "openid admin"}, "invalid_scope"},
		"without openid":               {[]string{"scope", "profile"}, "invalid_scope"},
		"for an answer by form":        {[]string{"response_mode", "form_post"}, "invalid_request"},
		"with an unknown prompt":       {[]string{"prompt", "create"}, "invalid_request"},
		"with none and another prompt": {[]string{"prompt", "none login"}, "invalid_request"},
		"with a max_age of words":      {[]string{"max_age", "long"}, "invalid_request"},
	} {
		answer, _, err := w.ask(request(c, oauth2.GenerateVerifier(), in.change...))
		require.Error(t, err, name)
		require.Equal(t, in.code, answer.Get("error"), name)
		require.Equal(t, "a-state", answer.Get("state"), name)
		require.NotEmpty(t, answer.Get("error_description"), name)
		require.Empty(t, answer.Get("code"), name)
	}
	t.Run("an exchange without its verifier is refused", func(t *testing.T) {
		_, err := c.Exchange(t.Context(), w.code(c, oauth2.GenerateVerifier()))
		require.ErrorContains(t, err, "invalid_")
	})
	t.Run("no other grant is served", func(t *testing.T) {
		for _, grant := range []string{"client_credentials", "password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer"} {
			status, _ := w.post("/oidc/token", "jadwal", w.secret, url.Values{"grant_type": {grant}, "username": {"sekar.anggraini"}, "password": {"x"}})
			require.Equal(t, http.StatusBadRequest, status, grant)
		}
	})
}

func TestWhatIsAskedOfPeople(t *testing.T) {
	w := setup(t)
	_, c := w.relying()
	opened := w.session
	third := meetingRoom()
	third.ID, third.ThirdParty = "mitra", true
	secret := w.secret
	w.register(third)
	closed := meetingRoom()
	closed.ID, closed.Access = "tertutup", models.AccessByGrant
	w.register(closed)
	w.secret = secret
	ask := func(set func(), more ...string) (url.Values, oidc.Step) {
		w.session, w.proved, w.agreed, w.owes = opened, false, false, false
		set()
		answer, step, _ := w.ask(request(c, oauth2.GenerateVerifier(), more...))
		return answer, step
	}
	as := func() {}
	nobody := func() { w.session = "" }
	proved := func() { w.proved = true }
	agreed := func() { w.agreed = true }
	owing := func() { w.owes = true }
	for name, in := range map[string]struct {
		set  func()
		more []string
		step oidc.Step
		code string
	}{
		"nobody signs in first":                        {nobody, nil, oidc.StepSignIn, ""},
		"prompt=none with nobody there":                {nobody, []string{"prompt", "none"}, "", "login_required"},
		"prompt=none with somebody there":              {as, []string{"prompt", "none"}, oidc.StepGrant, ""},
		"prompt=login asks again":                      {as, []string{"prompt", "login"}, oidc.StepProve, ""},
		"prompt=login, once proved":                    {proved, []string{"prompt", "login"}, oidc.StepGrant, ""},
		"max_age that has passed":                      {as, []string{"max_age", "0"}, oidc.StepProve, ""},
		"max_age that has not":                         {as, []string{"max_age", "3600"}, oidc.StepGrant, ""},
		"max_age that has passed, without asking":      {as, []string{"max_age", "0", "prompt", "none"}, "", "login_required"},
		"who it is comes before their password":        {as, []string{"prompt", "login select_account"}, oidc.StepChoose, ""},
		"what they owe comes before it too":            {owing, []string{"prompt", "login"}, oidc.StepOwed, ""},
		"what they owe comes after who it is":          {owing, []string{"prompt", "select_account"}, oidc.StepChoose, ""},
		"prompt=none with somebody who owes something": {owing, []string{"prompt", "none"}, "", "interaction_required"},
		"select_account asks who":                      {as, []string{"prompt", "select_account"}, oidc.StepChoose, ""},
		"a third party needs agreement":                {as, []string{"client_id", "mitra"}, oidc.StepConsent, ""},
		"a third party, without asking":                {as, []string{"client_id", "mitra", "prompt", "none"}, "", "consent_required"},
		"the agency's own asks for consent if told to": {as, []string{"prompt", "consent"}, oidc.StepConsent, ""},
		"whoever has no access hears so":               {as, []string{"client_id", "tertutup"}, "", "access_denied"},
	} {
		answer, step := ask(in.set, in.more...)
		require.Equal(t, in.step, step, name)
		require.Equal(t, in.code, answer.Get("error"), name)
	}
	t.Run("what is done is not asked for again", func(t *testing.T) {
		for prompt, done := range map[string]oidc.Step{"login": oidc.StepProve, "select_account": oidc.StepChoose} {
			a, err := w.provider.Ask(t.Context(), request(c, oauth2.GenerateVerifier(), "prompt", prompt+" consent", "max_age", "0"))
			require.NoError(t, err)
			require.Equal(t, "consent", a.After(done).Get("prompt"))
			require.Equal(t, done == oidc.StepChoose, a.After(done).Has("max_age"))
		}
	})
	t.Run("whoever signs in as somebody else gives the password once", func(t *testing.T) {
		a, err := w.provider.Ask(t.Context(), request(c, oauth2.GenerateVerifier(), "prompt", "login select_account", "max_age", "0"))
		require.NoError(t, err)
		after := a.After(oidc.StepChoose, oidc.StepSignIn)
		require.False(t, after.Has("prompt"))
		require.False(t, after.Has("max_age"))
	})
	t.Run("what was agreed to is remembered, and more is asked for again", func(t *testing.T) {
		answer, _ := ask(agreed, "client_id", "mitra", "scope", "openid profile")
		require.NotEmpty(t, answer.Get("code"))
		_, step := ask(as, "client_id", "mitra", "scope", "openid profile")
		require.Equal(t, oidc.StepGrant, step)
		_, step = ask(as, "client_id", "mitra", "scope", "openid profile email")
		require.Equal(t, oidc.StepConsent, step)
	})
	t.Run("a hint at somebody else asks who it is", func(t *testing.T) {
		w.session, w.proved, w.agreed = opened, false, false
		raw, ok := w.tokens(c).Extra("id_token").(string)
		require.True(t, ok)
		_, step := ask(as, "id_token_hint", raw)
		require.Equal(t, oidc.StepGrant, step)
		first := w.account
		w.account = w.person("bayu.yanti")
		defer func() { w.account = first }()
		_, step = ask(as, "id_token_hint", raw)
		require.Equal(t, oidc.StepChoose, step)
		answer, _ := ask(as, "id_token_hint", raw, "prompt", "none")
		require.Equal(t, "login_required", answer.Get("error"))
	})
}

// forge signs claims as somebody else might.
func forge(t *testing.T, alg jose.SignatureAlgorithm, key any, kid string, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", kid))
	require.NoError(t, err)
	payload, err := json.Marshal(claims)
	require.NoError(t, err)
	signed, err := signer.Sign(payload)
	require.NoError(t, err)
	raw, err := signed.CompactSerialize()
	require.NoError(t, err)
	return raw
}

func TestForgedTokens(t *testing.T) {
	w := setup(t)
	found, c := w.relying()
	real, ok := w.tokens(c).Extra("id_token").(string)
	require.True(t, ok)
	var set jose.JSONWebKeySet
	var told struct {
		Keys string `json:"jwks_uri"`
	}
	require.NoError(t, found.Claims(&told))
	answer, err := http.Get(told.Keys)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&set))
	require.Len(t, set.Keys, 1)
	require.True(t, set.Keys[0].IsPublic())
	kid := set.Keys[0].KeyID
	public, err := x509.MarshalPKIXPublicKey(set.Keys[0].Key)
	require.NoError(t, err)
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	claims := map[string]any{"iss": w.issuer, "aud": "jadwal", "sub": w.account.AccountID, "sid": w.session, "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix()}
	part := func(v any) string {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		return base64.RawURLEncoding.EncodeToString(text)
	}
	parts := strings.Split(real, ".")
	changed := map[string]any{}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(payload, &changed))
	changed["sub"] = "somebody else"
	attacks := map[string]string{
		"alg none":                       part(map[string]any{"alg": "none", "kid": kid}) + "." + part(claims) + ".",
		"alg None":                       part(map[string]any{"alg": "None", "kid": kid}) + "." + part(claims) + ".",
		"HS256 with the public key":      forge(t, jose.HS256, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), kid, claims),
		"HS256 with the key's bytes":     forge(t, jose.HS256, public, kid, claims),
		"another key under our id":       forge(t, jose.ES256, own, kid, claims),
		"another key under its own id":   forge(t, jose.ES256, own, "mine", claims),
		"our signature, other claims":    parts[0] + "." + part(changed) + "." + parts[2],
		"no signature":                   parts[0] + "." + parts[1] + ".",
		"a zero signature":               parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 64)),
		"two parts":                      parts[0] + "." + parts[1],
		"words":                          "not.a.token",
		"a key in the header":            part(map[string]any{"alg": "ES256", "jwk": jose.JSONWebKey{Key: own.Public()}}) + "." + part(claims) + ".c2ln",
		"a kid that is a path":           forge(t, jose.ES256, own, "../../keys", claims),
		"more than eight thousand bytes": real + strings.Repeat("A", 9000),
	}
	for name, token := range attacks {
		status, _ := w.userinfo(token)
		require.Equal(t, http.StatusUnauthorized, status, name)
		require.False(t, w.active(token), name)
		_, err := w.provider.Farewell(t.Context(), url.Values{"id_token_hint": {token}})
		require.ErrorIs(t, err, models.ErrAskUnknown, name)
		answer, _, err := w.ask(request(c, oauth2.GenerateVerifier(), "id_token_hint", token))
		require.Error(t, err, name)
		require.Equal(t, "invalid_request", answer.Get("error"), name)
	}
	t.Run("a real ID token opens nothing either, but is a hint", func(t *testing.T) {
		status, _ := w.userinfo(real)
		require.Equal(t, http.StatusUnauthorized, status)
		require.False(t, w.active(real))
		_, err := w.provider.Farewell(t.Context(), url.Values{"id_token_hint": {real}})
		require.NoError(t, err)
	})
	t.Run("one of another provider or for another application is none", func(t *testing.T) {
		other := meetingRoom()
		other.ID, other.PostLogout = "arsip", []string{"https://arsip.example/bye"}
		w.register(other)
		_, err := w.provider.Farewell(t.Context(), url.Values{"id_token_hint": {real}, "client_id": {"arsip"}})
		require.ErrorIs(t, err, models.ErrAskUnknown)
	})
}

func TestFarewell(t *testing.T) {
	w := setup(t)
	_, c := w.relying()
	raw, ok := w.tokens(c).Extra("id_token").(string)
	require.True(t, ok)
	t.Run("the way back is one that is registered, with the state", func(t *testing.T) {
		f, err := w.provider.Farewell(t.Context(), url.Values{"id_token_hint": {raw}, "post_logout_redirect_uri": {"https://jadwal.example/bye"}, "state": {"s 1"}})
		require.NoError(t, err)
		require.Equal(t, "https://jadwal.example/bye?state=s+1", f.To)
		require.Equal(t, "https://jadwal.example", f.Origin())
		require.Equal(t, []string{w.account.AccountID, w.session}, []string{f.Account, f.Session})
	})
	for i, address := range []string{"https://jadwal.example/", "https://jadwal.example/bye/", "https://jadwal.example/callback", "https://thief.example/bye", "javascript:1"} {
		_, err := w.provider.Farewell(t.Context(), url.Values{"id_token_hint": {raw}, "post_logout_redirect_uri": {address}})
		require.ErrorIs(t, err, models.ErrAskUnknown, fmt.Sprint(i))
	}
	t.Run("a way back without an application is none", func(t *testing.T) {
		_, err := w.provider.Farewell(t.Context(), url.Values{"post_logout_redirect_uri": {"https://jadwal.example/bye"}})
		require.ErrorIs(t, err, models.ErrAskUnknown)
		f, err := w.provider.Farewell(t.Context(), url.Values{})
		require.NoError(t, err)
		require.Empty(t, f.To)
	})
}

// TestWrongSecretIsChallenged reads RFC 6749 5.2: whoever tries by a header hears by which.
func TestWrongSecretIsChallenged(t *testing.T) {
	w := setup(t)
	form := url.Values{"grant_type": {"authorization_code"}, "code": {"none"}, "token": {"none"}, "redirect_uri": {"https://jadwal.example/callback"}, "code_verifier": {oauth2.GenerateVerifier()}}
	for _, path := range []string{"/oidc/token", "/oidc/introspect", "/oidc/revoke"} {
		for basic, challenge := range map[bool]string{true: `Basic realm="` + w.issuer + `"`, false: ""} {
			sent := maps.Clone(form)
			if !basic {
				sent.Set("client_id", "jadwal")
				sent.Set("client_secret", "a guess")
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.issuer+path, strings.NewReader(sent.Encode()))
			require.NoError(t, err)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if basic {
				r.SetBasicAuth("jadwal", "a guess")
			}
			answer, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			require.Equal(t, http.StatusUnauthorized, answer.StatusCode, path)
			require.Equal(t, challenge, answer.Header.Get("WWW-Authenticate"), path)
		}
	}
}
