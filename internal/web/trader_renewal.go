package web

import (
	"errors"

	"github.com/google/uuid"

	"loket/internal/desk"
	"loket/models"
)

// identityForm asks for what officers check: another NPWP or name, with the company's other data.
type identityForm struct {
	models.CompanyForm
	Key string
}

func (v *visit) identityPage() error {
	company, err := v.editableCompany()
	if err != nil {
		return err
	}
	return v.showIdentity(models.CompanyForm{NPWP: models.FormatNPWP(company.NPWP), Company: company.Name, Address: company.Address, Postcode: company.Postcode,
		CompanyPhone: company.Phone, EDINumber: company.EDINumber, CustomsNumber: company.CustomsNumber}, nil)
}

func (v *visit) showIdentity(form models.CompanyForm, p *models.Problem) error {
	f := frame{Title: v.say.T("trader.identity.title"), Lead: v.say.T("trader.identity.lead"), Crumbs: v.toProfile(), Body: identityForm{form, uuid.NewString()}}
	return v.showForm("profile-identity", f, p)
}

func (v *visit) askIdentity() error {
	data := v.companyData()
	form := models.CompanyForm{NPWP: v.form("npwp"), Company: v.form("company"), Address: data.Address, Postcode: data.Postcode, CompanyPhone: data.Phone,
		EDINumber: data.EDINumber, CustomsNumber: data.CustomsNumber}
	asked, err := v.portal.Desk.ChangeCompany(v.Request.Context(), v.actor(), form, v.key())
	if p, ok := formProblem(err); ok && !errors.Is(p, models.ErrForbidden) {
		return v.showIdentity(form, p)
	}
	if err != nil {
		return err
	}
	return v.to(models.CasePath(models.KindRegistration, asked.ID), "identity_asked")
}

// renewalForm is the form by which an account is renewed. Yes says that the box is ticked.
type renewalForm struct {
	companyEdit
	models.Term
	Company     models.CompanyView
	Responsible bool
	Yes         bool
	Return      string
}

func (v *visit) renewalPage() error { return v.showRenewal(renewalForm{}, nil) }

func (v *visit) showRenewal(form renewalForm, p *models.Problem) error {
	body, err := v.profileBody()
	if err != nil {
		return err
	}
	form.Term, form.Company, form.Responsible, form.Return = body.Term, body.Company, body.Responsible, local(v.wayBack())
	f := frame{Title: v.say.T("trader.renewal.title"), Lead: body.Company.Name}
	if !form.Ended {
		f.Crumbs = v.toProfile()
	}
	if p == nil {
		form.CompanyData, form.Version = body.Company.Data(), body.Company.Version
	}
	if err := v.meanwhile(&form.companyEdit, &f, p); err != nil {
		return err
	}
	f.Body = form
	return v.showForm("profile-renewal", f, p)
}

// wayBack is where the visitor was going when their account had ended.
func (v *visit) wayBack() string {
	if way := v.PostForm("return"); way != "" {
		return way
	}
	return v.Query("return")
}

// renew confirms the company's data; whoever is responsible sends them along as they ought to be.
func (v *visit) renew() error {
	form := renewalForm{companyEdit: companyEdit{CompanyData: v.companyData(), Version: atoi(v.form("version"))}, Yes: v.form("confirmed") == "yes"}
	in := desk.Renewal{Confirmed: form.Yes, Version: form.Version}
	if v.form("edited") == "yes" {
		in.Data = &form.CompanyData
	}
	_, err := v.portal.Desk.Renew(v.Request.Context(), v.actor(), in)
	if p, ok := formProblem(err); ok && !errors.Is(p, models.ErrForbidden) {
		return v.showRenewal(form, p)
	}
	if err != nil {
		return err
	}
	if way := local(v.wayBack()); way != "/" {
		return v.to(way, "account_renewed")
	}
	return v.to("/profile", "account_renewed")
}

// toRenewal leads to the only page that is left, and remembers where the visitor was going.
func (v *visit) toRenewal() { v.elsewhere(renewalPath) }
