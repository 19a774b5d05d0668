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

func rina() models.CompanyPerson {
	return models.CompanyPerson{ID: "p1", Username: "rina.sari", Name: "Rina Sari", Email: "rina@niaga.example", Status: "active", Responsible: true,
		LastSignIn: "2026-11-22", Areas: []models.AreaGrant{{Area: models.AreaRush, Level: models.LevelSend}}, Version: 3}
}

func (f *counter) OwnStaff(_ context.Context, a models.Actor) (models.StaffView, error) {
	if a.Company == "" {
		return models.StaffView{}, models.ErrNotFound
	}
	return models.StaffView{ID: a.Company, NPWP: "012345678901000", Name: "PT Contoh Niaga", Responsible: []string{"Rina Sari"}, People: []models.CompanyPerson{rina()}, Manages: true}, f.err
}

func (f *counter) Companies(_ context.Context, _ models.Actor, q desk.CompanyQuery) (models.Page[models.CompanySummary], error) {
	f.asked = q.Text
	return models.Page[models.CompanySummary]{Items: []models.CompanySummary{{ID: "c1", NPWP: "012345678901000", Name: "PT Contoh Niaga", People: 4, Responsible: 1}}, Next: "n", Total: -1}, f.err
}

func (f *counter) PreviewAreas(_ context.Context, _ models.Actor, _ string, areas []models.AreaGrant) (models.AreaPreview, error) {
	read, faults := models.ParseAreas(areas)
	if len(faults) > 0 {
		return models.AreaPreview{}, models.Invalid(faults...)
	}
	return models.PreviewAreas(rina(), read, []models.AreaApplication{{ID: "kepabeanan", Name: "Layanan Kepabeanan", Area: models.AreaManifest}}), f.err
}

func (f *counter) SetAreas(_ context.Context, _ models.Actor, _ string, areas []models.AreaGrant, version int) (models.CompanyPerson, error) {
	p := rina()
	p.Areas, f.version = areas, version
	return p, f.err
}

func (f *counter) SetResponsible(context.Context, models.Actor, string, bool, int) (models.CompanyPerson, error) {
	return rina(), f.err
}

func (f *counter) InviteColleague(_ context.Context, _ models.Actor, in models.Colleague) error {
	f.asked = in.Email
	return f.err
}

func (f *counter) ActivateOldAccount(_ context.Context, in desk.OldAccount) error {
	f.asked = in.Form.NPWP + " " + in.Proof.Work
	return f.err
}

func TestCompanyPeople(t *testing.T) {
	b := setup(t)
	fresh := time.Now().Add(5 * time.Minute)
	b.tokens["lkt_trader"] = desk.Identity{Actor: models.Actor{AccountID: "p1", Company: "c1", Responsible: true}, Scopes: models.Scopes(), FreshUntil: fresh}
	b.tokens["lkt_admin"] = desk.Identity{Actor: models.Actor{AccountID: "a9", Grants: []models.Grant{{Role: models.RoleAdmin, Unit: "KEM"}}}, Scopes: models.Scopes(), FreshUntil: fresh}
	trader, admin := b.client, b.client
	trader.Token, admin.Token = "lkt_trader", "lkt_admin"
	t.Run("who belongs to no company has no people", func(t *testing.T) {
		b.client.Call(t, http.MethodGet, "/api/v1/company/people", nil).Refused(t, http.StatusNotFound, "not_found")
		var got models.StaffView
		trader.Call(t, http.MethodGet, "/api/v1/company/people", nil).Into(t, http.StatusOK, &got)
		require.Equal(t, []models.CompanyPerson{rina()}, got.People)
	})
	t.Run("only the office lists companies", func(t *testing.T) {
		trader.Call(t, http.MethodGet, "/api/v1/companies", nil).Refused(t, http.StatusForbidden, "forbidden")
		answer := admin.Call(t, http.MethodGet, "/api/v1/companies?q=niaga&orphaned=true&limit=1", nil)
		answer.Is(t, http.StatusOK)
		require.Contains(t, answer.Header.Get("Link"), "orphaned=true&q=niaga")
		require.Equal(t, "niaga", b.asked)
	})
	t.Run("areas are looked at, then given in the version that was read", func(t *testing.T) {
		var preview models.AreaPreview
		trader.Call(t, http.MethodGet, "/api/v1/company/people/p1/areas?areas=manifest:record,rush:view", nil).Into(t, http.StatusOK, &preview)
		require.Len(t, preview.Gains, 1)
		require.NotEmpty(t, preview.Closes)
		trader.Call(t, http.MethodGet, "/api/v1/company/people/p1/areas?areas=gudang:view", nil).Refused(t, http.StatusUnprocessableEntity, "invalid")
		body := `{"areas":[{"area":"manifest","level":"record"}]}`
		answer := trader.Call(t, http.MethodPut, "/api/v1/company/people/p1/areas", body, "If-Match", `"3"`)
		answer.Is(t, http.StatusOK)
		require.Equal(t, 3, b.version)
		require.Equal(t, `"3"`, answer.Header.Get("ETag"))
		b.err = models.ErrStale
		t.Cleanup(func() { b.err = nil })
		trader.Call(t, http.MethodPut, "/api/v1/company/people/p1/areas", body, "If-Match", `"2"`).Refused(t, http.StatusPreconditionFailed, "stale")
		b.err = models.ErrLastResponsible
		trader.Call(t, http.MethodPut, "/api/v1/company/people/p1/responsible", `{"responsible":false}`).Refused(t, http.StatusConflict, "last_responsible")
	})
	t.Run("a password that was not just given is asked for", func(t *testing.T) {
		stale := b.tokens["lkt_trader"]
		stale.FreshUntil = time.Time{}
		b.tokens["lkt_stale"] = stale
		late := b.client
		late.Token = "lkt_stale"
		for _, path := range []string{"/api/v1/company/people/p1/closure", "/api/v1/company/people/p1/reopening", "/api/v1/company/people/p1/link"} {
			late.Call(t, http.MethodPost, path, nil).Refused(t, http.StatusForbidden, "step_up_required")
		}
		late.Call(t, http.MethodPost, "/api/v1/company/people", `{"name":"Sari","email":"sari@niaga.example"}`).Refused(t, http.StatusForbidden, "step_up_required")
		trader.Call(t, http.MethodPost, "/api/v1/company/people", `{"name":"Sari","email":"sari@niaga.example"}`).Is(t, http.StatusNoContent)
		require.Equal(t, "sari@niaga.example", b.asked)
	})
	t.Run("an old account's owner is answered with nothing", func(t *testing.T) {
		stranger := b.client
		stranger.Token = ""
		answer := stranger.Call(t, http.MethodPost, "/api/v1/old-accounts", `{"npwp":"012345678901000","email":"rina@niaga.example","captcha":"work"}`)
		answer.Is(t, http.StatusAccepted)
		require.Empty(t, answer.Body)
		require.Equal(t, "012345678901000 work", b.asked)
	})
}
