package relying

import (
	"context"
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

//go:embed pages
var pages embed.FS

// Words are the application's sentences in one language.
type Words interface {
	T(key string, args ...any) string
	Lang() string
}

// Config is what an application is told when it is installed. URL is its own address, Issuer the provider's; both
// without a slash at the end. Say gives its words in the language of a claim or a header.
type Config struct {
	ID, Secret, Name, Icon string
	URL, Issuer            string
	Say                    func(locale, accept string) Words
	Users                  *Users // the application's own login; nil where it has none
	Area                   string // of a company, by which it is opened; empty where it asks for none
	Log                    *slog.Logger
}

// App is one application.
type App struct {
	cfg   Config
	views *template.Template
	mux   *http.ServeMux

	mu       sync.Mutex
	provider *oidc.Provider
	begun    map[string]attempt // by state
	sessions map[string]person  // by cookie
	ended    map[string]time.Time
}

// attempt is a sign-in that was begun.
type attempt struct {
	nonce, verifier string
	at              time.Time
}

// person is who signed in, and from which session of the provider's.
type person struct {
	Name, Username, Unit, Locale string
	User, Own, Directorate, NPWP string   // who it is in the application's own user table, and for which directorate
	Company                      standing // what they are in their company
	sid, idToken                 string
}

// standing is what somebody is in their company, as the provider tells it.
type standing struct {
	Name        string `json:"name"`
	Responsible bool   `json:"responsible"`
	Areas       []struct {
		Area  string `json:"area"`
		Level string `json:"level"`
	} `json:"areas"`
}

// New returns an application.
func New(cfg Config) (*App, error) {
	views, err := template.ParseFS(pages, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the application's pages: %w", err)
	}
	a := &App{cfg: cfg, views: views, mux: http.NewServeMux(), begun: map[string]attempt{}, sessions: map[string]person{}, ended: map[string]time.Time{}}
	a.mux.HandleFunc("GET /{$}", a.home)
	a.mux.HandleFunc("GET /start", a.start)
	a.mux.HandleFunc("GET /callback", a.callback)
	a.mux.HandleFunc("POST /sign-out", a.signOut)
	a.mux.HandleFunc("POST /back-channel", a.backChannel)
	a.mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, pages, "pages/style.css") })
	if cfg.Users != nil {
		a.mux.HandleFunc("POST /loket/verify", cfg.Users.verify)
		a.mux.HandleFunc("POST /loket/lookup", cfg.Users.lookup)
	}
	return a, nil
}

// scopes are what the application asks for.
func (a *App) scopes() []string {
	list := []string{oidc.ScopeOpenID, "profile", "agency:unit"}
	if a.cfg.Users != nil {
		list = append(list, "agency:link", "agency:directorate")
	}
	if a.cfg.Area != "" {
		list = append(list, "agency:company")
	}
	return list
}

// ServeHTTP answers one request.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' "+a.cfg.Issuer+"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	a.mux.ServeHTTP(w, r)
}

// discover asks the provider what it can do, once it is up.
func (a *App) discover(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.provider == nil {
		// The provider keeps this context for fetching keys.
		p, err := oidc.NewProvider(context.WithoutCancel(ctx), a.cfg.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("ask the OpenID provider: %w", err)
		}
		a.provider = p
	}
	endpoint := a.provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	return a.provider, &oauth2.Config{ClientID: a.cfg.ID, ClientSecret: a.cfg.Secret, Endpoint: endpoint, RedirectURL: a.cfg.URL + "/callback",
		Scopes: a.scopes()}, nil
}

func (a *App) cookie() string { return "app_" + a.cfg.ID }

// attempts that nobody came back from are forgotten after this long.
const attemptLife = 15 * time.Minute

// start sends the browser to the provider.
func (a *App) start(w http.ResponseWriter, r *http.Request) {
	_, c, err := a.discover(r.Context())
	if err != nil {
		a.fail(w, r, err)
		return
	}
	state, t := rand.Text(), attempt{nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), at: time.Now()}
	a.mu.Lock()
	for old, was := range a.begun {
		if time.Since(was.at) > attemptLife {
			delete(a.begun, old)
		}
	}
	a.begun[state] = t
	a.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: a.cookie() + "_state", Value: state, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(attemptLife.Seconds())})
	http.Redirect(w, r, c.AuthCodeURL(state, oidc.Nonce(t.nonce), oauth2.S256ChallengeOption(t.verifier)), http.StatusSeeOther)
}

