package api

import (
	"context"
	"net/http"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

type messageInput struct {
	MemoID
	Keyed
	Body struct {
		Text string `json:"text" example:"Which of the two contracts holds?" doc:"What is asked or answered. At most 1,000 characters."`
		Seq  int    `json:"seq,omitempty" minimum:"0" doc:"The memo's seq as you read it; when somebody acted since, nothing happens." example:"3"`
	}
}

type reissueInput struct {
	MemoID
	Keyed
	Body struct {
		Rows []int `json:"rows" nullable:"false" minItems:"1" maxItems:"500" example:"[1,4]" doc:"Numbers of the rows, from 1."`
	}
}

type skipInput struct {
	MemoID
	Keyed
	Body struct {
		Reason string `json:"reason" example:"The directory does not know these people." doc:"Why; the sender reads it. At most 1,000 characters."`
	}
}

// conversationOperations are what a memo's people say to each other beside decisions, and what is done where its links
// lapsed or its accounts cannot be made.
func (s *service) conversationOperations() {
	late := []*models.Problem{models.ErrAlreadyDecided, models.ErrNotNow, models.ErrNotYours, models.ErrStale, models.ErrIdempotencyConflict}
	register(s, operation{id: "ask-sender", method: http.MethodPost, path: "/memos/{id}/question", tag: tagMemos, summary: "Ask the sender for information",
		access: edge.SignedIn(), scope: models.ScopeDecide, refusals: late,
		text: "By whom it waits for, head or officer. The deadline stops until the sender answers, seven working days at most; the memo can be decided meanwhile. One question at a time: `not_now` while one is open."}, s.askSender)
	register(s, operation{id: "answer-memo", method: http.MethodPost, path: "/memos/{id}/answer", tag: tagMemos, summary: "Answer what was asked",
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: late,
		text: "By the sender, while `asked` is given; the question is the `reason` of the timeline's last `information_asked`. The deadline goes on from where it stopped."}, s.answerMemo)
	register(s, operation{id: "reissue-memo", method: http.MethodPost, path: "/memos/{id}/reissue", tag: tagMemos, summary: "Send links again",
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: late,
		text: "By the sender, for rows that are `provisioned` or `lapsed`: their people get a new link and 72 hours, and the last one is dead. Rows whose people signed on meanwhile are passed over; where no row is left, `invalid` with `no_open_link`."}, s.reissueMemo)
	register(s, operation{id: "skip-rows", method: http.MethodPost, path: "/memos/{id}/skip", tag: tagMemos, summary: "Leave out rows whose accounts cannot be made",
		access: edge.SignedIn(), scope: models.ScopeAdmin, refusals: late,
		text: "By support, while `trouble` is `provisioning`: the rows that keep failing are rejected for this reason and the rest goes on. The sender is told, and may ask for them again in another memo."}, s.skipRows)
}

func (s *service) askSender(ctx context.Context, in *messageInput) (*memoOutput, error) {
	return answerMemo(s.desk.AskSender(ctx, actorIn(ctx), in.ID, desk.Message(in.Body), in.Key))
}

func (s *service) answerMemo(ctx context.Context, in *messageInput) (*memoOutput, error) {
	return answerMemo(s.desk.AnswerMemo(ctx, actorIn(ctx), in.ID, desk.Message(in.Body), in.Key))
}

func (s *service) reissueMemo(ctx context.Context, in *reissueInput) (*memoOutput, error) {
	return answerMemo(s.desk.ReissueMemo(ctx, actorIn(ctx), in.ID, in.Body.Rows, in.Key))
}

func (s *service) skipRows(ctx context.Context, in *skipInput) (*memoOutput, error) {
	return answerMemo(s.desk.SkipRows(ctx, actorIn(ctx), in.ID, in.Body.Reason, in.Key))
}
