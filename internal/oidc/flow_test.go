package oidc_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"loket/models"
)

func TestCodeFlow(t *testing.T) {
	w := setup(t)
	found, c := w.relying()
	t.Run("discovery tells what there is", func(t *testing.T) {
		var told struct {
			Methods  []string `json:"code_challenge_methods_supported"`
			End      string   `json:"end_session_endpoint"`
			Subjects []string `json:"subject_types_supported"`
		}
		require.NoError(t, found.Claims(&told))
		require.Equal(t, []string{"S256"}, told.Methods)
		require.Equal(t, w.issuer+"/oidc/end-session", told.End)
		require.Equal(t, []string{"public"}, told.Subjects)
	})
	t.Run("a code is exchanged for tokens that say who it is", func(t *testing.T) {
		verifier := oauth2.GenerateVerifier()
		answer, _, err := w.ask(request(c, verifier))
		require.NoError(t, err)
		require.Equal(t, "a-state", answer.Get("state"))
		require.Equal(t, w.issuer, answer.Get("iss"))
		token, err := c.Exchange(t.Context(), answer.Get("code"), oauth2.VerifierOption(verifier))
		require.NoError(t, err)
		require.NotEmpty(t, token.RefreshToken)
		require.InDelta(t, 600, time.Until(token.Expiry).Seconds(), 5)
		raw, ok := token.Extra("id_token").(string)
		require.True(t, ok)
		id, err := found.Verifier(&gooidc.Config{ClientID: "jadwal"}).Verify(t.Context(), raw)
		require.NoError(t, err)
		require.Equal(t, w.account.AccountID, id.Subject)
		require.Equal(t, "a-nonce", id.Nonce)
		require.NoError(t, id.VerifyAccessToken(token.AccessToken))
		require.InDelta(t, 600, time.Until(id.Expiry).Seconds(), 5)
		var claims struct {
			Session  string `json:"sid"`
			AuthTime int64  `json:"auth_time"`
		}
		require.NoError(t, id.Claims(&claims))
		require.Equal(t, w.session, claims.Session)
		require.InDelta(t, time.Now().Unix(), claims.AuthTime, 60)
		info, err := found.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
		require.NoError(t, err)
		require.Equal(t, w.account.AccountID, info.Subject)
		require.Equal(t, "sekar.anggraini@kem.example", info.Email)
	})
	t.Run("userinfo gives what the scopes open and never an identity number", func(t *testing.T) {
		status, body := w.userinfo(w.tokens(c).AccessToken)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, "Sekar Anggraini", body["name"])
		require.Equal(t, "sekar.anggraini", body["preferred_username"])
		require.Contains(t, body, "roles")
		require.NotContains(t, body, "nip")
		require.NotContains(t, body, "nik")
		narrow := *c
		narrow.Scopes = []string{"openid"}
		_, body = w.userinfo(w.tokens(&narrow).AccessToken)
		require.Equal(t, map[string]any{"sub": w.account.AccountID}, body)
	})
	t.Run("whoever sends no state gets none back", func(t *testing.T) {
		answer, _, err := w.ask(request(c, oauth2.GenerateVerifier(), "state", ""))
		require.NoError(t, err)
		require.NotEmpty(t, answer.Get("code"))
		require.False(t, answer.Has("state"))
	})
	t.Run("the secret may come in the form, and a wrong one is refused", func(t *testing.T) {
		posting := *c
		posting.Endpoint.AuthStyle = oauth2.AuthStyleInParams
		w.tokens(&posting)
		posting.ClientSecret = "a guess"
		verifier := oauth2.GenerateVerifier()
		_, err := posting.Exchange(t.Context(), w.code(&posting, verifier), oauth2.VerifierOption(verifier))
		require.ErrorContains(t, err, "invalid_client")
	})
	t.Run("a public application needs its verifier alone", func(t *testing.T) {
		phone := meetingRoom()
		phone.ID, phone.Kind = "ponsel", models.ApplicationPublic
		w.register(phone)
		public := *c
		public.ClientID, public.ClientSecret, public.Endpoint.AuthStyle = "ponsel", "", oauth2.AuthStyleInParams
		w.tokens(&public)
	})
}

