package api

import (
	"context"
	"net/http"
	"time"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

type signInInput struct {
	Body struct {
		Username  string         `json:"username" minLength:"1" maxLength:"150" example:"surya.adi" doc:"As mailed with the account, alone or with the agency's domain."`
		Password  string         `json:"password" minLength:"1" maxLength:"1024" doc:"Never repeated in any answer." example:"Kopi*Tubruk*7*Gelas" format:"password"`
		Code      string         `json:"code,omitempty" maxLength:"64" example:"492039" doc:"A code of the second factor, or a recovery code; asked for where the account has a second factor."`
		TokenName string         `json:"token_name" minLength:"1" maxLength:"100" example:"laptop" doc:"By what you will know the token in the list of tokens."`
		Scopes    []models.Scope `json:"scopes" minItems:"1" maxItems:"4" uniqueItems:"true" nullable:"false" enum:"read,write,decide,admin" example:"[\"read\",\"write\"]" doc:"What the token may do."`
		Days      int            `json:"days" minimum:"1" maximum:"365" example:"30" doc:"How long it lives."`
	}
}

type signInBody struct {
	Token               string            `json:"token,omitempty" example:"lkt_8mB1…" doc:"The secret, shown this once. Send it as Authorization: Bearer. Absent for a temporary password, which opens nothing but change."`
	Info                *models.TokenView `json:"info,omitempty" doc:"The token as it is listed."`
	MustChangePassword  bool              `json:"must_change_password" doc:"When true, an own password comes first: by change where it is given, else by PUT /api/v1/me/password, and everything else answers password_change_required."`
	MustAddSecondFactor bool              `json:"must_add_second_factor" doc:"When true, a second factor comes first: POST /api/v1/me/second-factor, and everything else answers second_factor_required."`
	AccountEnded        bool              `json:"account_ended,omitempty" doc:"When true, the account of a company's person has ended: POST /api/v1/me/renewal comes first, and everything else answers account_ended."`
	Change              *changeBody       `json:"change,omitempty" doc:"Given for a temporary password alone: POST the own password to /api/v1/links/{link}, then sign in with it."`
}

type changeBody struct {
	Link    string    `json:"link" example:"Y0zS…" doc:"The token of a one-use link, shown this once."`
	Expires time.Time `json:"expires" example:"2026-11-23T08:45:00+07:00" doc:"When it stops working; sign in again for another."`
}

type signInOutput struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	Body         signInBody
}

// LinkInput names a one-use link in the path.
type LinkInput struct {
	Token string `path:"token" maxLength:"200" doc:"The last part of the mailed link."`
}

type linkBody struct {
	Username string    `json:"username" example:"surya.adi" doc:"Whose password is set."`
	Name     string    `json:"name" example:"Made Surya Adi Wijaya" doc:"The person's name."`
	Purpose  string    `json:"purpose" example:"set_password" doc:"What the link is for."`
	Expires  time.Time `json:"expires" doc:"When it stops working."`
}

type linkOutput struct{ Body linkBody }

type setPasswordInput struct {
	LinkInput
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"1024" format:"password" doc:"The new password; the policy answers with a fault for each rule it does not meet." example:"Kopi*Tubruk*7*Gelas"`
		Again    string `json:"again" minLength:"1" maxLength:"1024" format:"password" doc:"The same once more." example:"Kopi*Tubruk*7*Gelas"`
	}
}

func (s *service) entryOperations() {
	register(s, operation{id: "sign-in", method: http.MethodPost, path: "/sign-in", tag: tagEntry, status: created,
		summary: "Get a personal token for a password", access: edge.Public(), rate: edge.RateSignIn,
		refusals: []*models.Problem{models.ErrWrongCredentials, models.ErrCodeNeeded},
		text: "Makes a personal token. The answer for an unknown name, a wrong password, a locked and a disabled account is the same. " +
			"An account with a second factor answers `code_required` to the right password alone: send everything once more with `code`. A wrong or used code counts as a wrong password. Ten tries a minute and address. No session stays open behind it. A temporary password gets no token: only `change`, by which an own password is set."}, s.signIn)
	register(s, operation{id: "get-link", method: http.MethodGet, path: "/links/{token}", tag: tagEntry,
		summary: "Look at a one-use link", access: edge.Public(), rate: edge.RatePublicForm,
		refusals: []*models.Problem{models.ErrLinkSpent},
		text:     "Tells for whom a mailed link is, without spending it."}, s.link)
	register(s, operation{id: "set-password", method: http.MethodPost, path: "/links/{token}", tag: tagEntry,
		summary: "Set the password by a one-use link", access: edge.Public(), rate: edge.RatePublicForm,
		refusals: []*models.Problem{models.ErrLinkSpent},
		text:     "Spends the link and sets the password, which opens the account. A refused password does not spend it."}, s.setPassword)
}

func (s *service) signIn(ctx context.Context, in *signInInput) (*signInOutput, error) {
	signed, err := s.desk.SignIn(ctx, desk.SignIn{Username: in.Body.Username, Password: in.Body.Password, Code: in.Body.Code, Origin: visitIn(ctx).origin})
	if err != nil {
		return nil, err
	}
	if signed.Change != "" {
		return &signInOutput{Status: created, CacheControl: "no-store", Body: signInBody{MustChangePassword: true,
			Change: &changeBody{Link: signed.Change, Expires: signed.ChangeExpires}}}, nil
	}
	view, secret, err := s.desk.CreateToken(ctx, signed.Identity.Actor, in.Body.TokenName, in.Body.Scopes, in.Body.Days)
	// The session served this one request; it ends whatever became of the token.
	if end := s.desk.SignOut(context.WithoutCancel(ctx), signed.Token); err == nil {
		err = end
	}
	if err != nil {
		return nil, err
	}
	return &signInOutput{Status: created, CacheControl: "no-store", Body: signInBody{Token: secret, Info: &view,
		MustChangePassword: signed.Identity.Account.MustChangePassword, MustAddSecondFactor: signed.Identity.OwesFactor, AccountEnded: signed.Identity.Account.Ended}}, nil
}

func (s *service) link(ctx context.Context, in *LinkInput) (*linkOutput, error) {
	l, err := s.desk.LinkInfo(ctx, in.Token)
	return &linkOutput{linkBody{Username: l.Username, Name: l.Name, Purpose: l.Purpose, Expires: l.Expires}}, err
}

func (s *service) setPassword(ctx context.Context, in *setPasswordInput) (*empty, error) {
	return nil, s.desk.SetPassword(ctx, in.Token, in.Body.Password, in.Body.Again, "", visitIn(ctx).origin)
}
