// Package apitest holds a test's side of the API: a client that checks every answer against the OpenAPI document. It
// owns no scenario and no server; tests bring both.
package apitest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Validator judges answers by an OpenAPI document.
type Validator struct{ router routers.Router }

// NewValidator reads the document, which must itself be valid OpenAPI 3.1.
func NewValidator(ctx context.Context, document []byte) (*Validator, error) {
	loader := &openapi3.Loader{Context: ctx}
	doc, err := loader.LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	if err := doc.Validate(ctx, openapi3.IsOpenAPI31OrLater()); err != nil {
		return nil, fmt.Errorf("judge the OpenAPI document: %w", err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("read the paths of the OpenAPI document: %w", err)
	}
	return &Validator{router}, nil
}

// Check tells what in an answer the document does not allow: its status, its headers, its body. A request that the
// document does not know may only be refused, with a problem. The bodies of event streams and of files are left unread.
func (v *Validator) Check(r *http.Request, status int, header http.Header, body []byte) error {
	route, params, err := v.router.FindRoute(r)
	if errors.Is(err, routers.ErrPathNotFound) || errors.Is(err, routers.ErrMethodNotAllowed) {
		if status != http.StatusNotFound && status != http.StatusMethodNotAllowed {
			return fmt.Errorf("%s %s answers %d and is not in the document", r.Method, r.URL.Path, status)
		}
		return nil
	}
	if err != nil {
		return err
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 status, Header: header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true, ExcludeResponseBody: stream(header) || file(header)},
	}
	in.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(r.Context(), in); err != nil {
		return fmt.Errorf("%s %s answers %d against the document: %w", r.Method, r.URL.Path, status, err)
	}
	return nil
}

func stream(header http.Header) bool {
	return strings.HasPrefix(header.Get("Content-Type"), "text/event-stream")
}

// file tells whether the body is no text that a schema could describe.
func file(header http.Header) bool {
	return header.Get("Content-Type") == "application/pdf" || strings.HasPrefix(header.Get("Content-Disposition"), "attachment")
}

// Transport sends requests through next and fails those whose answer the document does not allow.
func (v *Validator) Transport(next http.RoundTripper) http.RoundTripper { return transport{v, next} }

type transport struct {
	v    *Validator
	next http.RoundTripper
}

// RoundTrip sends, reads and judges.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if stream(answer.Header) {
		return answer, t.v.Check(r, answer.StatusCode, answer.Header, nil)
	}
	body, err := io.ReadAll(answer.Body)
	if closing := answer.Body.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = t.v.Check(r, answer.StatusCode, answer.Header, body)
	}
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}
