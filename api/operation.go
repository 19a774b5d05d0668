package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"loket/internal/edge"
	"loket/models"
)

// operation declares one operation: its place, who may call it, what a token needs, and what the document says.
type operation struct {
	id      string
	method  string
	path    string // below Prefix, as OpenAPI spells it: /memos/{id}
	tag     string
	summary string
	text    string // Markdown
	access  edge.Access
	scope   models.Scope
	rate    edge.Rate
	stream  bool
	file    string // media type of what is answered, where that is no JSON
	upload  bool   // takes a form with a file, see readUpload
	kinds   []any  // what that file can be; those of a memo where none are named
	stepUp  bool   // asks for a password given at most five minutes ago, see stepUpOperations
	status  int    // of success; 0 means 200, or 204 without a body
	// refusals beyond those that every operation can give.
	refusals []*models.Problem
}

// visitKey is where the middleware leaves the visit in huma's context, and the operation's declaration in its
// metadata.
type visitKey struct{}

const declared = "loket.operation"

// register adds an operation: to huma, to the document and to the route table.
func register[I, O any](s *service, o operation, do func(context.Context, *I) (*O, error)) {
	route := edge.Route{Method: o.method, Path: ginPath(Prefix + o.path), Access: o.access, Scope: o.scope,
		Summary: o.summary, Rate: o.rate, Stream: o.stream, StepUp: o.stepUp}
	if o.upload {
		route.Body = uploadBody
	}
	s.routes = append(s.routes, route)
	op := huma.Operation{OperationID: o.id, Method: o.method, Path: Prefix + o.path, Tags: []string{o.tag},
		Summary: o.summary, Description: o.description(), DefaultStatus: o.status, Responses: s.refusals(o),
		Security: o.security(), Metadata: map[string]any{declared: route}, MaxBodyBytes: edge.DefaultBody}
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, visitIn(ctx), err)
		}
		return out, nil
	})
	if o.upload { // said last, since huma would read what it describes
		s.huma.OpenAPI().Paths[op.Path].Post.RequestBody = uploadRequest(o.kinds)
	}
}

// ginPath spells /memos/{id} as /memos/:id.
func ginPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

func (o operation) description() string {
	parts := []string{strings.TrimSpace(o.text)}
	if o.scope != "" {
		parts = append(parts, "Token scope: `"+string(o.scope)+"`.")
	}
	if roles := o.access.Holders(); len(roles) > 0 {
		names := make([]string, len(roles))
		for i, r := range roles {
			names[i] = "`" + string(r) + "`"
		}
		parts = append(parts, "Roles: "+strings.Join(names, ", ")+".")
	}
	if o.stepUp {
		parts = append(parts, "Step-up: the token's password (and a code, where the account has a second factor) must have been given at most five minutes before, by `POST /api/v1/step-up`; otherwise `step_up_required`, and nothing happens.")
	}
	return strings.TrimSpace(strings.Join(parts, "\n\n"))
}

func (o operation) security() []map[string][]string {
	if o.access.IsPublic() {
		return []map[string][]string{}
	}
	return []map[string][]string{{"token": {string(o.scope)}}}
}

// refusals documents each status that the operation can answer, with the codes behind it.
func (s *service) refusals(o operation) map[string]*huma.Response {
	all := append([]*models.Problem{models.ErrTooMany, models.ErrUnavailable, models.ErrInternal, models.ErrInvalid}, o.refusals...)
	if !o.access.IsPublic() {
		all = append(all, models.ErrUnauthenticated, models.ErrAccountEnded, models.ErrPasswordChangeNeeded, models.ErrSecondFactorNeeded, models.ErrScope)
	}
	if len(o.access.Holders()) > 0 {
		all = append(all, models.ErrForbidden)
	}
	if o.stepUp {
		all = append(all, models.ErrStepUpNeeded)
	}
	if strings.Contains(o.path, "{") {
		all = append(all, models.ErrNotFound)
	}
	if o.method == http.MethodPost || o.method == http.MethodPut {
		all = append(all, errTooLarge, errMediaType)
	}
	out := map[string]*huma.Response{}
	if o.stream {
		out["200"] = &huma.Response{Description: "Events, until the stream ends", Content: map[string]*huma.MediaType{
			"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}, Example: streamExample}}}
	}
	if o.file != "" {
		out["200"] = &huma.Response{Description: "The file", Content: map[string]*huma.MediaType{
			o.file: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	}
	for _, p := range all {
		status, _ := statusOf(p.Code)
		s.addRefusal(out, strconv.Itoa(status), p.Code)
	}
	return out
}

func (s *service) addRefusal(out map[string]*huma.Response, status, code string) {
	if r, ok := out[status]; ok {
		if !strings.Contains(r.Description, "`"+code+"`") {
			r.Description += ", `" + code + "`"
		}
		return
	}
	r := &huma.Response{Description: "`" + code + "`", Content: map[string]*huma.MediaType{
		"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}}}
	header := func(name, text string) {
		r.Headers = map[string]*huma.Param{name: {Description: text, Schema: &huma.Schema{Type: huma.TypeString}}}
	}
	switch status {
	case "401":
		header("WWW-Authenticate", "Always a Bearer challenge.")
	case "429", "503":
		header("Retry-After", "Seconds to wait.")
	}
	out[status] = r
}
