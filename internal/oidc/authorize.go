package oidc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/ory/fosite"

	"loket/internal/store"
	"loket/models"
)

// Ask is what an application asks for when it sends somebody here.
type Ask struct {
	Application models.Application
	Scopes      []string
	// Form is the request, for a page to carry on.
	Form url.Values

	at       time.Time
	redirect string
	prompt   []string
	maxAge   *time.Duration
	hint     string // the account that an ID token hints at
	request  fosite.AuthorizeRequester
	issuer   string
	place    *models.LinkPlace // where the visitor stands in the application, once it was asked
}

// Refusal is an answer that the application hears: Location leads back to it with an error of the protocol.
type Refusal struct{ Code, Location string }

// Error names the refusal.
func (r *Refusal) Error() string { return "refused to an application: " + r.Code }

// Ask reads a request. models.ErrAskUnknown when the application or the way back is not registered; a *Refusal where the
// application is to hear what is wrong.
func (p *Provider) Ask(ctx context.Context, form url.Values) (*Ask, error) {
	for _, values := range form {
		if len(values) != 1 {
			return nil, models.ErrAskUnknown // what stands there twice means two things
		}
	}
	app, err := p.cfg.Store.Application(ctx, p.cfg.Agency, form.Get("client_id"))
	if errors.Is(err, models.ErrNotFound) || err == nil && (!app.Enabled || !slices.Contains(app.Redirects, form.Get("redirect_uri"))) {
		return nil, models.ErrAskUnknown
	}
	if err != nil {
		return nil, err
	}
	a := &Ask{Application: app, Form: form, at: p.cfg.Now(), redirect: form.Get("redirect_uri"), issuer: p.cfg.Issuer}
	return a, p.read(ctx, a)
}

func (p *Provider) read(ctx context.Context, a *Ask) error {
	for _, unsupported := range []string{"request", "request_uri", "registration"} {
		if a.Form.Has(unsupported) {
			return a.Refuse(unsupported+"_not_supported", "The parameter "+unsupported+" is not supported.")
		}
	}
	if a.Form.Get("code_challenge_method") != "S256" || !regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(a.Form.Get("code_challenge")) {
		return a.Refuse("invalid_request", "PKCE is required: code_challenge with code_challenge_method=S256.")
	}
	if mode := a.Form.Get("response_mode"); mode != "" && mode != "query" {
		return a.Refuse("invalid_request", "Only response_mode=query is supported.")
	}
	if err := a.readPrompt(); err != nil {
		return err
	}
	if token := a.Form.Get("id_token_hint"); token != "" {
		hint, err := p.readHint(ctx, token)
		if failed := serious(err); failed != nil {
			return failed
		}
		if err != nil || !slices.Contains(hint.audience, a.Application.ID) {
			return a.Refuse("invalid_request", "The id_token_hint is not one of ours for this application.")
		}
		a.hint = hint.subject
	}
	var err error
	if a.request, err = p.fosite.NewAuthorizeRequest(ctx, a.plain(ctx)); err != nil {
		return a.refuseFor(err)
	}
	a.Scopes = a.request.GetRequestedScopes()
	if !slices.Contains(a.Scopes, scopeOpenID) {
		return a.Refuse("invalid_scope", "The scope openid is required.")
	}
	return nil
}

// plain is the request for fosite, without what we have seen to ourselves. fosite wants a state, which the protocol does
// not; whoever sends none gets none back.
func (a *Ask) plain(ctx context.Context) *http.Request {
	form := url.Values{}
	for name, values := range a.Form {
		form[name] = values
	}
	for _, ours := range []string{"prompt", "max_age", "id_token_hint", "response_mode"} {
		form.Del(ours)
	}
	if form.Get("state") == "" {
		form.Set("state", "-")
	}
	r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/oidc/authorize", RawQuery: form.Encode()}, Header: http.Header{}}
	return r.WithContext(ctx)
}

