package api

import (
	"context"
	"net/http"
	"net/url"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

// AccessID is the path of one request for an application.
type AccessID struct {
	ID string `path:"id" maxLength:"64" doc:"The request's id." example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081"`
}

type catalogInput struct {
	Text string `query:"q" maxLength:"100" doc:"Only those whose name, purpose or provider holds this." example:"arsip"`
}

type askAccessInput struct {
	Keyed
	Body struct {
		Application string `json:"application" minLength:"1" maxLength:"40" example:"arsip" doc:"The application's id; see list-catalogue for which may be asked for."`
		Reason      string `json:"reason" example:"I keep the archive of our unit." doc:"What it is needed for; whoever decides reads it. At most 1,000 characters."`
		Ends        string `json:"ends,omitempty" maxLength:"10" example:"2026-12-31" doc:"The last day on which it is needed, YYYY-MM-DD; absent for good."`
	}
}

type accessRequestsInput struct {
	Box    string        `query:"box" enum:"mine,decided,unit,all" default:"all" doc:"mine: I asked. decided: I decided. unit: of the units that I head. all: whatever I may see."`
	Status models.Status `query:"status" enum:"approval,owner_approval,granted,refused,withdrawn,expired" doc:"Only those that stand here."`
	Text   string        `query:"q" maxLength:"150" doc:"Number, application or requester."`
	Paging
}

type accessOutput struct{ Body models.AccessCaseView }

type askedAccessOutput struct {
	Location string `header:"Location" doc:"Where the request is."`
	Body     models.AccessCaseView
}

type accessDecisionInput struct {
	AccessID
	Keyed
	Body struct {
		Approve bool   `json:"approve" doc:"true approves, false refuses." example:"true"`
		Reason  string `json:"reason,omitempty" doc:"Required when refusing; the requester reads it. At most 1,000 characters." example:"The archive is kept by another unit."`
		Seq     int    `json:"seq,omitempty" minimum:"0" doc:"The request's seq as you read it; when somebody acted since, nothing happens." example:"2"`
	}
}

type accessMessageInput struct {
	AccessID
	Keyed
	Body struct {
		Text string `json:"text" example:"Do you need it to write, or to read?" doc:"What is asked or answered. At most 1,000 characters."`
		Seq  int    `json:"seq,omitempty" minimum:"0" doc:"The request's seq as you read it; when somebody acted since, nothing happens." example:"2"`
	}
}

type accessWithdrawalInput struct {
	AccessID
	Keyed
	Body struct {
		Reason string `json:"reason,omitempty" doc:"Why; whoever was asked reads it." example:"I have another task now."`
	}
}

type accessNudgeInput struct {
	AccessID
	Keyed
}

type holdersInput struct {
	ApplicationID
	Paging
}

type revokeAccessInput struct {
	ApplicationID
	Account string `path:"account" maxLength:"64" doc:"account_id of whoever has it." example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081"`
	Body    struct {
		Reason string `json:"reason" example:"The task has ended." doc:"Why; whoever loses it reads it. At most 1,000 characters."`
	}
}

func (s *service) accessOperations() {
	in, read, write := edge.SignedIn(), models.ScopeRead, models.ScopeWrite
	late := []*models.Problem{models.ErrAlreadyDecided, models.ErrNotNow, models.ErrNotYours, models.ErrStale, models.ErrIdempotencyConflict}
	register(s, operation{id: "list-catalogue", method: http.MethodGet, path: "/me/applications/catalogue", tag: tagMe, summary: "Every application, and what it is to me", access: in, scope: read,
		text: "By provider and name. `state` tells whether I can open it, have asked for it, may ask for it, or come by it otherwise. `users` is there for admins and whoever answers for the application."}, s.catalogue)
	register(s, operation{id: "ask-for-application", method: http.MethodPost, path: "/access-requests", tag: tagAccess, summary: "Ask for an application", status: created, access: in, scope: write,
		refusals: []*models.Problem{models.ErrAskedAlready, models.ErrHasAccess, models.ErrNotRequestable, models.ErrNoApprover, models.ErrNotFound, models.ErrIdempotencyConflict},
		text:     "The head of my unit decides, then whoever answers for the application; each has two working days. One request is open for an application at a time: `access_asked` names it in `params.case`."}, s.askAccess)
	register(s, operation{id: "list-access-requests", method: http.MethodGet, path: "/access-requests", tag: tagAccess, summary: "List requests for applications", access: in, scope: read, text: "Newest first."}, s.accessRequests)
	register(s, operation{id: "get-access-request", method: http.MethodGet, path: "/access-requests/{id}", tag: tagAccess, summary: "Read a request", access: in, scope: read,
		text: "Where it stands, its timeline, who is asked, and in `actions` what I may do with it now. `copy` means that I may ask again, by another request."}, s.accessRequest)
	register(s, operation{id: "decide-access-request", method: http.MethodPost, path: "/access-requests/{id}/decision", tag: tagAccess, summary: "Approve or refuse", access: in, scope: models.ScopeDecide, refusals: append([]*models.Problem{models.ErrAccessVoid}, late...),
		text: "By the head whom it waits for, then by the application's owner. The owner's approval opens the application at once. Nobody decides on their own request. `access_void` says that it can be granted no more, and is to be refused: the account is closed, the application is not given by request any longer, or the last day has passed."}, s.decideAccess)
	register(s, operation{id: "ask-requester", method: http.MethodPost, path: "/access-requests/{id}/question", tag: tagAccess, summary: "Ask the requester for information", access: in, scope: models.ScopeDecide, refusals: late,
		text: "The deadline stops until they answer, seven working days at most; the request can be decided meanwhile."}, s.askRequester)
	register(s, operation{id: "answer-access-request", method: http.MethodPost, path: "/access-requests/{id}/answer", tag: tagAccess, summary: "Answer what was asked", access: in, scope: write, refusals: late,
		text: "By the requester. The deadline goes on from where it stopped."}, s.answerAccess)
	register(s, operation{id: "nudge-access-request", method: http.MethodPost, path: "/access-requests/{id}/nudge", tag: tagAccess, summary: "Remind whoever is asked", access: in, scope: write,
		refusals: append([]*models.Problem{models.ErrTooSoon}, late...), text: "By the requester, once in four hours. It changes no deadline."}, s.nudgeAccess)
	register(s, operation{id: "withdraw-access-request", method: http.MethodPost, path: "/access-requests/{id}/withdrawal", tag: tagAccess, summary: "Withdraw a request", access: in, scope: write, refusals: late,
		text: "By the requester, until it is decided."}, s.withdrawAccess)
	register(s, operation{id: "list-application-users", method: http.MethodGet, path: "/applications/{id}/users", tag: tagAccess, summary: "Who has an application", access: in, scope: read,
		text: "By name: since when, until when, and by which case. For admins and whoever answers for the application; to everybody else it is not found."}, s.holders)
	register(s, operation{id: "take-access-away", method: http.MethodPost, path: "/applications/{id}/users/{account}/revocation", tag: tagAccess, summary: "Take access away", access: in, scope: models.ScopeDecide,
		text: "By admins and whoever answers for the application. It ends at once, with every token of theirs; they are told the reason."}, s.revokeAccess)
}

func (s *service) catalogue(ctx context.Context, in *catalogInput) (*plain[models.CatalogEntry], error) {
	list, err := s.desk.Catalog(ctx, actorIn(ctx), in.Text)
	return whole(list), err
}

func (s *service) askAccess(ctx context.Context, in *askAccessInput) (*askedAccessOutput, error) {
	v, err := s.desk.AskAccess(ctx, actorIn(ctx), models.AccessRequest(in.Body), in.Key)
	return &askedAccessOutput{Location: Prefix + "/access-requests/" + v.ID, Body: v}, err
}

func (s *service) accessRequests(ctx context.Context, in *accessRequestsInput) (*listed[models.CaseSummary], error) {
	page, err := s.desk.Cases(ctx, actorIn(ctx), desk.CaseQuery{Box: in.Box, Kind: models.KindAccess, Status: in.Status, Text: in.Text, PageQuery: in.query()})
	return list("/access-requests", page, in.Limit, url.Values{"box": {in.Box}, "status": {string(in.Status)}, "q": {in.Text}}), err
}

func (s *service) accessRequest(ctx context.Context, in *AccessID) (*accessOutput, error) {
	return answerAccess(s.desk.AccessCase(ctx, actorIn(ctx), in.ID))
}

func answerAccess(v models.AccessCaseView, err error) (*accessOutput, error) {
	return &accessOutput{v}, err
}

func (s *service) decideAccess(ctx context.Context, in *accessDecisionInput) (*accessOutput, error) {
	return answerAccess(s.desk.DecideAccess(ctx, actorIn(ctx), in.ID, desk.AccessDecision{Approve: in.Body.Approve, Reason: in.Body.Reason, Seq: in.Body.Seq}, in.Key))
}

func (s *service) askRequester(ctx context.Context, in *accessMessageInput) (*accessOutput, error) {
	return answerAccess(s.desk.AskRequester(ctx, actorIn(ctx), in.ID, desk.Message(in.Body), in.Key))
}

func (s *service) answerAccess(ctx context.Context, in *accessMessageInput) (*accessOutput, error) {
	return answerAccess(s.desk.AnswerAccess(ctx, actorIn(ctx), in.ID, desk.Message(in.Body), in.Key))
}

func (s *service) nudgeAccess(ctx context.Context, in *accessNudgeInput) (*accessOutput, error) {
	return answerAccess(s.desk.NudgeAccess(ctx, actorIn(ctx), in.ID, in.Key))
}

func (s *service) withdrawAccess(ctx context.Context, in *accessWithdrawalInput) (*accessOutput, error) {
	return answerAccess(s.desk.WithdrawAccess(ctx, actorIn(ctx), in.ID, in.Body.Reason, in.Key))
}

func (s *service) holders(ctx context.Context, in *holdersInput) (*listed[models.AccessHolder], error) {
	page, err := s.desk.AccessHolders(ctx, actorIn(ctx), in.ID, in.query())
	return list("/applications/"+url.PathEscape(in.ID)+"/users", page, in.Limit, nil), err
}

func (s *service) revokeAccess(ctx context.Context, in *revokeAccessInput) (*empty, error) {
	return nil, s.desk.RevokeAccess(ctx, actorIn(ctx), in.ID, in.Account, in.Body.Reason)
}
