package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"loket/models"
)

// catalogueShelf is what one agency provides.
type catalogueShelf struct {
	Provider string
	Entries  []models.CatalogEntry
}

type catalogueBody struct {
	Shelves []catalogueShelf
	Text    string
	Admin   bool
}

// cataloguePage lists every application with what it is to the reader.
func (v *visit) cataloguePage() error {
	text := strings.TrimSpace(v.Query("q"))
	list, err := v.portal.Desk.Catalog(v.Request.Context(), v.actor(), text)
	if err != nil {
		return err
	}
	body := catalogueBody{Text: text, Admin: v.actor().Has(models.RoleAdmin)}
	for _, e := range list {
		if n := len(body.Shelves); n == 0 || body.Shelves[n-1].Provider != e.Provider {
			body.Shelves = append(body.Shelves, catalogueShelf{Provider: e.Provider})
		}
		last := &body.Shelves[len(body.Shelves)-1]
		last.Entries = append(last.Entries, e)
	}
	return v.show("access-catalogue", frame{Title: v.say.T("access.catalog.title"), Lead: v.say.T("access.catalog.lead"), Body: body,
		Crumbs: []link{{v.say.T("application.title"), "/applications"}, {Text: v.say.T("access.catalog.title")}}})
}

// askAccessForm is the form of a request. Open is the reader's request that is under way, if that is what stands in the way.
type askAccessForm struct {
	models.CatalogEntry
	Reason, Until, Key string
	Open, OpenNumber   string
	Lines              []faultLine
}

// Error is the sentence beside one field.
func (f askAccessForm) Error(field string) string { return of(f.Lines, field) }

// askAccessPage shows the form; one that follows an older request begins with its words.
func (v *visit) askAccessPage() error {
	form := askAccessForm{}
	if again := v.Query("again"); again != "" {
		if was, err := v.portal.Desk.AccessCase(v.Request.Context(), v.actor(), again); err == nil && was.Request.Application == v.Param("id") {
			form.Reason, form.Until = was.Request.Reason, formDate(was.Request.Ends)
		}
	}
	return v.showAskAccess(form, nil)
}

func (v *visit) showAskAccess(form askAccessForm, p *models.Problem) error {
	entry, err := v.portal.Desk.CatalogEntry(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	if p == nil && entry.State == models.AccessAsked {
		return v.to("/access/"+entry.CaseID, "warn."+models.ErrAskedAlready.Code)
	}
	if p == nil && entry.State != models.AccessAskable {
		return v.to("/applications/catalogue", "")
	}
	form.CatalogEntry, form.Key = entry, uuid.NewString()
	title := v.say.T("access.form.title", "application", entry.Name)
	f := frame{Title: title, Lead: v.say.T("access.form.lead"), Path: v.Request.URL.Path,
		Crumbs: []link{{v.say.T("application.title"), "/applications"}, {v.say.T("access.catalog.title"), "/applications/catalogue"}, {Text: title}}}
	if p == nil {
		f.Body = form
		return v.show("access-request", f)
	}
	form.Lines = calledAs(v.faultLines(p), "reason", v.say.T("access.form.reason_short"))
	if errors.Is(p, models.ErrAskedAlready) {
		form.Open, form.OpenNumber = p.Params["case"], p.Params["number"]
	}
	f.Faults, f.Body = form.Lines, form
	return v.showAs(statusOf(p.Code), "access-request", f)
}

func (v *visit) askAccess() error {
	in := models.AccessRequest{Application: v.Param("id"), Reason: v.form("reason"), Ends: storedDate(v.form("ends"))}
	asked, err := v.portal.Desk.AskAccess(v.Request.Context(), v.actor(), in, v.key())
	if p, ok := formProblem(err); ok {
		return v.showAskAccess(askAccessForm{Reason: in.Reason, Until: formDate(in.Ends)}, p)
	}
	if err != nil {
		return err
	}
	return v.to("/access/"+asked.ID, "access_sent")
}

type holdersBody struct {
	ID, Name string
	Items    []models.AccessHolder
	Pages    pager
}

// holdersPage lists who has an application.
func (v *visit) holdersPage() error {
	body := holdersBody{ID: v.Param("id")}
	page, err := v.portal.Desk.AccessHolders(v.Request.Context(), v.actor(), body.ID, v.pageQuery())
	if err != nil {
		return err
	}
	body.Items, body.Pages = page.Items, v.pagerAt("/applications/users/"+body.ID, v.Request.URL.RawQuery, page.Next)
	body.Name = v.applicationName(body.ID)
	title := v.say.T("access.holders.title", "application", body.Name)
	return v.show("access-users", frame{Title: title, Lead: v.say.T("access.holders.lead"), Body: body, Crumbs: v.holdersCrumbs(link{Text: title})})
}

func (v *visit) holdersCrumbs(then ...link) []link {
	return append([]link{{v.say.T("application.title"), "/applications"}, {v.say.T("access.catalog.title"), "/applications/catalogue"}}, then...)
}

// applicationName is what people call an application; its id where it is not in the reader's catalogue, as when it is
// switched off.
func (v *visit) applicationName(id string) string {
	entry, err := v.portal.Desk.CatalogEntry(v.Request.Context(), v.actor(), id)
	if err != nil {
		return id
	}
	return entry.Name
}

// revokeForm asks why somebody is to lose an application.
type revokeForm struct {
	ID, Account, Name, Person, Reason string
	Lines                             []faultLine
}

// Error is the sentence beside one field.
func (f revokeForm) Error(field string) string { return of(f.Lines, field) }

func (v *visit) revokePage() error { return v.showRevoke(nil) }

func (v *visit) showRevoke(p *models.Problem) error {
	form := revokeForm{ID: v.Param("id"), Account: v.Param("account"), Reason: v.form("reason")}
	holder, err := v.portal.Desk.AccessHolder(v.Request.Context(), v.actor(), form.ID, form.Account)
	if err != nil {
		return err
	}
	form.Name, form.Person = v.applicationName(form.ID), holder.Name
	status := http.StatusOK
	f := frame{Title: v.say.T("access.revoke.title"), Lead: v.say.T("access.revoke.lead", "name", form.Person, "application", form.Name), Path: v.Request.URL.Path,
		Crumbs: v.holdersCrumbs(link{v.say.T("access.holders.title", "application", form.Name), "/applications/users/" + form.ID}, link{Text: v.say.T("access.revoke.title")})}
	if p != nil {
		form.Lines, status = v.faultLines(p), statusOf(p.Code)
	}
	f.Faults, f.Body = form.Lines, form
	return v.showAs(status, "access-revoke", f)
}

func (v *visit) revokeAccess() error {
	err := v.portal.Desk.RevokeAccess(v.Request.Context(), v.actor(), v.Param("id"), v.Param("account"), v.form("reason"))
	if p, ok := formProblem(err); ok {
		return v.showRevoke(p)
	}
	if err != nil {
		return err
	}
	return v.to("/applications/users/"+v.Param("id"), "access_revoked")
}
