package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/i18n"
	"loket/internal/oidc"
	"loket/models"
)

// SignOn is the OpenID provider as far as people meet it; *oidc.Provider is one.
type SignOn interface {
	Opening
	Leaving
}

// Opening leads people to applications.
type Opening interface {
	Ask(ctx context.Context, form url.Values) (*oidc.Ask, error)
	Next(ctx context.Context, a *oidc.Ask, v oidc.Visitor) (oidc.Step, error)
	Grant(ctx context.Context, a *oidc.Ask, v oidc.Visitor) (string, error)
}

// Leaving signs people out of applications.
type Leaving interface {
	Farewell(ctx context.Context, form url.Values) (*oidc.Farewell, error)
	Open(ctx context.Context, sessions []string) ([]string, error)
	// Wake has applications told at once that a session has ended.
	Wake()
}

const authorizePath = "/oidc/authorize"

// signOnRoutes are the pages that applications send people to. They are public: whoever is not signed in is led to the
// door and back.
func signOnRoutes() []route {
	all := edge.Public()
	return []route{
		get(authorizePath, all, func(v *visit) error { return v.authorize(v.Request.URL.Query()) }, "Open an application: where it sends people"),
		post(authorizePath, all, (*visit).authorizePosted, "Open an application: what its page was answered").foreign(),
		get("/oidc/end-session", all, func(v *visit) error { return v.leavePage(v.Request.URL.Query()) }, "Sign out, as an application asks: the form"),
		post("/oidc/end-session", all, (*visit).leave, "Sign out, as an application asks").foreign(),
	}
}

// authorize goes as far as it can without asking the visitor anything.
func (v *visit) authorize(form url.Values) error {
	if v.portal.SignOn == nil {
		return models.ErrNotFound
	}
	v.speak(form)
	ask, err := v.portal.SignOn.Ask(v.Request.Context(), form)
	if err != nil {
		return v.hears(err)
	}
	return v.goOn(ask, oidc.Visitor{}, nil)
}

// speak has a visitor who never chose a language met in the one that the application speaks with them. It is the door's until
// they sign in: their account has one of its own.
func (v *visit) speak(form url.Values) {
	if v.in || v.portal.Cookies.Get(v.Request, languageCookie) != "" {
		return
	}
	for _, tag := range strings.Fields(form.Get("ui_locales")) {
		language, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if slices.Contains(i18n.Languages(), language) {
			v.lang, v.say = language, v.portal.Words.For(language).In(v.portal.Zone)
			v.portal.Cookies.Set(v.Writer, doorCookie, language, time.Hour)
			return
		}
	}
}

// hears sends the visitor back to the application with its refusal; other errors stay here.
func (v *visit) hears(err error) error {
	var refusal *oidc.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	v.Redirect(http.StatusSeeOther, refusal.Location)
	return nil
}

// goOn takes the next step: to the application, to the door, or to a page that asks.
func (v *visit) goOn(ask *oidc.Ask, said oidc.Visitor, p *models.Problem) error {
	said.SignedIn, said.Actor, said.SessionID, said.Owes = v.in, v.actor(), v.who.SessionID, v.owed() != ""
	step, err := v.portal.SignOn.Next(v.Request.Context(), ask, said)
	if err != nil {
		return v.hears(err)
	}
	switch step {
	case oidc.StepOwed:
		return v.away(v.owed(), ask.Form)
	case oidc.StepLink:
		return v.away("/applications/link/"+ask.Application.ID, ask.Form)
	case oidc.StepSignIn:
		return v.away("/sign-in", ask.After(oidc.StepSignIn))
	case oidc.StepGrant:
		location, err := v.portal.SignOn.Grant(v.Request.Context(), ask, said)
		if err != nil {
			return v.hears(err)
		}
		v.Redirect(http.StatusSeeOther, location)
		return nil
	}
	return v.showAuthorize(ask, step, p)
}