func (a *Ask) readPrompt() error {
	a.prompt = strings.Fields(a.Form.Get("prompt"))
	for _, word := range a.prompt {
		if !slices.Contains([]string{"none", "login", "consent", "select_account"}, word) {
			return a.Refuse("invalid_request", "The prompt is not one we know.")
		}
	}
	if a.asks("none") && len(a.prompt) > 1 {
		return a.Refuse("invalid_request", "prompt=none goes with nothing else.")
	}
	text := a.Form.Get("max_age")
	if text == "" {
		return nil
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 0 || seconds > 1<<30 {
		return a.Refuse("invalid_request", "max_age is a number of seconds.")
	}
	age := time.Duration(seconds) * time.Second
	a.maxAge = &age
	return nil
}

func (a *Ask) asks(prompt string) bool { return slices.Contains(a.prompt, prompt) }

// Refuse makes the refusal that the application hears.
func (a *Ask) Refuse(code, description string) *Refusal {
	return &Refusal{code, a.back(url.Values{"error": {code}, "error_description": {description}})}
}

func (a *Ask) refuseFor(err error) error {
	told := fosite.ErrorToRFC6749Error(err)
	if errors.Is(told, fosite.ErrServerError) {
		return err
	}
	return a.Refuse(told.ErrorField, told.GetDescription())
}

// back is the application's address with an answer.
func (a *Ask) back(answer url.Values) string {
	if state := a.Form.Get("state"); state != "" {
		answer.Set("state", state)
	}
	answer.Set("iss", a.issuer)
	to, err := url.Parse(a.redirect)
	if err != nil {
		return a.redirect // registered ones parse
	}
	query := to.Query()
	for name := range answer {
		query.Set(name, answer.Get(name))
	}
	to.RawQuery = query.Encode()
	return to.String()
}

// Origin is where the answer goes, as a page's policy for forms names it.
func (a *Ask) Origin() string { return OriginOf(a.redirect) }

// OriginOf is the origin of an address, as a page's policy for forms names it; empty for what is none.
func OriginOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// Step is what comes next for whoever stands before us.
type Step string

// The steps.
const (
	StepSignIn  Step = "sign_in"        // nobody is signed in
	StepProve   Step = "prove"          // the password is asked for once more
	StepChoose  Step = "select_account" // go on as this person, or as another
	StepOwed    Step = "owed"           // the account has to be seen to first
	StepLink    Step = "link"           // the application has its own login, and does not know them yet
	StepPart    Step = "directorate"    // they belong to several directorates of the application
	StepConsent Step = "consent"        // a third party's application wants to know something
	StepGrant   Step = "grant"          // nothing is left to ask
)

// After is the request once steps are done, so that the page does not ask for them again.
func (a *Ask) After(done ...Step) url.Values {
	form := url.Values{}
	for name, values := range a.Form {
		form[name] = slices.Clone(values)
	}
	var over []string
	for _, step := range done {
		switch step {
		case StepChoose:
			over = append(over, "select_account")
			form.Del("id_token_hint")
		case StepSignIn, StepProve:
			over = append(over, "login")
			form.Del("max_age") // it was given this very moment
		}
	}
	prompt := slices.DeleteFunc(slices.Clone(a.prompt), func(p string) bool { return slices.Contains(over, p) })
	form.Set("prompt", strings.Join(prompt, " "))
	if len(prompt) == 0 {
		form.Del("prompt")
	}
	return form
}

// Visitor is who stands before us, and what they have said on our page: Proved that the password was given just now,
// Agreed that the application may know what the page listed. Owes says that nothing is open to them before they have seen to
// their account: a password, a second factor, its end.
type Visitor struct {
	SignedIn  bool
	Actor     models.Actor
	SessionID string
	Proved    bool
	Agreed    bool
	Owes      bool
}

// Next says what comes next: who it is, what they owe, their password, and only then what they may. A *Refusal is what the
// application hears instead.
func (p *Provider) Next(ctx context.Context, a *Ask, v Visitor) (Step, error) {
	if !v.SignedIn {
		return a.unless(StepSignIn, "login_required", "Nobody is signed in.")
	}
	if a.hint != "" && a.hint != v.Actor.AccountID {
		return a.unless(StepChoose, "login_required", "Somebody else is signed in.")
	}
	if a.asks("select_account") {
		return StepChoose, nil // prompt=none goes with nothing else
	}
	if v.Owes {
		return a.unless(StepOwed, "interaction_required", "The account has to be seen to first.")
	}
	stale, err := p.stale(ctx, a, v)
	if err != nil {
		return "", err
	}
	if stale {
		return a.unless(StepProve, "login_required", "The password was given too long ago.")
	}
	may, err := p.cfg.Store.MayOpen(ctx, p.cfg.Agency, v.Actor.AccountID, a.Application.ID)
	if err != nil {
		return "", err
	}
	if !may {
		return "", p.denied(ctx, a, v)
	}
	if step, err := p.placed(ctx, a, v); step != "" || err != nil {
		return step, err
	}
	missing, err := p.unconsented(ctx, a, v)
	if err != nil {
		return "", err
	}
	if missing {
		return a.unless(StepConsent, "consent_required", "The account's owner has not agreed yet.")
	}
	return StepGrant, nil
}

// unless is a step that needs a person, where the application lets us ask one.
func (a *Ask) unless(s Step, code, description string) (Step, error) {
	if a.asks("none") {
		return "", a.Refuse(code, description)
	}
	return s, nil
}

func (p *Provider) stale(ctx context.Context, a *Ask, v Visitor) (bool, error) {
	if v.Proved || !a.asks("login") && a.maxAge == nil {
		return false, nil
	}
	if a.asks("login") {
		return true, nil
	}
	proved, err := p.cfg.Store.SessionProved(ctx, v.SessionID)
	return a.at.Sub(proved) > *a.maxAge, err
}

// denied writes down that an account may not open an application, which the application hears.
func (p *Provider) denied(ctx context.Context, a *Ask, v Visitor) error {
	entry := models.AuditEntry{Stream: "account:" + v.Actor.AccountID, At: p.cfg.CaseNow(), Actor: v.Actor.AccountID, Action: "application_opened",
		Object: "application:" + a.Application.ID, Origin: v.Actor.Origin, Outcome: models.ErrForbidden.Code}
	if err := p.cfg.Store.AppendAudit(context.WithoutCancel(ctx), entry); err != nil {
		return err
	}
	return a.Refuse("access_denied", "This account may not open "+a.Application.Name+": its access has not been given, or has ended.")
}

// unconsented tells whether the owner of the account has to be asked. The agency's own applications ask nobody.
func (p *Provider) unconsented(ctx context.Context, a *Ask, v Visitor) (bool, error) {
	if v.Agreed || !a.Application.ThirdParty && !a.asks("consent") {
		return false, nil
	}
	if a.asks("consent") {
		return true, nil
	}
	given, err := p.cfg.Store.Consented(ctx, v.Actor, a.Application.ID)
	have := strings.Fields(given)
	return slices.ContainsFunc(a.Scopes, func(s string) bool { return !slices.Contains(have, s) }), err
}

// Grant opens the application and gives the address that leads there with a code.
func (p *Provider) Grant(ctx context.Context, a *Ask, v Visitor) (string, error) {
	proved, err := p.cfg.Store.SessionProved(ctx, v.SessionID)
	if err != nil {
		return "", err
	}
	for _, scope := range a.Scopes {
		a.request.GrantScope(scope)
	}
	who := newSession(v, proved, a.at)
	if err := p.tellPlace(ctx, a, v, who); err != nil {
		return "", err
	}
	a.request.SetID(uuid.NewString())
	ctx, made := gathering(ctx)
	answer, err := p.fosite.NewAuthorizeResponse(ctx, a.request, who)
	if err != nil {
		return "", a.refuseFor(err)
	}
	grant := store.OpenIDGrant{ID: a.request.GetID(), Application: a.Application.ID, SessionID: v.SessionID, Expires: p.cfg.Now().Add(grantLife)}
	consent := ""
	if v.Agreed && a.Application.ThirdParty {
		consent = strings.Join(a.Scopes, " ")
	}
	if err := p.cfg.Store.OpenGrant(ctx, v.Actor, grant, made.tokens, consent); err != nil {
		return "", err
	}
	return a.back(url.Values{"code": {answer.GetCode()}}), nil
}
