package web

import (
	"errors"

	"loket/internal/desk"
	"loket/internal/i18n"
	"loket/models"
)

type signInForm struct{ Username, Return, Demo string }

func (v *visit) signInPage() error {
	if v.in {
		return v.to(local(v.Query("return")), "")
	}
	return v.showSignIn(signInForm{Return: local(v.Query("return"))}, nil)
}

func (v *visit) showSignIn(form signInForm, p *models.Problem) error {
	form.Demo = v.portal.Demo
	v.mayLeadTo(form.Return)
	f := frame{Title: v.say.T("portal.signin.title"), Lead: v.say.T("portal.signin.lead"), Body: form}
	if p == nil {
		return v.show("sign-in", f)
	}
	if f.Faults = v.faultLines(p); len(p.Faults) == 0 {
		f.Faults = []faultLine{{Field: "username", Href: "#username", Text: v.problemText(p) + ". " + v.problemDetail(p)}}
	}
	for i := range f.Faults {
		f.Faults[i].Name = "" // the sentences name their fields
	}
	return v.showAs(statusOf(p.Code), "sign-in", f)
}

func (v *visit) signIn() error {
	form := signInForm{Username: v.form("username"), Return: local(v.form("return"))}
	if faults := v.missingAtDoor(form.Username); len(faults) > 0 { // an empty form is no attempt
		return v.showSignIn(form, models.Invalid(faults...))
	}
	in := desk.SignIn{Username: form.Username, Password: v.PostForm("password"), Browser: true,
		LastDevice: v.portal.Cookies.Get(v.Request, deviceCookie), Origin: v.origin()}
	signed, err := v.portal.Desk.SignIn(v.Request.Context(), in)
	if p, ok := formProblem(err); ok || errors.Is(err, models.ErrWrongCredentials) {
		return v.showSignIn(form, orWrong(p))
	}
	if err != nil {
		return err
	}
	if signed.Change != "" { // a temporary password leads to the form for an own one, and nowhere else
		return v.to(onward("/password/"+signed.Change, form.Return), "")
	}
	if signed.Challenge != "" {
		return v.awaitCode(signed, form.Return)
	}
	return v.enter(signed, form.Return)
}

func (v *visit) missingAtDoor(username string) []models.FieldFault {
	var faults []models.FieldFault
	if username == "" {
		faults = append(faults, models.Fault("username", "username_missing"))
	}
	if v.PostForm("password") == "" {
		faults = append(faults, models.Fault("password", "password_missing"))
	}
	return faults
}

// enter hands the session to the browser and leads to where the visitor was going. The account's language is kept for
// the door, not in place of one that was chosen here.
func (v *visit) enter(signed desk.Signed, way string) error {
	v.signedIn(signed)
	if lang := signed.Identity.Account.Locale; lang != "" {
		v.portal.Cookies.Set(v.Writer, doorCookie, lang, yearLong)
	}
	return v.to(way, "")
}

func orWrong(p *models.Problem) *models.Problem {
	if p == nil {
		return models.ErrWrongCredentials
	}
	return p
}

func (v *visit) signOut() error {
	if err := v.portal.Desk.SignOut(v.Request.Context(), v.sessionToken()); err != nil {
		return err
	}
	v.forget()
	return v.to("/sign-in", "signed_out")
}

// setLanguage keeps the choice in the account when somebody is signed in, and in a cookie for the door.
func (v *visit) setLanguage() error {
	to := v.form("to")
	if to != i18n.English {
		to = i18n.Indonesian
	}
	if v.in {
		if err := v.portal.Desk.SetLocale(v.Request.Context(), v.actor(), to); err != nil {
			return err
		}
	}
	v.portal.Cookies.Set(v.Writer, languageCookie, to, yearLong)
	return v.to(safe(v.form("return")), "")
}
