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

func (f *counter) ApplicationUsers(_ context.Context, _ models.Actor, ids []string) (map[string]int, error) {
	users := map[string]int{}
	for _, id := range ids {
		users[id] = 37
	}
	return users, nil
}

func (f *counter) LinkApplication(_ context.Context, _ models.Actor, id string, p models.LinkProof) (models.ApplicationLink, error) {
	if p.Password != "right" {
		return models.ApplicationLink{}, models.Invalid(models.Fault("password", "link_wrong"))
	}
	return models.ApplicationLink{Application: id, Account: "a1", User: "P-0001", UserName: "Pengguna Pangan", Linked: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)}, f.err
}

func (f *counter) UnlinkApplication(_ context.Context, _ models.Actor, id string) error {
	f.asked = "unlink " + id
	return f.err
}

func place() models.LinkPlace {
	return models.LinkPlace{User: "P-0001", Directorates: []models.Directorate{{Code: "PANGAN", Name: "Pangan"}, {Code: "OBAT", Name: "Obat"}}}
}

func (f *counter) Directorates(_ context.Context, _ models.Actor, _, session string) (models.LinkPlace, error) {
	f.asked = "in " + session
	return place(), f.err
}

func (f *counter) ChooseDirectorate(_ context.Context, _ models.Actor, id, session, code string) (models.LinkPlace, error) {
	f.asked = id + "," + session + "," + code
	p := place()
	p.Chosen = code
	return p, f.err
}

func (f *counter) RenewLinkingSecret(context.Context, models.Actor, string) (string, error) {
	return "shown-once", f.err
}

func (f *counter) ApplicationLinks(_ context.Context, _ models.Actor, id, text string, _ models.PageQuery) (models.Page[models.ApplicationLink], error) {
	f.asked = text
	return models.Page[models.ApplicationLink]{Items: []models.ApplicationLink{{Application: id, Account: "a1", Username: "surya", Name: "Surya", User: "P-0001",
		Linked: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)}}, Next: "more", Total: -1}, f.err
}

func (f *counter) EndLink(_ context.Context, _ models.Actor, id, account string) error {
	f.asked = "end " + id + " " + account
	return f.err
}

func TestLinkingOperations(t *testing.T) {
	b := setup(t)
	b.tokens["lkt_admin"] = desk.Identity{Actor: models.Actor{AccountID: "a9", Grants: []models.Grant{{Role: models.RoleAdmin, Unit: "KEM"}}}, Scopes: models.Scopes(),
		FreshUntil: time.Now().Add(5 * time.Minute)}
	admin := b.client
	admin.Token = "lkt_admin"
	t.Run("a list of one's applications counts who has each", func(t *testing.T) {
		var got struct{ Items []models.ApplicationTile }
		b.client.Call(t, http.MethodGet, "/api/v1/me/applications", nil).Into(t, http.StatusOK, &got)
		require.Equal(t, 37, got.Items[0].Users)
	})
	t.Run("a user is linked, and a wrong proof names the password without repeating it", func(t *testing.T) {
		var got models.ApplicationLink
		b.client.Call(t, http.MethodPost, "/api/v1/me/applications/rekomendasi/link", `{"username":"usr_pangan","password":"right"}`).Into(t, http.StatusCreated, &got)
		require.Equal(t, "P-0001", got.User)
		b.client.Call(t, http.MethodPost, "/api/v1/me/applications/rekomendasi/link", `{"username":"usr_pangan","password":"Kenari*99"}`).
			Refused(t, http.StatusUnprocessableEntity, "invalid")
		require.NotContains(t, b.log.text(), "Kenari*99")
	})
	t.Run("each refusal has its status", func(t *testing.T) {
		t.Cleanup(func() { b.err = nil })
		for problem, status := range map[*models.Problem]int{models.ErrLinkAway: http.StatusServiceUnavailable, models.ErrLinkLocked: http.StatusTooManyRequests,
			models.ErrLinkTaken: http.StatusConflict, models.ErrLinked: http.StatusConflict, models.ErrNotFound: http.StatusNotFound} {
			b.err = problem
			b.client.Call(t, http.MethodPost, "/api/v1/me/applications/rekomendasi/link", `{"username":"usr_pangan","password":"right"}`).Refused(t, status, problem.Code)
		}
	})
	t.Run("a directorate is chosen for a session", func(t *testing.T) {
		var got models.LinkPlace
		b.client.Call(t, http.MethodGet, "/api/v1/me/applications/rekomendasi/directorates?session=s1", nil).Into(t, http.StatusOK, &got)
		require.Equal(t, place(), got)
		require.Equal(t, "in s1", b.asked)
		b.client.Call(t, http.MethodPut, "/api/v1/me/applications/rekomendasi/directorate", `{"session":"s1","directorate":"OBAT"}`).Into(t, http.StatusOK, &got)
		require.Equal(t, "OBAT", got.Chosen)
		require.Equal(t, "rekomendasi,s1,OBAT", b.asked)
	})
	t.Run("a link is forgotten by its owner", func(t *testing.T) {
		b.client.Call(t, http.MethodDelete, "/api/v1/me/applications/rekomendasi/link", nil).Is(t, http.StatusNoContent)
		require.Equal(t, "unlink rekomendasi", b.asked)
	})
	t.Run("links are for admins to list and to end", func(t *testing.T) {
		b.client.Call(t, http.MethodGet, "/api/v1/applications/rekomendasi/links", nil).Refused(t, http.StatusForbidden, "forbidden")
		var got models.Page[models.ApplicationLink]
		admin.Call(t, http.MethodGet, "/api/v1/applications/rekomendasi/links?q=sur", nil).Into(t, http.StatusOK, &got)
		require.Len(t, got.Items, 1)
		require.Equal(t, "sur", b.asked)
		admin.Call(t, http.MethodDelete, "/api/v1/applications/rekomendasi/links/a1", nil).Is(t, http.StatusNoContent)
		require.Equal(t, "end rekomendasi a1", b.asked)
		var secret struct {
			Secret string `json:"linking_secret"`
		}
		admin.Call(t, http.MethodPost, "/api/v1/applications/rekomendasi/linking-secret", nil).Into(t, http.StatusOK, &secret)
		require.Equal(t, "shown-once", secret.Secret)
	})
}
