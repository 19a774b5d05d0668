package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

type homeOutput struct{ Body models.Home }

func (s *service) inboxOperations() {
	register(s, operation{id: "get-home", method: http.MethodGet, path: "/home", tag: tagWork, summary: "What waits for me, and what I wait for",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "The first page of both lists; /inbox and /memos?box=mine go on."}, s.home)
	s.workOperations()
	s.keepsakeOperations()
	s.streamOperations()
}

func (s *service) home(ctx context.Context, _ *nothing) (*homeOutput, error) {
	home, err := s.desk.Home(ctx, actorIn(ctx))
	if home.WaitsForMe.Items == nil {
		home.WaitsForMe.Items = []models.WorkItemView{}
	}
	if home.IWaitFor.Items == nil {
		home.IWaitFor.Items = []models.CaseSummary{}
	}
	return &homeOutput{home}, err
}
