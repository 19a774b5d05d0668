package apitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Client calls the API as curl would. Every answer is judged by the document. Copy it and set Token for another
// person.
type Client struct {
	Base     string // http://127.0.0.1:port
	Token    string // empty: no Authorization
	Language string // Accept-Language, English when empty
	HTTP     *http.Client
}

// NewClient returns a client of the server at base that judges by the document which the server itself serves.
func NewClient(t testing.TB, base string) Client {
	t.Helper()
	document := Client{Base: base, HTTP: http.DefaultClient}.Call(t, http.MethodGet, "/api/v1/openapi.json", nil)
	require.Equal(t, http.StatusOK, document.Status)
	v, err := NewValidator(t.Context(), document.Body)
	require.NoError(t, err)
	return Client{Base: base, HTTP: &http.Client{Transport: v.Transport(http.DefaultTransport)}}
}

// As is the client with another token.
func (c Client) As(token string) Client {
	c.Token = token
	return c
}

// Answer is what came back, read to its end.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Call sends one request, which must be answered. Body is sent as it is when it is a string or bytes, as JSON
// otherwise, and not at all when nil. Headers are name, value pairs.
func (c Client) Call(t testing.TB, method, path string, body any, headers ...string) Answer {
	t.Helper()
	a, err := c.Try(method, path, body, headers...)
	require.NoError(t, err)
	return a
}

// Try is Call for a server that may be away.
func (c Client) Try(method, path string, body any, headers ...string) (Answer, error) {
	sent, err := encode(body)
	if err != nil {
		return Answer{}, err
	}
	r, err := http.NewRequest(method, c.Base+path, bytes.NewReader(sent))
	if err != nil {
		return Answer{}, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept-Language", "en")
	if c.Language != "" {
		r.Header.Set("Accept-Language", c.Language)
	}
	if c.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := c.HTTP.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	return Answer{answer.StatusCode, answer.Header, data}, err
}

// Upload sends a form with a file, as a program would.
func (c Client) Upload(t testing.TB, path, kind, name string, file []byte) Answer {
	t.Helper()
	a, err := c.TryUpload(path, kind, name, file)
	require.NoError(t, err)
	return a
}

// TryUpload is Upload for a server that may be away.
func (c Client) TryUpload(path, kind, name string, file []byte) (Answer, error) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	field, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = field.Write(file)
	}
	if err = errors.Join(err, w.WriteField("kind", kind), w.Close()); err != nil {
		return Answer{}, err
	}
	return c.Try(http.MethodPost, path, form.Bytes(), "Content-Type", w.FormDataContentType())
}

func encode(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(b), nil
	case []byte:
		return b, nil
	}
	return json.Marshal(body)
}

// Is asserts the status.
func (a Answer) Is(t testing.TB, status int) {
	t.Helper()
	require.Equal(t, status, a.Status, "%s", a.Body)
}

// Decode reads the body as JSON.
func (a Answer) Decode(v any) error { return json.Unmarshal(a.Body, v) }

// Into decodes the answer, which must have the status.
func (a Answer) Into(t testing.TB, status int, v any) {
	t.Helper()
	require.Equal(t, status, a.Status, "%s", a.Body)
	require.NoError(t, json.Unmarshal(a.Body, v), "%s", a.Body)
}

// Refused asserts a problem with the status and code, and gives the codes of its fields.
func (a Answer) Refused(t testing.TB, status int, code string) map[string]string {
	t.Helper()
	var p struct {
		Code   string
		Status int
		Errors []struct{ Field, Code string }
	}
	a.Into(t, status, &p)
	require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"))
	require.Equal(t, code, p.Code, "%s", a.Body)
	require.Equal(t, status, p.Status)
	fields := make(map[string]string, len(p.Errors))
	for _, e := range p.Errors {
		fields[e.Field] = e.Code
	}
	return fields
}
