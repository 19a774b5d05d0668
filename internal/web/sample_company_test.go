package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/models"
)

// trader makes the reader one of a company's people.
func trader(responsible bool) func(c *counter) {
	return func(c *counter) {
		c.who.Actor = models.Actor{Agency: models.DefaultAgency, AccountID: "tr-1", Company: "co-1", Responsible: responsible}
		c.who.Account = models.AccountView{ID: "tr-1", Username: "rina.sari", Name: "Rina Sari", Email: "rina@niaga.example"}
	}
}

func sampleStaff() models.StaffView {
	return models.StaffView{ID: "co-1", NPWP: "012345678901000", Name: "PT Sumber Rezeki", Responsible: []string{"Rina Sari"}, People: []models.CompanyPerson{
		{ID: "tr-1", Username: "rina.sari", Name: "Rina Sari", Email: "rina@niaga.example", Status: "active", Responsible: true, LastSignIn: "2026-11-22", Ends: at(later(300 * 24 * time.Hour)),
			Areas: []models.AreaGrant{{Area: models.AreaPermits, Level: models.LevelSend}, {Area: models.AreaTreasury, Level: models.LevelView}}, Version: 3},
		{ID: "tr-2", Username: "made.surya", Name: "Made Surya Adi Wijaya", Email: "made@niaga.example", Status: "active", LastSignIn: "2026-10-02", Ends: at(later(20 * 24 * time.Hour)),
			Areas: []models.AreaGrant{{Area: models.AreaImports, Level: models.LevelRecord}, {Area: models.AreaRush, Level: models.LevelView}}, Version: 2},
		{ID: "tr-3", Username: "sari.wulandari", Name: "Sari Wulandari", Email: "sari@niaga.example", Status: "pending", Ends: at(later(360 * 24 * time.Hour)), Areas: []models.AreaGrant{}, Version: 1},
		{ID: "tr-4", Username: "budi.hartono", Name: "Budi Hartono", Email: "budi@niaga.example", Status: "disabled", LastSignIn: "2026-03-12", Areas: []models.AreaGrant{}, Version: 7}}}
}

func (c *counter) OwnStaff(ctx context.Context, a models.Actor) (models.StaffView, error) {
	if a.Company == "" {
		return models.StaffView{}, models.ErrNotFound
	}
	return c.Staff(ctx, a, a.Company)
}

func (c *counter) Staff(_ context.Context, a models.Actor, _ string) (models.StaffView, error) {
	s := sampleStaff()
	if s.Manages = a.Responsible; !s.Manages && a.Company != "" {
		s.People = s.People[:1]
	}
	if c.empty {
		s.Responsible, s.Appoints, s.People[0].Responsible = nil, a.Has(models.RoleAdmin), false
	}
	return s, c.fail
}

func (c *counter) Companies(_ context.Context, _ models.Actor, q desk.CompanyQuery) (models.Page[models.CompanySummary], error) {
	if q.Text != "" {
		return models.Page[models.CompanySummary]{}, c.fail
	}
	return models.Page[models.CompanySummary]{Items: []models.CompanySummary{{ID: "co-1", NPWP: "012345678901000", Name: "PT Sumber Rezeki", People: 3, Responsible: 1},
		{ID: "co-2", NPWP: "0019999999901000", Name: "CV Laut Biru Pelayaran Nusantara", People: 1}}, Next: "more", Total: -1}, c.fail
}

func (c *counter) Colleague(_ context.Context, _ models.Actor, id string) (models.CompanyPerson, error) {
	for _, p := range sampleStaff().People {
		if p.ID == id {
			return p, c.fail
		}
	}
	return models.CompanyPerson{}, models.ErrNotFound
}

func (c *counter) PreviewAreas(ctx context.Context, a models.Actor, id string, areas []models.AreaGrant) (models.AreaPreview, error) {
	p, err := c.Colleague(ctx, a, id)
	read, faults := models.ParseAreas(areas)
	if len(faults) > 0 {
		return models.AreaPreview{}, models.Invalid(faults...)
	}
	return models.PreviewAreas(p, read, []models.AreaApplication{{ID: "kepabeanan", Name: "Layanan Kepabeanan", Area: models.AreaManifest}, {ID: "rush", Name: "Antrean Rush", Area: models.AreaRush}}), err
}

