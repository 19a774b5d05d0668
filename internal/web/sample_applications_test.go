package web_test

import (
	"context"
	"net/url"
	"strings"
	"time"

	"loket/internal/oidc"
	"loket/models"
)

func sampleTiles() []models.ApplicationTile {
	return []models.ApplicationTile{
		{ID: "arsip", Name: "Arsip Surat", About: "Surat masuk dan keluar beserta disposisinya.", Provider: "Kementerian Contoh", Icon: "archive", Launch: "https://arsip.kem.example/"},
		{ID: "jadwal", Name: "Jadwal Rapat", About: "Ruang dan waktu rapat.", Provider: "Kementerian Contoh", Icon: "calendar", Launch: "https://jadwal.kem.example/"},
		{ID: "mitra", Name: "Portal Mitra", About: "Data bersama antarinstansi.", Provider: "Lembaga Mitra", Icon: "people", Launch: "https://mitra.example/"},
		sampleLinkable(), {ID: "terhubung", Name: "Izin Usaha", About: "Izin usaha kepabeanan.", Provider: "Lembaga Mitra", Icon: "window", Launch: "https://izin.example/",
			Linking: true, LinkedAs: "P-0001", Directorates: 2},
	}
}

func sampleApplication() models.Application {
	return models.Application{ID: "mitra", Name: "Portal Mitra", About: "Data bersama antarinstansi.", Provider: "Lembaga Mitra", Kind: models.ApplicationConfidential,
		Icon: "people", Access: models.AccessByGrant, Launch: "https://mitra.example/", Redirects: []string{"https://mitra.example/callback"}, Owner: "bayu.yanti",
		OwnerName: "Bayu Yanti", ThirdParty: true, Enabled: true, Users: 37, Version: 2, SecretSet: at(ago(240 * time.Hour)),
		Linking: "https://mitra.example/loket", LinkingSet: at(ago(240 * time.Hour)), LinkedUsers: 12}
}

func (c *counter) MyApplications(_ context.Context, _ models.Actor, text string) ([]models.ApplicationTile, error) {
	if c.empty && !c.reads || text != "" {
		return nil, c.fail
	}
	return sampleTiles(), c.fail
}

func (c *counter) RegisteredApplications(context.Context, models.Actor) ([]models.Application, error) {
	if c.empty {
		return nil, c.fail
	}
	return []models.Application{sampleApplication()}, c.fail
}

func (c *counter) RegisteredApplication(context.Context, models.Actor, string) (models.Application, error) {
	return sampleApplication(), c.fail
}

func (c *counter) SaveApplication(_ context.Context, _ models.Actor, app models.Application) (models.Application, string, error) {
	c.asked = append(c.asked, app)
	if faults := models.CheckApplication(app); len(faults) > 0 {
		return app, "", models.Invalid(faults...)
	}
	return sampleApplication(), "kJ2x-this-is-shown-once", nil
}

func (c *counter) RenewSecret(context.Context, models.Actor, string) (string, error) {
	return "kJ2x-this-is-shown-once", nil
}

// signOn asks what a test wants to see asked: the step that the request's prompt names.
type signOn struct{}

func (signOn) Ask(_ context.Context, form url.Values) (*oidc.Ask, error) {
	if form.Get("client_id") != "mitra" {
		return nil, models.ErrAskUnknown
	}
	return &oidc.Ask{Application: sampleApplication(), Scopes: strings.Fields("openid profile email agency:unit agency:roles"), Form: form}, nil
}

func (signOn) Next(_ context.Context, a *oidc.Ask, v oidc.Visitor) (oidc.Step, error) {
	if v.Owes {
		return oidc.StepOwed, nil
	}
	return map[string]oidc.Step{"login": oidc.StepProve, "directorate": oidc.StepPart, "select_account": oidc.StepChoose, "consent": oidc.StepConsent}[a.Form.Get("prompt")], nil
}

func (signOn) Grant(context.Context, *oidc.Ask, oidc.Visitor) (string, error) {
	return "https://mitra.example/callback?code=c", nil
}

func (signOn) Farewell(_ context.Context, form url.Values) (*oidc.Farewell, error) {
	return &oidc.Farewell{Application: "Portal Mitra", Form: form}, nil
}

func (signOn) Open(context.Context, []string) ([]string, error) {
	return []string{"Arsip Surat", "Jadwal Rapat"}, nil
}

func (signOn) Wake() {}

func applicationScenes() []scene {
	admin := func(c *counter) { c.who.Actor.Grants = append(c.who.Actor.Grants, grants(models.RoleAdmin)...) }
	return []scene{
		{name: "applications", path: "/applications"},
		{name: "applications-empty", path: "/applications", set: func(c *counter) { c.empty = true }},
		{name: "applications-none-found", path: "/applications?q=gaji"},
		{name: "applications-manage", path: "/applications/manage", set: admin},
		{name: "application-new", path: "/applications/manage/new", set: admin},
		{name: "application-edit", path: "/applications/manage/edit/mitra", set: admin},
		{name: "authorize-consent", path: "/oidc/authorize?client_id=mitra&prompt=consent"},
		{name: "authorize-prove", path: "/oidc/authorize?client_id=mitra&prompt=login"},
		{name: "authorize-choose", path: "/oidc/authorize?client_id=mitra&prompt=select_account"},
		{name: "authorize-unknown", path: "/oidc/authorize?client_id=nobody", status: 400},
		{name: "end-session", path: "/oidc/end-session"},
	}
}
