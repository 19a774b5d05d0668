package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

type noticeID struct {
	ID string `path:"id" maxLength:"64" doc:"The message's id, as listed."`
}

func deskRoles() edge.Access {
	return edge.Roles(models.RoleSupport1, models.RoleSupport2, models.RoleSupport3, models.RoleSupportLead, models.RoleAdmin)
}

func (s *service) noticeOperations() {
	register(s, operation{id: "list-failed-notices", method: http.MethodGet, path: "/notices/failed", tag: tagDesk, summary: "Messages that could not be delivered",
		access: deskRoles(), scope: models.ScopeRead, text: "Newest first. Addresses are masked."}, s.failedNotices)
	register(s, operation{id: "resend-notice", method: http.MethodPost, path: "/notices/{id}/resend", tag: tagDesk, summary: "Send a message again",
		access: deskRoles(), scope: models.ScopeAdmin, refusals: []*models.Problem{models.ErrNotNow},
		text: "A message that bears a link gets a new one, and the old link stops working. No body."}, s.resendNotice)
}

func (s *service) failedNotices(ctx context.Context, in *Paging) (*listed[models.FailedNotice], error) {
	page, err := s.desk.FailedNotices(ctx, actorIn(ctx), in.query())
	return list("/notices/failed", page, in.Limit, nil), err
}

func (s *service) resendNotice(ctx context.Context, in *noticeID) (*empty, error) {
	return nil, s.desk.ResendNotice(ctx, actorIn(ctx), in.ID)
}
