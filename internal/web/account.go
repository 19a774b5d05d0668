package web

import (
	"net/http"
	"slices"

	"loket/models"
)

// accountBody is who the visitor is to the agency, and how the account is kept safe in a few words.
type accountBody struct {
	Account models.AccountView
	Apps    []string // what the applications are called
	Factor  models.FactorView
	Places  int
	Trader  bool // of a company
}

func (v *visit) accountPage() error {
	ctx, d := v.Request.Context(), v.portal.Desk
	var body accountBody
	var err error
	if body.Account, err = d.Account(ctx, v.actor()); err != nil {
		return err
	}
	if body.Factor, err = d.SecondFactor(ctx, v.who); err != nil {
		return err
	}
	sessions, err := d.Sessions(ctx, v.who)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if !s.Idle {
			body.Places++
		}
	}
	tiles, err := d.MyApplications(ctx, v.actor(), "")
	if err != nil {
		return err
	}
	for _, t := range tiles {
		body.Apps = append(body.Apps, t.Name)
	}
	body.Trader = v.who.Actor.Company != ""
	return v.show("account", frame{Title: v.say.T("portal.account.title"), Lead: body.Account.Name, Body: body})
}

// securityBody is how an account is kept safe. Places are the sessions, as people know them. Secret is a token just made,
// shown this once.
type securityBody struct {
	Factor  models.FactorView
	Places  []place
	Devices []browser
	SignIns []signInLine
	Agreed  []models.ConsentView
	Tokens  []models.TokenView
	Scopes  []option
	Name    string
	Days    string
	Secret  string
	Made    models.TokenView
	Lines   []faultLine
	Locale  string
	Proof   proofPart // of the form for a token
}

// place is one session, with its browser in words and its address shortened.
type place struct {
	models.SessionView
	Agent, About string
}

// browser is a known one, in words.
type browser struct {
	models.DeviceView
	Agent string
}

// signInLine is one try at the door, in words.
type signInLine struct {
	models.SignInView
	Agent, Text, Tone string
}

// Error is the sentence beside one field.
func (b securityBody) Error(field string) string { return of(b.Lines, field) }

// Others counts the sessions besides this one.
func (b securityBody) Others() int { return max(0, len(b.Places)-1) }

func (v *visit) securityPage() error { return v.showSecurity(securityBody{Days: "90"}, nil) }

func (v *visit) showSecurity(body securityBody, p *models.Problem) error {
	if err := v.lookAtSecurity(&body); err != nil {
		return err
	}
	for _, s := range models.Scopes() {
		on := slices.Contains(v.PostFormArray("scopes"), string(s))
		body.Scopes = append(body.Scopes, option{Value: string(s), Text: v.say.T("portal.scope." + string(s)), Hint: v.say.T("portal.scope." + string(s) + "_hint"), On: on})
	}
	f := frame{Title: v.say.T("security.title"), Lead: v.say.T("security.lead"), Path: "/account/security",
		Crumbs: []link{{v.say.T("portal.account.title"), "/account"}}}
	body.Proof = v.proof(nil)
	if p != nil {
		body.Lines = v.faultLines(p)
		body.Proof = v.proof(body.Lines)
		f.Faults, f.Body = body.Lines, body
		return v.showAs(statusOf(p.Code), "security", f)
	}
	f.Body = body
	return v.showAs(http.StatusOK, "security", f)
}

// lookAtSecurity gathers what the page lists.
func (v *visit) lookAtSecurity(body *securityBody) error {
	ctx, d := v.Request.Context(), v.portal.Desk
	var err error
	if body.Factor, err = d.SecondFactor(ctx, v.who); err != nil {
		return err
	}
	sessions, err := d.Sessions(ctx, v.who)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		body.Places = append(body.Places, place{s, v.agent(s.UserAgent), models.ShortAddress(s.IP)})
	}
	devices, err := d.Devices(ctx, v.who)
	if err != nil {
		return err
	}
	for _, b := range devices {
		body.Devices = append(body.Devices, browser{b, v.agent(b.UserAgent)})
	}
	tries, err := d.SignIns(ctx, v.who)
	if err != nil {
		return err
	}
	for _, s := range tries {
		body.SignIns = append(body.SignIns, signInLine{s, v.agent(s.UserAgent), v.outcome(s.Outcome), signInTone(s.Outcome)})
	}
	if body.Agreed, err = d.Consents(ctx, v.actor()); err != nil {
		return err
	}
	body.Locale = v.lang
	body.Tokens, err = d.Tokens(ctx, v.actor())
	return err
}

// signInTone is the colour beside the words; the right password without a code is the owner's more often than not.
func signInTone(outcome string) string {
	switch outcome {
	case "ok":
		return "ok"
	case models.ErrCodeNeeded.Code:
		return "warning"
	}
	return "error"
}

// outcome says what came of a try at the door.
func (v *visit) outcome(code string) string {
	if key := "security.outcome." + code; v.portal.Words.Has(key) {
		return v.say.T(key)
	}
	return v.problemText(&models.Problem{Code: code})
}

func (v *visit) endSession() error {
	if err := v.portal.Desk.EndSession(v.Request.Context(), v.who, v.Param("id")); err != nil {
		return err
	}
	return v.to("/account/security#sessions", "session_ended")
}

func (v *visit) endOthers() error {
	if err := v.portal.Desk.EndOtherSessions(v.Request.Context(), v.who); err != nil {
		return err
	}
	return v.to("/account/security#sessions", "session_ended")
}

func (v *visit) tokenForm() securityBody {
	return securityBody{Name: v.form("name"), Days: v.form("days")}
}

// tokenAgain shows the form with what was typed, for the password that it lacks.
func (v *visit) tokenAgain(p *models.Problem) error { return v.showSecurity(v.tokenForm(), p) }

// createToken shows the secret on the page that answers the form: it is kept nowhere to be shown again.
func (v *visit) createToken() error {
	body := v.tokenForm()
	var scopes []models.Scope
	for _, s := range v.PostFormArray("scopes") {
		scopes = append(scopes, models.Scope(s))
	}
	token, secret, err := v.portal.Desk.CreateToken(v.Request.Context(), v.actor(), body.Name, scopes, atoi(body.Days))
	if p, ok := formProblem(err); ok {
		return v.showSecurity(body, p)
	}
	if err != nil {
		return err
	}
	return v.showSecurity(securityBody{Days: "90", Secret: secret, Made: token}, nil)
}

func (v *visit) revokeToken() error {
	if err := v.portal.Desk.RevokeToken(v.Request.Context(), v.actor(), v.Param("id")); err != nil {
		return err
	}
	return v.to("/account/security#tokens", "token_revoked")
}
