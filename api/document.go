package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

const introduction = `Loket is a counter for approvals: memos that ask for accounts go from a unit to its head, to the officers and
back. Everything that the portal does can be done here with curl.

**First token.** ` + "`POST /api/v1/sign-in`" + ` takes a username and a password and answers a personal token. Send it as
` + "`Authorization: Bearer lkt_…`" + ` with every other request. Cookies are never read.

` + "```sh" + `
TOKEN=$(curl -s https://loket.example/api/v1/sign-in -H 'Content-Type: application/json' \
  -d '{"username":"surya.adi","password":"…","token_name":"laptop","scopes":["read","write"],"days":30}' | jq -r .token)
curl -s https://loket.example/api/v1/home -H "Authorization: Bearer $TOKEN"
` + "```" + `

**Scopes** bound a token: ` + "`read`" + ` for every GET, ` + "`write`" + ` for drafts, sending, withdrawing and the own account, ` + "`decide`" + ` for
approving, refusing and verifying, ` + "`admin`" + ` for what support and administrators do. A scope gives nobody more than their role.

**Problems** are ` + "`application/problem+json`" + ` (RFC 9457) with a stable ` + "`code`" + `, and one entry in ` + "`errors`" + ` for each wrong field.
Texts follow ` + "`Accept-Language`" + ` (` + "`id`" + `, ` + "`en`" + `). What is not yours to see is answered as not found.

**Repeats.** Send an ` + "`Idempotency-Key`" + ` of your own (1 to 255 visible ASCII characters) with a POST that has one: the same key
and content, within 30 days, converge on the first outcome; the same key with other content is refused. After a 503 nothing
is acknowledged but it may still happen: repeat with the same key.

**Versions.** A memo answers with an ` + "`ETag`" + `. Send it back as ` + "`If-Match`" + `: when somebody changed the memo in between, the answer
is 412 and nothing happened.

**Pages.** Lists take ` + "`limit`" + ` (1 to 200) and ` + "`cursor`" + `; ` + "`next`" + ` in the body, and the ` + "`Link`" + ` header with rel="next", lead to the
following page. **Times** are RFC 3339, dates YYYY-MM-DD. **JSON** is read strictly: unknown, repeated or differently cased
names are refused.`

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
	tagWork      = "Work"
	tagDirectory = "Units and employees"
	tagCalendars = "Calendars"
	tagDesk      = "Service desk"
)

func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: tagEntry, Description: "A first token, and one-use links."},
		{Name: tagMe, Description: "Profile, password, sessions and tokens of whoever asks."},
		{Name: tagMemos, Description: "Memos that ask for accounts: draft, check, send, decide, verify, follow."},
		{Name: tagWork, Description: "What waits for me, and what I wait for."},
		{Name: tagDirectory, Description: "The tree of units, its office holders, and the registry of employees."},
		{Name: tagCalendars, Description: "Working time, with the code that deadlines use."},
		{Name: tagDesk, Description: "For support, auditors and administrators."},
	}
}

// empty is the answer of an operation that has nothing to say: 204.
type empty struct{}

// created is the status of an operation that makes something.
const created = http.StatusCreated
