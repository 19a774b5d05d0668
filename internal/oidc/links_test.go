package oidc_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"loket/internal/oidc"
	"loket/models"
)

// places tells where everybody stands in every application that has its own login.
type places struct {
	place models.LinkPlace
	asked int
}

func (p *places) LinkPlace(context.Context, models.Actor, string, string) (models.LinkPlace, error) {
	p.asked++
	return p.place, nil
}

// licensing is the application, registered with its own login.
func (w *world) licensing(linking string) (*gooidc.Provider, *oauth2.Config) {
	w.t.Helper()
	app := meetingRoom()
	app.ID, app.Linking = "rekomendasi", linking
	w.register(app)
	found, c := w.relying()
	c.ClientID, c.ClientSecret = "rekomendasi", w.secret
	c.Scopes = []string{"openid", "agency:link", "agency:directorate"}
	return found, c
}

func TestLinkedApplications(t *testing.T) {
	food, drugs := models.Directorate{Code: "PANGAN", Name: "Pangan"}, models.Directorate{Code: "OBAT", Name: "Obat"}
	claims := func(t *testing.T, w *world, found *gooidc.Provider, token *oauth2.Token) map[string]any {
		t.Helper()
		raw, ok := token.Extra("id_token").(string)
		require.True(t, ok)
		id, err := found.Verifier(&gooidc.Config{ClientID: "rekomendasi"}).Verify(t.Context(), raw)
		require.NoError(t, err)
		told := map[string]any{}
		require.NoError(t, id.Claims(&told))
		status, info := w.userinfo(token.AccessToken)
		require.Equal(t, http.StatusOK, status)
		for _, name := range []string{"application_user", "directorate_code", "directorate_name", "company_npwp"} {
			require.Equal(t, told[name], info[name], "userinfo and the ID token tell the same %s", name)
		}
		return told
	}
	t.Run("whoever is not linked is led to link, and chooses before it opens", func(t *testing.T) {
		w := setup(t)
		_, c := w.licensing("https://rekomendasi.example/loket")
		_, step, err := w.ask(request(c, oauth2.GenerateVerifier()))
		require.NoError(t, err)
		require.Equal(t, oidc.StepLink, step)
		heard, _, _ := w.ask(request(c, oauth2.GenerateVerifier(), "prompt", "none"))
		require.Equal(t, "interaction_required", heard.Get("error"))
		w.links.place = models.LinkPlace{User: "P-1", Directorates: []models.Directorate{food, drugs}}
		_, step, err = w.ask(request(c, oauth2.GenerateVerifier()))
		require.NoError(t, err)
		require.Equal(t, oidc.StepPart, step)
		heard, _, _ = w.ask(request(c, oauth2.GenerateVerifier(), "prompt", "none"))
		require.Equal(t, "interaction_required", heard.Get("error"))
		w.links.place.Chosen = "GONE"
		_, step, err = w.ask(request(c, oauth2.GenerateVerifier()))
		require.NoError(t, err)
		require.Equal(t, oidc.StepPart, step, "one that is not theirs any more is asked for again")
	})
	t.Run("the ID token and userinfo tell who it is there, and stay so for this opening", func(t *testing.T) {
		w := setup(t)
		found, c := w.licensing("https://rekomendasi.example/loket")
		w.links.place = models.LinkPlace{User: "P-1", Directorates: []models.Directorate{food, drugs}, Chosen: "OBAT"}
		token := w.tokens(c)
		told := claims(t, w, found, token)
		require.Equal(t, "P-1", told["application_user"])
		require.Equal(t, "OBAT", told["directorate_code"])
		require.Equal(t, "Obat", told["directorate_name"])
		require.NotContains(t, told, "company_npwp")
		w.links.place.Chosen = "PANGAN"
		require.Equal(t, "OBAT", claims(t, w, found, token)["directorate_code"])
		token.Expiry = w.now().Add(-time.Hour)
		fresh, err := c.TokenSource(t.Context(), token).Token()
		require.NoError(t, err)
		require.Equal(t, "OBAT", claims(t, w, found, fresh)["directorate_code"], "refreshed, it is the same opening")
		require.Equal(t, "PANGAN", claims(t, w, found, w.tokens(c))["directorate_code"], "opened again, it is another")
	})
	t.Run("a trader whose company it knows opens it unlinked", func(t *testing.T) {
		w := setup(t)
		found, c := w.licensing("https://rekomendasi.example/loket")
		w.links.place = models.LinkPlace{NPWP: "012345678901000", Directorates: []models.Directorate{drugs}}
		told := claims(t, w, found, w.tokens(c))
		require.Equal(t, "012345678901000", told["company_npwp"])
		require.Equal(t, "OBAT", told["directorate_code"], "the only one is asked about by nobody")
		require.NotContains(t, told, "application_user")
	})
	t.Run("one opening asks once where somebody stands", func(t *testing.T) {
		w := setup(t)
		_, c := w.licensing("https://rekomendasi.example/loket")
		w.links.place = models.LinkPlace{User: "P-1", Directorates: []models.Directorate{drugs}}
		w.code(c, oauth2.GenerateVerifier())
		require.Equal(t, 1, w.links.asked)
	})
	t.Run("what is not asked for is not told", func(t *testing.T) {
		w := setup(t)
		found, c := w.licensing("https://rekomendasi.example/loket")
		c.Scopes = []string{"openid", "profile"}
		told := claims(t, w, found, w.tokens(c))
		require.NotContains(t, told, "application_user")
		require.Zero(t, w.links.asked)
	})
	t.Run("an application without its own login hears nothing of others' users", func(t *testing.T) {
		w := setup(t)
		found, c := w.licensing("")
		w.links.place = models.LinkPlace{User: "P-1", NPWP: "012345678901000", Directorates: []models.Directorate{drugs}}
		told := claims(t, w, found, w.tokens(c))
		require.NotContains(t, told, "application_user")
		require.NotContains(t, told, "directorate_code")
		require.NotContains(t, told, "company_npwp")
	})
}