func TestCodesAreUsedOnce(t *testing.T) {
	t.Run("of fifty exchanges at once one succeeds, and a later one ends what it got", func(t *testing.T) {
		w := setup(t)
		_, c := w.relying()
		verifier := oauth2.GenerateVerifier()
		code := w.code(c, verifier)
		var won atomic.Pointer[oauth2.Token]
		var wins atomic.Int32
		var work sync.WaitGroup
		for range 50 {
			work.Go(func() {
				if token, err := c.Exchange(t.Context(), code, oauth2.VerifierOption(verifier)); err == nil {
					wins.Add(1)
					won.Store(token)
				}
			})
		}
		work.Wait()
		require.Equal(t, int32(1), wins.Load())
		_, err := c.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
		require.ErrorContains(t, err, "invalid_grant")
		require.False(t, w.active(won.Load().AccessToken))
		require.False(t, w.active(won.Load().RefreshToken))
		status, _ := w.userinfo(won.Load().AccessToken)
		require.Equal(t, http.StatusUnauthorized, status)
	})
	t.Run("a code is over after a minute", func(t *testing.T) {
		w := setup(t)
		_, c := w.relying()
		verifier := oauth2.GenerateVerifier()
		code := w.code(c, verifier)
		w.pass(61 * time.Second)
		_, err := c.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
		require.ErrorContains(t, err, "invalid_grant")
	})
	t.Run("a wrong verifier spends the code", func(t *testing.T) {
		w := setup(t)
		_, c := w.relying()
		verifier := oauth2.GenerateVerifier()
		code := w.code(c, verifier)
		_, err := c.Exchange(t.Context(), code, oauth2.VerifierOption(oauth2.GenerateVerifier()))
		require.ErrorContains(t, err, "invalid_grant")
		_, err = c.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
		require.ErrorContains(t, err, "invalid_grant")
	})
	t.Run("another application's code opens nothing", func(t *testing.T) {
		w := setup(t)
		_, c := w.relying()
		other := meetingRoom()
		other.ID = "arsip"
		mine := w.secret
		w.register(other)
		stolen := *c
		stolen.ClientID, stolen.ClientSecret = "arsip", w.secret
		w.secret = mine
		verifier := oauth2.GenerateVerifier()
		_, err := stolen.Exchange(t.Context(), w.code(c, verifier), oauth2.VerifierOption(verifier))
		require.ErrorContains(t, err, "invalid_grant")
	})
}

