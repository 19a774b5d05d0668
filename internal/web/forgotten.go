package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"loket/internal/captcha"
	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

// recoveryRoutes lead people in who forgot their password, or whose has to be replaced in the middle of something.
func recoveryRoutes() []route {
	all, help := edge.Public(), edge.Roles(models.HelpRoles()...)
	return []route{
		get("/forgotten", all, (*visit).forgottenPage, "Ask for a link by which to set a new password: the form"),
		post("/forgotten", all, (*visit).forgot, "Ask for a link by which to set a new password: check, ask whether they are sure, send").limited(edge.RatePublicForm),
		get("/forgotten/sent", all, (*visit).forgottenSentPage, "What comes next, the same for everybody"),
		get("/reset/:token", all, (*visit).resetPage, "The page of the link for a forgotten password; looking spends nothing"),
		post("/reset/:token", all, (*visit).resetPassword, "Set a new password by that link").limited(edge.RatePublicForm),
		post("/reset/:token/rules", all, (*visit).resetRules, "Which rules a password meets while it is typed"),
		post("/account/password/continue", edge.PasswordChange(), (*visit).changeAndContinue, "Change the own password in the middle of a form, and go on with it"),
		get("/support/accounts", help, (*visit).helpPage, "Find an account whose owner needs a new password"),
		get("/support/accounts/:id/reset", help, (*visit).helpResetPage, "Have a link for a new password sent: the form"),
		post("/support/accounts/:id/reset", help, (*visit).helpReset, "Have a link for a new password sent").proven((*visit).showHelpReset),
	}
}

// forgottenForm is what was typed, and the way to show that it was no machine. A Trader gives the address alone.
type forgottenForm struct {
	Trader                                      bool
	Who                                         []tab
	Username, NIK, BirthPlace, BirthDate, Email string
	Human                                       human
}

// human is the part of a form that machines do not pass: a question, which scripts replace by work for the browser.
// Words are those of the widget.
type human struct {
	Challenge, Words, Error string
	Question                captcha.Question
}

func (v *visit) human(lines []faultLine) (human, error) {
	ctx := v.Request.Context()
	challenge, err := json.Marshal(v.portal.Desk.Challenge(ctx))
	if err != nil {
		return human{}, fmt.Errorf("write a challenge: %w", err)
	}
	said := map[string]string{}
	for _, name := range []string{"label", "verifying", "verified", "error", "expired", "reload"} {
		said[name] = v.say.T("captcha." + name)
	}
	said["verificationRequired"], said["waitAlert"], said["loading"] = said["label"], said["verifying"], said["verifying"]
	words, err := json.Marshal(said)
	if err != nil {
		return human{}, fmt.Errorf("write the words of a challenge: %w", err)
	}
	return human{Challenge: string(challenge), Words: string(words), Question: v.portal.Desk.Question(ctx), Error: of(lines, "captcha")}, nil
}

func (v *visit) forgottenPage() error { return v.showForgotten(nil) }

func (v *visit) showForgotten(p *models.Problem) error {
	f := frame{Title: v.say.T("forgotten.title"), Lead: v.say.T("forgotten.lead"), Crumbs: v.door()}
	if p != nil {
		f.Faults = v.faultLines(p)
	}
	form := v.typedForgotten()
	for _, who := range []struct{ name, path string }{{"employee", "/forgotten"}, {"trader", "/forgotten?who=trader"}} {
		form.Who = append(form.Who, tab{Text: v.say.T("forgotten.who." + who.name), Href: who.path, Count: -1, Current: form.Trader == (who.name == "trader")})
	}
	var err error
	if form.Human, err = v.human(f.Faults); err != nil {
		return err
	}
	f.Body = form
	if p == nil {
		return v.show("forgotten", f)
	}
	return v.showAs(statusOf(p.Code), "forgotten", f)
}

func (v *visit) typedForgotten() forgottenForm {
	return forgottenForm{Trader: v.form("who") == "trader" || v.Query("who") == "trader", Username: v.form("username"), NIK: v.form("nik"), BirthPlace: v.form("birth_place"), BirthDate: v.form("birth_date"), Email: v.form("email")}
}

// forgot checks the form, asks whether its sender is sure, and takes the request: each time the whole form comes along.
func (v *visit) forgot() error {
	if v.form("sure") == "no" {
		return v.showForgotten(nil)
	}
	form, ctx := v.typedForgotten(), v.Request.Context()
	asked := desk.Forgotten{Locale: v.lang, Origin: v.origin(),
		Form:  models.ForgottenForm{Trader: form.Trader, Username: form.Username, NIK: form.NIK, BirthPlace: form.BirthPlace, BirthDate: storedDate(form.BirthDate), Email: form.Email},
		Proof: desk.HumanProof{Work: v.form("altcha"), Question: v.form("question"), Answer: v.form("captcha")}}
	sure := v.form("sure") == "yes"
	ask := v.portal.Desk.CheckForgotten
	if sure {
		ask = v.portal.Desk.ForgotPassword
	}
	err := ask(ctx, asked)
	if p, ok := formProblem(err); ok {
		return v.showForgotten(p)
	}
	switch {
	case err != nil:
		return err
	case sure && form.Trader:
		return v.to("/forgotten/sent?who=trader", "")
	case sure:
		return v.to("/forgotten/sent", "")
	}
	return v.show("forgotten-sure", frame{Title: v.say.T("forgotten.sure.title"), Lead: v.say.T("forgotten.sure.lead"), Crumbs: v.door(), Path: "/forgotten",
		Body: forgottenSure{form, v.carried("who", "username", "nik", "birth_place", "birth_date", "email", "altcha", "question", "captcha")}})
}

