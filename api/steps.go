package api

import (
	"context"
	"net/http"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

type sendInput struct {
	MemoID
	Versioned
	Keyed
}

type decisionInput struct {
	MemoID
	Keyed
	Body struct {
		Approve bool   `json:"approve" doc:"true approves, false refuses." example:"true"`
		Reason  string `json:"reason,omitempty" doc:"Required when refusing; the sender reads it. At most 1,000 characters." example:"Two of the staff have moved."`
		Seq     int    `json:"seq,omitempty" minimum:"0" doc:"The memo's seq as you read it; when somebody acted since, nothing happens." example:"2"`
		Content string `json:"content,omitempty" maxLength:"64" doc:"The memo's content as you read it; where it says something else by now, nothing happens." example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	}
}

type rowDecisionBody struct {
	No     int    `json:"no" minimum:"1" maximum:"500" example:"1" doc:"The row's number, from 1."`
	Accept bool   `json:"accept" example:"true" doc:"true accepts, false rejects."`
	Reason string `json:"reason,omitempty" example:"NIP and name differ." doc:"Required when rejecting."`
}

type verificationInput struct {
	MemoID
	Keyed
	Body struct {
		Rows    []rowDecisionBody `json:"rows,omitempty" nullable:"false" maxItems:"500" doc:"A word on single rows. Either this or all."`
		All     models.RowState   `json:"all,omitempty" enum:"accepted,rejected" example:"accepted" doc:"One word on every row that is still open."`
		Reason  string            `json:"reason,omitempty" doc:"Required with all: rejected." example:"The annex is missing."`
		Seq     int               `json:"seq,omitempty" minimum:"0" doc:"The memo's seq as you read it. With rows, only a new round makes it stale: what other officers decide meanwhile concerns their rows alone." example:"3"`
		Skip    bool              `json:"skip_decided,omitempty" doc:"Leave out rows that somebody else has decided meanwhile and decide the rest; row_results tells which. Without it they are refused, each named, and nothing happens."`
		Content string            `json:"content,omitempty" maxLength:"64" doc:"The memo's content as you read it; where it says something else by now, nothing happens." example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	}
}

type withdrawalInput struct {
	MemoID
	Keyed
	Body struct {
		Reason string `json:"reason,omitempty" doc:"Why; those who were asked read it." example:"The list was outdated."`
	}
}

type retryInput struct {
	MemoID
	Keyed
}

func (s *service) stepOperations() {
	late := []*models.Problem{models.ErrAlreadyDecided, models.ErrNotNow, models.ErrNotYours, models.ErrStale, models.ErrIdempotencyConflict}
	register(s, operation{id: "send-memo", method: http.MethodPost, path: "/memos/{id}/send", tag: tagMemos, summary: "Send a memo",
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: append(late, models.ErrNoApprover),
		text: "Checks every row again; with an error left it answers `invalid`, naming each. Whoever sends is the sender. The memo gets its number, and the first decider is asked. No body."}, s.sendMemo)
	register(s, operation{id: "decide-memo", method: http.MethodPost, path: "/memos/{id}/decision", tag: tagMemos, summary: "Approve or refuse as head",
		access: edge.SignedIn(), scope: models.ScopeDecide, refusals: late,
		text: "For whom the memo waits at the head's stage. Nobody decides on a memo that they sent or are listed in."}, s.decideMemo)
	register(s, operation{id: "verify-memo", method: http.MethodPost, path: "/memos/{id}/verification", tag: tagMemos, summary: "Verify rows as officer",
		access: edge.SignedIn(), scope: models.ScopeDecide, refusals: late,
		text: "Row by row with `rows`, or every open row at once with `all`. After the last row accounts are made for those accepted. " +
			"Where another officer was first, `already_decided` names each such row in `errors`; send again with `skip_decided` to decide the rest."}, s.verifyMemo)
	register(s, operation{id: "withdraw-memo", method: http.MethodPost, path: "/memos/{id}/withdrawal", tag: tagMemos, summary: "Take a memo back",
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: late,
		text: "By its sender, until the last row is decided."}, s.withdrawMemo)
	register(s, operation{id: "retry-memo", method: http.MethodPost, path: "/memos/{id}/retry", tag: tagMemos, summary: "Start a stuck memo again",
		access: edge.SignedIn(), scope: models.ScopeAdmin, refusals: late,
		text: "By support, when `trouble` names an outside system that kept refusing. No body."}, s.retryMemo)
}

func (s *service) sendMemo(ctx context.Context, in *sendInput) (*memoOutput, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return answerMemo(s.desk.SendMemo(ctx, actorIn(ctx), in.ID, version, in.Key))
}

func (s *service) decideMemo(ctx context.Context, in *decisionInput) (*memoOutput, error) {
	return answerMemo(s.desk.DecideMemo(ctx, actorIn(ctx), in.ID, desk.Decision(in.Body), in.Key))
}

func (s *service) verifyMemo(ctx context.Context, in *verificationInput) (*memoOutput, error) {
	word := desk.Verification{All: in.Body.All, Reason: in.Body.Reason, Seq: in.Body.Seq, SkipDecided: in.Body.Skip, Content: in.Body.Content}
	for _, row := range in.Body.Rows {
		word.Rows = append(word.Rows, models.RowDecision(row))
	}
	return answerMemo(s.desk.VerifyMemo(ctx, actorIn(ctx), in.ID, word, in.Key))
}

func (s *service) withdrawMemo(ctx context.Context, in *withdrawalInput) (*memoOutput, error) {
	return answerMemo(s.desk.WithdrawMemo(ctx, actorIn(ctx), in.ID, in.Body.Reason, in.Key))
}

func (s *service) retryMemo(ctx context.Context, in *retryInput) (*memoOutput, error) {
	return answerMemo(s.desk.RetryMemo(ctx, actorIn(ctx), in.ID, in.Key))
}