func TestRefresh(t *testing.T) {
	refresh := func(w *world, token string) (int, map[string]any) {
		return w.post("/oidc/token", "jadwal", w.secret, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
	}
	t.Run("a refresh token is renewed each time, and a used one ends the family", func(t *testing.T) {
		w := setup(t)
		_, c := w.relying()
		first := w.tokens(c)
		status, second := refresh(w, first.RefreshToken)
		require.Equal(t, http.StatusOK, status)
		require.NotEqual(t, first.RefreshToken, second["refresh_token"])
		require.NotEmpty(t, second["id_token"])
		require.True(t, w.active(second["access_token"].(string)))
		status, body := refresh(w, first.RefreshToken)
		require.Equal(t, http.StatusBadRequest, status)
		require.Equal(t, "invalid_grant", body["error"])
		require.False(t, w.active(second["access_token"].(string)))
		status, _ = refresh(w, second["refresh_token"].(string))
		require.Equal(t, http.StatusBadRequest, status)
	})
	t.Run("of twenty at once one at most succeeds", func(t *testing.T) {
		w := setup(t)
		_, c := w.relying()
		token := w.tokens(c).RefreshToken
		var wins atomic.Int32
		var work sync.WaitGroup
		for range 20 {
			work.Go(func() {
				if status, _ := refresh(w, token); status == http.StatusOK {
					wins.Add(1)
				}
			})
		}
		work.Wait()
		require.Equal(t, int32(1), wins.Load())
	})
	t.Run("nothing is renewed twelve hours after the beginning, however often it was before", func(t *testing.T) {
		w := setup(t)
		opened := w.session
		_, c := w.relying()
		token := w.tokens(c).RefreshToken
		w.pass(7 * time.Hour)
		status, body := refresh(w, token)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, opened, w.session)
		w.pass(6 * time.Hour)
		status, _ = refresh(w, body["refresh_token"].(string))
		require.Equal(t, http.StatusBadRequest, status)
	})
	t.Run("nothing is renewed once the session, the account or the access is gone", func(t *testing.T) {
		for name, end := range map[string]func(w *world){
			"session": func(w *world) { require.NoError(t, w.store.EndSession(t.Context(), w.account, w.session)) },
			"application": func(w *world) {
				app := meetingRoom()
				app.Version, app.Access = 1, models.AccessByGrant
				require.NoError(t, w.store.SaveApplication(t.Context(), admin(), app))
			},
			"switched off": func(w *world) {
				app := meetingRoom()
				app.Version, app.Enabled = 1, false
				require.NoError(t, w.store.SaveApplication(t.Context(), admin(), app))
			},
		} {
			w := setup(t)
			_, c := w.relying()
			token := w.tokens(c)
			end(w)
			status, _ := refresh(w, token.RefreshToken)
			require.GreaterOrEqual(t, status, 400, name)
			status, _ = w.userinfo(token.AccessToken)
			require.Equal(t, http.StatusUnauthorized, status, name)
		}
	})
}

func TestRevocation(t *testing.T) {
	for _, which := range []string{"access", "refresh"} {
		t.Run("giving the "+which+" token back ends both", func(t *testing.T) {
			w := setup(t)
			_, c := w.relying()
			token := w.tokens(c)
			gone := map[string]string{"access": token.AccessToken, "refresh": token.RefreshToken}[which]
			require.True(t, w.active(token.AccessToken))
			require.True(t, w.active(token.RefreshToken))
			status, _ := w.post("/oidc/revoke", "jadwal", "a guess", url.Values{"token": {gone}})
			require.Equal(t, http.StatusUnauthorized, status)
			require.True(t, w.active(token.AccessToken))
			status, _ = w.post("/oidc/revoke", "jadwal", w.secret, url.Values{"token": {gone}})
			require.Equal(t, http.StatusOK, status)
			require.False(t, w.active(token.AccessToken))
			require.False(t, w.active(token.RefreshToken))
		})
	}
	t.Run("introspection tells nobody about the tokens of others", func(t *testing.T) {
		w := setup(t)
		_, c := w.relying()
		token, mine := w.tokens(c), w.secret
		other := meetingRoom()
		other.ID = "arsip"
		w.register(other)
		_, body := w.post("/oidc/introspect", "arsip", w.secret, url.Values{"token": {token.AccessToken}})
		require.Equal(t, map[string]any{"active": false}, body)
		status, _ := w.post("/oidc/introspect", "", "", url.Values{"token": {token.AccessToken}})
		require.Equal(t, http.StatusUnauthorized, status)
		w.secret = mine
		_, body = w.post("/oidc/introspect", "jadwal", w.secret, url.Values{"token": {token.AccessToken}})
		require.Equal(t, w.account.AccountID, body["sub"])
		require.Equal(t, "jadwal", body["client_id"])
		require.Equal(t, "sekar.anggraini", body["username"])
	})
}

