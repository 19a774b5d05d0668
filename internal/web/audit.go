package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"loket/internal/desk"
	"loket/models"
)

// auditBody is a stretch of the trail and the questions that narrowed it.
type auditBody struct {
	Items                              []models.AuditEntry
	Stream, Actor, Action, From, Until string
	Actions                            []option
	Pages                              pager
	Most                               int
	Lines                              []faultLine
}

// Error is the sentence beside one field.
func (b auditBody) Error(field string) string { return of(b.Lines, field) }

func (v *visit) auditPage() error {
	body, q, p := v.auditQuery()
	if p != nil {
		return v.showAudit(body, p)
	}
	page, err := v.portal.Desk.Audit(v.Request.Context(), v.actor(), q)
	if p, ok := formProblem(err); ok && len(p.Faults) > 0 {
		return v.showAudit(body, p)
	}
	if err != nil {
		return err
	}
	body.Items, body.Pages = page.Items, v.pager(page.Next)
	return v.showAudit(body, nil)
}

// auditQuery reads the questions; a problem says which of them cannot be understood.
func (v *visit) auditQuery() (auditBody, desk.AuditQuery, *models.Problem) {
	ask := func(name string) string { return strings.TrimSpace(v.Query(name)) }
	body := auditBody{Stream: ask("stream"), Actor: ask("actor"), Action: ask("action"), From: ask("from"), Until: ask("until"), Most: desk.MostLines}
	q := desk.AuditQuery{Stream: body.Stream, Actor: body.Actor, Action: body.Action, PageQuery: v.pageQuery()}
	var faults []models.FieldFault
	q.From, faults = v.day("from", body.From, 0, faults)
	q.Until, faults = v.day("until", body.Until, 1, faults)
	if len(faults) > 0 {
		return body, q, models.Invalid(faults...)
	}
	return body, q, nil
}

func (v *visit) showAudit(body auditBody, p *models.Problem) error {
	f := frame{Title: v.say.T("portal.audit.title"), Lead: v.say.T("portal.audit.lead")}
	status := http.StatusOK
	if p != nil {
		body.Lines, status = v.faultLines(p), statusOf(p.Code)
		f.Faults = body.Lines
	}
	body.Actions = v.auditActions(body.Action)
	f.Body = body
	return v.showAs(status, "audit", f)
}

// auditActions are what can be searched for, in words. Deeds of the same words are one line each, as each has its code.
func (v *visit) auditActions(chosen string) []option {
	const prefix = "audit.action."
	options := []option{}
	for _, key := range v.portal.Words.Keys() {
		if code, ok := strings.CutPrefix(key, prefix); ok {
			options = append(options, option{Value: code, Text: v.say.T(key), On: code == chosen})
		}
	}
	slices.SortStableFunc(options, func(a, b option) int { return strings.Compare(a.Text, b.Text) })
	for i := 1; i < len(options); i++ {
		if options[i].Text == options[i-1].Text {
			options[i].Text += " (" + options[i].Value + ")"
		}
	}
	if chosen != "" && !slices.ContainsFunc(options, func(o option) bool { return o.On }) {
		options = append([]option{{Value: chosen, Text: chosen, On: true}}, options...)
	}
	return append([]option{{Text: v.say.T("audit.any_action")}}, options...)
}

// day reads a day of a search as the instant at which it begins in the office, moved by whole days; none is no bound.
func (v *visit) day(field, s string, days int, faults []models.FieldFault) (time.Time, []models.FieldFault) {
	if s == "" {
		return time.Time{}, faults
	}
	d, err := models.ParseDate(storedDate(s))
	if err != nil {
		return time.Time{}, append(faults, models.Fault(field, "date_invalid"))
	}
	return d.AddDays(days).At(v.portal.Zone), faults
}
