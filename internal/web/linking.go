package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"loket/internal/edge"
	"loket/internal/oidc"
	"loket/models"
)

// directoratePath leads out of the portal, into the application.
const directoratePath = "/applications/directorate/:id"

// linkingRoutes are who somebody is in an application with its own login, and for which directorate they open it.
func linkingRoutes() []route {
	in, admin := edge.SignedIn(), edge.Roles(models.RoleAdmin)
	return []route{
		get("/applications/link/:id", in, (*visit).linkAccountPage, "Link an application's own user: the form"),
		post("/applications/link/:id", in, (*visit).linkAccount, "Link an application's own user").limited(edge.RateSignIn),
		get("/applications/unlink/:id", in, (*visit).unlinkPage, "Ask whether to forget a link"),
		post("/applications/unlink/:id", in, (*visit).unlink, "Forget a link"),
		get(directoratePath, in, (*visit).directoratePage, "Choose for which directorate to open an application: the form"),
		post(directoratePath, in, (*visit).chooseDirectorate, "Choose a directorate and open the application"),
		post("/applications/manage/edit/:id/linking-secret", admin, (*visit).renewLinkingSecret, "Make the secret for an application's own login").proven(nil),
		get("/applications/manage/links/:id", admin, (*visit).linksPage, "Who is linked to an application"),
		post("/applications/manage/links/:id/:account/end", admin, (*visit).endLink, "Forget somebody's link").proven(nil),
	}
}

// countUsers tells for each tile who else has the application.
func (v *visit) countUsers(tiles []models.ApplicationTile) error {
	ids := make([]string, len(tiles))
	for i, t := range tiles {
		ids[i] = t.ID
	}
	users, err := v.portal.Desk.ApplicationUsers(v.Request.Context(), v.actor(), ids)
	for i := range tiles {
		tiles[i].Users = users[tiles[i].ID]
	}
	return err
}

// userForm is the form that proves a user. The password that was typed is not in it.
type userForm struct {
	App              models.ApplicationTile
	Username, Return string
	Away             bool
	Lines            []faultLine
}

func (v *visit) linkable() (models.ApplicationTile, error) {
	return v.portal.Desk.LinkableApplication(v.Request.Context(), v.actor(), v.Param("id"))
}

func (v *visit) linkAccountPage() error {
	app, err := v.linkable()
	if err != nil {
		return err
	}
	form := userForm{App: app, Return: local(v.Query("return"))}
	if app.LinkedAs != "" {
		return v.afterLinking(form, "")
	}
	return v.showUserForm(form, nil)
}

// afterLinking leads to the application for which somebody came, or back to the list.
func (v *visit) afterLinking(form userForm, done string) error {
	if form.Return == "/" {
		form.Return = "/applications#app-" + form.App.ID
	}
	return v.to(form.Return, done)
}

func (v *visit) linkAccount() error {
	app, err := v.linkable()
	if err != nil {
		return err
	}
	form := userForm{App: app, Username: v.form("username"), Return: local(v.form("return"))}
	_, err = v.portal.Desk.LinkApplication(v.Request.Context(), v.actor(), app.ID, models.LinkProof{Username: form.Username, Password: v.PostForm("password")})
	if errors.Is(err, models.ErrLinkAway) {
		form.Away = true
		return v.showUserForm(form, models.ErrLinkAway)
	}
	if p, ok := formProblem(err); ok {
		return v.showUserForm(form, p)
	}
	if err != nil {
		return err
	}
	return v.afterLinking(form, "application_linked")
}

func (v *visit) showUserForm(form userForm, p *models.Problem) error {
	v.mayLeadTo(form.Return)
	f := frame{Title: v.say.T("linking.link_title", "name", form.App.Name), Lead: form.App.Provider, Path: "/applications/link/" + form.App.ID,
		Crumbs: []link{{v.say.T("application.title"), "/applications"}, {Text: v.say.T("linking.link")}}}
	status := http.StatusOK
	if p != nil {
		status = statusOf(p.Code)
	}
	if p != nil && !form.Away {
		f.Faults = calledAs(v.faultLines(p), "password", v.say.T("linking.password", "name", form.App.Name))
		if f.Faults = calledAs(f.Faults, "username", v.say.T("linking.username", "name", form.App.Name)); len(p.Faults) == 0 {
			f.Faults = []faultLine{{Field: "username", Href: "#username", Text: v.problemText(p) + ". " + v.problemDetail(p)}}
		}
		form.Lines = slices.Clone(f.Faults)
	}
	f.Body = form
	return v.showAs(status, "link", f)
}

func (v *visit) unlinkPage() error {
	app, err := v.linkable()
	if err == nil && app.LinkedAs == "" {
		err = models.ErrNotFound
	}
	if err != nil {
		return err
	}
	return v.show("unlink", frame{Title: v.say.T("linking.unlink_title", "name", app.Name), Path: "/applications/unlink/" + app.ID,
		Crumbs: []link{{v.say.T("application.title"), "/applications"}, {Text: v.say.T("linking.unlink")}}, Body: app})
}

