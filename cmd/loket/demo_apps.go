package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"loket/internal/demo"
	"loket/internal/demo/relying"
	"loket/internal/i18n"
	"loket/models"
)

// appPort is the first port that is tried for the demo's applications.
const appPort = 8090

// demoApp is one of the applications that a demo opens with Loket's accounts. One with its own login has users of its own,
// to whom accounts are linked.
type demoApp struct {
	id, name, about, icon string
	ownLogin              bool
	area                  models.Area // of a company, by which it is opened
	asked                 bool        // given by request
}

func demoApps() []demoApp {
	return []demoApp{
		{id: "jadwal", name: "Jadwal Rapat", about: "Ruang dan waktu rapat.", icon: "calendar"},
		{id: "arsip", name: "Arsip Surat", about: "Surat masuk dan keluar beserta disposisinya.", icon: "archive"},
		{id: demo.LoginApp, name: "E-Rekomendasi", about: "Rekomendasi impor dan ekspor; masih memiliki pengguna sendiri.", icon: "letter", ownLogin: true},
		{id: demo.RequestedApp, name: "Kinerja Unit", about: "Sasaran dan capaian kinerja unit kerja; diminta oleh yang memerlukannya.", icon: "chart", asked: true},
		{id: "manifes", name: "Pantau Manifes", about: "Manifes pengangkut dan kontainer kosong; dibuka orang perusahaan yang memegang bidang manifes.", icon: "chart", area: models.AreaManifest},
	}
}

// applications puts up the demo's applications, each on a port of its own, and registers them.
func (h *house) applications(ctx context.Context, f *folder) error {
	apps := demoApps()
	f.state.Apps = append(f.state.Apps, make([]int, max(0, len(apps)-len(f.state.Apps)))...)
	for i, d := range apps {
		l, err := nextFree(f.state.Apps[i], appPort)
		if err != nil {
			return err
		}
		f.state.Apps[i] = portOf(l)
		secret, err := h.registerApp(ctx, d, "http://"+l.Addr().String())
		if err != nil {
			return errors.Join(fmt.Errorf("register the application %s: %w", d.id, err), l.Close())
		}
		users, err := h.login(ctx, d)
		if err != nil {
			return errors.Join(err, l.Close())
		}
		app, err := relying.New(relying.Config{ID: d.id, Secret: secret, Name: d.name, Icon: d.icon, URL: "http://" + l.Addr().String(),
			Issuer: h.cfg.PublicURL, Say: h.speak, Users: users, Area: string(d.area), Log: h.log})
		if err != nil {
			return errors.Join(err, l.Close())
		}
		h.serveApp(d.id, app, l)
	}
	return nil
}

// speak gives the words in the language of whoever is signed in, or of the browser.
func (h *house) speak(locale, accept string) relying.Words {
	if !slices.Contains(i18n.Languages(), locale) {
		locale = h.words.Match(accept)
	}
	return h.words.For(locale)
}

// registerApp registers an application at the address that it has this time, and gives it a new secret.
func (h *house) registerApp(ctx context.Context, d demoApp, url string) (string, error) {
	by := models.Actor{Agency: models.DefaultAgency, Origin: models.Origin{Channel: "cli"}}
	app := models.Application{ID: d.id, Name: d.name, About: d.about, Provider: h.cfg.AgencyName, Kind: models.ApplicationConfidential, Icon: d.icon,
		Access: models.AccessEmployees, Launch: url + "/start", Redirects: []string{url + "/callback"}, PostLogout: []string{url + "/"},
		BackChannel: url + "/back-channel", Enabled: true}
	if d.area != "" {
		app.Access, app.Area = models.AccessByCompany, d.area
	}
	if d.ownLogin {
		app.Access, app.Linking = models.AccessEveryone, url+"/loket"
	}
	had, err := h.store.Application(ctx, by.Agency, d.id)
	if err != nil && !errors.Is(err, models.ErrNotFound) {
		return "", err
	}
	app.Version, app.Owner = had.Version, had.Owner
	if d.asked {
		app.Access = models.AccessByGrant // until somebody answers for it
		if had.Owner != "" {
			app.Access = models.AccessByRequest
		}
	}
	if err := h.store.SaveApplication(ctx, by, app); err != nil {
		return "", err
	}
	return h.store.RenewSecret(ctx, by, d.id)
}

// login makes the user table of an application that has its own, and the secret by which it knows Loket.
func (h *house) login(ctx context.Context, d demoApp) (*relying.Users, error) {
	if !d.ownLogin {
		return nil, nil
	}
	users, err := demo.Login()
	if err != nil {
		return nil, err
	}
	users.Secret, err = h.linking().Renew(ctx, models.Actor{Agency: models.DefaultAgency, Origin: models.Origin{Channel: "cli"}}, d.id)
	return users, err
}

func (h *house) serveApp(id string, app http.Handler, l net.Listener) {
	server := &http.Server{Handler: app, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second}
	h.stack.run("application "+id, func(ctx context.Context) error {
		stop := context.AfterFunc(ctx, func() { _ = server.Close() })
		defer stop()
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
}
