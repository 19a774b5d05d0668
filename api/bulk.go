package api

import (
	"context"
	"net/http"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

type decisionItemBody struct {
	CaseID  string `json:"case_id" minLength:"1" maxLength:"64" doc:"The memo's id." example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081"`
	Seq     int    `json:"seq,omitempty" minimum:"0" doc:"The memo's seq as you read it; when somebody acted since, nothing happens to it." example:"2"`
	Content string `json:"content,omitempty" maxLength:"64" doc:"The memo's content as you read it; where it says something else by now, nothing happens to it." example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
}

type decisionsInput struct {
	Keyed
	Body struct {
		Items    []decisionItemBody `json:"items" minItems:"1" maxItems:"100" nullable:"false" doc:"The memos, each once."`
		Decision desk.Word          `json:"decision" enum:"approve,refuse,accept_all,reject_all" example:"approve" doc:"approve and refuse are a head's words, accept_all and reject_all an officer's, on every open row of each memo."`
		Reason   string             `json:"reason,omitempty" doc:"Required with refuse and reject_all; each sender reads it. At most 1,000 characters." example:"The annex is missing."`
	}
}

type decisionOutcome struct {
	CaseID  string        `json:"case_id" example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081" doc:"The memo's id."`
	Outcome string        `json:"outcome" enum:"ok,problem" example:"ok" doc:"ok when the decision counts, problem when it does not; then problem says why."`
	Number  string        `json:"number,omitempty" example:"LKT-2026-000123" doc:"The memo's case number, where you may see it."`
	Status  models.Status `json:"status,omitempty" example:"verification" doc:"Where the memo stands now, where you may see it."`
	Problem *Problem      `json:"problem,omitempty" doc:"Why it was not decided, as a single decision would have answered."`
}

type decisionsOutput struct {
	Body struct {
		Items  []decisionOutcome `json:"items" doc:"One outcome for each memo, in the order asked."`
		Done   int               `json:"done" example:"12" doc:"How many decisions count."`
		Failed int               `json:"failed" example:"1" doc:"How many do not."`
	}
}

func (s *service) bulkOperations() {
	register(s, operation{id: "decide-many", method: http.MethodPost, path: "/inbox/decisions", tag: tagWork, summary: "Decide on many memos at once",
		access: edge.SignedIn(), scope: models.ScopeDecide, stepUp: true, refusals: []*models.Problem{models.ErrIdempotencyConflict},
		text: "One word on up to 100 memos, each judged by the rules of a single decision. The answer is 200 with an outcome per memo: one that fails stops no other. " +
			"With an Idempotency-Key a repeat converges memo by memo, so that sending the same again finishes what was cut off."}, s.decideMany)
}

func (s *service) decideMany(ctx context.Context, in *decisionsInput) (*decisionsOutput, error) {
	word := desk.Decisions{Word: in.Body.Decision, Reason: in.Body.Reason}
	for _, item := range in.Body.Items {
		word.Items = append(word.Items, desk.DecisionItem(item))
	}
	outcomes, err := s.desk.DecideMany(ctx, actorIn(ctx), word, in.Key)
	if err != nil {
		return nil, err
	}
	out := &decisionsOutput{}
	for _, o := range outcomes {
		line := decisionOutcome{CaseID: o.Memo.ID, Outcome: "ok", Number: o.Memo.Number, Status: o.Memo.Status}
		if o.Problem == nil {
			out.Body.Done++
		} else {
			out.Body.Failed++
			line.Outcome, line.Problem = "problem", s.problem(ctx, visitIn(ctx), o.Problem)
		}
		out.Body.Items = append(out.Body.Items, line)
	}
	return out, nil
}