func (v *visit) unlink() error {
	if err := v.portal.Desk.UnlinkApplication(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	v.wakeSignOn()
	return v.to("/applications", "application_unlinked")
}

// wakeSignOn has applications told at once of what was closed.
func (v *visit) wakeSignOn() {
	if v.portal.SignOn != nil {
		v.portal.SignOn.Wake()
	}
}

// partChoice is the part of a page that asks for a directorate.
type partChoice struct {
	Options     []option
	Stale       bool
	Looked      *time.Time
	NPWP, Error string
}

func (v *visit) partChoice(place models.LinkPlace, lines []faultLine) partChoice {
	c := partChoice{Stale: place.Stale, Looked: place.Looked, NPWP: models.FormatNPWP(place.NPWP), Error: of(lines, "directorate")}
	for _, d := range place.Directorates {
		c.Options = append(c.Options, option{Value: d.Code, Text: d.Name, On: d.Code == place.Chosen})
	}
	return c
}

type directorateBody struct {
	ID, Name string
	Part     partChoice
}

func (v *visit) directoratePage() error {
	app, err := v.linkable()
	if err != nil {
		return err
	}
	return v.showDirectorates(app, nil)
}

func (v *visit) showDirectorates(app models.ApplicationTile, p *models.Problem) error {
	place, err := v.portal.Desk.Directorates(v.Request.Context(), v.actor(), app.ID, v.who.SessionID)
	if err != nil {
		return err
	}
	if to := oidc.OriginOf(app.Launch); to != "" { // the form leads there, over the application's own redirects
		v.Header("Content-Security-Policy", edge.ContentPolicy(to))
	}
	f := frame{Title: v.say.T("linking.choose"), Lead: app.Name, Path: "/applications/directorate/" + app.ID,
		Crumbs: []link{{v.say.T("application.title"), "/applications"}, {Text: v.say.T("linking.choose")}}}
	status := http.StatusOK
	if p != nil {
		f.Faults, status = v.faultLines(p), statusOf(p.Code)
	}
	f.Body = directorateBody{app.ID, app.Name, v.partChoice(place, f.Faults)}
	return v.showAs(status, "directorate", f)
}

func (v *visit) chooseDirectorate() error {
	app, err := v.linkable()
	if err != nil {
		return err
	}
	_, err = v.portal.Desk.ChooseDirectorate(v.Request.Context(), v.actor(), app.ID, v.who.SessionID, v.form("directorate"))
	if p, ok := formProblem(err); ok {
		return v.showDirectorates(app, p)
	}
	if err != nil {
		return err
	}
	v.Redirect(http.StatusSeeOther, app.Launch)
	return nil
}

// openFor takes the directorate that the page between tile and application asked for, and goes on.
func (v *visit) openFor(ask *oidc.Ask) error {
	_, err := v.portal.Desk.ChooseDirectorate(v.Request.Context(), v.actor(), ask.Application.ID, v.who.SessionID, v.form("directorate"))
	if p, ok := formProblem(err); ok {
		return v.showAuthorize(ask, oidc.StepPart, p)
	}
	if err != nil {
		return err
	}
	return v.goOn(ask, oidc.Visitor{}, nil)
}

func (v *visit) renewLinkingSecret() error {
	secret, err := v.portal.Desk.RenewLinkingSecret(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	app, err := v.portal.Desk.RegisteredApplication(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	return v.show("linking-secret", frame{Title: app.Name, Path: "/applications/manage/edit/" + app.ID,
		Crumbs: []link{{v.say.T("application.title"), "/applications"}, {v.say.T("application.manage"), "/applications/manage"}, {Text: app.Name}},
		Body:   linkingSecretBody{app.ID, strings.TrimRight(app.Linking, "/"), secret}})
}

// linkingSecretBody shows a secret just made, this once.
type linkingSecretBody struct{ ID, Address, Secret string }

type linksBody struct {
	models.Page[models.ApplicationLink]
	ID, Text string
	Pages    pager
}

func (v *visit) linksPage() error {
	ctx, a, id := v.Request.Context(), v.actor(), v.Param("id")
	app, err := v.portal.Desk.RegisteredApplication(ctx, a, id)
	if err != nil {
		return err
	}
	list, err := v.portal.Desk.ApplicationLinks(ctx, a, id, v.Query("q"), v.pageQuery())
	if err != nil {
		return err
	}
	return v.show("application-links", frame{Title: v.say.T("linking.links"), Lead: app.Name,
		Crumbs: []link{{v.say.T("application.title"), "/applications"}, {v.say.T("application.manage"), "/applications/manage"}, {app.Name, "/applications/manage/edit/" + id}, {Text: v.say.T("linking.links")}},
		Body:   linksBody{list, id, v.Query("q"), v.pager(list.Next)}})
}

func (v *visit) endLink() error {
	id := v.Param("id")
	if err := v.portal.Desk.EndLink(v.Request.Context(), v.actor(), id, v.Param("account")); err != nil {
		return err
	}
	v.wakeSignOn()
	return v.to("/applications/manage/links/"+id, "application_unlinked")
}
