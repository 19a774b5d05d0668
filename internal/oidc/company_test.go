package oidc_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/store"
	"loket/models"
)

// TestApplicationByArea opens an application by an area of a company, as long as whoever opened it holds the area.
func TestApplicationByArea(t *testing.T) {
	w := setup(t)
	trader := func(username, npwp string, responsible bool) models.Actor {
		id, err := w.store.AddTrader(t.Context(), admin(), store.NewTrader{Company: models.Company{NPWP: npwp, Name: "PT Contoh Niaga"}, Username: username, Name: "Sari Wibowo",
			Email: username + "@niaga.example", PasswordHash: "argon", Responsible: responsible, Ends: w.now().Add(models.TraderValidity)})
		require.NoError(t, err)
		a, err := w.store.ActorOf(t.Context(), id, w.now())
		require.NoError(t, err)
		return a
	}
	boss, colleague := trader("sari.wibowo", "012345678901000", true), trader("tono.gunawan", "012345678901000", false)
	gives := func(areas ...models.AreaGrant) {
		require.NoError(t, w.store.SetAreas(t.Context(), boss, store.PersonChange{Company: boss.Company, Person: colleague.AccountID}, areas))
	}
	manifest := meetingRoom()
	manifest.ID, manifest.Access, manifest.Area = "manifes", models.AccessByCompany, models.AreaManifest
	w.register(manifest)
	_, c := w.relying()
	c.ClientID, c.ClientSecret, c.Scopes = "manifes", w.secret, []string{"openid", "agency:company"}
	w.account, w.session = colleague, w.signIn(colleague)
	t.Run("nobody opens it without the area", func(t *testing.T) {
		gives(models.AreaGrant{Area: models.AreaRush, Level: models.LevelSend})
		_, _, err := w.ask(request(c, "v-that-is-long-enough-for-a-challenge-of-its-own"))
		require.ErrorContains(t, err, "access_denied")
	})
	gives(models.AreaGrant{Area: models.AreaManifest, Level: models.LevelView}, models.AreaGrant{Area: models.AreaTreasury, Level: models.LevelRecord})
	token := w.tokens(c).AccessToken
	t.Run("it hears of the company and the areas, and of no number", func(t *testing.T) {
		status, body := w.userinfo(token)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, map[string]any{"sub": colleague.AccountID, "company": map[string]any{"id": boss.Company, "name": "PT Contoh Niaga", "responsible": false, "areas": []any{
			map[string]any{"area": "manifest", "level": "view"}, map[string]any{"area": "treasury", "level": "record"}}}}, body)
	})
	t.Run("what was opened ends with the area, at once", func(t *testing.T) {
		gives(models.AreaGrant{Area: models.AreaTreasury, Level: models.LevelRecord})
		status, _ := w.userinfo(token)
		require.Equal(t, http.StatusUnauthorized, status)
		gives(models.AreaGrant{Area: models.AreaManifest, Level: models.LevelView})
		status, _ = w.userinfo(token)
		require.Equal(t, http.StatusUnauthorized, status, "a grant that ended stays so")
		status, _ = w.userinfo(w.tokens(c).AccessToken)
		require.Equal(t, http.StatusOK, status)
	})
	t.Run("what was opened ends with the account", func(t *testing.T) {
		token := w.tokens(c).AccessToken
		w.pass(models.TraderValidity + time.Hour)
		status, _ := w.userinfo(token)
		require.Equal(t, http.StatusUnauthorized, status)
	})
	t.Run("who belongs to no company has no such claim", func(t *testing.T) {
		w := setup(t)
		_, c := w.relying()
		c.Scopes = []string{"openid", "agency:company"}
		_, body := w.userinfo(w.tokens(c).AccessToken)
		require.Equal(t, map[string]any{"sub": w.account.AccountID}, body)
	})
}
