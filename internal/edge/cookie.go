package edge

import (
	"net/http"
	"time"
)

// Cookies sets cookies as QUALITY 3 asks: HttpOnly, SameSite=Lax, the whole host and path, and over TLS also Secure
// with the __Host- prefix, which keeps a neighbouring host from planting one.
type Cookies struct{ secure bool }

// NewCookies says whether cookies travel over TLS only.
func NewCookies(secure bool) Cookies { return Cookies{secure} }

// Name is the cookie's name on the wire.
func (k Cookies) Name(base string) string {
	if k.secure {
		return "__Host-" + base
	}
	return base
}

// Set keeps a value for that long; zero keeps it until the browser closes.
func (k Cookies) Set(w http.ResponseWriter, base, value string, life time.Duration) {
	c := k.cookie(base, value)
	c.MaxAge = int(life.Seconds())
	http.SetCookie(w, c)
}

// Clear makes the browser forget the cookie.
func (k Cookies) Clear(w http.ResponseWriter, base string) {
	c := k.cookie(base, "")
	c.MaxAge = -1
	http.SetCookie(w, c)
}

// Get gives the cookie's value, or "" when there is none.
func (k Cookies) Get(r *http.Request, base string) string {
	c, err := r.Cookie(k.Name(base))
	if err != nil {
		return ""
	}
	return c.Value
}

func (k Cookies) cookie(base, value string) *http.Cookie {
	return &http.Cookie{Name: k.Name(base), Value: value, Path: "/", Secure: k.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}
