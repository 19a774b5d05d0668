package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"loket/api"
	"loket/internal/edge"
	"loket/internal/files/filestest"
	"loket/models"
)

// answer is how a request was met, as the matrix prints it.
type answer string

// The answers. Heard is a refusal for the state of the object or for what was sent, which only who may ask gets to know.
const (
	done      answer = "✓"
	heard     answer = "~"
	forbidden answer = "✗"
	missing   answer = "·"
	stranger  answer = "?"
	unasked   answer = " "
)

// document is the OpenAPI document, as far as bodies are made of it.
type document struct {
	Paths      map[string]map[string]operationDoc
	Components struct{ Schemas map[string]schemaDoc }
}

type operationDoc struct {
	RequestBody struct {
		Content map[string]struct{ Schema schemaDoc }
	}
}

type schemaDoc struct {
	Ref        string `json:"$ref"`
	Type       any
	Format     string
	Enum       []any
	Examples   []any
	Required   []string
	Properties map[string]schemaDoc
	Items      *schemaDoc
}

// body is a request for the operation made of the document's own examples; nil where it takes none.
func (d document) body(r edge.Route) (sent any, upload bool) {
	segments := strings.Split(r.Path, "/")
	for i, s := range segments {
		if name, ok := strings.CutPrefix(s, ":"); ok {
			segments[i] = "{" + name + "}"
		}
	}
	content := d.Paths[strings.Join(segments, "/")][strings.ToLower(r.Method)].RequestBody.Content
	if _, upload := content["multipart/form-data"]; upload {
		return nil, true
	}
	c, ok := content["application/json"]
	if !ok {
		return nil, false
	}
	return d.example(c.Schema), false
}

func (d document) example(s schemaDoc) any {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return d.example(d.Components.Schemas[name])
	}
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Properties != nil:
		object := map[string]any{}
		for name, property := range s.Properties {
			if slices.Contains(s.Required, name) || len(property.Examples) > 0 || property.Items != nil {
				object[name] = d.example(property)
			}
		}
		return object
	case s.Items != nil:
		return []any{d.example(*s.Items)}
	}
	return map[any]any{"integer": 1, "boolean": true}[s.Type]
}

// fixed mends an example where it will not do: what belongs to one asker, or to this installation.
func (h *house) fixed(r edge.Route, p *asker, sent any) any {
	object, ok := sent.(map[string]any)
	if !ok {
		return sent
	}
	for _, seen := range []string{"seq", "content"} {
		delete(object, seen)
	}
	unit, kind := p.wouldWrite()
	now := time.Now().In(h.paper.Zone)
	mend := map[string]map[string]any{
		"POST /memos":                  {"unit": unit, "kind": string(kind)},
		"PUT /memos/:id":               {"unit": unit, "kind": string(kind)},
		"POST /memos/:id/verification": {"rows": nil, "reason": nil},
		"POST /inbox/views":            {"name": uuid.NewString()},
		"PUT /inbox/views/:id":         {"name": uuid.NewString()},
		"POST /phrases":                {"text": uuid.NewString()},
		"PUT /phrases/:id":             {"text": uuid.NewString()},
		"POST /memos/:id/reissue":      {"rows": []int{1}},
		"POST /delegations": {"unit": unit, "role": "unit_head", "delegate_id": h.other.EmployeeID, "principal_id": nil,
			"from": now.Format(time.DateOnly), "until": now.AddDate(0, 0, 3).Format(time.DateOnly)},
		"POST /grants": {"account_id": h.other.AccountID, "employee_id": nil, "on_behalf_of": nil, "role": "drafter", "unit": oneUnit,
			"from": now.Format(time.RFC3339), "until": now.AddDate(0, 0, 3).Format(time.RFC3339)},
		"POST /registrations/:id/decision": {"notes": nil},
	}[r.Method+" "+strings.TrimPrefix(r.Path, api.Prefix)]
	for name, value := range mend {
		if object[name] = value; value == nil || value == "" {
			delete(object, name)
		}
	}
	return object
}