func (c *counter) SetAreas(_ context.Context, _ models.Actor, id string, areas []models.AreaGrant, version int) (models.CompanyPerson, error) {
	return models.CompanyPerson{ID: id}, c.ask([]any{id, areas, version})
}

func (c *counter) SetResponsible(_ context.Context, _ models.Actor, id string, responsible bool, version int) (models.CompanyPerson, error) {
	return models.CompanyPerson{ID: id}, c.ask([]any{id, responsible, version})
}

func (c *counter) AppointResponsible(_ context.Context, _ models.Actor, company, id string) (models.StaffView, error) {
	return sampleStaff(), c.ask([]any{company, id})
}

func (c *counter) CloseColleague(_ context.Context, _ models.Actor, id string, version int) (models.CompanyPerson, error) {
	return models.CompanyPerson{ID: id}, c.ask([]any{"close", id, version})
}

func (c *counter) InviteColleague(_ context.Context, _ models.Actor, in models.Colleague) error {
	if _, faults := models.ParseColleague(in); len(faults) > 0 {
		return models.Invalid(faults...)
	}
	return c.ask(in)
}

func (c *counter) ActivateOldAccount(_ context.Context, in desk.OldAccount) error {
	_, faults := models.ParseOldAccountForm(in.Form)
	if in.Proof.Work == "" && in.Proof.Answer == "" {
		faults = append(faults, models.Fault("captcha", "captcha_needed"))
	}
	if len(faults) > 0 {
		return models.Invalid(faults...)
	}
	return c.ask(in.Form)
}

func companyScenes() []scene {
	boss, colleague := trader(true), trader(false)
	stale := func(c *counter) { boss(c); c.who.FreshUntil = time.Time{} }
	admin := func(c *counter) { c.who.Actor.Grants = grants(models.RoleAdmin) }
	return []scene{
		{name: "company-people", path: "/company/people", set: boss},
		{name: "company-mine", path: "/company/people", set: colleague},
		{name: "company-person", path: "/company/people/tr-2", set: boss},
		{name: "company-person-self", path: "/company/people/tr-1", set: boss},
		{name: "company-person-pending", path: "/company/people/tr-3", set: boss},
		{name: "company-person-closed", path: "/company/people/tr-4", set: boss},
		{name: "company-preview", path: "/company/people/tr-2/areas?imports=send&manifest=record&treasury=view", set: stale},
		{name: "company-preview-same", path: "/company/people/tr-2/areas?imports=record&rush=view", set: boss},
		{name: "company-responsible", path: "/company/people/tr-2/responsible", set: stale},
		{name: "company-close", path: "/company/people/tr-2/close", set: stale},
		{name: "company-reopen", path: "/company/people/tr-4/reopen", set: boss},
		{name: "company-invite", path: "/company/people/new", set: stale},
		{name: "company-stranger", path: "/company/people", status: 404},
		{name: "companies", path: "/companies", set: admin},
		{name: "companies-none", path: "/companies?q=x", set: admin},
		{name: "company-office", path: "/companies/co-1", set: admin},
		{name: "company-orphaned", path: "/companies/co-1", set: func(c *counter) { admin(c); c.empty, c.who.FreshUntil = true, time.Time{} }},
		{name: "activate-trader", path: "/activate-trader", stranger: true},
		{name: "activate-trader-sent", path: "/activate-trader/sent", stranger: true},
	}
}

