package api

import (
	"context"
	"net/http"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

type activationInput struct {
	Body struct {
		NIP       string `json:"nip" maxLength:"40" doc:"Employee number, 18 digits; blanks are dropped." example:"199503252022041500"`
		Rank      string `json:"rank" maxLength:"20" doc:"The last rank, in any case." example:"III/b"`
		Effective string `json:"rank_effective_date" maxLength:"20" doc:"The day from which that rank holds (TMT), YYYY-MM-DD." example:"2024-04-01"`
		Email     string `json:"email" maxLength:"254" doc:"Where the code is to go." example:"dewi.yusuf@mail.example"`
	}
}

type activationOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Reference string `json:"reference" example:"5b1c1f9e-0a3c-4a53-9a3b-1f6de54c0f5e" doc:"By which the code can be asked for again. It opens nothing, and is given to everybody."`
	}
}

type resendInput struct {
	Body struct {
		Reference string `json:"reference" maxLength:"64" doc:"As the request answered." example:"5b1c1f9e-0a3c-4a53-9a3b-1f6de54c0f5e"`
	}
}

type completionInput struct {
	Body struct {
		Reference string `json:"reference,omitempty" maxLength:"64" doc:"The request's, as its answer or the link of the message has it." example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081"`
		Username  string `json:"username" maxLength:"150" doc:"One of those in the message, alone or with the agency's domain. It can never be changed." example:"dewi.yusuf@kem.example"`
		Secret    string `json:"secret" maxLength:"64" format:"password" doc:"The activation secret of the latest message." example:"Aktif-k7mq-x3fp-9wht"`
		Code      string `json:"code" maxLength:"32" format:"password" doc:"The activation code of the latest message, in any case, with or without hyphen." example:"K7MQ-X3FP"`
		Password  string `json:"password" minLength:"1" maxLength:"1024" format:"password" doc:"The own password; the policy answers with a fault for each rule it does not meet, which counts as no try." example:"Kopi*Tubruk*7*Gelas"`
		Again     string `json:"again" minLength:"1" maxLength:"1024" format:"password" doc:"The same once more." example:"Kopi*Tubruk*7*Gelas"`
	}
}

type completionOutput struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Username string `json:"username" example:"dewi.yusuf" doc:"By which to sign in."`
	}
}

type disownInput struct {
	Body struct {
		Token string `json:"token" maxLength:"200" format:"password" doc:"The last part of the link in the warning." example:"Y0zS…"`
	}
}

func (s *service) activationOperations() {
	register(s, operation{id: "request-activation", method: http.MethodPost, path: "/activations", tag: tagEntry, status: http.StatusAccepted,
		summary: "Ask for an account of my own", access: edge.Public(), rate: edge.RatePublicForm,
		text: "For CPNS and PNS in the registry. If the data match, a message with an activation code is on its way; the answer is the same whether they do or not, " +
			"whether the person exists, and whether they have an account already. Faults are of the form's shape alone."}, s.requestActivation)
	register(s, operation{id: "resend-activation", method: http.MethodPost, path: "/activations/resend", tag: tagEntry,
		summary: "Have the code sent again", access: edge.Public(), rate: edge.RatePublicForm,
		text: "A minute apart, five an hour, twelve a day; the code before is dead, and the 24 hours go on. The answer is the same for any reference."}, s.resendActivation)
	register(s, operation{id: "complete-activation", method: http.MethodPost, path: "/activations/complete", tag: tagEntry, status: created,
		summary: "Activate my account", access: edge.Public(), rate: edge.RatePublicForm, refusals: []*models.Problem{models.ErrActivationRefused},
		text: "Makes the account with the username of my choice and a password of my own, and the applications that everybody has. Anything wrong is one and the same " +
			"`activation_not_accepted`; five tries void the code. A try counts against the request that `reference` names, and against one of whose code and secret " +
			"either is right."}, s.completeActivation)
	register(s, operation{id: "disown-activation", method: http.MethodPost, path: "/activations/disown", tag: tagEntry,
		summary: "Say that a request was not mine", access: edge.Public(), rate: edge.RatePublicForm, refusals: []*models.Problem{models.ErrLinkSpent},
		text: "By the link of the warning that goes to the registry's address. An open request is over; an account that came of it lets nobody in."}, s.disownActivation)
}

func (s *service) requestActivation(ctx context.Context, in *activationInput) (*activationOutput, error) {
	v := visitIn(ctx)
	reference, err := s.desk.RequestActivation(ctx, models.ActivationForm{NIP: in.Body.NIP, Rank: in.Body.Rank, Effective: in.Body.Effective, Email: in.Body.Email}, v.lang, v.origin)
	out := &activationOutput{CacheControl: "no-store"}
	out.Body.Reference = reference
	return out, err
}

func (s *service) resendActivation(ctx context.Context, in *resendInput) (*empty, error) {
	return nil, s.desk.ResendActivation(ctx, in.Body.Reference, visitIn(ctx).origin)
}

func (s *service) completeActivation(ctx context.Context, in *completionInput) (*completionOutput, error) {
	v := visitIn(ctx)
	username, err := s.desk.CompleteActivation(ctx, desk.Completion{Reference: in.Body.Reference, Username: in.Body.Username, Secret: in.Body.Secret, Code: in.Body.Code,
		Password: in.Body.Password, Again: in.Body.Again}, v.lang, v.origin)
	out := &completionOutput{Status: created, CacheControl: "no-store"}
	out.Body.Username = username
	return out, err
}

func (s *service) disownActivation(ctx context.Context, in *disownInput) (*empty, error) {
	return nil, s.desk.DisownActivation(ctx, in.Body.Token, visitIn(ctx).origin)
}
