package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func sampleLinkable() models.ApplicationTile {
	return models.ApplicationTile{ID: "rekomendasi", Name: "E-Rekomendasi", About: "Rekomendasi impor dan ekspor.", Provider: "Lembaga Mitra", Icon: "letter",
		Launch: "https://rekomendasi.example/start", Linking: true}
}

func samplePlace() models.LinkPlace {
	return models.LinkPlace{User: "P-0001", Chosen: "OBAT", Looked: at(ago(2 * time.Hour)), Directorates: []models.Directorate{
		{Code: "PANGAN", Name: "Inspeksi dan Sertifikasi Pangan"}, {Code: "OBAT", Name: "Standardisasi Obat, Obat Tradisional, dan Suplemen Kesehatan"}}}
}

func (c *counter) ApplicationUsers(_ context.Context, _ models.Actor, ids []string) (map[string]int, error) {
	users := map[string]int{}
	for i, id := range ids {
		users[id] = 1 + i*1204
	}
	return users, c.fail
}

func (c *counter) LinkableApplication(_ context.Context, _ models.Actor, id string) (models.ApplicationTile, error) {
	app := sampleLinkable()
	if id == "terhubung" {
		app.ID, app.LinkedAs, app.Directorates = id, "P-0001", 2
	}
	return app, c.fail
}

func (c *counter) LinkApplication(_ context.Context, _ models.Actor, _ string, p models.LinkProof) (models.ApplicationLink, error) {
	c.asked = append(c.asked, p)
	switch p.Username {
	case "away":
		return models.ApplicationLink{}, models.ErrLinkAway
	case "taken":
		return models.ApplicationLink{}, models.ErrLinkTaken
	case "locked":
		return models.ApplicationLink{}, models.ErrLinkLocked
	}
	if p.Password != "right" {
		return models.ApplicationLink{}, models.Invalid(models.Fault("password", "link_wrong"))
	}
	return models.ApplicationLink{}, c.fail
}

func (c *counter) UnlinkApplication(_ context.Context, _ models.Actor, id string) error {
	return c.ask("unlink " + id)
}

func (c *counter) Directorates(_ context.Context, _ models.Actor, id, _ string) (models.LinkPlace, error) {
	place := samplePlace()
	switch {
	case c.empty:
		place.Directorates = nil
	case c.away:
		place.Stale, place.NPWP = true, "012345678901000"
	}
	return place, c.fail
}

func (c *counter) ChooseDirectorate(_ context.Context, _ models.Actor, id, session, code string) (models.LinkPlace, error) {
	if code == "" {
		return models.LinkPlace{}, models.Invalid(models.Fault("directorate", "directorate_required"))
	}
	return samplePlace(), c.ask(id + " in " + session + " for " + code)
}

func (c *counter) RenewLinkingSecret(context.Context, models.Actor, string) (string, error) {
	return "kJ2x-this-is-shown-once", c.fail
}

func (c *counter) ApplicationLinks(_ context.Context, _ models.Actor, id, text string, _ models.PageQuery) (models.Page[models.ApplicationLink], error) {
	if c.empty || text != "" {
		return models.Page[models.ApplicationLink]{Total: -1}, c.fail
	}
	return models.Page[models.ApplicationLink]{Total: -1, Next: "more", Items: []models.ApplicationLink{
		{Application: id, Account: "acc-2", Username: "bagus.pratama", Name: "Bagus Pratama", User: "P-0001", UserName: "Pengguna Pangan", Linked: ago(50 * time.Hour)},
		{Application: id, Account: "acc-3", Username: "sekar.anggraini", Name: "Sekar Anggraini", User: "P-0002", UserName: "Pengguna Obat", Linked: ago(90 * time.Hour)}}}, c.fail
}

func (c *counter) EndLink(_ context.Context, _ models.Actor, id, account string) error {
	return c.ask("end " + id + " " + account)
}

