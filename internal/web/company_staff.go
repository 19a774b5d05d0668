package web

import (
	"context"
	"net/http"
	"slices"

	"loket/models"
)

// staffStep is something that is asked about once more before it is done to a colleague.
type staffStep struct {
	path, what, done string
	warn             bool
	change           func(v *visit, ctx context.Context, version int) error
}

func staffSteps() []staffStep {
	id := func(v *visit) string { return v.Param("id") }
	return []staffStep{
		{path: "responsible", what: "have somebody answer for the company", done: "responsible_set", change: func(v *visit, ctx context.Context, version int) error {
			_, err := v.portal.Desk.SetResponsible(ctx, v.actor(), id(v), true, version)
			return err
		}},
		{path: "release", what: "have somebody answer for the company no longer", done: "responsible_ended", warn: true, change: func(v *visit, ctx context.Context, version int) error {
			_, err := v.portal.Desk.SetResponsible(ctx, v.actor(), id(v), false, version)
			return err
		}},
		{path: "close", what: "close a colleague's account", done: "colleague_closed", warn: true, change: func(v *visit, ctx context.Context, version int) error {
			_, err := v.portal.Desk.CloseColleague(ctx, v.actor(), id(v), version)
			return err
		}},
		{path: "reopen", what: "let a colleague come back", done: "colleague_reopened", change: func(v *visit, ctx context.Context, version int) error {
			_, err := v.portal.Desk.ReopenColleague(ctx, v.actor(), id(v), version)
			return err
		}},
		{path: "link", what: "send a colleague another link", done: "colleague_linked", change: func(v *visit, ctx context.Context, version int) error {
			_, err := v.portal.Desk.RelinkColleague(ctx, v.actor(), id(v), version)
			return err
		}},
	}
}

func (s staffStep) summary() string { return string(s.what[0]-'a'+'A') + s.what[1:] }

type staffStepBody struct {
	models.CompanyPerson
	Step  string
	Warn  bool
	Proof proofPart
}

func (s staffStep) page(v *visit) error { return s.again(v, nil) }

// again asks, with what was wrong with the password that came.
func (s staffStep) again(v *visit, p *models.Problem) error {
	staff, one, err := v.colleague()
	switch {
	case err != nil:
		return err
	case !staff.Manages:
		return models.ErrForbidden
	}
	at := "/company/people/" + one.ID
	f := frame{Title: v.say.T("company.step."+s.path+".title", "name", one.Name), Lead: staff.Name, Crumbs: append(v.staffCrumbs(), link{one.Name, at}), Path: at + "/" + s.path}
	status := http.StatusOK
	if p != nil {
		f.Faults, status = v.faultLines(p), statusOf(p.Code)
	}
	f.Body = staffStepBody{one.CompanyPerson, s.path, s.warn, v.proof(f.Faults)}
	return v.showAs(status, "company-step", f)
}

func (s staffStep) do(v *visit) error {
	return v.staffed(s.change(v, v.Request.Context(), atoi(v.form("version"))), s.done)
}

// inviteForm is whom somebody invites.
type inviteForm struct {
	models.Colleague
	Proof proofPart
}

func (v *visit) invitePage() error { return v.showInvite(nil) }

func (v *visit) showInvite(p *models.Problem) error {
	staff, err := v.portal.Desk.OwnStaff(v.Request.Context(), v.actor())
	switch {
	case err != nil:
		return err
	case !staff.Manages:
		return models.ErrForbidden
	}
	f := frame{Title: v.say.T("company.invite.title"), Lead: v.say.T("company.invite.lead", "company", staff.Name), Crumbs: v.staffCrumbs()}
	status := http.StatusOK
	if p != nil {
		f.Faults, status = v.faultLines(p), statusOf(p.Code)
	}
	f.Body = inviteForm{models.Colleague{Name: v.form("name"), Email: v.form("email")}, v.proof(f.Faults)}
	return v.showAs(status, "company-invite", f)
}

func (v *visit) invite() error {
	err := v.portal.Desk.InviteColleague(v.Request.Context(), v.actor(), models.Colleague{Name: v.form("name"), Email: v.form("email")})
	if refused, ok := formProblem(err); ok && len(refused.Faults) > 0 {
		return v.showInvite(refused)
	}
	if err != nil {
		return err
	}
	return v.to("/company/people", "colleague_invited")
}

// appointment is who could answer for a company for which nobody does.
type appointment struct {
	staffBody
	Choices []option
	Proof   proofPart
	Error   string
}

func (v *visit) companyPage() error { return v.showAppointment(nil) }

func (v *visit) showAppointment(p *models.Problem) error {
	staff, err := v.portal.Desk.Staff(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	f := frame{Title: staff.Name, Lead: "NPWP " + models.FormatNPWP(staff.NPWP), Crumbs: []link{{v.say.T("company.list.title"), "/companies"}}, Path: "/companies/" + staff.ID}
	status := http.StatusOK
	if p != nil {
		f.Faults, status = v.faultLines(p), statusOf(p.Code)
	}
	body := appointment{staffBody: v.staffBody(staff), Proof: v.proof(f.Faults), Error: of(f.Faults, "person")}
	for _, one := range staff.People {
		if staff.Appoints && one.Status == "active" {
			body.Choices = append(body.Choices, option{Value: one.ID, Text: one.Name, Hint: one.Username, On: v.form("person") == one.ID})
		}
	}
	f.Body = body
	return v.showAs(status, "company", f)
}

func (v *visit) appointResponsible() error {
	if v.form("person") == "" {
		return v.showAppointment(models.Invalid(models.Fault("person", "required")))
	}
	_, err := v.portal.Desk.AppointResponsible(v.Request.Context(), v.actor(), v.Param("id"), v.form("person"))
	if p, ok := formProblem(err); ok && slices.Contains([]string{models.ErrHasResponsible.Code, models.ErrNotNow.Code}, p.Code) {
		return v.to("/companies/"+v.Param("id"), "warn."+p.Code)
	}
	if err != nil {
		return err
	}
	return v.to("/companies/"+v.Param("id"), "responsible_set")
}
