package web

import (
	"errors"
	"net/http"

	"github.com/google/uuid"

	"loket/internal/desk"
	"loket/internal/files"
	"loket/models"
)

// registrationNotes are what the form of a return offers a note for.
func registrationNotes() []string {
	return []string{"npwp", "company", "address", "postcode", "company_phone", "edi_number", "customs_number", "papers", "name", "phone", "username"}
}

// registrationCase reads a registration as whoever is signed in may.
func (v *visit) registrationCase() (registrationBody, error) {
	r, err := v.portal.Desk.Registration(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return registrationBody{}, err
	}
	body := v.registrationBody(r)
	body.In, body.Key = v.inList(), uuid.NewString()
	return body, nil
}

// registrationCrumbs lead back to where registrations are found.
func (v *visit) registrationCrumbs(then ...link) []link {
	return append([]link{{v.say.T("portal.nav.home"), "/"}, {v.say.T("portal.inbox.title"), "/inbox"}}, then...)
}

func (v *visit) registrationTitle(b registrationBody) string {
	if b.Form.Company == "" {
		return v.say.T("registration.kind")
	}
	return v.say.T("registration.case.title", "company", b.Form.Company)
}

func (v *visit) registrationCasePage() error {
	body, err := v.registrationCase()
	if err != nil {
		return err
	}
	return v.show("registration-case", frame{Title: v.registrationTitle(body), Body: body, Crumbs: v.registrationCrumbs(link{Text: body.Number}), Beside: v.besides(body.ID, false)})
}

func (v *visit) decideRegistrationPage() error { return v.showDecideRegistration(nil) }

func (v *visit) showDecideRegistration(p *models.Problem) error {
	body, err := v.registrationCase()
	if err != nil {
		return err
	}
	here := "/registrations/" + body.ID
	if !body.Decides() {
		return v.to(here, "warn."+models.ErrNotNow.Code)
	}
	verdict := v.form("verdict")
	for _, act := range []models.Action{models.ActionApprove, models.ActionReturn, models.ActionRefuse} {
		name := verdictOf(act)
		body.Choices = append(body.Choices, option{Value: string(act), Text: v.say.T("registration.decide." + name), Hint: v.say.T("registration.decide." + name + "_hint"), On: verdict == string(act)})
	}
	body.Typed = v.reason("reason")
	f := frame{Title: v.say.T("registration.decide.title"), Lead: v.registrationTitle(body), Beside: v.besides(body.ID, true), Phrases: v.phrases(), Path: here + "/decide",
		Crumbs: v.registrationCrumbs(link{body.Number, here}, link{Text: v.say.T("registration.decide.title")})}
	status := http.StatusOK
	if p != nil {
		f.Faults, status = v.notedLines(v.faultLines(p), registrationNotes()), statusOf(p.Code)
		body.Lines = f.Faults
	}
	body.Notes = v.noteInputsFor(registrationNotes(), body.Lines)
	f.Body = body
	return v.showAs(status, "registration-decide", f)
}

// verdictOf is how the words call an officer's answer.
func verdictOf(a models.Action) string {
	if a == models.ActionApprove {
		return "accept"
	}
	return string(a)
}

func (v *visit) decideRegistration() error {
	if v.inserting() {
		return v.showDecideRegistration(nil)
	}
	in := desk.RegistrationDecision{Action: models.Action(v.form("verdict")), Reason: v.form("reason"), Seq: atoi(v.form("seq"))}
	done := map[models.Action]string{models.ActionApprove: "registration_accepted", models.ActionReturn: "registration_returned", models.ActionRefuse: "registration_refused"}[in.Action]
	if done == "" {
		return v.showDecideRegistration(models.Invalid(models.Fault("verdict", "required")))
	}
	if in.Action == models.ActionReturn {
		in.Notes = v.typedNotesFor(registrationNotes())
	}
	v.lookAheadOf(func() (string, error) {
		r, err := v.portal.Desk.Registration(v.Request.Context(), v.actor(), v.Param("id"))
		return r.Number, err
	})
	_, err := v.portal.Desk.DecideRegistration(v.Request.Context(), v.actor(), v.Param("id"), in, v.key())
	p, ok := formProblem(err)
	switch {
	case ok && (len(p.Faults) > 0 || errors.Is(p, models.ErrStale)):
		return v.showDecideRegistration(p)
	case ok && statusOf(p.Code) == http.StatusConflict:
		return v.to("/registrations/"+v.Param("id"), "warn."+p.Code)
	case err != nil:
		return err
	case v.ahead != nil:
		return v.moveOn(done)
	}
	return v.to("/registrations/"+v.Param("id"), done)
}

func (v *visit) savePaper() error { return v.paper("attachment") }

func (v *visit) viewPaper() error {
	v.Header("Content-Security-Policy", attachmentPolicy)
	return v.paper("inline")
}

func (v *visit) paper(how string) error {
	paper, body, err := v.portal.Desk.Paper(v.Request.Context(), v.actor(), v.Param("id"), v.Param("file"))
	if err != nil {
		return err
	}
	v.give(how, paper.Name, files.PDF, body)
	return nil
}