func TestKeysAreRenewed(t *testing.T) {
	w := begin(t, nil)
	w.pass(-92 * 24 * time.Hour)
	w.session = w.signIn(w.account)
	found, c := w.relying()
	old, ok := w.tokens(c).Extra("id_token").(string)
	require.True(t, ok)
	w.pass(91 * 24 * time.Hour)
	w.session = w.signIn(w.account)
	token := w.tokens(c)
	fresh, ok := token.Extra("id_token").(string)
	require.True(t, ok)
	verify := found.Verifier(&gooidc.Config{ClientID: "jadwal", SkipExpiryCheck: true})
	for name, raw := range map[string]string{"new": fresh, "old": old} {
		_, err := verify.Verify(t.Context(), raw)
		require.NoError(t, err, name)
	}
	t.Run("an old key verifies a hint, and is published no more after a day", func(t *testing.T) {
		w.pass(25 * time.Hour)
		again, err := gooidc.NewProvider(t.Context(), w.issuer)
		require.NoError(t, err)
		_, err = again.Verifier(&gooidc.Config{ClientID: "jadwal", SkipExpiryCheck: true}).Verify(t.Context(), old)
		require.Error(t, err)
		_, err = w.provider.Farewell(t.Context(), url.Values{"id_token_hint": {old}})
		require.NoError(t, err)
	})
}

func TestBackChannel(t *testing.T) {
	w := setup(t)
	heard := make(chan string, 4)
	app := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		heard <- r.FormValue("logout_token")
	}))
	t.Cleanup(app.Close)
	room := meetingRoom()
	room.Version, room.BackChannel = 1, app.URL
	require.NoError(t, w.store.SaveApplication(t.Context(), admin(), room))
	found, c := w.relying()
	w.tokens(c)
	w.tokens(c)
	go w.provider.Run(t.Context())
	require.NoError(t, w.store.EndSession(t.Context(), w.account, w.session))
	w.provider.Wake()
	select {
	case token := <-heard:
		checked, err := found.Verifier(&gooidc.Config{ClientID: "jadwal"}).Verify(t.Context(), token)
		require.NoError(t, err)
		var claims struct {
			Session string         `json:"sid"`
			Events  map[string]any `json:"events"`
			Nonce   string         `json:"nonce"`
		}
		require.NoError(t, checked.Claims(&claims))
		require.Equal(t, w.session, claims.Session)
		require.Contains(t, claims.Events, "http://schemas.openid.net/event/backchannel-logout")
		require.Empty(t, claims.Nonce)
	case <-time.After(10 * time.Second):
		t.Fatal("the application heard nothing")
	}
	require.Empty(t, heard, "one session, one farewell")
}

// TestBackChannelOfOneThatHangs leaves an application that answers nobody, and another one after it.
func TestBackChannelOfOneThatHangs(t *testing.T) {
	w := setup(t)
	release := make(chan struct{})
	var asked atomic.Int32
	dead := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked.Add(1)
		<-release
	}))
	t.Cleanup(dead.Close)
	t.Cleanup(func() { close(release) })
	heard := make(chan string, 8)
	alive := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { heard <- r.FormValue("logout_token") }))
	t.Cleanup(alive.Close)
	room := meetingRoom()
	room.Version, room.BackChannel = 1, dead.URL
	require.NoError(t, w.store.SaveApplication(t.Context(), admin(), room))
	_, c := w.relying()
	for range 3 {
		w.session = w.signIn(w.account)
		w.tokens(c)
		require.NoError(t, w.store.EndSession(t.Context(), w.account, w.session))
	}
	_, err := w.store.EndGoneSessions(t.Context())
	require.NoError(t, err)
	archive := meetingRoom()
	archive.ID, archive.BackChannel = "arsip", alive.URL
	w.register(archive)
	c.ClientID, c.ClientSecret = "arsip", w.secret
	w.session = w.signIn(w.account)
	w.tokens(c)
	go w.provider.Run(t.Context())
	require.Eventually(t, func() bool { return asked.Load() > 0 }, 4*time.Second, 10*time.Millisecond)
	require.NoError(t, w.store.EndSession(t.Context(), w.account, w.session))
	w.provider.Wake()
	select {
	case <-heard:
	case <-time.After(4 * time.Second):
		t.Fatal("one that hangs keeps the others from hearing")
	}
	require.Equal(t, int32(1), asked.Load(), "it is asked for one thing at a time")
}
