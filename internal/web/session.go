package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/i18n"
	"loket/models"
)

// The portal's cookies, as edge.Cookies names them.
const (
	sessionCookie  = "loket"
	languageCookie = i18n.LanguageCookie
	doorCookie     = "loket_door" // of whoever signed in last
	flashCookie    = "loket_done"
	codeCookie     = "loket_code"   // a sign-in that awaits its code
	deviceCookie   = "loket_device" // stays when its owner signs out: it opens nothing
)

// yearLong is how long a browser keeps the language.
const yearLong = 365 * 24 * time.Hour

// identify resolves the session cookie to who it is now. Without one, or with one that is over, nobody is signed in,
// which is no error.
func (v *visit) identify(ctx context.Context) error {
	token := v.sessionToken()
	if token == "" {
		return nil
	}
	id, err := v.portal.Desk.Session(ctx, token, v.origin())
	if errors.Is(err, models.ErrUnauthenticated) {
		return nil
	}
	if err != nil {
		return err
	}
	v.who, v.in = id, true
	edge.Know(v.Context, id.Account.ID)
	return nil
}

func (v *visit) sessionToken() string { return v.portal.Cookies.Get(v.Request, sessionCookie) }

// signedIn hands the session's token to the browser, for as long as the session can last, and what the browser is known
// by from now on.
func (v *visit) signedIn(s desk.Signed) {
	v.portal.Cookies.Set(v.Writer, sessionCookie, s.Token, time.Until(s.Identity.Expires))
	if s.Device != "" {
		v.portal.Cookies.Set(v.Writer, deviceCookie, s.Device, time.Until(s.DeviceExpires))
	}
}

// is tells whether an account is that of whoever is signed in.
func (v *visit) is(username string) bool { return v.in && v.who.Account.Username == username }

// toDoor leads to the sign-in form, and whoever is signed in home.
func (v *visit) toDoor(done string) error {
	if v.in {
		return v.to("/", done)
	}
	return v.to("/sign-in", done)
}

// endedBy follows a link that ended every session of an account. Somebody else who is signed in here stays so.
func (v *visit) endedBy(username, done string) error {
	if v.is(username) {
		v.forget()
		return v.to("/sign-in", done)
	}
	return v.toDoor(done)
}

// toSignIn leads to the sign-in form and remembers where the visitor was going. What was typed stays with the page.
func (v *visit) toSignIn() {
	if !v.keepUnsigned() {
		v.elsewhere("/sign-in")
	}
}

// toPassword leads to the forced password change and remembers where the visitor was going.
func (v *visit) toPassword() {
	if !v.keepForm() {
		v.elsewhere("/account/password")
	}
}

// toSecondFactor leads to where a second factor is added and remembers where the visitor was going.
func (v *visit) toSecondFactor() { v.elsewhere("/account/security/second-factor") }

func (v *visit) elsewhere(path string) {
	back := "/"
	if v.Request.Method == http.MethodGet && !v.swapping() {
		back = v.Request.URL.RequestURI()
	}
	if back = local(back); back != "/" {
		path += "?return=" + url.QueryEscape(back)
	}
	if v.swapping() {
		v.Header("HX-Redirect", path)
		v.Status(http.StatusNoContent)
		return
	}
	v.Redirect(http.StatusSeeOther, path)
}

// safe accepts only addresses of this portal as a way back; anything else becomes the home page. Browsers read a
// backslash as a slash and drop control characters, so neither may stand in it.
func safe(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") {
		return "/"
	}
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || u.User != nil {
		return "/"
	}
	return path
}

// onward is a path that leads on to where the visitor was going, which is local.
func onward(path, way string) string {
	if way == "/" {
		return path
	}
	return path + "?return=" + url.QueryEscape(way)
}

// local is safe, and leads inside: coming back to the door after passing it would be a circle.
func local(path string) string {
	path = safe(path)
	for _, door := range []string{"/sign-in", "/sign-out", "/password", "/account/password", "/account/security/second-factor", renewalPath, "/language"} {
		if path == door || strings.HasPrefix(path, door+"/") || strings.HasPrefix(path, door+"?") {
			return "/"
		}
	}
	return path
}
