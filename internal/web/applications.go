package web

import (
	"errors"
	"slices"
	"strings"

	"loket/internal/edge"
	"loket/models"
)

// applicationRoutes are what one may open, its registration, and where applications send people.
func applicationRoutes() []route {
	in, admin := edge.SignedIn(), edge.Roles(models.RoleAdmin)
	return append(append(signOnRoutes(), linkingRoutes()...),
		get("/applications", in, (*visit).applicationsPage, "What I may open"),
		get("/applications/manage", admin, (*visit).registeredPage, "The registered applications"),
		get("/applications/manage/new", admin, (*visit).newApplicationPage, "Register an application: the form"),
		post("/applications/manage/new", admin, (*visit).saveApplication, "Register an application").proven((*visit).showApplicationProof),
		get("/applications/manage/edit/:id", admin, (*visit).editApplicationPage, "Change an application: the form"),
		post("/applications/manage/edit/:id", admin, (*visit).saveApplication, "Change an application").proven((*visit).showApplicationProof),
		post("/applications/manage/edit/:id/secret", admin, (*visit).renewSecret, "Make an application a new secret").proven(nil),
	)
}

// shelf is what one agency provides.
type shelf struct {
	Provider string
	Tiles    []models.ApplicationTile
}

// shelves puts tiles together by who provides them, in the order in which they come.
func shelves(tiles []models.ApplicationTile) []shelf {
	var list []shelf
	for _, t := range tiles {
		if len(list) == 0 || list[len(list)-1].Provider != t.Provider {
			list = append(list, shelf{Provider: t.Provider})
		}
		last := &list[len(list)-1]
		last.Tiles = append(last.Tiles, t)
	}
	return list
}

type applicationsBody struct {
	Shelves []shelf
	Text    string
	Admin   bool
}

func (v *visit) applicationsPage() error {
	text := strings.TrimSpace(v.Query("q"))
	tiles, err := v.portal.Desk.MyApplications(v.Request.Context(), v.actor(), text)
	if err == nil {
		err = v.countUsers(tiles)
	}
	if err != nil {
		return err
	}
	return v.show("applications", frame{Title: v.say.T("application.title"), Lead: v.say.T("application.lead"),
		Body: applicationsBody{shelves(tiles), text, v.actor().Has(models.RoleAdmin)}})
}

func (v *visit) registeredPage() error {
	list, err := v.portal.Desk.RegisteredApplications(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	return v.show("applications-manage", frame{Title: v.say.T("application.manage"), Crumbs: []link{{v.say.T("application.title"), "/applications"}, {Text: v.say.T("application.manage")}}, Body: list})
}

// applicationForm is what the form holds. Addresses are one a line. Secret is one just made, shown this once.
type applicationForm struct {
	models.Application
	Addresses, AfterLogout        string
	Kinds, Icons, Accesses, Areas []option
	Secret                        string
	Proof                         proofPart
	Lines                         []faultLine
}

// Error is the sentence beside one field.
func (f applicationForm) Error(field string) string { return of(f.Lines, field) }

// Old tells whether the application is registered already.
func (f applicationForm) Old() bool { return f.Version > 0 }

// Keeps tells whether it has a secret.
func (f applicationForm) Keeps() bool { return f.Kind == models.ApplicationConfidential }

func (v *visit) newApplicationPage() error {
	return v.showApplication(models.Application{Kind: models.ApplicationConfidential, Access: models.AccessByGrant, Icon: models.ApplicationIcons()[0],
		Provider: v.portal.Agency, Enabled: true}, "", nil)
}

func (v *visit) editApplicationPage() error {
	app, err := v.portal.Desk.RegisteredApplication(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	return v.showApplication(app, "", nil)
}

// applicationAsked reads the form.
func (v *visit) applicationAsked() models.Application {
	app := models.Application{ID: v.form("id"), Name: v.form("name"), About: v.form("about"), Provider: v.form("provider"), Kind: models.ApplicationKind(v.form("kind")),
		Icon: v.form("icon"), Access: models.ApplicationAccess(v.form("access")), Area: models.Area(v.form("area")), Launch: v.form("launch"), Redirects: strings.Fields(v.PostForm("redirect_uris")),
		PostLogout: strings.Fields(v.PostForm("post_logout_redirect_uris")), BackChannel: v.form("backchannel_logout_uri"), Owner: v.form("owner"), Linking: v.form("linking_address"),
		ThirdParty: v.form("third_party") != "", Enabled: v.form("enabled") != "", Version: atoi(v.form("version"))}
	if id := v.Param("id"); id != "" {
		app.ID, app.Version = id, max(app.Version, 1)
	} else {
		app.Version = 0
	}
	return app
}

func (v *visit) saveApplication() error {
	app := v.applicationAsked()
	saved, secret, err := v.portal.Desk.SaveApplication(v.Request.Context(), v.actor(), app)
	if errors.Is(err, models.ErrDuplicate) {
		err = models.Invalid(models.Fault("id", "taken"))
	}
	if p, ok := formProblem(err); ok {
		return v.showApplication(app, "", p)
	}
	if err != nil {
		return err
	}
	if secret != "" {
		return v.showApplication(saved, secret, nil)
	}
	return v.to("/applications/manage", "application_saved")
}

func (v *visit) showApplicationProof(p *models.Problem) error {
	return v.showApplication(v.applicationAsked(), "", p)
}

func (v *visit) renewSecret() error {
	secret, err := v.portal.Desk.RenewSecret(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	app, err := v.portal.Desk.RegisteredApplication(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	return v.showApplication(app, secret, nil)
}

func (v *visit) showApplication(app models.Application, secret string, p *models.Problem) error {
	form := applicationForm{Application: app, Addresses: strings.Join(app.Redirects, "\n"), AfterLogout: strings.Join(app.PostLogout, "\n"), Secret: secret}
	for _, k := range models.ApplicationKinds() {
		form.Kinds = append(form.Kinds, v.choice("application.kind", string(k), k == app.Kind))
	}
	for _, a := range models.ApplicationAccesses() {
		form.Accesses = append(form.Accesses, v.choice("application.access", string(a), a == app.Access))
	}
	form.Areas = []option{{Text: v.say.T("application.area_none"), On: app.Area == ""}}
	for _, a := range models.Areas() {
		form.Areas = append(form.Areas, option{Value: string(a), Text: v.say.T("company.area." + string(a)), On: a == app.Area})
	}
	for _, i := range models.ApplicationIcons() {
		form.Icons = append(form.Icons, option{Value: i, Text: v.say.T("application.icon." + i), On: i == app.Icon})
	}
	title := v.say.T("application.new")
	if form.Old() {
		title = app.Name
	}
	f := frame{Title: title, Crumbs: []link{{v.say.T("application.title"), "/applications"}, {v.say.T("application.manage"), "/applications/manage"}, {Text: title}}}
	if p == nil {
		form.Proof = v.proof(nil)
		f.Body = form
		if f.Path = "/applications/manage"; form.Old() {
			f.Path = "/applications/manage/edit/" + app.ID
		}
		return v.show("application", f)
	}
	form.Lines = v.faultLines(p)
	form.Proof = v.proof(form.Lines)
	f.Faults, f.Body, f.Path = slices.Clone(form.Lines), form, "/applications/manage"
	return v.showAs(statusOf(p.Code), "application", f)
}

func (v *visit) choice(prefix, value string, on bool) option {
	key := prefix + "." + value
	return option{Value: value, Text: v.say.T(key), Hint: v.say.T(key + "_hint"), On: on}
}
