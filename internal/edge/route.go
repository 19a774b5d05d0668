package edge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"loket/models"
)

// Route declares one route: who may call it, what a personal token needs for it, and what it is for. The
// authorization matrix reads these, so a route that is not declared does not pass the tests (Undeclared) and answers
// 404 at run time (Edge.guard).
type Route struct {
	Method string
	Path   string // the whole template as gin spells it: /api/v1/memos/:id
	Access Access
	// Scope is what a bearer token needs. Empty where no token is asked for: public routes and the portal.
	Scope   models.Scope
	Summary string // what it does, in a few English words; OpenAPI shows it
	Rate    Rate   // counted for unsafe methods, as a form may be looked at freely; RateLookup for every method
	Body    int64  // bytes accepted; 0 means DefaultBody
	Stream  bool   // server-sent events: no compression, no write deadline, told to end at shutdown
	Foreign bool   // POST from another site is sent on to the same address as GET: a protocol allows both (OpenID)
	StepUp  bool   // asks for a password given at most five minutes ago, not only for a session or token
}

// AnyScope is the Scope of a route for which every personal token will do, whatever its scopes.
const AnyScope models.Scope = "any"

// Rate names a limit of QUALITY section 3.
type Rate string

// The rates. What is bound to an account is counted in internal/auth, which knows it: sign-ins once more, and every
// request with a personal token.
const (
	RateNone       Rate = ""
	RateSignIn     Rate = "sign_in"     // 10 a minute and address
	RatePublicForm Rate = "public_form" // 20 an hour, address and form; 60 a minute where the path bears a token
	RateLookup     Rate = "lookup"      // 60 a minute and address, reading too: public pages that are found by an id
)

// Access says who may call a route. It is closed: the zero value admits nobody and counts as a fault, the others
// come from Public, SignedIn, PasswordChange, Enrolment, Renewal and Roles.
type Access struct {
	kind  accessKind
	roles []models.Role
}

type accessKind int

const (
	accessUndeclared accessKind = iota
	accessPublic
	accessSignedIn
	accessPasswordChange
	accessEnrolment
	accessRenewal
	accessRoles
)

// Public admits everybody, signed in or not.
func Public() Access { return Access{kind: accessPublic} }

// SignedIn admits whoever is signed in and owes neither a password change nor a second factor, and whose account has not
// ended.
func SignedIn() Access { return Access{kind: accessSignedIn} }

// PasswordChange admits whoever is signed in, whatever they owe, while their account has not ended: the change itself.
func PasswordChange() Access { return Access{kind: accessPasswordChange} }

// Renewal admits whoever is signed in, whatever they owe, after the end of their account too: renewing it.
func Renewal() Access { return Access{kind: accessRenewal} }

// Enrolment admits whoever is signed in and owes no password change, even while a second factor is owed: adding one.
func Enrolment() Access { return Access{kind: accessEnrolment} }

// Roles admits whoever is signed in and holds one of the roles in any unit. Finer questions (this unit, this case)
// belong to the desk.
func Roles(roles ...models.Role) Access {
	if len(roles) == 0 {
		return Access{}
	}
	return Access{kind: accessRoles, roles: slices.Clone(roles)}
}

// IsPublic tells whether nobody has to be signed in.
func (a Access) IsPublic() bool { return a.kind == accessPublic }

// Holders lists the roles that are asked for; empty unless made by Roles.
func (a Access) Holders() []models.Role { return slices.Clone(a.roles) }

// String names the access as the authorization matrix prints it: public, signed_in, password_change, enrolment, renewal
// or roles(admin,auditor).
func (a Access) String() string {
	switch a.kind {
	case accessPublic:
		return "public"
	case accessSignedIn:
		return "signed_in"
	case accessPasswordChange:
		return "password_change"
	case accessEnrolment:
		return "enrolment"
	case accessRenewal:
		return "renewal"
	case accessRoles:
		names := make([]string, len(a.roles))
		for i, r := range a.roles {
			names[i] = string(r)
		}
		return "roles(" + strings.Join(names, ",") + ")"
	}
	return "undeclared"
}

// Visitor is what a route needs to know of whoever calls. The zero value is nobody. Token says that a personal token
// was shown, whose Scopes then bound what it may do; a session may do all that the person may. OwesFactor says that they
// have to come with a second factor and did not. Ended says that the account is past its end. Fresh says that the password
// was just given.
type Visitor struct {
	SignedIn           bool
	MustChangePassword bool
	OwesFactor         bool
	Ended              bool
	Actor              models.Actor
	Token              bool
	Scopes             []models.Scope
	Fresh              bool
}