// form holds an answer for every field of the portal's forms that cannot be left out.
func (h *house) form(r edge.Route, p *asker) url.Values {
	unit, kind := p.wouldWrite()
	form := url.Values{"key": {uuid.NewString()}, "reason": {"Alasan"}, "verdict": {"approve"}, "text": {"Yang mana? " + uuid.NewString()}, "all": {"accepted"},
		"name": {uuid.NewString()}, "query": {"tab=mine"}, "days": {"1"}, "scopes": {"read"}, "choice": {string(kind) + " " + unit}, "row": {"1"}, "to": {"id"},
		"username": {"tidak.ada"}, "old": {"salah"}, "password": {password}, "again": {password}}
	switch r.Path {
	case "/memos/:id/edit":
		form.Set("do", "save")
		form.Set("subject", "Akses")
	case "/memos/:id/verify":
		form.Set("do", "all")
	case "/delegations/new":
		now := time.Now().In(h.paper.Zone)
		maps.Copy(form, url.Values{"unit": {unit}, "role": {"unit_head"}, "delegate_id": {h.other.EmployeeID}, "from": {now.Format(time.DateOnly)},
			"until": {now.AddDate(0, 0, 3).Format(time.DateOnly)}})
	}
	return form
}

// ask makes the request of a route to a path, as the asker.
func (h *house) ask(t *testing.T, r edge.Route, p *asker, path string) answer {
	t.Helper()
	p.token, p.session = h.credentials(t, p)
	var body []byte
	var kind string
	switch {
	case r.Method == http.MethodGet:
	case isAPI(r):
		sent, upload := h.doc.body(r)
		if upload {
			_, memo := p.wouldWrite()
			attached := models.RequiredAttachment(memo)
			body, kind = uploadForm(t, string(attached), "surat.pdf", filestest.PDF("Surat"))
			break
		}
		if sent != nil {
			encoded, err := json.Marshal(h.fixed(r, p, sent))
			require.NoError(t, err)
			body, kind = encoded, "application/json"
		}
	default:
		body, kind = []byte(h.form(r, p).Encode()), "application/x-www-form-urlencoded"
	}
	request, err := http.NewRequest(r.Method, h.base+path, bytes.NewReader(body))
	require.NoError(t, err)
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	switch {
	case p.nobody():
	case isAPI(r):
		request.Header.Set("Authorization", "Bearer "+p.token)
	default:
		request.AddCookie(&http.Cookie{Name: "loket", Value: p.session})
	}
	got, err := h.client.Do(request)
	require.NoError(t, err)
	defer got.Body.Close()
	return h.classed(t, r, p, got)
}

func uploadForm(t testing.TB, kind, name string, file []byte) (body []byte, contentType string) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	field, err := w.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = field.Write(file)
	require.NoError(t, err)
	require.NoError(t, w.WriteField("kind", kind))
	require.NoError(t, w.Close())
	return form.Bytes(), w.FormDataContentType()
}

func isAPI(r edge.Route) bool { return strings.HasPrefix(r.Path, api.Prefix+"/") }

// classed reads an answer. The portal leads to the door whoever is a stranger, or shows them the way there beside what
// they sent, and back to the memo whoever came too late
// or cannot, with a word that says so.
func (h *house) classed(t testing.TB, r edge.Route, p *asker, got *http.Response) answer {
	t.Helper()
	switch code := got.StatusCode; {
	case code == http.StatusUnauthorized && got.Header.Get("WWW-Authenticate") != "" && !wrongPassword(got):
		return stranger
	case code == http.StatusUnauthorized && p.nobody() && !r.Access.IsPublic(): // with what was sent, to be sent again
		return stranger
	case code == http.StatusForbidden:
		return forbidden
	case code == http.StatusNotFound:
		return missing
	case code == http.StatusSeeOther && strings.HasPrefix(got.Header.Get("Location"), "/sign-in") && !r.Access.IsPublic() && (p.nobody() || r.Path != "/sign-out"):
		return stranger
	case code == http.StatusSeeOther && strings.Contains(strings.Join(got.Header.Values("Set-Cookie"), " "), "warn."+models.ErrNotYours.Code):
		return forbidden
	case code == http.StatusSeeOther && strings.Contains(strings.Join(got.Header.Values("Set-Cookie"), " "), "=warn."):
		return heard
	case code < http.StatusBadRequest:
		return done
	case slices.Contains([]int{http.StatusUnauthorized, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed, http.StatusUnprocessableEntity}, code):
		return heard
	}
	text, err := io.ReadAll(io.LimitReader(got.Body, 2000))
	require.NoError(t, err)
	require.Fail(t, "an answer that no probe should get", "%s %s as %s: %d %s", r.Method, got.Request.URL.Path, p.name, got.StatusCode, text)
	return unasked
}

func wrongPassword(got *http.Response) bool {
	var p struct{ Code string }
	return json.NewDecoder(got.Body).Decode(&p) == nil && p.Code == models.ErrWrongCredentials.Code
}
