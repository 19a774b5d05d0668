package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

func (f *counter) MyApplications(_ context.Context, _ models.Actor, text string) ([]models.ApplicationTile, error) {
	f.asked = text
	return []models.ApplicationTile{{ID: "jadwal", Name: "Jadwal Rapat", About: "Ruang rapat.", Provider: "Kementerian Contoh", Icon: "calendar", Launch: "https://jadwal.kem.example/"}}, f.err
}

func (f *counter) RegisteredApplications(context.Context, models.Actor) ([]models.Application, error) {
	return []models.Application{registered()}, f.err
}

func (f *counter) RegisteredApplication(context.Context, models.Actor, string) (models.Application, error) {
	return registered(), f.err
}

func (f *counter) SaveApplication(_ context.Context, _ models.Actor, app models.Application) (models.Application, string, error) {
	if faults := models.CheckApplication(app); len(faults) > 0 {
		return app, "", models.Invalid(faults...)
	}
	f.asked, f.version = app.ID, app.Version
	return app, "shown-once", f.err
}

func (f *counter) RenewSecret(context.Context, models.Actor, string) (string, error) {
	return "shown-once", f.err
}

func registered() models.Application {
	return models.Application{ID: "jadwal", Name: "Jadwal Rapat", About: "Ruang rapat.", Provider: "Kementerian Contoh", Kind: models.ApplicationConfidential, Icon: "calendar",
		Access: models.AccessEveryone, Launch: "https://jadwal.kem.example/", Redirects: []string{"https://jadwal.kem.example/callback"}, PostLogout: []string{},
		Enabled: true, Version: 3}
}

const fields = `"name":"Jadwal Rapat","about":"Ruang rapat.","provider":"Kementerian Contoh","kind":"confidential","icon":"calendar","access":"everyone",
	"launch":"https://jadwal.kem.example/","redirect_uris":["https://jadwal.kem.example/callback"],"enabled":true`

func TestApplications(t *testing.T) {
	b := setup(t)
	fresh := time.Now().Add(5 * time.Minute)
	b.tokens["lkt_admin"] = desk.Identity{Actor: models.Actor{AccountID: "a9", Grants: []models.Grant{{Role: models.RoleAdmin, Unit: "KEM"}}}, Scopes: models.Scopes(), FreshUntil: fresh}
	admin := b.client
	admin.Token = "lkt_admin"
	t.Run("everybody lists what they may open", func(t *testing.T) {
		var got struct{ Items []models.ApplicationTile }
		b.client.Call(t, http.MethodGet, "/api/v1/me/applications?q=rapat", nil).Into(t, http.StatusOK, &got)
		require.Len(t, got.Items, 1)
		require.Equal(t, "rapat", b.asked)
	})
	t.Run("only admins see what is registered", func(t *testing.T) {
		b.client.Call(t, http.MethodGet, "/api/v1/applications", nil).Refused(t, http.StatusForbidden, "forbidden")
		var got struct{ Items []models.Application }
		admin.Call(t, http.MethodGet, "/api/v1/applications", nil).Into(t, http.StatusOK, &got)
		require.Equal(t, []models.Application{registered()}, got.Items)
		var one models.Application
		admin.Call(t, http.MethodGet, "/api/v1/applications/jadwal", nil).Into(t, http.StatusOK, &one)
		require.Equal(t, registered(), one)
	})
	t.Run("one is registered, with its secret", func(t *testing.T) {
		var got struct {
			Application models.Application
			Secret      string `json:"client_secret"`
		}
		admin.Call(t, http.MethodPost, "/api/v1/applications", `{"id":"jadwal",`+fields+`}`).Into(t, http.StatusCreated, &got)
		require.Equal(t, "shown-once", got.Secret)
		require.Equal(t, "https://jadwal.kem.example/callback", got.Application.Redirects[0])
		require.Zero(t, b.version)
	})
	t.Run("one is changed, in the version that was read", func(t *testing.T) {
		var got models.Application
		admin.Call(t, http.MethodPut, "/api/v1/applications/jadwal", `{"version":3,`+fields+`}`).Into(t, http.StatusOK, &got)
		require.Equal(t, 3, b.version)
		b.err = models.ErrStale
		t.Cleanup(func() { b.err = nil })
		admin.Call(t, http.MethodPut, "/api/v1/applications/jadwal", `{"version":2,`+fields+`}`).Refused(t, http.StatusPreconditionFailed, "stale")
	})
	t.Run("a wrong address names its field", func(t *testing.T) {
		admin.Call(t, http.MethodPost, "/api/v1/applications", `{"id":"Jadwal!",`+fields+`}`).Refused(t, http.StatusUnprocessableEntity, "invalid")
	})
	t.Run("a password that was not just given is asked for", func(t *testing.T) {
		stale := b.tokens["lkt_admin"]
		stale.FreshUntil = time.Time{}
		b.tokens["lkt_stale"] = stale
		late := b.client
		late.Token = "lkt_stale"
		late.Call(t, http.MethodPost, "/api/v1/applications/jadwal/secret", nil).Refused(t, http.StatusForbidden, "step_up_required")
		var got struct {
			Secret string `json:"client_secret"`
		}
		admin.Call(t, http.MethodPost, "/api/v1/applications/jadwal/secret", nil).Into(t, http.StatusOK, &got)
		require.Equal(t, "shown-once", got.Secret)
	})
}