// callback takes the code, and signs in whom it speaks of.
func (a *App) callback(w http.ResponseWriter, r *http.Request) {
	state := r.URL.Query().Get("state")
	sent, err := r.Cookie(a.cookie() + "_state")
	a.mu.Lock()
	t, known := a.begun[state]
	delete(a.begun, state)
	a.mu.Unlock()
	if err != nil || !known || sent.Value != state {
		a.show(w, r, http.StatusBadRequest, view{Key: "relying.stale"})
		return
	}
	if code := r.URL.Query().Get("error"); code != "" {
		a.show(w, r, http.StatusForbidden, view{Key: "relying.refused", Detail: r.URL.Query().Get("error_description")})
		return
	}
	who, err := a.exchange(r.Context(), r.URL.Query().Get("code"), t)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	token := rand.Text()
	a.mu.Lock()
	a.sessions[token] = who
	a.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: a.cookie(), Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (a *App) exchange(ctx context.Context, code string, t attempt) (person, error) {
	p, c, err := a.discover(ctx)
	if err != nil {
		return person{}, err
	}
	token, err := c.Exchange(ctx, code, oauth2.VerifierOption(t.verifier))
	if err != nil {
		return person{}, fmt.Errorf("exchange the code: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: a.cfg.ID}).Verify(ctx, raw)
	if err != nil {
		return person{}, fmt.Errorf("verify the ID token: %w", err)
	}
	if id.Nonce != t.nonce {
		return person{}, fmt.Errorf("the ID token answers another sign-in")
	}
	info, err := p.UserInfo(ctx, c.TokenSource(ctx, token))
	if err != nil {
		return person{}, fmt.Errorf("ask who it is: %w", err)
	}
	var claims struct {
		Name     string   `json:"name"`
		Username string   `json:"preferred_username"`
		Unit     string   `json:"unit_name"`
		Locale   string   `json:"locale"`
		Session  string   `json:"sid"`
		User     string   `json:"application_user"`
		Part     string   `json:"directorate_name"`
		NPWP     string   `json:"company_npwp"`
		Company  standing `json:"company"`
	}
	if err := info.Claims(&claims); err != nil {
		return person{}, fmt.Errorf("read who it is: %w", err)
	}
	if err := id.Claims(&claims); err != nil {
		return person{}, fmt.Errorf("read the ID token: %w", err)
	}
	who := person{Name: claims.Name, Username: claims.Username, Unit: claims.Unit, Locale: claims.Locale, User: claims.User, Directorate: claims.Part, NPWP: claims.NPWP, Company: claims.Company,
		sid: claims.Session, idToken: raw}
	if a.cfg.Users != nil {
		who.Own = a.cfg.Users.named(who.User)
	}
	return who, nil
}

// signOut ends the application's own session, and asks the provider to end its.
func (a *App) signOut(w http.ResponseWriter, r *http.Request) {
	who, ok := a.drop(r)
	p, _, err := a.discover(r.Context())
	var told struct {
		End string `json:"end_session_endpoint"`
	}
	if err == nil {
		err = p.Claims(&told)
	}
	if err != nil || !ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	query := url.Values{"id_token_hint": {who.idToken}, "post_logout_redirect_uri": {a.cfg.URL + "/"}, "state": {"bye"}}
	http.Redirect(w, r, told.End+"?"+query.Encode(), http.StatusSeeOther)
}

func (a *App) drop(r *http.Request) (person, bool) {
	c, err := r.Cookie(a.cookie())
	if err != nil {
		return person{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	who, ok := a.sessions[c.Value]
	delete(a.sessions, c.Value)
	return who, ok
}

// backChannel hears from the provider that a session has ended.
func (a *App) backChannel(w http.ResponseWriter, r *http.Request) {
	p, _, err := a.discover(r.Context())
	if err != nil {
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	token, err := p.Verifier(&oidc.Config{ClientID: a.cfg.ID}).Verify(r.Context(), r.FormValue("logout_token"))
	var claims struct {
		Session string         `json:"sid"`
		Nonce   string         `json:"nonce"`
		Events  map[string]any `json:"events"`
	}
	if err == nil {
		err = token.Claims(&claims)
	}
	if _, farewell := claims.Events["http://schemas.openid.net/event/backchannel-logout"]; err != nil || !farewell || claims.Nonce != "" || claims.Session == "" {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for cookie, who := range a.sessions {
		if who.sid == claims.Session {
			delete(a.sessions, cookie)
			a.ended[cookie] = time.Now()
		}
	}
}

// view is what the page shows: a person, or the sentence Key.
type view struct {
	W                     Words
	App, ID, Icon, Issuer string
	Who                   *person
	Key, Detail           string
}

func (a *App) home(w http.ResponseWriter, r *http.Request) {
	v := view{Key: "relying.stranger"}
	if c, err := r.Cookie(a.cookie()); err == nil {
		a.mu.Lock()
		if who, ok := a.sessions[c.Value]; ok {
			v.Who, v.Key = &who, ""
		} else if _, ended := a.ended[c.Value]; ended {
			v.Key = "relying.ended"
		}
		a.mu.Unlock()
	}
	a.show(w, r, http.StatusOK, v)
}

func (a *App) fail(w http.ResponseWriter, r *http.Request, err error) {
	a.cfg.Log.WarnContext(r.Context(), "a demo application failed", slog.String("application", a.cfg.ID), slog.Any("error", err))
	a.show(w, r, http.StatusBadGateway, view{Key: "relying.failed"})
}

func (a *App) show(w http.ResponseWriter, r *http.Request, status int, v view) {
	locale := ""
	if v.Who != nil {
		locale = v.Who.Locale
	}
	v.W, v.App, v.ID, v.Icon, v.Issuer = a.cfg.Say(locale, r.Header.Get("Accept-Language")), a.cfg.Name, a.cfg.ID, a.cfg.Icon, a.cfg.Issuer
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := a.views.ExecuteTemplate(w, "app.html", v); err != nil {
		a.cfg.Log.WarnContext(r.Context(), "show a demo application's page", slog.Any("error", err))
	}
}