func linkingScenes() []scene {
	admin := func(c *counter) { c.who.Actor.Grants = append(c.who.Actor.Grants, grants(models.RoleAdmin)...) }
	return []scene{
		{name: "link", path: "/applications/link/rekomendasi"},
		{name: "unlink", path: "/applications/unlink/terhubung"},
		{name: "directorate", path: "/applications/directorate/terhubung"},
		{name: "directorate-stale", path: "/applications/directorate/terhubung", set: func(c *counter) { c.away = true }},
		{name: "directorate-none", path: "/applications/directorate/terhubung", set: func(c *counter) { c.empty = true }},
		{name: "authorize-directorate", path: "/oidc/authorize?client_id=mitra&prompt=directorate"},
		{name: "application-links", path: "/applications/manage/links/mitra", set: admin},
		{name: "application-links-empty", path: "/applications/manage/links/mitra", set: func(c *counter) { admin(c); c.empty = true }},
	}
}

func TestLinkingPages(t *testing.T) {
	c := newCounter()
	server, words := serve(t, c)
	link := func(username, password, back string) (answer, string) {
		return ask(t, server, http.MethodPost, "/applications/link/rekomendasi", url.Values{"username": {username}, "password": {password}, "return": {back}})
	}
	t.Run("a right proof leads to the application for which somebody came, or back to the list", func(t *testing.T) {
		got, _ := link("usr_pangan", "right", "")
		require.Equal(t, "/applications#app-rekomendasi", got.Header.Get("Location"))
		got, _ = link("usr_pangan", "right", "/oidc/authorize?client_id=mitra")
		require.Equal(t, "/oidc/authorize?client_id=mitra", got.Header.Get("Location"))
		got, _ = link("usr_pangan", "right", "https://thief.example/")
		require.Equal(t, "/applications#app-rekomendasi", got.Header.Get("Location"))
	})
	t.Run("a refused one keeps the username and never the password", func(t *testing.T) {
		for username, status := range map[string]int{"usr_pangan": 422, "away": 503, "taken": 409, "locked": 429} {
			got, page := link(username, "Kenari*99", "")
			require.Equal(t, status, got.StatusCode, username)
			require.Contains(t, page, `value="`+username+`"`)
			require.NotContains(t, page, "Kenari*99")
			require.Contains(t, page, `role="alert"`)
		}
	})
	t.Run("a directorate is chosen in this session, and the application opens", func(t *testing.T) {
		got, page := ask(t, server, http.MethodPost, "/applications/directorate/terhubung", url.Values{})
		require.Equal(t, 422, got.StatusCode)
		require.Contains(t, page, "Pilih salah satu direktorat.")
		require.Contains(t, got.Header.Get("Content-Security-Policy"), "https://rekomendasi.example;")
		got, _ = ask(t, server, http.MethodPost, "/applications/directorate/terhubung", url.Values{"directorate": {"OBAT"}})
		require.Equal(t, "https://rekomendasi.example/start", got.Header.Get("Location"))
		require.Contains(t, c.asked, "terhubung in ses-1 for OBAT")
	})
	t.Run("the page between tile and application asks until one is chosen", func(t *testing.T) {
		form := url.Values{"ask": {"client_id=mitra&prompt=directorate"}, "step": {"directorate"}, "go": {"continue"}}
		got, page := ask(t, server, http.MethodPost, "/oidc/authorize", form)
		require.Equal(t, 422, got.StatusCode)
		require.Contains(t, page, "Pilih salah satu direktorat.")
		form.Set("directorate", "PANGAN")
		_, _ = ask(t, server, http.MethodPost, "/oidc/authorize", form)
		require.Contains(t, c.asked, "mitra in ses-1 for PANGAN")
	})
	t.Run("whoever is linked already is led back", func(t *testing.T) {
		got, _ := ask(t, server, http.MethodGet, "/applications/link/terhubung", nil)
		require.Equal(t, 303, got.StatusCode)
	})
	require.Empty(t, words.Missing())
}
