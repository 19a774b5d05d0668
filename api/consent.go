package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

func (s *service) consentOperations() {
	register(s, operation{id: "list-consents", method: http.MethodGet, path: "/me/applications/consents", tag: tagMe, summary: "What I let applications know",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "Applications of third parties that were agreed to when they were opened first."}, s.consents)
	register(s, operation{id: "withdraw-consent", method: http.MethodDelete, path: "/me/applications/{id}/consent", tag: tagMe, summary: "Withdraw what I let an application know",
		access: edge.SignedIn(), scope: models.ScopeWrite, text: "What is open there is closed, of which the application is told. It asks again when it is opened next."}, s.withdrawConsent)
}

func (s *service) consents(ctx context.Context, _ *nothing) (*plain[models.ConsentView], error) {
	consents, err := s.desk.Consents(ctx, actorIn(ctx))
	return whole(consents), err
}

func (s *service) withdrawConsent(ctx context.Context, in *ApplicationID) (*empty, error) {
	return nil, s.desk.WithdrawConsent(ctx, actorIn(ctx), in.ID)
}
