package edge

import (
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"loket/models"
)

func nothing(*gin.Context) {}

func TestTable(t *testing.T) {
	t.Run("a route that gin serves and nothing declares is a fault", func(t *testing.T) {
		engine := gin.New()
		table := NewTable()
		table.Handle(&engine.RouterGroup, Route{Method: "GET", Path: "/inbox", Access: SignedIn(), Summary: "My inbox"}, nothing)
		require.Empty(t, table.Faults(engine))
		engine.POST("/smuggled", nothing)
		require.Equal(t, []string{"POST /smuggled: not declared"}, Undeclared(engine, table.Routes()))
		require.Equal(t, []string{"POST /smuggled: not declared"}, table.Faults(engine))
	})
	t.Run("a route below a group keeps its whole path", func(t *testing.T) {
		engine := gin.New()
		table := NewTable()
		table.Handle(engine.Group("/api/v1"), Route{Method: "GET", Path: "/api/v1/me", Access: SignedIn(), Scope: models.ScopeRead, Summary: "Me"}, nothing)
		require.Empty(t, table.Faults(engine))
		table.Handle(engine.Group("/api/v1"), Route{Method: "GET", Path: "/elsewhere", Access: Public(), Summary: "Astray"}, nothing)
		require.Contains(t, table.Faults(engine), "GET /elsewhere: does not lie under /api/v1")
	})
	t.Run("every fault of a declaration is told at once", func(t *testing.T) {
		table := NewTable(Route{Method: "TRACE", Path: "memos/{id}"}, Route{Method: "GET", Path: "/x", Access: Public(), Summary: "X"},
			Route{Method: "GET", Path: "/x", Access: Public(), Summary: "X"}, Route{Method: "GET", Path: "/y", Access: Roles(), Summary: "Y"})
		require.Len(t, table.Faults(gin.New()), 4+1+1+3)
	})
}

func TestRouteAdmits(t *testing.T) {
	auditor := models.Actor{AccountID: "a", Grants: []models.Grant{{Role: models.RoleAuditor}}}
	in := Visitor{SignedIn: true, Actor: auditor}
	owing := Visitor{SignedIn: true, MustChangePassword: true, Actor: auditor}
	over := Visitor{SignedIn: true, Ended: true, MustChangePassword: true, OwesFactor: true, Actor: auditor}
	reader := Visitor{SignedIn: true, Token: true, Scopes: []models.Scope{models.ScopeRead}, Actor: auditor}
	for _, c := range []struct {
		name   string
		access Access
		scope  models.Scope
		who    Visitor
		want   error
	}{
		{"nobody may see what is public", Public(), "", Visitor{}, nil},
		{"nobody is asked to sign in", SignedIn(), "", Visitor{}, models.ErrUnauthenticated},
		{"a person who is signed in comes in", SignedIn(), "", in, nil},
		{"an owed password change comes first", SignedIn(), "", owing, models.ErrPasswordChangeNeeded},
		{"an owed password change can be made", PasswordChange(), "", owing, nil},
		{"an account that has ended opens nothing", SignedIn(), "", over, models.ErrAccountEnded},
		{"an account that has ended cannot even have its password changed", PasswordChange(), "", over, models.ErrAccountEnded},
		{"an account that has ended can be renewed", Renewal(), "", over, nil},
		{"nobody renews without signing in", Renewal(), "", Visitor{}, models.ErrUnauthenticated},
		{"a role that is held opens", Roles(models.RoleAdmin, models.RoleAuditor), "", in, nil},
		{"a role that is not held does not", Roles(models.RoleAdmin), "", in, models.ErrForbidden},
		{"a token needs the scope", SignedIn(), models.ScopeWrite, reader, models.ErrScope},
		{"a token with the scope passes", SignedIn(), models.ScopeRead, reader, nil},
		{"a token opens nothing that names no scope", SignedIn(), "", reader, models.ErrScope},
		{"any token opens what asks for any", SignedIn(), AnyScope, reader, nil},
		{"a forgotten access admits nobody", Access{}, "", in, models.ErrForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Route{Method: http.MethodGet, Path: "/", Access: c.access, Scope: c.scope}.Admits(c.who)
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestStepUpRoutes(t *testing.T) {
	in := Visitor{SignedIn: true, Actor: models.Actor{AccountID: "a"}}
	fresh := in
	fresh.Fresh = true
	grave := Route{Method: http.MethodPost, Path: "/grave", Access: SignedIn(), Summary: "Something grave", StepUp: true}
	t.Run("a session alone is not enough, a password just given is", func(t *testing.T) {
		require.ErrorIs(t, grave.Admits(in), models.ErrStepUpNeeded)
		require.NoError(t, grave.Admits(fresh))
	})
	t.Run("whoever may not do it at all is not asked for a password", func(t *testing.T) {
		grave.Access = Roles(models.RoleAdmin)
		require.ErrorIs(t, grave.Admits(in), models.ErrForbidden)
		require.ErrorIs(t, grave.Admits(Visitor{}), models.ErrUnauthenticated)
	})
	t.Run("a page that changes nothing cannot ask for it", func(t *testing.T) {
		grave.Method = http.MethodGet
		require.Contains(t, NewTable(grave).Faults(gin.New()), "GET /grave: only what changes something asks for the password again")
	})
}

func TestAccessString(t *testing.T) {
	require.Equal(t, "public", Public().String())
	require.Equal(t, "signed_in", SignedIn().String())
	require.Equal(t, "password_change", PasswordChange().String())
	require.Equal(t, "roles(admin,auditor)", Roles(models.RoleAdmin, models.RoleAuditor).String())
	require.Equal(t, "undeclared", Access{}.String())
}
