package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

type viewBody struct {
	Name  string `json:"name" minLength:"1" maxLength:"60" example:"Late in my unit" doc:"By what its owner knows it."`
	Query string `json:"query,omitempty" maxLength:"1000" example:"due=late&tab=mine" doc:"The inbox's query: tab, kind, queue, unit, due and q."`
	Opens bool   `json:"opens,omitempty" example:"false" doc:"Whether the portal's inbox begins with it; one view at most does."`
}

func (b viewBody) view(id string) models.SavedView {
	return models.SavedView{ID: id, Name: b.Name, Query: b.Query, Opens: b.Opens}
}

// ViewID is the path of one saved view.
type ViewID struct {
	ID string `path:"id" maxLength:"64" doc:"The view's id, as listed."`
}

type newViewInput struct{ Body viewBody }

type viewInput struct {
	ViewID
	Body viewBody
}

type viewOutput struct{ Body models.SavedView }

type phraseBody struct {
	Text   string `json:"text" minLength:"1" maxLength:"1000" example:"NIP and name differ." doc:"The reason."`
	Shared bool   `json:"shared,omitempty" example:"false" doc:"Whether it is the agency's; admins keep those."`
}

// PhraseID is the path of one kept reason.
type PhraseID struct {
	ID string `path:"id" maxLength:"64" doc:"The phrase's id, as listed."`
}

type newPhraseInput struct{ Body phraseBody }

type phraseInput struct {
	PhraseID
	Body phraseBody
}

type phraseOutput struct{ Body models.Phrase }

type notificationID struct {
	ID string `path:"id" maxLength:"64" doc:"The notification's id, as listed."`
}

type notificationsOutput struct {
	Link string `header:"Link" doc:"The following page as rel=\"next\"; absent on the last."`
	Body struct {
		models.Page[models.Notification]
		Unseen int `json:"unseen" example:"2" doc:"How many I have not looked at; 100 means that many or more."`
	}
}

func (s *service) keepsakeOperations() {
	in, read, write := edge.SignedIn(), models.ScopeRead, models.ScopeWrite
	register(s, operation{id: "list-views", method: http.MethodGet, path: "/inbox/views", tag: tagWork, summary: "My saved views", access: in, scope: read,
		text: "Queries of the inbox that I want to find again."}, s.views)
	register(s, operation{id: "save-view", method: http.MethodPost, path: "/inbox/views", tag: tagWork, summary: "Save a view", status: created, access: in, scope: write,
		text: "At most 20; names differ."}, s.saveView)
	register(s, operation{id: "change-view", method: http.MethodPut, path: "/inbox/views/{id}", tag: tagWork, summary: "Change a view", access: in, scope: write,
		text: "Rename it, give it another query, or begin with it."}, s.changeView)
	register(s, operation{id: "drop-view", method: http.MethodDelete, path: "/inbox/views/{id}", tag: tagWork, summary: "Forget a view", access: in, scope: write,
		text: "One of my own."}, s.dropView)
	register(s, operation{id: "list-phrases", method: http.MethodGet, path: "/phrases", tag: tagWork, summary: "Reasons that are given often", access: in, scope: read,
		text: "My own, then the agency's."}, s.phrases)
	register(s, operation{id: "save-phrase", method: http.MethodPost, path: "/phrases", tag: tagWork, summary: "Keep a reason", status: created, access: in, scope: write,
		refusals: []*models.Problem{models.ErrForbidden}, text: "At most 50."}, s.savePhrase)
	register(s, operation{id: "change-phrase", method: http.MethodPut, path: "/phrases/{id}", tag: tagWork, summary: "Change a kept reason", access: in, scope: write,
		refusals: []*models.Problem{models.ErrForbidden}, text: "`shared` says whose it is; it cannot change hands."}, s.changePhrase)
	register(s, operation{id: "drop-phrase", method: http.MethodDelete, path: "/phrases/{id}", tag: tagWork, summary: "Forget a kept reason", access: in, scope: write,
		refusals: []*models.Problem{models.ErrForbidden}, text: "One of my own, or as admin one of the agency's."}, s.dropPhrase)
	register(s, operation{id: "list-notifications", method: http.MethodGet, path: "/notifications", tag: tagWork, summary: "What I was told", access: in, scope: read,
		text: "The newest first: a line for each message about a case."}, s.notifications)
	register(s, operation{id: "see-notification", method: http.MethodPost, path: "/notifications/{id}/seen", tag: tagWork, summary: "Mark one as seen", access: in, scope: write, text: "No body."}, s.seeNotification)
	register(s, operation{id: "see-notifications", method: http.MethodPost, path: "/notifications/seen", tag: tagWork, summary: "Mark all as seen", access: in, scope: write, text: "No body."}, s.seeNotifications)
}

func (s *service) views(ctx context.Context, _ *nothing) (*plain[models.SavedView], error) {
	views, err := s.desk.SavedViews(ctx, actorIn(ctx))
	return whole(views), err
}

func (s *service) saveView(ctx context.Context, in *newViewInput) (*viewOutput, error) {
	view, err := s.desk.SaveView(ctx, actorIn(ctx), in.Body.view(""))
	return &viewOutput{view}, err
}

func (s *service) changeView(ctx context.Context, in *viewInput) (*viewOutput, error) {
	view, err := s.desk.SaveView(ctx, actorIn(ctx), in.Body.view(in.ID))
	return &viewOutput{view}, err
}

func (s *service) dropView(ctx context.Context, in *ViewID) (*empty, error) {
	return nil, s.desk.DropView(ctx, actorIn(ctx), in.ID)
}

func (s *service) phrases(ctx context.Context, _ *nothing) (*plain[models.Phrase], error) {
	phrases, err := s.desk.Phrases(ctx, actorIn(ctx))
	return whole(phrases), err
}

func (s *service) savePhrase(ctx context.Context, in *newPhraseInput) (*phraseOutput, error) {
	phrase, err := s.desk.SavePhrase(ctx, actorIn(ctx), models.Phrase{Text: in.Body.Text, Shared: in.Body.Shared})
	return &phraseOutput{phrase}, err
}

func (s *service) changePhrase(ctx context.Context, in *phraseInput) (*phraseOutput, error) {
	phrase, err := s.desk.SavePhrase(ctx, actorIn(ctx), models.Phrase{ID: in.ID, Text: in.Body.Text, Shared: in.Body.Shared})
	return &phraseOutput{phrase}, err
}

func (s *service) dropPhrase(ctx context.Context, in *PhraseID) (*empty, error) {
	return nil, s.desk.DropPhrase(ctx, actorIn(ctx), in.ID)
}

func (s *service) notifications(ctx context.Context, in *Paging) (*notificationsOutput, error) {
	out := &notificationsOutput{}
	page, err := s.desk.Notifications(ctx, actorIn(ctx), in.query())
	if err != nil {
		return out, err
	}
	answer := list("/notifications", page, in.Limit, nil)
	out.Link, out.Body.Page = answer.Link, answer.Body
	out.Body.Unseen, err = s.desk.Unseen(ctx, actorIn(ctx))
	return out, err
}

func (s *service) seeNotification(ctx context.Context, in *notificationID) (*empty, error) {
	_, err := s.desk.SeeNotification(ctx, actorIn(ctx), in.ID)
	return nil, err
}

func (s *service) seeNotifications(ctx context.Context, _ *nothing) (*empty, error) {
	_, err := s.desk.SeeNotifications(ctx, actorIn(ctx))
	return nil, err
}
