package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

type commentInput struct {
	MemoID
	Keyed
	Body struct {
		Text string `json:"text" example:"The statement will follow tomorrow." doc:"Plain text, 1 to 2,000 characters."`
	}
}

type commentOutput struct{ Body models.Comment }

// commentOperations are what people say about a memo beside its decisions.
func (s *service) commentOperations() {
	register(s, operation{id: "list-comments", method: http.MethodGet, path: "/memos/{id}/comments", tag: tagMemos, summary: "Read the comments on a memo",
		access: edge.SignedIn(), scope: models.ScopeRead,
		text: "The oldest first. Whoever is merely listed in the memo reads none: they may be about the others."}, s.comments)
	register(s, operation{id: "add-comment", method: http.MethodPost, path: "/memos/{id}/comments", tag: tagMemos, summary: "Comment on a memo", status: created,
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: []*models.Problem{models.ErrForbidden, models.ErrNotNow, models.ErrIdempotencyConflict},
		text: "By everybody who sees it, but those who are merely listed and auditors, until it is over. Sender, writer and whoever is asked now are told by mail, each at most once in 15 minutes. " +
			"It decides nothing and changes neither seq nor version of the memo."}, s.addComment)
}

func (s *service) comments(ctx context.Context, in *MemoID) (*plain[models.Comment], error) {
	list, _, err := s.desk.Comments(ctx, actorIn(ctx), in.ID)
	return whole(list), err
}

func (s *service) addComment(ctx context.Context, in *commentInput) (*commentOutput, error) {
	comment, err := s.desk.AddComment(ctx, actorIn(ctx), in.ID, in.Body.Text, in.Key)
	return &commentOutput{comment}, err
}
