package api

import (
	"context"
	"net/http"
	"time"

	"loket/internal/edge"
)

type stepUpInput struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"1024" format:"password" doc:"The present password of the token's owner." example:"Kopi*Tubruk*7*Gelas"`
		Code     string `json:"code,omitempty" maxLength:"64" doc:"A code of the second factor, or a recovery code; asked for where the account has a second factor." example:"492039"`
	}
}

type stepUpOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		FreshUntil time.Time `json:"fresh_until" doc:"Until when this token passes where a fresh password is asked for." example:"2026-11-23T03:20:00Z"`
	}
}

func (s *service) stepUpOperations() {
	register(s, operation{id: "step-up", method: http.MethodPost, path: "/step-up", tag: tagMe, summary: "Give the password once more",
		access: edge.Enrolment(), scope: edge.AnyScope, rate: edge.RateSignIn,
		text: "Deciding on many memos and changing roles ask for a password given at most five minutes before; until then they answer `step_up_required`. " +
			"This gives it, for the token that is sent along and for no other, which stays the same. " +
			"A wrong password counts towards the lock of the account as at sign-in, and while that holds the right one gets the same answer. " +
			"An account with a second factor is asked for a code as well."}, s.stepUp)
}

func (s *service) stepUp(ctx context.Context, in *stepUpInput) (*stepUpOutput, error) {
	signed, err := s.desk.StepUp(ctx, visitIn(ctx).identity, in.Body.Password, in.Body.Code)
	out := &stepUpOutput{CacheControl: "no-store"}
	out.Body.FreshUntil = signed.Identity.FreshUntil
	return out, err
}
