package oidc_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"loket/internal/keyring"
	"loket/internal/oidc"
	"loket/internal/store"
	"loket/models"
)

// world is a provider over a real store, and an application that is written with a library of others.
type world struct {
	t        *testing.T
	ctx      context.Context
	store    *store.Store
	ring     *keyring.Ring
	provider *oidc.Provider
	server   *httptest.Server
	issuer   string
	account  models.Actor
	session  string // of whoever stands at the authorize page; empty for nobody
	proved   bool
	agreed   bool
	owes     bool
	secret   string
	links    places
	mu       sync.Mutex
	past     time.Duration // added to the wall clock
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.past)
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.past += d
}

func meetingRoom() models.Application {
	return models.Application{ID: "jadwal", Name: "Jadwal Rapat", About: "Rooms and meetings.", Provider: "Kementerian Contoh", Kind: models.ApplicationConfidential,
		Icon: "calendar", Access: models.AccessEveryone, Launch: "https://jadwal.example/", Redirects: []string{"https://jadwal.example/callback"},
		PostLogout: []string{"https://jadwal.example/bye"}, Enabled: true}
}

func setup(t *testing.T) *world {
	t.Helper()
	return begin(t, signingKey())
}

// begin is setup with a signing key that is there already, if any.
func begin(t *testing.T, key *rsa.PrivateKey) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context()}
	ring, err := keyring.Open(filepath.Join(t.TempDir(), "keyring.json"))
	require.NoError(t, err)
	w.ring = ring
	w.store, err = store.Open(w.ctx, store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "test.db"), AuditKeys: ring,
		TokenKey: ring.Current(keyring.Token).Secret, PublicURL: "http://localhost", Now: w.now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.store.Close()) })
	require.NoError(t, w.store.Migrate(w.ctx))
	if key != nil {
		w.keep(key)
	}
	mux := http.NewServeMux()
	w.server = httptest.NewServer(mux)
	t.Cleanup(w.server.Close)
	w.issuer = w.server.URL
	w.provider, err = oidc.New(oidc.Config{Store: w.store, Keys: ring, Issuer: w.issuer, Now: w.now, Links: &w.links, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	require.NoError(t, err)
	for _, e := range w.provider.Endpoints() {
		mux.HandleFunc(e.Method+" "+e.Path, e.Handler)
	}
	w.account = w.person("sekar.anggraini")
	w.session = w.signIn(w.account)
	w.register(meetingRoom())
	return w
}

// signingKey is one that all worlds begin with: making 3072 bits takes longer than most of what is tried here.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		panic(err)
	}
	return key
})

// keep seals a signing key as the provider does.
func (w *world) keep(key *rsa.PrivateKey) {
	w.t.Helper()
	plain, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(w.t, err)
	under := w.ring.Current(keyring.Token)
	row := store.OpenIDKey{ID: "first", AgencyID: models.DefaultAgency, SealedBy: under.ID}
	row.Sealed, err = under.Seal("openid signing keys", row.ID, plain)
	require.NoError(w.t, err)
	require.NoError(w.t, w.store.AddOpenIDKey(w.ctx, row, w.now()))
}

func admin() models.Actor { return models.Actor{Agency: models.DefaultAgency, AccountID: "system"} }

func (w *world) person(username string) models.Actor {
	w.t.Helper()
	id, err := w.store.CreateAccount(w.ctx, admin(), store.NewAccount{Username: username, Name: "Sekar Anggraini", Email: username + "@kem.example", PasswordHash: "argon"})
	require.NoError(w.t, err)
	return models.Actor{Agency: models.DefaultAgency, AccountID: id}
}

func (w *world) signIn(a models.Actor) string {
	w.t.Helper()
	opened, err := w.store.CreateSession(w.ctx, a, store.NewSession{Expires: w.now().Add(8 * time.Hour)})
	require.NoError(w.t, err)
	return opened.Session.ID
}

func (w *world) register(app models.Application) {
	w.t.Helper()
	require.Empty(w.t, models.CheckApplication(app))
	require.NoError(w.t, w.store.SaveApplication(w.ctx, admin(), app))
	if app.Kind == models.ApplicationConfidential {
		var err error
		w.secret, err = w.store.RenewSecret(w.ctx, admin(), app.ID)
		require.NoError(w.t, err)
	}
}

