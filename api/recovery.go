package api

import (
	"context"
	"net/http"
	"time"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

type captchaOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         captchaBody
}

type captchaBody struct {
	Algorithm string `json:"algorithm" example:"SHA-256" doc:"How the work is hashed."`
	Challenge string `json:"challenge" example:"5f2d…" doc:"The hash that is looked for, in hexadecimal."`
	Max       int    `json:"maxnumber" example:"100000" doc:"The number is no greater."`
	Salt      string `json:"salt" example:"9b1e…?expires=1795312800&" doc:"What stands before the number; it tells when the challenge is over."`
	Signature string `json:"signature" example:"c0ff…" doc:"To be sent back as it is."`
}

type forgottenInput struct {
	Body struct {
		Username   string `json:"username" maxLength:"150" example:"surya.adi" doc:"As mailed with the account."`
		NIK        string `json:"nik" maxLength:"40" example:"3174012309910001" doc:"Citizen number, 16 digits."`
		BirthPlace string `json:"birth_place" maxLength:"200" example:"Bandung" doc:"As on the identity card."`
		BirthDate  string `json:"birth_date" maxLength:"20" example:"1991-09-23" doc:"Day of birth."`
		Email      string `json:"email" maxLength:"320" example:"surya@mail.example" doc:"The registered external address."`
		Captcha    string `json:"captcha" maxLength:"4000" example:"eyJhbGdvcml0aG0iOi…" doc:"The done work: base64 of the challenge as JSON, with number."`
		Sure       bool   `json:"sure" example:"true" doc:"That the message is to be sent; false checks the form alone."`
	}
}

type resetInput struct {
	LinkInput
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"1024" format:"password" doc:"The new password; the policy answers with a fault for each rule it does not meet." example:"Kopi*Tubruk*7*Gelas"`
		Again    string `json:"again" minLength:"1" maxLength:"1024" format:"password" doc:"The same once more." example:"Kopi*Tubruk*7*Gelas"`
		Sure     bool   `json:"sure" example:"true" doc:"That the password is to be replaced and every session to end."`
	}
}

type accountsInput struct {
	Text string `query:"q" minLength:"1" maxLength:"100" required:"true" doc:"A username, a NIP, or a part of a name." example:"surya.adi"`
}

type foundBody struct {
	ID       string `json:"id" example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081" doc:"The account."`
	Username string `json:"username" example:"surya.adi" doc:"Never changes."`
	Name     string `json:"name" example:"Made Surya Adi Wijaya" doc:"The person's name."`
	NIP      string `json:"nip" example:"199109232015031001" doc:"Empty for who has none."`
	UnitName string `json:"unit_name" example:"Direktorat Perencanaan Umum" doc:"Where they work; empty where nobody knows."`
	Status   string `json:"status" enum:"pending,active,disabled" doc:"A link goes to active ones alone."`
	Email    string `json:"email" example:"s***@mail.example" doc:"The registered address, masked."`
}

type helpInput struct {
	ID   string `path:"id" maxLength:"64" doc:"The account, as found."`
	Body struct {
		OnSight string `json:"on_sight" minLength:"1" maxLength:"500" example:"KTP asli dan kartu pegawai, wajah cocok" doc:"How the owner's identity was checked: what was shown."`
	}
}

