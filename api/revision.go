package api

import (
	"context"
	"net/http"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

type noteBody struct {
	Field string `json:"field" maxLength:"200" example:"subject" doc:"What is to be corrected: a field of the draft by its JSON name, or a row as rows[3], counted from 0."`
	Note  string `json:"note" example:"Name the unit in the subject." doc:"What to correct in it. At most 1,000 characters."`
}

type returnInput struct {
	MemoID
	Keyed
	Body struct {
		Reason  string     `json:"reason" example:"Two of the staff have moved." doc:"Why; the sender reads it. At most 1,000 characters."`
		Notes   []noteBody `json:"notes,omitempty" nullable:"false" maxItems:"50" doc:"Notes on single fields."`
		Seq     int        `json:"seq,omitempty" minimum:"0" doc:"The memo's seq as you read it; when somebody acted since, nothing happens." example:"3"`
		Content string     `json:"content,omitempty" maxLength:"64" doc:"The memo's content as you read it; where it says something else by now, nothing happens." example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	}
}

type nudgeInput struct {
	MemoID
	Keyed
}

type copyInput struct {
	MemoID
	Keyed
}

// revisionOperations are what a memo goes through beside the straight way.
func (s *service) revisionOperations() {
	late := []*models.Problem{models.ErrAlreadyDecided, models.ErrNotNow, models.ErrNotYours, models.ErrStale, models.ErrIdempotencyConflict}
	register(s, operation{id: "return-memo", method: http.MethodPost, path: "/memos/{id}/return", tag: tagMemos, summary: "Return a memo for revision",
		access: edge.SignedIn(), scope: models.ScopeDecide, refusals: late,
		text: "By whom it waits for, head or officer, instead of a decision. The sender corrects the same memo and sends it again; meanwhile no deadline runs."}, s.returnMemo)
	register(s, operation{id: "resubmit-memo", method: http.MethodPost, path: "/memos/{id}/resubmission", tag: tagMemos, summary: "Send a returned memo again",
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: append(late, models.ErrNoApprover),
		text: "By its sender, after PUT of what was corrected; checked as at sending. It keeps its number and begins the next round: with the head when kind, subject, body, rows or attachments changed, " +
			"else where it was returned from. No body."}, s.resubmitMemo)
	register(s, operation{id: "nudge-memo", method: http.MethodPost, path: "/memos/{id}/nudge", tag: tagMemos, summary: "Remind whoever is asked",
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: append(late, models.ErrTooSoon),
		text: "By the sender, at most once in four hours; `too_soon` names in `params.until` when it is possible again. No deadline changes. No body."}, s.nudgeMemo)
	register(s, operation{id: "copy-memo", method: http.MethodPost, path: "/memos/{id}/copy", tag: tagMemos, summary: "Write a memo that ended anew", status: created,
		access: edge.SignedIn(), scope: models.ScopeWrite, refusals: append(late, models.ErrForbidden),
		text: "By the sender of one that expired, was refused or was withdrawn: a new draft with the same content under today's date. No body."}, s.copyMemo)
}

func (s *service) returnMemo(ctx context.Context, in *returnInput) (*memoOutput, error) {
	word := desk.Return{Reason: in.Body.Reason, Seq: in.Body.Seq, Content: in.Body.Content}
	for _, n := range in.Body.Notes {
		word.Notes = append(word.Notes, models.FieldNote{Field: n.Field, Note: n.Note})
	}
	return answerMemo(s.desk.ReturnMemo(ctx, actorIn(ctx), in.ID, word, in.Key))
}

func (s *service) resubmitMemo(ctx context.Context, in *sendInput) (*memoOutput, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return answerMemo(s.desk.ResubmitMemo(ctx, actorIn(ctx), in.ID, version, in.Key))
}

func (s *service) nudgeMemo(ctx context.Context, in *nudgeInput) (*memoOutput, error) {
	return answerMemo(s.desk.NudgeMemo(ctx, actorIn(ctx), in.ID, in.Key))
}

func (s *service) copyMemo(ctx context.Context, in *copyInput) (*createdMemoOutput, error) {
	return answerNew(s.desk.CopyMemo(ctx, actorIn(ctx), in.ID, in.Key))
}
