package web

import (
	"errors"
	"slices"
	"time"

	"loket/internal/desk"
	"loket/models"
)

// rule is one line of the list beside a new password.
type rule struct {
	Text string
	Met  bool
}

// ruleOfReturns is the rule that says nothing to whoever sets the first password of all.
const ruleOfReturns = "password_reused"

func (v *visit) rules(username, password string, but ...string) []rule {
	var rules []rule
	for _, r := range v.portal.Desk.PasswordRules(v.Request.Context(), username, password) {
		if slices.Contains(but, r.Code) {
			continue
		}
		rules = append(rules, rule{Text: v.ruleText(r), Met: r.Met})
	}
	return rules
}

// ruleText says what is asked. A fault's own sentence will do where it says that too, and not what is wrong.
func (v *visit) ruleText(r models.RuleState) string {
	if key := "portal.rule." + r.Code; v.portal.Words.Has(key) {
		return v.say.T(key, r.Params)
	}
	return faultText(v.portal.Words, v.say, models.FieldFault{Code: r.Code, Params: r.Params})
}

// linkForm is the page of a one-use link. Names are shown so that its reader knows whose password it is.
// Return is where whoever came by a temporary password was going.
type linkForm struct {
	desk.Link
	Action string
	Return string
	Rules  []rule
}

func (v *visit) linkPage() error { return v.showLink(local(v.Query("return")), nil) }

func (v *visit) showLink(way string, p *models.Problem) error {
	token := v.Param("token")
	info, err := v.portal.Desk.LinkInfo(v.Request.Context(), token)
	if err != nil {
		return err
	}
	f := frame{Title: v.say.T("portal.link.title"), Lead: v.say.T("portal.link.lead", "name", info.Name),
		Body: linkForm{Link: info, Action: "/password/" + token, Return: way, Rules: v.rules(info.Username, v.PostForm("password"))}}
	if p == nil {
		return v.show("set-password", f)
	}
	f.Faults = v.faultLines(p)
	return v.showAs(statusOf(p.Code), "set-password", f)
}

func (v *visit) spendLink() error {
	way := local(v.form("return"))
	err := v.portal.Desk.SetPassword(v.Request.Context(), v.Param("token"), v.PostForm("password"), v.PostForm("again"), v.lang, v.origin())
	if p, ok := formProblem(err); ok && !errors.Is(p, models.ErrLinkSpent) {
		return v.showLink(way, p)
	}
	if err != nil {
		return err
	}
	return v.to(onward("/sign-in", way), "password_set")
}

func (v *visit) linkRules() error {
	info, err := v.portal.Desk.LinkInfo(v.Request.Context(), v.Param("token"))
	if err != nil {
		return err
	}
	return v.part("set-password", "password-rules", v.rules(info.Username, v.PostForm("password")))
}

// passwordForm changes the own password; Forced says that nothing else can be done before.
type passwordForm struct {
	Forced bool
	Return string
	Rules  []rule
}

// passwordResting stands in the form's place while a password was changed too lately to be changed again.
type passwordResting struct{ Changed, From time.Time }

func (v *visit) passwordPage() error {
	if from := v.portal.Desk.PasswordRests(v.who.Account); !from.IsZero() {
		return v.show("password-resting", frame{Title: v.say.T("portal.password.title"), Crumbs: []link{{v.say.T("portal.account.title"), "/account"}},
			Body: passwordResting{*v.who.Account.PasswordChangedAt, from}})
	}
	return v.showPassword(local(v.Query("return")), nil)
}

func (v *visit) showPassword(way string, p *models.Problem) error {
	account := v.who.Account
	v.mayLeadTo(way)
	form := passwordForm{Forced: account.MustChangePassword, Return: way, Rules: v.rules(account.Username, v.PostForm("password"))}
	f := frame{Title: v.say.T("portal.password.title"), Body: form}
	if form.Forced {
		f.Lead = v.say.T("portal.password.forced")
	} else {
		f.Crumbs = []link{{v.say.T("portal.account.title"), "/account"}}
	}
	if p == nil {
		return v.show("password", f)
	}
	f.Faults = v.faultLines(p)
	return v.showAs(statusOf(p.Code), "password", f)
}

func (v *visit) changePassword() error {
	way := local(v.form("return"))
	v.who.Actor = v.actor()
	signed, err := v.portal.Desk.ChangePassword(v.Request.Context(), v.who, v.PostForm("old"), v.PostForm("password"), v.PostForm("again"))
	if p, ok := formProblem(err); ok {
		return v.showPassword(way, p)
	}
	if errors.Is(err, models.ErrWrongCredentials) {
		return v.showPassword(way, models.Invalid(models.Fault("old", "password_old_wrong")))
	}
	if err != nil {
		return err
	}
	if signed.Token != "" {
		v.signedIn(signed)
	}
	return v.to(way, "password_changed")
}

func (v *visit) passwordRules() error {
	return v.part("password", "password-rules", v.rules(v.who.Account.Username, v.PostForm("password")))
}
