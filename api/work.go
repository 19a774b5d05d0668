package api

import (
	"context"
	"net/http"
	"net/url"

	"loket/internal/edge"
	"loket/models"
)

type workInput struct {
	Tab   models.Tab      `query:"tab" enum:"mine,substitute,claimable,returned,decided" doc:"Only this tab; without it, whatever I may decide now."`
	Kind  models.MemoKind `query:"kind" enum:"flexiwork,sso_activation,access,registration" doc:"Only this kind of memo, requests for applications, or registrations."`
	Queue string          `query:"queue" enum:"approval,verification,registration" doc:"Only this queue. The tabs returned and decided have none: there it narrows nothing."`
	Unit  string          `query:"unit" maxLength:"60" doc:"Only what this unit sent, or one below it." example:"KEM.1"`
	Due   models.DueSpan  `query:"due" enum:"late,today,week" doc:"Only what is due then. Today and week begin with today's first hour. On the tabs returned and decided nothing is due: there it narrows nothing."`
	Text  string          `query:"q" maxLength:"150" doc:"Number, subject, names or NIP."`
	Paging
}

func (in workInput) work() models.WorkQuery {
	return models.WorkQuery{Tab: in.Tab, PageQuery: in.query(),
		WorkFilter: models.WorkFilter{Kind: in.Kind, Queue: in.Queue, Unit: in.Unit, Due: in.Due, Text: in.Text}}
}

// kept are the parameters that the next page is asked for with.
func (in workInput) kept() url.Values {
	return url.Values{"tab": {string(in.Tab)}, "kind": {string(in.Kind)}, "queue": {in.Queue}, "unit": {in.Unit}, "due": {string(in.Due)}, "q": {in.Text}}
}

type workOutput struct {
	Link string `header:"Link" doc:"The following page as rel=\"next\"; absent on the last."`
	Body models.WorkPage
}

type claimInput struct {
	MemoID
	Body struct {
		TakeOver bool `json:"take_over,omitempty" doc:"Take over from a colleague who works on it; that goes on record." example:"false"`
	}
}

type claimOutput struct{ Body models.Claim }

type trackInput struct {
	Number string `query:"number" required:"true" minLength:"1" maxLength:"150" doc:"Of the case or of its memo, in any letter case." example:"LKT-2026-000123"`
}

type trackOutput struct{ Body models.CaseSummary }

type besideInput struct {
	MemoID
	Tab   models.Tab      `query:"tab" enum:"mine,substitute,claimable" doc:"The tab; without it, whatever I may decide now."`
	Kind  models.MemoKind `query:"kind" enum:"flexiwork,sso_activation,access,registration" doc:"Only this kind of memo, requests for applications, or registrations."`
	Queue string          `query:"queue" enum:"approval,verification,registration" doc:"Only this queue."`
	Unit  string          `query:"unit" maxLength:"60" doc:"Only what this unit sent, or one below it." example:"KEM.1"`
	Due   models.DueSpan  `query:"due" enum:"late,today,week" doc:"Only what is due then."`
	Text  string          `query:"q" maxLength:"150" doc:"Number, subject, names or NIP."`
}

type besideOutput struct {
	Body struct {
		Before string `json:"before,omitempty" format:"uuid" doc:"The memo before it; absent for the first." example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081"`
		After  string `json:"after,omitempty" format:"uuid" doc:"The memo after it; absent for the last." example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081"`
	}
}

func (s *service) workOperations() {
	register(s, operation{id: "list-inbox", method: http.MethodGet, path: "/inbox", tag: tagWork, summary: "My inbox, tab by tab",
		access: edge.SignedIn(), scope: models.ScopeRead,
		text: "Open work items that I may decide now, the most urgent first, and beside them what came back to me and what I decided, newest first. Roles count as they are at this moment."}, s.work)
	register(s, operation{id: "find-neighbours", method: http.MethodGet, path: "/memos/{id}/neighbours", tag: tagWork, summary: "What stands before and after a memo in my inbox",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "In the same order and with the same filters as the inbox."}, s.beside)
	register(s, operation{id: "claim-memo", method: http.MethodPost, path: "/memos/{id}/claim", tag: tagWork, summary: "Tell colleagues that I work on a memo",
		access: edge.SignedIn(), scope: models.ScopeDecide, refusals: []*models.Problem{models.ErrClaimed, models.ErrNotNow, models.ErrNotYours},
		text: "Where several are asked, such as officers. It is advice: anybody of the queue may still decide. It ends by itself after half a working day, or with the decision."}, s.claim)
	register(s, operation{id: "release-memo", method: http.MethodPost, path: "/memos/{id}/release", tag: tagWork, summary: "Give back what I claimed",
		access: edge.SignedIn(), scope: models.ScopeDecide, refusals: []*models.Problem{models.ErrNotNow, models.ErrNotYours}, text: "No body."}, s.release)
	register(s, operation{id: "track-number", method: http.MethodGet, path: "/track", tag: tagWork, summary: "Where a number stands",
		access: edge.SignedIn(), scope: models.ScopeRead, refusals: []*models.Problem{models.ErrNotFound},
		text: "What is not there and what I may not see are answered alike."}, s.track)
}

func (s *service) work(ctx context.Context, in *workInput) (*workOutput, error) {
	page, err := s.desk.Work(ctx, actorIn(ctx), in.work())
	answer := list("/inbox", page.Page, in.Limit, in.kept())
	page.Page = answer.Body
	if page.Counts == nil {
		page.Counts = map[string]int{}
	}
	if page.Tabs == nil {
		page.Tabs = map[models.Tab]int{}
	}
	return &workOutput{Link: answer.Link, Body: page}, err
}

func (s *service) beside(ctx context.Context, in *besideInput) (*besideOutput, error) {
	out := &besideOutput{}
	if _, err := s.desk.Memo(ctx, actorIn(ctx), in.ID); err != nil {
		return out, err
	}
	q := models.WorkQuery{Tab: in.Tab, WorkFilter: models.WorkFilter{Kind: in.Kind, Queue: in.Queue, Unit: in.Unit, Due: in.Due, Text: in.Text}}
	var err error
	out.Body.Before, out.Body.After, err = s.desk.Beside(ctx, actorIn(ctx), q, in.ID)
	return out, err
}

func (s *service) claim(ctx context.Context, in *claimInput) (*claimOutput, error) {
	claim, err := s.desk.Claim(ctx, actorIn(ctx), in.ID, in.Body.TakeOver)
	return &claimOutput{claim}, err
}

func (s *service) release(ctx context.Context, in *MemoID) (*empty, error) {
	return nil, s.desk.Release(ctx, actorIn(ctx), in.ID)
}

func (s *service) track(ctx context.Context, in *trackInput) (*trackOutput, error) {
	found, err := s.desk.Track(ctx, actorIn(ctx), in.Number)
	return &trackOutput{found}, err
}