// Admits answers nil, or the refusal: ErrUnauthenticated, ErrAccountEnded, ErrPasswordChangeNeeded, ErrSecondFactorNeeded, ErrScope,
// ErrForbidden or ErrStepUpNeeded, in that order, so that each tells only what the previous step has earned.
func (r Route) Admits(v Visitor) error {
	switch {
	case r.Access.kind == accessPublic:
		return nil
	case r.Access.kind == accessUndeclared:
		return models.ErrForbidden
	case !v.SignedIn:
		return models.ErrUnauthenticated
	case v.Ended && r.Access.kind != accessRenewal:
		return models.ErrAccountEnded
	case v.MustChangePassword && r.Access.kind != accessPasswordChange && r.Access.kind != accessRenewal:
		return models.ErrPasswordChangeNeeded
	case v.OwesFactor && !slices.Contains([]accessKind{accessPasswordChange, accessEnrolment, accessRenewal}, r.Access.kind):
		return models.ErrSecondFactorNeeded
	case v.Token && r.Scope != AnyScope && (r.Scope == "" || !slices.Contains(v.Scopes, r.Scope)):
		return models.ErrScope.With("scope", string(r.Scope))
	case r.Access.kind == accessRoles && !v.Actor.Has(r.Access.roles...):
		return models.ErrForbidden
	case r.StepUp && !v.Fresh:
		return models.ErrStepUpNeeded
	}
	return nil
}

// key is how gin and the table name the same route.
func (r Route) key() string { return r.Method + " " + r.Path }

// faults lists what keeps the declaration from being one.
func (r Route) faults() []string {
	var out []string
	if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, r.Method) {
		out = append(out, r.key()+": the method is not one we serve")
	}
	if !strings.HasPrefix(r.Path, "/") || strings.ContainsAny(r.Path, "{}") {
		out = append(out, r.key()+": the path is not a whole gin template such as /memos/:id")
	}
	if r.Access.kind == accessUndeclared {
		out = append(out, r.key()+": nothing says who may call it")
	}
	if r.StepUp && !unsafe(r.Method) {
		out = append(out, r.key()+": only what changes something asks for the password again")
	}
	if r.Summary == "" {
		out = append(out, r.key()+": no summary")
	}
	return out
}

// Table is the route table of one engine. Counters fill it at start and only read it afterwards.
type Table struct {
	routes []Route
	byKey  map[string]Route
	faults []string
}

// NewTable returns a table with these routes declared.
func NewTable(routes ...Route) *Table {
	t := &Table{byKey: map[string]Route{}}
	t.Declare(routes...)
	return t
}

// Declare adds routes that something else registers with gin, as huma does for the API. Faults are kept for Faults.
func (t *Table) Declare(routes ...Route) {
	for _, r := range routes {
		t.faults = append(t.faults, r.faults()...)
		if _, twice := t.byKey[r.key()]; twice {
			t.faults = append(t.faults, r.key()+": declared twice")
			continue
		}
		t.byKey[r.key()] = r
		t.routes = append(t.routes, r)
	}
}

// Handle declares a route and registers its handlers on the group, whose base path must begin the route's Path.
func (t *Table) Handle(g *gin.RouterGroup, r Route, handlers ...gin.HandlerFunc) {
	t.Declare(r)
	rest, ok := strings.CutPrefix(r.Path, strings.TrimSuffix(g.BasePath(), "/"))
	if !ok {
		t.faults = append(t.faults, fmt.Sprintf("%s: does not lie under %s", r.key(), g.BasePath()))
		return
	}
	g.Handle(r.Method, rest, handlers...)
}

// Routes lists what is declared, in the order of declaration.
func (t *Table) Routes() []Route { return slices.Clone(t.routes) }

// Of gives the declaration of the route that gin matched, if any.
func (t *Table) Of(c *gin.Context) (Route, bool) {
	r, ok := t.byKey[c.Request.Method+" "+c.FullPath()]
	return r, ok
}

// Faults lists everything wrong with the table against the engine it serves: malformed declarations, routes that
// nothing declares, and declarations that nothing serves. A server does not start while there is one.
func (t *Table) Faults(engine *gin.Engine) []string {
	out := slices.Clone(t.faults)
	out = append(out, Undeclared(engine, t.routes)...)
	served := map[string]bool{}
	for _, r := range engine.Routes() {
		served[r.Method+" "+r.Path] = true
	}
	for _, r := range t.routes {
		if !served[r.key()] {
			out = append(out, r.key()+": declared, but nothing serves it")
		}
	}
	return out
}

// Undeclared lists the routes that the engine serves and no declaration names, sorted, as "METHOD /path: not
// declared".
func Undeclared(engine *gin.Engine, routes []Route) []string {
	declared := map[string]bool{}
	for _, r := range routes {
		declared[r.key()] = true
	}
	var out []string
	for _, r := range engine.Routes() {
		if k := r.Method + " " + r.Path; !declared[k] {
			out = append(out, k+": not declared")
		}
	}
	slices.Sort(out)
	return out
}