// owed is the page where the visitor has to see to their account before anything is open to them; empty for nobody and
// whoever has not.
func (v *visit) owed() string {
	switch {
	case !v.in:
		return ""
	case v.who.Account.Ended:
		return renewalPath
	case v.who.Account.MustChangePassword:
		return "/account/password"
	case v.who.OwesFactor:
		return "/account/security/second-factor"
	}
	return ""
}

// away leads to a page of the door, and back here after it.
func (v *visit) away(path string, form url.Values) error {
	return v.to(path+"?return="+url.QueryEscape(authorizePath+"?"+form.Encode()), "")
}

type authorizeBody struct {
	Name, Provider, Ask string
	Step                oidc.Step
	ThirdParty          bool
	Scopes              []string
	Proof               proofPart
	Part                partChoice
}

// showAuthorize asks. The form may lead to the application's own origin, and to no other.
func (v *visit) showAuthorize(ask *oidc.Ask, step oidc.Step, p *models.Problem) error {
	v.Header("Content-Security-Policy", edge.ContentPolicy(ask.Origin()))
	app := ask.Application
	f := frame{Title: v.say.T("application.open_title", "name", app.Name), Lead: app.Provider, Path: authorizePath + "?" + ask.Form.Encode()}
	status := http.StatusOK
	if p != nil {
		f.Faults, status = v.faultLines(p), statusOf(p.Code)
	}
	body := authorizeBody{Name: app.Name, Provider: app.Provider, Ask: ask.Form.Encode(), Step: step, ThirdParty: app.ThirdParty, Scopes: ask.Scopes}
	if step == oidc.StepProve {
		body.Proof = v.proof(f.Faults)
		body.Proof.Asked = true // however fresh the password is: the application wants it given now
	}
	if step == oidc.StepPart {
		place, known := ask.Place()
		if !known {
			var err error
			if place, err = v.portal.Desk.Directorates(v.Request.Context(), v.actor(), app.ID, v.who.SessionID); err != nil {
				return err
			}
		}
		body.Part, f.Title, f.Lead = v.partChoice(place, f.Faults), v.say.T("linking.choose"), app.Name
	}
	f.Body = body
	return v.showAs(status, "authorize", f)
}

// authorizePosted reads what the visitor said on the page, or the request itself where an application posts it.
func (v *visit) authorizePosted() error {
	if v.portal.SignOn == nil {
		return models.ErrNotFound
	}
	if v.PostForm("ask") == "" {
		return v.asked(authorizePath)
	}
	form, err := url.ParseQuery(v.PostForm("ask"))
	if err != nil {
		return models.ErrAskUnknown
	}
	ask, err := v.portal.SignOn.Ask(v.Request.Context(), form)
	if err != nil {
		return v.hears(err)
	}
	switch step := oidc.Step(v.PostForm("step")); {
	case v.PostForm("go") == "cancel":
		return v.hears(ask.Refuse("access_denied", "The account's owner did not want to go on."))
	case !v.in:
		return v.away("/sign-in", ask.After(oidc.StepSignIn))
	case v.PostForm("go") == "other":
		return v.asAnother(ask)
	case step == oidc.StepProve:
		return v.prove(ask)
	case step == oidc.StepPart:
		return v.openFor(ask)
	case step == oidc.StepChoose:
		return v.authorize(ask.After(oidc.StepChoose))
	case step == oidc.StepConsent:
		return v.goOn(ask, oidc.Visitor{Agreed: true}, nil)
	}
	return v.goOn(ask, oidc.Visitor{}, nil)
}

// asked has the browser bring by GET what an application had it post: what comes from elsewhere by POST comes without
// the session's cookie, and would count as nobody's.
func (v *visit) asked(path string) error {
	v.Redirect(http.StatusSeeOther, path+"?"+v.Request.PostForm.Encode())
	return nil
}

// asAnother signs out, and leads to the door for somebody else.
func (v *visit) asAnother(ask *oidc.Ask) error {
	if err := v.portal.Desk.SignOut(v.Request.Context(), v.sessionToken()); err != nil {
		return err
	}
	v.forget()
	return v.away("/sign-in", ask.After(oidc.StepChoose, oidc.StepSignIn))
}

