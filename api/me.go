package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

type nothing struct{}

type accountOutput struct{ Body models.AccountView }

type localeInput struct {
	Body struct {
		Locale string `json:"locale" enum:"id,en" doc:"Language of mail, and of answers without Accept-Language." example:"id"`
	}
}

type passwordInput struct {
	Body struct {
		Old      string `json:"old" minLength:"1" maxLength:"1024" format:"password" doc:"The password as it is now." example:"Sementara-123!"`
		Password string `json:"password" minLength:"1" maxLength:"1024" format:"password" doc:"The new password." example:"Kopi*Tubruk*7*Gelas"`
		Again    string `json:"again" minLength:"1" maxLength:"1024" format:"password" doc:"The new password once more." example:"Kopi*Tubruk*7*Gelas"`
	}
}

func (s *service) meOperations() {
	register(s, operation{id: "get-me", method: http.MethodGet, path: "/me", tag: tagMe, summary: "Who am I",
		access: edge.SignedIn(), scope: models.ScopeRead,
		text: "The account behind the token: its roles with their units, the applications granted to it, its language."}, s.me)
	register(s, operation{id: "set-locale", method: http.MethodPut, path: "/me/locale", tag: tagMe, summary: "Choose my language",
		access: edge.SignedIn(), scope: models.ScopeWrite, text: "The language of mail, and of answers to requests without Accept-Language."}, s.setLocale)
	register(s, operation{id: "change-password", method: http.MethodPut, path: "/me/password", tag: tagMe, summary: "Change my password",
		access: edge.PasswordChange(), scope: models.ScopeWrite, refusals: []*models.Problem{models.ErrWrongCredentials},
		text: "Asks for the old password and ends every session in the portal. Works while a change is owed; then it is the only thing that does."}, s.changePassword)
}

func (s *service) me(ctx context.Context, _ *nothing) (*accountOutput, error) {
	account, err := s.desk.Account(ctx, actorIn(ctx))
	return &accountOutput{account}, err
}

func (s *service) setLocale(ctx context.Context, in *localeInput) (*empty, error) {
	return nil, s.desk.SetLocale(ctx, actorIn(ctx), in.Body.Locale)
}

func (s *service) changePassword(ctx context.Context, in *passwordInput) (*empty, error) {
	_, err := s.desk.ChangePassword(ctx, visitIn(ctx).identity, in.Body.Old, in.Body.Password, in.Body.Again)
	return nil, err
}