func (s *service) recoveryOperations() {
	register(s, operation{id: "get-captcha", method: http.MethodGet, path: "/captcha", tag: tagEntry, summary: "Get work that shows a form is worth its while",
		access: edge.Public(), rate: edge.RateLookup,
		text: "Find the number from 0 to `maxnumber` for which SHA-256 of `salt` followed by the number in decimal is `challenge`; send the object back with it as `number`, as base64 of JSON. " +
			"Good for half an hour, and once."}, s.captcha)
	register(s, operation{id: "forgot-password", method: http.MethodPost, path: "/password-resets", tag: tagEntry, status: http.StatusAccepted,
		summary: "Ask for a link by which to set a new password", access: edge.Public(), rate: edge.RatePublicForm,
		text: "If everything is as it is known of an active account, a message with a link goes to its registered address: at most one a minute, 5 an hour and 12 a day. " +
			"The answer is the same whether that is so or not."}, s.forgotPassword)
	register(s, operation{id: "get-reset", method: http.MethodGet, path: "/password-resets/{token}", tag: tagEntry,
		summary: "Look at the link for a forgotten password", access: edge.Public(), rate: edge.RatePublicForm,
		refusals: []*models.Problem{models.ErrLinkSpent}, text: "Tells for whom it is, without spending it."}, s.resetLink)
	register(s, operation{id: "reset-password", method: http.MethodPost, path: "/password-resets/{token}", tag: tagEntry,
		summary: "Set a new password by that link", access: edge.Public(), rate: edge.RatePublicForm,
		refusals: []*models.Problem{models.ErrLinkSpent},
		text:     "Spends the link, ends every session, lifts a lock and tells the owner. A refused password does not spend it."}, s.resetPassword)
	s.helpOperations()
}

func (s *service) helpOperations() {
	help := edge.Roles(models.HelpRoles()...)
	register(s, operation{id: "find-accounts", method: http.MethodGet, path: "/support/accounts", tag: tagDesk, summary: "Find an account",
		access: help, scope: models.ScopeRead, text: "By username, NIP or a part of the name; ten at most."}, s.findAccounts)
	register(s, operation{id: "send-reset", method: http.MethodPost, path: "/support/accounts/{id}/password-reset", tag: tagDesk, summary: "Have a link for a new password sent",
		access: help, scope: models.ScopeWrite, stepUp: true,
		text: "For somebody whose identity was checked, to the registered address; nobody sees a password. How it was checked stays in the audit trail."}, s.sendReset)
}

func (s *service) captcha(ctx context.Context, _ *nothing) (*captchaOutput, error) {
	return &captchaOutput{CacheControl: "no-store", Body: captchaBody(s.desk.Challenge(ctx))}, nil
}

func (s *service) forgotPassword(ctx context.Context, in *forgottenInput) (*empty, error) {
	b, v := in.Body, visitIn(ctx)
	asked := desk.Forgotten{Form: models.ForgottenForm{Username: b.Username, NIK: b.NIK, BirthPlace: b.BirthPlace, BirthDate: b.BirthDate, Email: b.Email},
		Proof: desk.HumanProof{Work: b.Captcha}, Locale: v.lang, Origin: v.origin}
	if !b.Sure {
		return nil, s.desk.CheckForgotten(ctx, asked)
	}
	return nil, s.desk.ForgotPassword(ctx, asked)
}

func (s *service) resetLink(ctx context.Context, in *LinkInput) (*linkOutput, error) {
	l, err := s.desk.ResetLink(ctx, in.Token)
	return &linkOutput{linkBody{Username: l.Username, Name: l.Name, Purpose: l.Purpose, Expires: l.Expires.Truncate(time.Second)}}, err
}

func (s *service) resetPassword(ctx context.Context, in *resetInput) (*empty, error) {
	return nil, s.desk.ResetPassword(ctx, in.Token, desk.NewPassword{Password: in.Body.Password, Again: in.Body.Again, Sure: in.Body.Sure}, visitIn(ctx).origin)
}

func (s *service) findAccounts(ctx context.Context, in *accountsInput) (*plain[foundBody], error) {
	found, err := s.desk.FindAccounts(ctx, actorIn(ctx), in.Text)
	list := make([]foundBody, len(found))
	for i, f := range found {
		list[i] = foundBody(f)
	}
	return whole(list), err
}

func (s *service) sendReset(ctx context.Context, in *helpInput) (*empty, error) {
	return nil, s.desk.SendReset(ctx, actorIn(ctx), in.ID, in.Body.OnSight)
}
