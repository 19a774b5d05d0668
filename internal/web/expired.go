package web

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"loket/models"
)

// keptField begins the names under which the fields of an interrupted form are carried.
const keptField = "kept."

// interrupted is a form that met a password which has to be replaced first: where it was bound, and what was in it.
type interrupted struct {
	Rules     []rule
	To        string
	Multipart bool
	Kept      []kept
}

// keepForm answers a form of somebody who owes a new password: it asks for that, and carries what was typed. What a page
// sends by itself meanwhile changes nothing, and leaves the page as it is. It tells whether it answered.
func (v *visit) keepForm() bool {
	switch {
	case !v.in || v.Request.Method != http.MethodPost:
		return false
	case v.swapping():
		v.Header("HX-Reswap", "none")
		v.Status(http.StatusNoContent)
		return true
	}
	form := v.interruption()
	for i := range form.Kept {
		form.Kept[i].Name = keptField + form.Kept[i].Name
	}
	if err := v.showInterrupted(form, nil); err != nil {
		v.portal.Log.ErrorContext(v.Request.Context(), "keep an interrupted form", slog.Any("error", err))
		return false
	}
	return true
}

// interruption is the form as it came, but for what is secret.
func (v *visit) interruption() interrupted {
	_ = v.PostForm("") // has gin read the form, of whichever type
	return interrupted{To: safe(v.Request.URL.RequestURI()), Multipart: strings.HasPrefix(v.ContentType(), "multipart/"), Kept: v.posted(secretFields()...)}
}

// keepUnsigned answers a form of somebody whose session has ended: what was typed is still there, to be sent once they
// have signed in beside it. What a page saves by itself stays with the page, which says that it is not saved. It tells
// whether it answered: not where nothing but secrets was typed, nor where the form leads out of the portal, as this page
// may not.
func (v *visit) keepUnsigned() bool {
	if v.Request.Method != http.MethodPost || v.FullPath() == directoratePath {
		return false
	}
	form := v.interruption()
	var err error
	switch {
	case len(form.Kept) == 0:
		return false
	case v.swapping() && v.inserting():
		v.Header("HX-Reswap", "none")
		v.Status(http.StatusNoContent)
	case v.swapping() && v.form("do") != "autosave":
		return false
	case v.swapping():
		v.Header("HX-Retarget", "#unsaved")
		v.Header("HX-Reswap", "innerHTML")
		err = v.part("compose", "unsaved", nil)
	default:
		err = v.showAs(http.StatusUnauthorized, "signed-out-form", frame{Title: v.say.T("unsigned.title"), Lead: v.say.T("unsigned.lead"), Body: form, Path: "/sign-in"})
	}
	if err != nil {
		v.portal.Log.ErrorContext(v.Request.Context(), "keep a form without a session", slog.Any("error", err))
	}
	return err == nil
}

func (v *visit) showInterrupted(form interrupted, p *models.Problem) error {
	form.Rules = v.rules(v.who.Account.Username, v.PostForm("password"))
	f := frame{Title: v.say.T("portal.password.title"), Lead: v.say.T("expired.lead"), Body: form, Path: "/account/password"}
	if p == nil {
		return v.showAs(http.StatusForbidden, "password-interrupted", f)
	}
	f.Faults = v.faultLines(p)
	return v.showAs(statusOf(p.Code), "password-interrupted", f)
}

// changeAndContinue replaces the password and leads back to the form, which its sender sends once more.
func (v *visit) changeAndContinue() error {
	form := interrupted{To: safe(v.PostForm("kept_to")), Multipart: v.PostForm("kept_type") == "multipart"}
	form.Kept = slices.DeleteFunc(v.posted(), func(k kept) bool { return !strings.HasPrefix(k.Name, keptField) })
	v.who.Actor = v.actor()
	signed, err := v.portal.Desk.ChangePassword(v.Request.Context(), v.who, v.PostForm("old"), v.PostForm("password"), v.PostForm("again"))
	if p, ok := formProblem(err); ok {
		return v.showInterrupted(form, p)
	}
	if err != nil {
		return err
	}
	if signed.Token != "" {
		v.signedIn(signed)
		v.who = signed.Identity
	}
	for i, k := range form.Kept {
		form.Kept[i].Name = strings.TrimPrefix(k.Name, keptField)
	}
	return v.show("password-continue", frame{Title: v.say.T("expired.done.title"), Lead: v.say.T("expired.done.lead"), Body: form, Path: "/"})
}
