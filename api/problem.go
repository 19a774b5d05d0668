package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"loket/internal/edge"
	"loket/internal/i18n"
	"loket/models"
)

// The refusals of HTTP itself, which no rule of models knows.
var (
	errTooLarge  = &models.Problem{Code: "too_large"}
	errMediaType = &models.Problem{Code: "media_type"}
)

// problemType begins every problem's type: a stable name, not an address.
const problemType = "urn:loket:problem:"

// Problem is an RFC 9457 problem as it is sent. Code is stable; the texts are in the reader's language. Params hold
// what the texts were filled with, such as the state of the case. No submitted value is repeated.
type Problem struct {
	Type      string            `json:"type" example:"urn:loket:problem:invalid" doc:"Stable name of this sort of problem: urn:loket:problem: and the code."`
	Title     string            `json:"title" example:"The entry is not correct yet" doc:"One line for people, in the language of Accept-Language (id or en)."`
	Status    int               `json:"status" example:"422" doc:"The HTTP status, once more."`
	Detail    string            `json:"detail" example:"Correct what is marked and send again." doc:"What to do about it, for people."`
	Code      string            `json:"code" example:"invalid" doc:"Stable code for programs."`
	Params    map[string]string `json:"params,omitempty" doc:"Facts about the refusal, such as the status that the case has now."`
	Errors    []FieldProblem    `json:"errors,omitempty" doc:"One entry for each field that is wrong."`
	Instance  string            `json:"instance" example:"urn:loket:request:0192f7c5" doc:"Names this one occurrence."`
	RequestID string            `json:"request_id" example:"0192f7c5" doc:"Tell it to the service desk; the X-Request-Id header has it too."`

	headers http.Header
}

// FieldProblem is what is wrong with one field: its JSON name (rows[3].nip), query parameter or header.
type FieldProblem struct {
	Field  string            `json:"field" example:"rows[3].nip" doc:"JSON path within the body, or the name of the parameter or header. Rows count from 0."`
	Code   string            `json:"code" example:"nip_length" doc:"Stable code for programs."`
	Detail string            `json:"detail" example:"An NIP has 18 digits." doc:"What is wrong, for people."`
	Params map[string]string `json:"params,omitempty" doc:"What the text was filled with, such as the limit."`
}

// Error makes the problem travel through huma as an error; people read Title and Detail.
func (p *Problem) Error() string { return p.Code }

// GetStatus tells huma the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders tells huma the headers that go with the status.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType tells huma the media type of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statusOf gives the HTTP status of each problem code: those of edge.Status, and of what HTTP itself refuses here.
func statusOf(code string) (int, bool) {
	switch code {
	case errTooLarge.Code:
		return http.StatusRequestEntityTooLarge, true
	case errMediaType.Code:
		return http.StatusUnsupportedMediaType, true
	}
	return edge.Status(code)
}

// problem turns any error into what is sent. Errors that are no public problem are logged here, once, and shown as
// internal.
func (s *service) problem(ctx context.Context, v visit, err error) *Problem {
	pub := s.public(ctx, v, err)
	status, ok := statusOf(pub.Code)
	if !ok {
		s.log.ErrorContext(ctx, "a problem code has no status", "code", pub.Code, "request_id", v.origin.RequestID)
		pub, status = models.ErrInternal, http.StatusInternalServerError
	}
	t := s.catalog.For(v.lang)
	return &Problem{
		Type: problemType + pub.Code, Code: pub.Code, Status: status, Params: pub.Params,
		Title: t.T("problem."+pub.Code, pub.Params), Detail: t.T(pub.DetailKey(), pub.Params),
		Errors:   fieldProblems(t, pub.Faults),
		Instance: "urn:loket:request:" + v.origin.RequestID, RequestID: v.origin.RequestID,
		headers: problemHeaders(pub, status),
	}
}

// public finds the problem within an error. A context that ended while waiting is no fault of ours: whatever was
// asked may still happen.
func (s *service) public(ctx context.Context, v visit, err error) *models.Problem {
	var p *models.Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return models.ErrUnavailable
	}
	s.log.ErrorContext(ctx, "request failed", "error", err, "operation", v.operation, "request_id", v.origin.RequestID)
	return models.ErrInternal
}

func fieldProblems(t i18n.Printer, faults []models.FieldFault) []FieldProblem {
	out := make([]FieldProblem, 0, len(faults))
	for _, f := range faults {
		out = append(out, FieldProblem{Field: f.Field, Code: f.Code, Detail: t.T("fault."+f.Code, f.Params), Params: f.Params})
	}
	return out
}

func problemHeaders(p *models.Problem, status int) http.Header {
	h := http.Header{}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="loket"`)
	}
	wait := p.RetryAfter
	if wait <= 0 && (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) {
		wait = models.ErrUnavailable.RetryAfter
	}
	if wait > 0 {
		h.Set("Retry-After", strconv.Itoa(wait))
	}
	return h
}

// Refuse answers a request outside any operation with a problem: an unknown route, a rate, a foreign host. It ends
// the chain of handlers.
func (a *API) Refuse(c *gin.Context, err error) {
	a.write(c, a.problem(c.Request.Context(), a.visitOf(c), err))
}

func (s *service) write(c *gin.Context, p *Problem) {
	for name, values := range p.headers {
		c.Writer.Header()[name] = values
	}
	c.Header("Content-Type", p.ContentType(""))
	c.Header("Content-Language", s.visitOf(c).lang)
	c.Abort()
	c.Status(p.Status)
	enc := json.NewEncoder(c.Writer)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		s.log.WarnContext(c.Request.Context(), "could not write a problem", "error", err)
	}
}
