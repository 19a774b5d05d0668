package web

import (
	"strings"
	"time"

	"loket/internal/desk"
	"loket/models"
)

type supportBody struct {
	Items []models.FailedNotice
	Pages pager
}

func (v *visit) supportPage() error {
	page, err := v.portal.Desk.FailedNotices(v.Request.Context(), v.actor(), v.pageQuery())
	if err != nil {
		return err
	}
	return v.show("support", frame{Title: v.say.T("portal.support.title"), Lead: v.say.T("portal.support.lead"), Body: supportBody{page.Items, v.pager(page.Next)}})
}

func (v *visit) resendNotice() error {
	if err := v.portal.Desk.ResendNotice(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	return v.to("/support", "resent")
}

// auditBody is a stretch of the trail and the questions that narrowed it.
type auditBody struct {
	Items                              []models.AuditEntry
	Stream, Actor, Action, From, Until string
	Pages                              pager
	Lines                              []faultLine
}

// Error is the sentence beside one field.
func (b auditBody) Error(field string) string { return of(b.Lines, field) }

func (v *visit) auditPage() error {
	ask := func(name string) string { return strings.TrimSpace(v.Query(name)) }
	body := auditBody{Stream: ask("stream"), Actor: ask("actor"), Action: ask("action"), From: ask("from"), Until: ask("until")}
	q := desk.AuditQuery{Stream: body.Stream, Actor: body.Actor, Action: body.Action, PageQuery: v.pageQuery()}
	var faults []models.FieldFault
	q.From, faults = v.day("from", body.From, 0, faults)
	q.Until, faults = v.day("until", body.Until, 1, faults)
	f := frame{Title: v.say.T("portal.audit.title"), Lead: v.say.T("portal.audit.lead")}
	if len(faults) > 0 {
		p := models.Invalid(faults...)
		body.Lines = v.faultLines(p)
		f.Faults, f.Body = body.Lines, body
		return v.showAs(statusOf(p.Code), "audit", f)
	}
	page, err := v.portal.Desk.Audit(v.Request.Context(), v.actor(), q)
	if err != nil {
		return err
	}
	body.Items, body.Pages = page.Items, v.pager(page.Next)
	f.Body = body
	return v.show("audit", f)
}

// day reads a day of a search as the instant at which it begins in the office, moved by whole days; none is no bound.
func (v *visit) day(field, s string, days int, faults []models.FieldFault) (time.Time, []models.FieldFault) {
	if s == "" {
		return time.Time{}, faults
	}
	d, err := models.ParseFormDate(s)
	if err != nil {
		return time.Time{}, append(faults, models.Fault(field, "date_invalid"))
	}
	return d.AddDays(days).At(v.portal.Zone), faults
}
