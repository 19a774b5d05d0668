package web

import (
	"net/http"
	"slices"

	"loket/models"
)

// accountBody is the own account. Places are the sessions, as people know them. Secret is a token just made, shown this once.
type accountBody struct {
	Account models.AccountView
	Places  []place
	Tokens  []models.TokenView
	Scopes  []option
	Name    string
	Days    string
	Secret  string
	Made    models.TokenView
	Lines   []faultLine
}

// place is one session, with its browser in words.
type place struct {
	models.SessionView
	Agent string
}

// Error is the sentence beside one field.
func (b accountBody) Error(field string) string { return of(b.Lines, field) }

// Others counts the sessions besides this one.
func (b accountBody) Others() int { return max(0, len(b.Places)-1) }

func (v *visit) accountPage() error { return v.showAccount(accountBody{Days: "90"}, nil) }

func (v *visit) showAccount(body accountBody, p *models.Problem) error {
	ctx, d := v.Request.Context(), v.portal.Desk
	var err error
	if body.Account, err = d.Account(ctx, v.actor()); err != nil {
		return err
	}
	sessions, err := d.Sessions(ctx, v.who)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		body.Places = append(body.Places, place{s, v.agent(s.UserAgent)})
	}
	if body.Tokens, err = d.Tokens(ctx, v.actor()); err != nil {
		return err
	}
	for _, s := range models.Scopes() {
		on := slices.Contains(v.PostFormArray("scopes"), string(s))
		body.Scopes = append(body.Scopes, option{Value: string(s), Text: v.say.T("portal.scope." + string(s)), Hint: v.say.T("portal.scope." + string(s) + "_hint"), On: on})
	}
	f := frame{Title: v.say.T("portal.account.title"), Lead: body.Account.Name, Path: "/account"}
	if p != nil {
		body.Lines = v.faultLines(p)
		f.Faults, f.Body = body.Lines, body
		return v.showAs(statusOf(p.Code), "account", f)
	}
	f.Body = body
	return v.showAs(http.StatusOK, "account", f)
}

func (v *visit) endSession() error {
	if err := v.portal.Desk.EndSession(v.Request.Context(), v.who, v.Param("id")); err != nil {
		return err
	}
	return v.to("/account#sessions", "session_ended")
}

func (v *visit) endOthers() error {
	if err := v.portal.Desk.EndOtherSessions(v.Request.Context(), v.who); err != nil {
		return err
	}
	return v.to("/account#sessions", "session_ended")
}

// createToken shows the secret on the page that answers the form: it is kept nowhere to be shown again.
func (v *visit) createToken() error {
	body := accountBody{Name: v.form("name"), Days: v.form("days")}
	var scopes []models.Scope
	for _, s := range v.PostFormArray("scopes") {
		scopes = append(scopes, models.Scope(s))
	}
	token, secret, err := v.portal.Desk.CreateToken(v.Request.Context(), v.actor(), body.Name, scopes, atoi(body.Days))
	if p, ok := formProblem(err); ok {
		return v.showAccount(body, p)
	}
	if err != nil {
		return err
	}
	return v.showAccount(accountBody{Days: "90", Secret: secret, Made: token}, nil)
}

func (v *visit) revokeToken() error {
	if err := v.portal.Desk.RevokeToken(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	return v.to("/account#tokens", "token_revoked")
}
