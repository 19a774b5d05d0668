package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

type tilesInput struct {
	Text string `query:"q" maxLength:"100" doc:"Only those whose name, purpose or provider holds this." example:"rapat"`
}

// ApplicationID is the path of one application.
type ApplicationID struct {
	ID string `path:"id" maxLength:"40" doc:"The application's client id." example:"jadwal"`
}

// ApplicationFields are what is registered of an application besides its id.
type ApplicationFields struct {
	Name        string                   `json:"name" minLength:"1" maxLength:"80" example:"Jadwal Rapat" doc:"What people call it."`
	About       string                   `json:"about" minLength:"1" maxLength:"200" example:"Rooms and meetings." doc:"What it is for, in one line."`
	Provider    string                   `json:"provider" minLength:"1" maxLength:"120" example:"Kementerian Contoh" doc:"Which agency provides it; tiles are grouped by it."`
	Kind        models.ApplicationKind   `json:"kind" enum:"confidential,public" example:"confidential" doc:"Whether it can keep a secret."`
	Icon        string                   `json:"icon" example:"calendar" doc:"The picture on its tile."`
	Access      models.ApplicationAccess `json:"access" enum:"employees,everyone,grant,company,request" example:"employees" doc:"Who may open it: every employee, everyone with an account (companies' people too), whoever a memo or a request grants it, or whoever holds the area in a company."`
	Area        models.Area              `json:"area,omitempty" enum:"permits,imports,exports,rush,manifest,treasury" example:"rush" doc:"The area of a company that opens it; for access company alone."`
	Launch      string                   `json:"launch" maxLength:"500" example:"https://jadwal.kem.example/" doc:"Where its tile leads."`
	Redirects   []string                 `json:"redirect_uris" minItems:"1" maxItems:"10" example:"[\"https://jadwal.kem.example/callback\"]" doc:"Where codes may go, compared letter by letter."`
	PostLogout  []string                 `json:"post_logout_redirect_uris,omitempty" maxItems:"10" example:"[\"https://jadwal.kem.example/\"]" doc:"Where people may be led after signing out."`
	BackChannel string                   `json:"backchannel_logout_uri,omitempty" maxLength:"500" example:"https://jadwal.kem.example/back-channel" doc:"Where it is told that a session has ended."`
	Linking     string                   `json:"linking_address,omitempty" maxLength:"500" example:"https://rekomendasi.kem.example/loket" doc:"Where an application that has its own login proves it; empty where it has none."`
	Owner       string                   `json:"owner,omitempty" maxLength:"64" example:"bayu.yanti" doc:"The username of whoever answers for it."`
	ThirdParty  bool                     `json:"third_party,omitempty" example:"false" doc:"Whether people are asked what it may know."`
	Enabled     bool                     `json:"enabled,omitempty" example:"true" doc:"Whether people may open it."`
}

func (b ApplicationFields) application(id string, version int) models.Application {
	return models.Application{ID: id, Name: b.Name, About: b.About, Provider: b.Provider, Kind: b.Kind, Icon: b.Icon, Access: b.Access, Area: b.Area, Launch: b.Launch,
		Redirects: b.Redirects, PostLogout: b.PostLogout, BackChannel: b.BackChannel, Owner: b.Owner, Linking: b.Linking, ThirdParty: b.ThirdParty, Enabled: b.Enabled, Version: version}
}

type newApplicationInput struct {
	Body struct {
		ID string `json:"id" minLength:"2" maxLength:"40" example:"jadwal" doc:"Its client id, which never changes."`
		ApplicationFields
	}
}

type applicationInput struct {
	ApplicationID
	Body struct {
		Version int `json:"version" minimum:"1" example:"1" doc:"The version that was read; another one answers stale."`
		ApplicationFields
	}
}

type applicationOutput struct{ Body models.Application }

type registeredOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Application models.Application `json:"application" doc:"The application as it is registered now."`
		Secret      string             `json:"client_secret,omitempty" doc:"Its secret, shown this once; absent for a public one." example:"kJ2xQ7v0o3mM"`
	}
}

type secretOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Secret string `json:"client_secret" doc:"The new secret, shown this once; the old one opens nothing any more." example:"kJ2xQ7v0o3mM"`
	}
}

func (s *service) applicationOperations() {
	admin, read, write := edge.Roles(models.RoleAdmin), models.ScopeRead, models.ScopeAdmin
	register(s, operation{id: "list-my-applications", method: http.MethodGet, path: "/me/applications", tag: tagMe, summary: "What I may open", access: edge.SignedIn(), scope: read,
		text: "By provider and name. An application signs people in through OpenID Connect; see `/.well-known/openid-configuration`."}, s.tiles)
	register(s, operation{id: "list-applications", method: http.MethodGet, path: "/applications", tag: tagDesk, summary: "The registered applications", access: admin, scope: read,
		text: "With who answers for each and how many were granted it."}, s.applications)
	register(s, operation{id: "get-application", method: http.MethodGet, path: "/applications/{id}", tag: tagDesk, summary: "One application", access: admin, scope: read,
		text: "Without its secret, which is kept nowhere."}, s.application)
	register(s, operation{id: "register-application", method: http.MethodPost, path: "/applications", tag: tagDesk, summary: "Register an application", status: created,
		access: admin, scope: write, stepUp: true, refusals: []*models.Problem{models.ErrDuplicate}, text: "A confidential one gets its secret in this answer and in no other."}, s.registerApplication)
	register(s, operation{id: "change-application", method: http.MethodPut, path: "/applications/{id}", tag: tagDesk, summary: "Change an application",
		access: admin, scope: write, stepUp: true, refusals: []*models.Problem{models.ErrStale}, text: "Whole: what is left out is taken away. Its client id and secret stay."}, s.changeApplication)
	register(s, operation{id: "renew-application-secret", method: http.MethodPost, path: "/applications/{id}/secret", tag: tagDesk, summary: "Make an application a new secret",
		access: admin, scope: write, stepUp: true, text: "The old one ends at once. A public application has none and is not found."}, s.renewSecret)
}

func (s *service) tiles(ctx context.Context, in *tilesInput) (*plain[models.ApplicationTile], error) {
	list, err := s.desk.MyApplications(ctx, actorIn(ctx), in.Text)
	if err == nil {
		err = s.counted(ctx, list)
	}
	return whole(list), err
}

func (s *service) applications(ctx context.Context, _ *struct{}) (*plain[models.Application], error) {
	list, err := s.desk.RegisteredApplications(ctx, actorIn(ctx))
	return whole(list), err
}

func (s *service) application(ctx context.Context, in *ApplicationID) (*applicationOutput, error) {
	app, err := s.desk.RegisteredApplication(ctx, actorIn(ctx), in.ID)
	return &applicationOutput{app}, err
}

func (s *service) registerApplication(ctx context.Context, in *newApplicationInput) (*registeredOutput, error) {
	app, secret, err := s.desk.SaveApplication(ctx, actorIn(ctx), in.Body.application(in.Body.ID, 0))
	out := &registeredOutput{CacheControl: "no-store"}
	out.Body.Application, out.Body.Secret = app, secret
	return out, err
}

func (s *service) changeApplication(ctx context.Context, in *applicationInput) (*applicationOutput, error) {
	app, _, err := s.desk.SaveApplication(ctx, actorIn(ctx), in.Body.application(in.ID, max(in.Body.Version, 1)))
	return &applicationOutput{app}, err
}

func (s *service) renewSecret(ctx context.Context, in *ApplicationID) (*secretOutput, error) {
	secret, err := s.desk.RenewSecret(ctx, actorIn(ctx), in.ID)
	out := &secretOutput{CacheControl: "no-store"}
	out.Body.Secret = secret
	return out, err
}
