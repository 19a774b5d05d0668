package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"loket/internal/edge"
	"loket/models"
)

// statusOf gives the HTTP status of a problem. Two are told otherwise than by the API: a form has no precondition that its
// header could name, and who presses a button that another's decision took away meanwhile has come late, no more.
func statusOf(code string) int {
	switch code {
	case models.ErrStale.Code, models.ErrNotYours.Code:
		return http.StatusConflict
	}
	if status, ok := edge.Status(code); ok {
		return status
	}
	return http.StatusInternalServerError
}

// Refuse answers with the page of a refusal; what is no *models.Problem is logged and shown as internal. Edge calls it
// for whoever it does not let through.
func (p *Portal) Refuse(c *gin.Context, err error) {
	v, _ := p.visit(c) // who asks only decorates the page
	v.refuse(err)
}

// NotFound is the page for an address that nothing serves.
func (p *Portal) NotFound(c *gin.Context) { p.Refuse(c, models.ErrNotFound) }

func (v *visit) refuse(err error) {
	v.Abort()
	problem := v.problem(err)
	switch problem.Code {
	case models.ErrUnauthenticated.Code:
		v.toSignIn()
		return
	case models.ErrPasswordChangeNeeded.Code:
		v.toPassword()
		return
	case models.ErrSecondFactorNeeded.Code:
		v.toSecondFactor()
		return
	case models.ErrAccountEnded.Code:
		v.toRenewal()
		return
	case models.ErrLinkSpent.Code:
		v.spent(problem)
		return
	}
	if problem.RetryAfter > 0 {
		v.Header("Retry-After", strconv.Itoa(problem.RetryAfter))
	}
	status := statusOf(problem.Code)
	body := problemPage{Problem: problem, Text: v.problemDetail(problem), RequestID: v.origin().RequestID, Posted: v.Request.Method != http.MethodGet, Status: status}
	f := frame{Title: v.problemText(problem), Body: body}
	if err := v.showAs(status, "problem", f); err != nil {
		v.portal.Log.ErrorContext(v.Request.Context(), "render a problem", slog.Any("error", err))
		v.String(http.StatusInternalServerError, problem.Code)
	}
}

// problemPage is what the page of a refusal shows. Posted says that a form was on its way, which the browser still has.
type problemPage struct {
	*models.Problem
	Text, RequestID string
	Posted          bool
	Status          int
}

// Waits tells whether trying again later helps.
func (p problemPage) Waits() bool { return p.RetryAfter > 0 }

// Away tells whether the service itself is down: the problem's own words speak of programs and their keys.
func (p problemPage) Away() bool { return p.Status == http.StatusServiceUnavailable }

// Ours tells whether the fault is not the visitor's.
func (p problemPage) Ours() bool { return p.Status >= http.StatusInternalServerError }

// problem gives the public face of an error.
func (v *visit) problem(err error) *models.Problem {
	var p *models.Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, context.Canceled):
		return models.ErrUnavailable
	case errors.As(err, new(*http.MaxBytesError)):
		return models.Invalid(models.Fault("file", "file_too_large"))
	}
	v.portal.Log.ErrorContext(v.Request.Context(), "answer a page", slog.String("route", v.FullPath()), slog.Any("error", err))
	return models.ErrInternal
}

// formProblem tells whether an error is one that the form's own page shows, with what was typed still in it.
func formProblem(err error) (*models.Problem, bool) {
	var p *models.Problem
	if errors.As(err, &p) && statusOf(p.Code) < http.StatusInternalServerError && !errors.Is(p, models.ErrNotFound) && !errors.Is(p, models.ErrUnauthenticated) {
		return p, true
	}
	return nil, false
}

func (v *visit) problemText(p *models.Problem) string { return v.problemWord(p, "problem."+p.Code) }

func (v *visit) problemDetail(p *models.Problem) string {
	return v.problemWord(p, p.DetailKey())
}

func (v *visit) problemWord(p *models.Problem, key string) string {
	if !v.portal.Words.Has(key) {
		return ""
	}
	args := map[string]string{}
	for _, name := range v.portal.Words.Fields(key) {
		args[name] = p.Params[name]
	}
	return v.say.T(key, args)
}
