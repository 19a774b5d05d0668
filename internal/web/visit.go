package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/i18n"
	"loket/models"
)

// visit is one request of one person: who it is, in which language, and the way back.
type visit struct {
	*gin.Context
	portal *Portal
	who    desk.Identity
	in     bool // somebody is signed in
	lang   string
	say    i18n.Printer
	ahead  *ahead // what comes after the memo that is decided on
}

// visit opens a request. It always gives a visit to answer with; the error says that who asks cannot be told now.
func (p *Portal) visit(c *gin.Context) (*visit, error) {
	v := &visit{Context: c, portal: p}
	err := v.identify(c.Request.Context())
	v.lang = v.language()
	v.say = p.Words.For(v.lang).In(p.Zone)
	return v, err
}

// language is what was chosen in this browser, then the account's; a visitor's that of whoever signed in here last, then
// the browser's.
func (v *visit) language() string {
	for _, chosen := range []string{v.portal.Cookies.Get(v.Request, languageCookie), v.who.Account.Locale, v.portal.Cookies.Get(v.Request, doorCookie)} {
		if slices.Contains(i18n.Languages(), chosen) {
			return chosen
		}
	}
	if accept := v.GetHeader("Accept-Language"); accept != "" {
		return v.portal.Words.Match(accept)
	}
	return i18n.Indonesian
}

// actor is whoever is signed in, coming from this request.
func (v *visit) actor() models.Actor {
	a := v.who.Actor
	a.Origin = v.origin()
	return a
}

func (v *visit) origin() models.Origin { return edge.Origin(v.Context, "portal") }

// show answers with a whole page.
func (v *visit) show(page string, f frame) error { return v.showAs(http.StatusOK, page, f) }

func (v *visit) showAs(status int, page string, f frame) error {
	v.furnish(&f)
	text, err := v.portal.pages.write(v.lang, page, "layout", &f)
	if err != nil {
		return err
	}
	v.Data(status, "text/html; charset=utf-8", text)
	return nil
}

// part answers with a piece of a page, for htmx to put in.
func (v *visit) part(page, name string, data any) error {
	text, err := v.portal.pages.write(v.lang, page, name, data)
	if err != nil {
		return err
	}
	v.Data(http.StatusOK, "text/html; charset=utf-8", text)
	return nil
}

// to sends the browser on after a form, so that going back or reloading sends nothing twice. done, if any, names a
// sentence of portal.flash that the next page shows.
func (v *visit) to(path, done string) error {
	if done != "" {
		v.portal.Cookies.Set(v.Writer, flashCookie, done, time.Minute)
	}
	v.Redirect(http.StatusSeeOther, path)
	return nil
}

// swapping tells whether htmx asks for a part of a page.
func (v *visit) swapping() bool { return v.GetHeader("HX-Request") == "true" }

// form gives one field of the form, without the blanks around it.
func (v *visit) form(name string) string { return strings.TrimSpace(v.PostForm(name)) }

// plainForm refuses a form that holds what is no text, which no browser sends. One with files is left to those who read
// it, as its fields are checked with what they are for.
func (v *visit) plainForm() error {
	if v.ContentType() != "application/x-www-form-urlencoded" {
		return nil
	}
	if err := v.Request.ParseForm(); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			return err
		}
		return models.Invalid(models.Fault("form", "text_unseen_characters"))
	}
	for _, values := range v.Request.PostForm {
		for _, s := range values {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				return models.Invalid(models.Fault("form", "text_unseen_characters"))
			}
		}
	}
	return nil
}

// key is the form's own random key, which makes pressing twice the same as pressing once.
func (v *visit) key() string { return v.PostForm("key") }

// pageQuery reads where in a list the reader is.
func (v *visit) pageQuery() models.PageQuery {
	return models.PageQuery{Cursor: v.Query("cursor"), Limit: 25}
}