func TestCompanyPages(t *testing.T) {
	t.Run("areas are given after a look at what they open, and with the password", func(t *testing.T) {
		c := newCounter()
		trader(true)(c)
		server, _ := serve(t, c)
		res, text := ask(t, server, http.MethodGet, "/company/people/tr-2/areas?imports=send&manifest=record", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		for _, part := range []string{"Validasi dan kirim dokumen", "NVOCC", "Layanan Kepabeanan", "Lihat pengajuan rush handling", "Antrean Rush", `name="version" value="2"`, `name="imports" value="send"`} {
			require.Contains(t, text, part)
		}
		require.Empty(t, c.asked, "a look changes nothing")
		form := url.Values{"version": {"2"}, "imports": {"send"}, "manifest": {"record"}, "permits": {""}}
		c.who.FreshUntil = time.Time{}
		res, text = ask(t, server, http.MethodPost, "/company/people/tr-2/areas", form)
		require.NotEqual(t, http.StatusSeeOther, res.StatusCode)
		require.Contains(t, text, `name="manifest" value="record"`)
		require.Contains(t, text, `id="step_up"`)
		c.who.FreshUntil = time.Now().Add(time.Minute)
		res, _ = ask(t, server, http.MethodPost, "/company/people/tr-2/areas", form)
		require.Equal(t, "/company/people/tr-2", res.Header.Get("Location"))
		require.Equal(t, []any{[]any{"tr-2", []models.AreaGrant{{Area: models.AreaImports, Level: models.LevelSend}, {Area: models.AreaManifest, Level: models.LevelRecord}}, 2}}, c.asked)
	})
	t.Run("what came too late, or would leave nobody responsible, is told on the person's page", func(t *testing.T) {
		for _, p := range []*models.Problem{models.ErrStale, models.ErrLastResponsible, models.ErrNotNow} {
			c := newCounter()
			trader(true)(c)
			c.fail = p
			server, _ := serve(t, c)
			res, _ := ask(t, server, http.MethodPost, "/company/people/tr-2/release", url.Values{"version": {"1"}})
			require.Equal(t, http.StatusSeeOther, res.StatusCode)
			require.Contains(t, res.Header.Get("Set-Cookie"), "warn."+p.Code)
		}
	})
	t.Run("a colleague sees what they may do, and nothing to press", func(t *testing.T) {
		c := newCounter()
		trader(false)(c)
		server, _ := serve(t, c)
		_, text := ask(t, server, http.MethodGet, "/company/people", nil)
		require.Contains(t, text, "Hubungi penanggung jawab perusahaan: Rina Sari")
		require.NotContains(t, text, "/company/people/new")
		require.NotContains(t, text, "Made Surya")
		for _, path := range []string{"/company/people/new", "/company/people/tr-1/close"} {
			res, _ := ask(t, server, http.MethodGet, path, nil)
			require.Equal(t, http.StatusForbidden, res.StatusCode, path)
		}
	})
	t.Run("an invitation with a slip keeps what was typed", func(t *testing.T) {
		c := newCounter()
		trader(true)(c)
		server, _ := serve(t, c)
		res, text := ask(t, server, http.MethodPost, "/company/people/new", url.Values{"name": {"Sari Wulandari"}, "email": {"sari"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, text, `href="#email"`)
		require.Contains(t, text, `value="Sari Wulandari"`)
		res, _ = ask(t, server, http.MethodPost, "/company/people/new", url.Values{"name": {"Sari Wulandari"}, "email": {"sari@niaga.example"}})
		require.Equal(t, "/company/people", res.Header.Get("Location"))
	})
	t.Run("an old account's form with faults names each, and one without leads everybody to the same page", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, text := ask(t, server, http.MethodPost, "/activate-trader", url.Values{"npwp": {"12"}, "email": {"rina@niaga.example"}})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		for _, part := range []string{`href="#npwp"`, `href="#captcha"`, `value="rina@niaga.example"`} {
			require.Contains(t, text, part)
		}
		res, _ = ask(t, server, http.MethodPost, "/activate-trader", url.Values{"npwp": {"01.234.567.8-901.000"}, "email": {"rina@niaga.example"}, "question": {"q"}, "captcha": {"12"}})
		require.Equal(t, "/activate-trader/sent", res.Header.Get("Location"))
	})
	t.Run("only an admin appoints, whom they chose", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodPost, "/companies/co-1/responsible", url.Values{"person": {"tr-2"}})
		require.Equal(t, http.StatusForbidden, res.StatusCode)
		c.who.Actor.Grants = grants(models.RoleAdmin)
		c.empty = true
		res, text := ask(t, server, http.MethodPost, "/companies/co-1/responsible", url.Values{})
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, text, `href="#person"`)
		res, _ = ask(t, server, http.MethodPost, "/companies/co-1/responsible", url.Values{"person": {"tr-2"}})
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
		require.Equal(t, []any{[]any{"co-1", "tr-2"}}, c.asked)
	})
}
