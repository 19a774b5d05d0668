package api

import (
	_ "embed" // introduction.md
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// introduction stands on top of the documentation page.
//
//go:embed introduction.md
var introduction string

// document is the frame of the OpenAPI document. huma's own routes and links are left out: what is served stands in
// the route table.
func (s *service) document(version string) huma.Config {
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	if version == "" {
		version = "dev"
	}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Loket", Version: version, Description: introduction},
			Servers: []*huma.Server{{URL: "/", Description: "This server"}},
			Components: &huma.Components{Schemas: schemas, SecuritySchemes: map[string]*huma.SecurityScheme{
				"token": {Type: "http", Scheme: "bearer", BearerFormat: "lkt_…",
					Description: "A personal token, from POST /api/v1/sign-in, POST /api/v1/me/tokens or the account page of the portal."}}},
			Tags: tags(),
		},
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{s.translate},
	}
}

const (
	tagEntry     = "Signing in"
	tagMe        = "My account"
	tagMemos     = "Memos"
	tagLetters   = "Letters"
	tagWork      = "Work"
	tagDirectory = "Units and employees"
	tagCalendars = "Calendars"
	tagTraders   = "Companies"
	tagDesk      = "Service desk"
	tagAccess    = "Requests for applications"
)

func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: tagEntry, Description: "A first token, and one-use links."},
		{Name: tagMe, Description: "Profile, password, sessions and tokens of whoever asks."},
		{Name: tagMemos, Description: "Memos that ask for accounts: draft, check, send, decide, verify, follow."},
		{Name: tagLetters, Description: "A memo on paper, and how anybody checks it."},
		{Name: tagWork, Description: "What waits for me, and what I wait for."},
		{Name: tagDirectory, Description: "The tree of units, its office holders, and the registry of employees."},
		{Name: tagCalendars, Description: "Working time, with the code that deadlines use."},
		{Name: tagTraders, Description: "Companies that trade: how their people come to an account, and what officers check."},
		{Name: tagAccess, Description: "Applications that are given by request: asked for, decided on, taken away."},
		{Name: tagDesk, Description: "For support, auditors and administrators."},
	}
}

// empty is the answer of an operation that has nothing to say: 204.
type empty struct{}

// created is the status of an operation that makes something.
const created = http.StatusCreated
