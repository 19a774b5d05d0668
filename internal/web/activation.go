package web

import (
	"cmp"
	"errors"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"loket/internal/desk"
	"loket/models"
)

// activationForm is what was typed on the request's page.
type activationForm struct{ NIP, Rank, Effective, Email string }

func (v *visit) activationPage() error { return v.showActivation(activationForm{}, nil) }

func (v *visit) showActivation(form activationForm, p *models.Problem) error {
	f := frame{Title: v.say.T("activation.title"), Lead: v.say.T("activation.lead"), Body: form, Crumbs: v.door()}
	if p == nil {
		return v.show("activation", f)
	}
	f.Faults = v.faultLines(p)
	return v.showAs(statusOf(p.Code), "activation", f)
}

// door is the way back to where people sign in.
func (v *visit) door() []link { return []link{{v.say.T("portal.signin.title"), "/sign-in"}} }

// requestActivation leads everybody to the same page whose form has the shape of one.
func (v *visit) requestActivation() error {
	form := activationForm{NIP: v.form("nip"), Rank: v.form("rank"), Effective: v.form("rank_effective_date"), Email: v.form("email")}
	in := models.ActivationForm{NIP: form.NIP, Rank: form.Rank, Effective: storedDate(form.Effective), Email: form.Email}
	reference, err := v.portal.Desk.RequestActivation(v.Request.Context(), in, v.lang, v.origin())
	if p, ok := formProblem(err); ok {
		return v.showActivation(form, p)
	}
	if err != nil {
		return err
	}
	return v.to("/activation/sent?reference="+url.QueryEscape(reference), "")
}

// activationSent knows by what the code is asked for again, and nothing of whoever asked.
type activationSent struct{ Reference string }

func (v *visit) activationSentPage() error {
	reference, err := uuid.Parse(v.Query("reference"))
	if err != nil {
		return v.to("/activation", "")
	}
	return v.show("activation-sent", frame{Title: v.say.T("activation.sent.title"), Lead: v.say.T("activation.sent.lead"), Crumbs: v.door(),
		Body: activationSent{reference.String()}})
}

func (v *visit) resendActivation() error {
	reference := v.form("reference")
	if err := v.portal.Desk.ResendActivation(v.Request.Context(), reference, v.origin()); err != nil {
		return err
	}
	return v.to("/activation/sent?reference="+url.QueryEscape(reference), "activation_resent")
}

// completionForm is what was typed on the activation's page. Secret and Code are kept while nothing was tried with them,
// so that a password that will not do costs nobody both.
type completionForm struct {
	Username, Domain string
	Secret, Code     string
	Reference        string // of the request, as the message's link names it
	Rules            []rule
	Refused          bool
}

func (v *visit) completionPage() error { return v.showCompletion(nil) }

func (v *visit) showCompletion(p *models.Problem) error {
	form := completionForm{Username: v.form("username"), Reference: v.reference(), Domain: v.portal.Desk.AccountDomain(), Rules: v.rules(v.form("username"), v.PostForm("password"), ruleOfReturns)}
	f := frame{Title: v.say.T("activation.complete.title"), Lead: v.say.T("activation.complete.lead"), Crumbs: v.door()}
	status := statusOf(models.ErrInvalid.Code)
	switch {
	case p == nil:
		f.Body = form
		return v.show("activation-complete", f)
	case errors.Is(p, models.ErrActivationRefused):
		form.Refused = true
		f.Faults = []faultLine{{Field: "username", Href: "#username", Text: v.problemText(p) + ". " + v.problemDetail(p)}}
	default:
		status, f.Faults = statusOf(p.Code), v.faultLines(p)
		form.Secret, form.Code = v.form("secret"), v.form("code")
	}
	f.Body = form
	return v.showAs(status, "activation-complete", f)
}

// missing are the fields of the form that nothing was typed into.
func (v *visit) missing(fields ...string) []models.FieldFault {
	var faults []models.FieldFault
	for _, field := range fields {
		if strings.TrimSpace(v.PostForm(field)) == "" {
			faults = append(faults, models.Fault(field, "required"))
		}
	}
	return faults
}

// reference is the one that the form carries on, or the address brings.
func (v *visit) reference() string {
	id, err := uuid.Parse(cmp.Or(v.form("reference"), v.Query("reference")))
	if err != nil {
		return ""
	}
	return id.String()
}

func (v *visit) completeActivation() error {
	if faults := v.missing("username", "secret", "code", "password", "again"); len(faults) > 0 {
		return v.showCompletion(models.Invalid(faults...))
	}
	username, err := v.portal.Desk.CompleteActivation(v.Request.Context(), desk.Completion{Reference: v.reference(), Username: v.form("username"), Secret: v.form("secret"),
		Code: v.form("code"), Password: v.PostForm("password"), Again: v.PostForm("again")}, v.lang, v.origin())
	if p, ok := formProblem(err); ok {
		return v.showCompletion(p)
	}
	if err != nil {
		return err
	}
	return v.to("/activation/done?username="+url.QueryEscape(username), "")
}

func (v *visit) completionRules() error {
	return v.part("activation-complete", "password-rules", v.rules(v.form("username"), v.PostForm("password"), ruleOfReturns))
}

// activationDone repeats the username by which to sign in, if it is one.
type activationDone struct{ Username string }

func (v *visit) activationDonePage() error {
	username := models.ReadUsername(v.Query("username"), "")
	return v.show("activation-done", frame{Title: v.say.T("activation.done.title"), Lead: v.say.T("activation.done.lead"), Body: activationDone{username}})
}

// disowning is the page behind a warning's link.
type disowning struct {
	desk.Warning
	Action string
}

func (v *visit) disownPage() error {
	found, err := v.portal.Desk.ActivationWarning(v.Request.Context(), v.Param("token"))
	if err != nil {
		return err
	}
	v.Header("X-Robots-Tag", "noindex")
	state := "activation.disown"
	if found.Disowned {
		state = "activation.disowned"
	}
	return v.show("activation-disown", frame{Title: v.say.T(state + ".title"), Lead: v.say.T(state + ".lead"),
		Body: disowning{Warning: found, Action: "/activation/disown/" + v.Param("token")}})
}

func (v *visit) disownActivation() error {
	if err := v.portal.Desk.DisownActivation(v.Request.Context(), v.Param("token"), v.origin()); err != nil {
		return err
	}
	return v.to("/activation/disown/"+url.PathEscape(v.Param("token")), "")
}
