package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

type auditInput struct {
	Stream string  `query:"stream" maxLength:"100" doc:"Only this chain: case:<id>, account:<id> or system."`
	Actor  string  `query:"actor" maxLength:"100" doc:"Only what this account did: its id, its username, or a name that only one has; system and clock for what no person did."`
	Action string  `query:"action" maxLength:"100" doc:"Only this action." example:"memo.approve"`
	From   instant `query:"from" doc:"Only from this instant on, RFC 3339." example:"2026-11-01T00:00:00Z"`
	Until  instant `query:"until" doc:"Only before this instant, RFC 3339." example:"2026-12-01T00:00:00Z"`
	Paging
}

func (s *service) auditOperations() {
	register(s, operation{id: "list-audit", method: http.MethodGet, path: "/audit", tag: tagDesk, summary: "Read the audit trail",
		access: edge.Roles(models.RoleAuditor, models.RoleAdmin), scope: models.ScopeRead,
		text: "Newest first: who, on behalf of whom, what, when, from where, before and after. Secrets and NIK are masked. An entry has seq 0 until it is sealed."}, s.audit)
}

func (s *service) audit(ctx context.Context, in *auditInput) (*listed[models.AuditEntry], error) {
	page, err := s.desk.Audit(ctx, actorIn(ctx), desk.AuditQuery{Stream: in.Stream, Actor: in.Actor, Action: in.Action,
		From: in.From.Time, Until: in.Until.Time, PageQuery: in.query()})
	kept := url.Values{"stream": {in.Stream}, "actor": {in.Actor}, "action": {in.Action}, "from": {in.From.text()}, "until": {in.Until.text()}}
	return list("/audit", page, in.Limit, kept), err
}

func (i instant) text() string {
	if i.IsZero() {
		return ""
	}
	return i.Format(time.RFC3339Nano)
}