// relying is the application, written with go-oidc.
func (w *world) relying() (*gooidc.Provider, *oauth2.Config) {
	w.t.Helper()
	found, err := gooidc.NewProvider(w.ctx, w.issuer)
	require.NoError(w.t, err)
	return found, &oauth2.Config{ClientID: "jadwal", ClientSecret: w.secret, Endpoint: found.Endpoint(), RedirectURL: "https://jadwal.example/callback",
		Scopes: []string{"openid", "profile", "email", "agency:unit", "agency:roles"}}
}

// request is what the application sends, with changes.
func request(c *oauth2.Config, verifier string, more ...string) url.Values {
	u, err := url.Parse(c.AuthCodeURL("a-state", oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("nonce", "a-nonce")))
	if err != nil {
		panic(err)
	}
	form := u.Query()
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
		if more[i+1] == "" {
			form.Del(more[i])
		}
	}
	return form
}

// visitor is whoever stands before the page.
func (w *world) visitor() oidc.Visitor {
	return oidc.Visitor{SignedIn: w.session != "", Actor: w.account, SessionID: w.session, Proved: w.proved, Agreed: w.agreed, Owes: w.owes}
}

// ask answers with what the application hears, or the step that a page would take.
func (w *world) ask(form url.Values) (url.Values, oidc.Step, error) {
	a, err := w.provider.Ask(w.ctx, form)
	if err != nil {
		return heard(err), "", err
	}
	step, err := w.provider.Next(w.ctx, a, w.visitor())
	if err != nil || step != oidc.StepGrant {
		return heard(err), step, err
	}
	location, err := w.provider.Grant(w.ctx, a, w.visitor())
	if err != nil {
		return heard(err), step, err
	}
	u, err := url.Parse(location)
	require.NoError(w.t, err)
	return u.Query(), step, nil
}

func heard(err error) url.Values {
	var refusal *oidc.Refusal
	if !errors.As(err, &refusal) {
		return nil
	}
	u, err := url.Parse(refusal.Location)
	if err != nil {
		return nil
	}
	return u.Query()
}

// code gets a code by the whole flow.
func (w *world) code(c *oauth2.Config, verifier string, more ...string) string {
	w.t.Helper()
	answer, _, err := w.ask(request(c, verifier, more...))
	require.NoError(w.t, err)
	require.NotEmpty(w.t, answer.Get("code"))
	return answer.Get("code")
}

// tokens gets tokens by the whole flow.
func (w *world) tokens(c *oauth2.Config) *oauth2.Token {
	w.t.Helper()
	verifier := oauth2.GenerateVerifier()
	token, err := c.Exchange(w.ctx, w.code(c, verifier), oauth2.VerifierOption(verifier))
	require.NoError(w.t, err)
	return token
}

// post sends a form with the application's secret and reads JSON.
func (w *world) post(path, client, secret string, form url.Values) (int, map[string]any) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.issuer+path, strings.NewReader(form.Encode()))
	require.NoError(w.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if client != "" {
		r.SetBasicAuth(client, secret)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(w.t, err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	body := map[string]any{}
	if len(text) > 0 {
		require.NoError(w.t, json.Unmarshal(text, &body), string(text))
	}
	return answer.StatusCode, body
}

// active tells what introspection says of a token.
func (w *world) active(token string) bool {
	w.t.Helper()
	status, body := w.post("/oidc/introspect", "jadwal", w.secret, url.Values{"token": {token}})
	require.Equal(w.t, http.StatusOK, status)
	return body["active"] == true
}

// userinfo asks who a token speaks of.
func (w *world) userinfo(token string) (int, map[string]any) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.ctx, http.MethodGet, w.issuer+"/oidc/userinfo", nil)
	require.NoError(w.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(w.t, err)
	defer func() { _ = answer.Body.Close() }()
	body := map[string]any{}
	require.NoError(w.t, json.NewDecoder(answer.Body).Decode(&body))
	return answer.StatusCode, body
}
