package api

import (
	"context"
	"net/http"
	"net/url"

	"loket/internal/edge"
	"loket/models"
)

type homeOutput struct{ Body models.Home }

type inboxInput struct {
	Queue string `query:"queue" enum:"approval,verification" doc:"Only this queue."`
	Paging
}

type inboxBody struct {
	models.Page[models.WorkItemView]
	Counts map[string]int `json:"counts" doc:"Open work items per queue, whatever the query narrows."`
}

type inboxOutput struct {
	Link string `header:"Link" doc:"The following page as rel=\"next\"; absent on the last."`
	Body inboxBody
}

func (s *service) inboxOperations() {
	register(s, operation{id: "get-home", method: http.MethodGet, path: "/home", tag: tagWork, summary: "What waits for me, and what I wait for",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "The first page of both lists; /inbox and /memos?box=mine go on."}, s.home)
	register(s, operation{id: "list-inbox", method: http.MethodGet, path: "/inbox", tag: tagWork, summary: "What waits for me",
		access: edge.SignedIn(), scope: models.ScopeRead,
		text: "Open work items that I may decide now, the most urgent first. Roles count as they are at this moment."}, s.inbox)
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

func (s *service) inbox(ctx context.Context, in *inboxInput) (*inboxOutput, error) {
	page, counts, err := s.desk.Inbox(ctx, actorIn(ctx), in.Queue, in.query())
	if counts == nil {
		counts = map[string]int{}
	}
	answer := list("/inbox", page, in.Limit, url.Values{"queue": {in.Queue}})
	return &inboxOutput{Link: answer.Link, Body: inboxBody{Page: answer.Body, Counts: counts}}, err
}