// prove takes the password that the application wants to have been given just now.
func (v *visit) prove(ask *oidc.Ask) error {
	err := v.stepUp()
	if p, ok := formProblem(err); ok {
		told := *p
		told.Faults = nil
		for _, f := range p.Faults {
			switch f.Field {
			case "password":
				f.Field = proofField
			case "code":
				f.Field = codeField
			}
			told.Faults = append(told.Faults, f)
		}
		return v.showAuthorize(ask, oidc.StepProve, &told)
	}
	if err != nil {
		return err
	}
	return v.authorize(ask.After(oidc.StepProve))
}

// mayLeadTo lets a form of the door lead on to the application for which somebody came: Chromium holds the redirects
// after a form to the page's form-action.
func (v *visit) mayLeadTo(back string) {
	query, ok := strings.CutPrefix(back, authorizePath+"?")
	if !ok || v.portal.SignOn == nil {
		return
	}
	form, err := url.ParseQuery(query)
	if err != nil {
		return
	}
	if ask, err := v.portal.SignOn.Ask(v.Request.Context(), form); err == nil {
		v.Header("Content-Security-Policy", edge.ContentPolicy(ask.Origin()))
	}
}

// forget has the browser forget its session, and applications hear of its end.
func (v *visit) forget() {
	v.portal.Cookies.Clear(v.Writer, sessionCookie)
	if v.portal.SignOn != nil {
		v.portal.SignOn.Wake()
	}
}

type leaveBody struct {
	Ask, Name string
	Open      []string
}

// leavePage asks whether to sign out. Where no session is left to end, there is nothing to be asked; what one that lies
// idle has opened is shown to nobody.
func (v *visit) leavePage(form url.Values) error {
	v.speak(form)
	f, err := v.farewell(form)
	if err != nil {
		return err
	}
	ends, err := v.portal.Desk.Leaving(v.Request.Context(), v.departure(f))
	if err != nil {
		return err
	}
	if len(ends) == 0 {
		return v.leftFor(f)
	}
	var open []string
	if v.in && slices.Contains(ends, v.who.SessionID) {
		if open, err = v.portal.SignOn.Open(v.Request.Context(), ends); err != nil {
			return err
		}
	}
	var targets []string
	if to := f.Origin(); to != "" {
		targets = append(targets, to)
	}
	v.Header("Content-Security-Policy", edge.ContentPolicy(targets...))
	return v.show("leave", frame{Title: v.say.T("application.leave_title"), Path: "/", Body: leaveBody{form.Encode(), f.Application, open}})
}

// departure is the wish that an application brings: about this browser's session where it is the one's who is meant, and
// about the one from which the application was opened.
func (v *visit) departure(f *oidc.Farewell) desk.Departure {
	return desk.Departure{Token: v.sessionToken(), Account: f.Account, Session: f.Session, Origin: v.origin()}
}

func (v *visit) farewell(form url.Values) (*oidc.Farewell, error) {
	if v.portal.SignOn == nil {
		return nil, models.ErrNotFound
	}
	return v.portal.SignOn.Farewell(v.Request.Context(), form)
}

func (v *visit) leftFor(f *oidc.Farewell) error {
	if f.To == "" {
		return v.to("/sign-in", "signed_out")
	}
	v.Redirect(http.StatusSeeOther, f.To)
	return nil
}

// leave signs out of everything that was opened, or stays.
func (v *visit) leave() error {
	if v.PostForm("go") == "" {
		return v.asked("/oidc/end-session")
	}
	if v.PostForm("go") == "stay" {
		return v.to("/", "")
	}
	form, err := url.ParseQuery(v.PostForm("ask"))
	if err != nil {
		return models.ErrAskUnknown
	}
	f, err := v.farewell(form)
	if err != nil {
		return err
	}
	here, err := v.portal.Desk.Leave(v.Request.Context(), v.departure(f))
	if err != nil {
		return err
	}
	if here {
		v.portal.Cookies.Clear(v.Writer, sessionCookie)
	}
	v.portal.SignOn.Wake()
	return v.leftFor(f)
}