// forgottenSure asks once more before a message goes.
type forgottenSure struct {
	forgottenForm
	Kept []kept
}

// carried are posted fields that go along.
func (v *visit) carried(names ...string) []kept {
	var list []kept
	for _, name := range names {
		if value := v.PostForm(name); value != "" {
			list = append(list, kept{name, value})
		}
	}
	return list
}

func (v *visit) forgottenSentPage() error {
	return v.show("forgotten-sent", frame{Title: v.say.T("forgotten.sent.title"), Lead: v.say.T("forgotten.sent.lead"), Crumbs: v.door(), Body: v.Query("who") == "trader"})
}

func (v *visit) resetPage() error { return v.showReset(nil) }

func (v *visit) showReset(p *models.Problem) error {
	token := v.Param("token")
	info, err := v.portal.Desk.ResetLink(v.Request.Context(), token)
	if err != nil {
		return err
	}
	f := frame{Title: v.say.T("reset.title"), Lead: v.say.T("reset.lead", "name", info.Name),
		Body: linkForm{Link: info, Action: "/reset/" + token, Rules: v.rules(info.Username, v.PostForm("password"))}}
	if p == nil {
		return v.show("reset", f)
	}
	f.Faults = v.faultLines(p)
	return v.showAs(statusOf(p.Code), "reset", f)
}

func (v *visit) resetPassword() error {
	in := desk.NewPassword{Password: v.PostForm("password"), Again: v.PostForm("again"), Sure: v.form("sure") == "yes"}
	link, err := v.portal.Desk.ResetLink(v.Request.Context(), v.Param("token"))
	if err != nil && !errors.Is(err, models.ErrLinkSpent) { // spending one that is spent goes on record
		return err
	}
	err = v.portal.Desk.ResetPassword(v.Request.Context(), v.Param("token"), in, v.origin())
	if p, ok := formProblem(err); ok && !errors.Is(p, models.ErrLinkSpent) {
		return v.showReset(p)
	}
	if err != nil {
		return err
	}
	return v.endedBy(link.Username, "password_reset")
}

func (v *visit) resetRules() error {
	info, err := v.portal.Desk.ResetLink(v.Request.Context(), v.Param("token"))
	if err != nil {
		return err
	}
	return v.part("reset", "password-rules", v.rules(info.Username, v.PostForm("password")))
}

// helpBody is the search for an account.
type helpBody struct {
	Text  string
	Asked bool
	Found []models.AccountFound
}

func (v *visit) helpPage() error {
	body := helpBody{Text: v.Query("q")}
	var err error
	if body.Asked = body.Text != ""; body.Asked {
		if body.Found, err = v.portal.Desk.FindAccounts(v.Request.Context(), v.actor(), body.Text); err != nil {
			return err
		}
	}
	return v.show("help", frame{Title: v.say.T("help_reset.title"), Lead: v.say.T("help_reset.lead"), Body: body,
		Crumbs: []link{{v.say.T("portal.support.title"), "/support"}}})
}

// helpReset is the form by which a link is sent to somebody's registered address.
type helpReset struct {
	models.AccountFound
	OnSight string
	Proof   proofPart
}

// Active tells whether a link can go there.
func (h helpReset) Active() bool { return h.Status == "active" }

func (v *visit) helpResetPage() error { return v.showHelpReset(nil) }

func (v *visit) showHelpReset(p *models.Problem) error {
	found, err := v.portal.Desk.FoundAccount(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	f := frame{Title: v.say.T("help_reset.form.title"), Lead: found.Name, Crumbs: []link{{v.say.T("portal.support.title"), "/support"},
		{v.say.T("help_reset.title"), "/support/accounts?q=" + found.Username}}}
	if p != nil {
		f.Faults = v.faultLines(p)
	}
	f.Body = helpReset{AccountFound: found, OnSight: v.form("on_sight"), Proof: v.proof(f.Faults)}
	status := http.StatusOK
	if p != nil {
		status = statusOf(p.Code)
	}
	return v.showAs(status, "help-reset", f)
}

func (v *visit) helpReset() error {
	err := v.portal.Desk.SendReset(v.Request.Context(), v.actor(), v.Param("id"), v.form("on_sight"))
	if p, ok := formProblem(err); ok && len(p.Faults) > 0 {
		return v.showHelpReset(p)
	}
	if err != nil {
		return err
	}
	return v.to("/support/accounts", "reset_sent")
}
