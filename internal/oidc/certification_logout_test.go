package oidc_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

const farewellPage = "https://jadwal.example/bye"

// leave opens the application, brings a wish to be signed out, and agrees to it as the page does. An error is a page of
// ours that signs nobody out.
func (s *suite) leave(change func(form url.Values)) (to string, err error) {
	s.t.Helper()
	s.session = s.signIn(s.account)
	form := url.Values{"id_token_hint": {s.flow().raw}, "post_logout_redirect_uri": {farewellPage}, "state": {"a farewell"}}
	change(form)
	f, err := s.provider.Farewell(s.ctx, form)
	if err != nil {
		require.NotEmpty(s.t, s.flow("prompt", "none").id.Subject, "still signed in")
		return "", err
	}
	require.Contains(s.t, []string{"", s.account.AccountID}, f.Account)
	require.NoError(s.t, s.store.EndSession(s.ctx, s.account, s.session))
	s.session = ""
	require.Equal(s.t, "login_required", s.refused("prompt", "none").Get("error"))
	return f.To, nil
}

// TestLogoutCertification is the plan oidcc-rp-initiated-logout-certification-test-plan. That the page asks before it
// signs out, and that it does, is an end-to-end test's.
func TestLogoutCertification(t *testing.T) {
	s := certify(t)
	s.module(t, "oidcc-rp-initiated-logout-discovery-endpoint-verification", func(t *testing.T) {
		var d discoveryDocument
		s.discovered(&d)
		u, err := url.Parse(d.End)
		require.NoError(t, err)
		require.True(t, u.IsAbs())
		require.Empty(t, u.RawQuery+u.Fragment)
	})
	const nowhere = ""
	without := func(names ...string) func(url.Values) {
		return func(form url.Values) {
			for _, name := range names {
				form.Del(name)
			}
		}
	}
	with := func(name string, value func(string) string) func(url.Values) {
		return func(form url.Values) { form.Set(name, value(form.Get(name))) }
	}
	for name, in := range map[string]struct {
		change func(form url.Values)
		to     string
		err    error
	}{
		"oidcc-rp-initiated-logout":                                              {without(), farewellPage + "?state=a+farewell", nil},
		"oidcc-rp-initiated-logout-no-state":                                     {without("state"), farewellPage, nil},
		"oidcc-rp-initiated-logout-no-params":                                    {without("id_token_hint", "post_logout_redirect_uri", "state"), nowhere, nil},
		"oidcc-rp-initiated-logout-only-state":                                   {without("id_token_hint", "post_logout_redirect_uri"), nowhere, nil},
		"oidcc-rp-initiated-logout-no-post-logout-redirect-uri":                  {without("post_logout_redirect_uri"), nowhere, nil},
		"oidcc-rp-initiated-logout-no-id-token-hint":                             {without("id_token_hint"), nowhere, models.ErrAskUnknown},
		"oidcc-rp-initiated-logout-bad-post-logout-redirect-uri":                 {with("post_logout_redirect_uri", elsewhere), nowhere, models.ErrAskUnknown},
		"oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri":      {with("post_logout_redirect_uri", queried), nowhere, models.ErrAskUnknown},
		"oidcc-rp-initiated-logout-modified-id-token-hint":                       {with("id_token_hint", modified), nowhere, models.ErrAskUnknown},
		"oidcc-rp-initiated-logout-bad-id-token-hint":                            {with("id_token_hint", func(string) string { return "not a token" }), nowhere, models.ErrAskUnknown},
		"an application that gives its id in place of a hint may name its place": {func(form url.Values) { form.Del("id_token_hint"); form.Set("client_id", "jadwal") }, farewellPage + "?state=a+farewell", nil},
	} {
		s.module(t, name, func(t *testing.T) {
			to, err := s.leave(in.change)
			require.ErrorIs(t, err, in.err)
			require.Equal(t, in.to, to)
		})
	}
}

func elsewhere(string) string { return "https://jadwal.example/bye/elsewhere" }

func queried(address string) string { return address + "?foo=bar" }

// modified changes the signature.
func modified(token string) string {
	cut := strings.LastIndex(token, ".") + 10
	other := "A"
	if token[cut:cut+1] == other {
		other = "B"
	}
	return token[:cut] + other + token[cut+1:]
}
