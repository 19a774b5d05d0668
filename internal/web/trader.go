package web

import (
	"errors"

	"loket/internal/edge"
	"loket/internal/i18n"
	"loket/models"
)

// renewalPath is the one page that an account opens after its end.
const renewalPath = "/profile/renewal"

// traderRoutes are what a company's people do about their own account and their company.
func traderRoutes() []route {
	all, in, over := edge.Public(), edge.SignedIn(), edge.Renewal()
	return []route{
		get("/profile", in, (*visit).profilePage, "The own account as a company's person, and the company"),
		get("/profile/edit", in, (*visit).profileForm, "Change the own name, telephone and language: the form"),
		post("/profile/edit", in, (*visit).saveProfile, "Change the own name, telephone and language"),
		get("/profile/company", in, (*visit).companyDataPage, "Change the company's data: the form"),
		post("/profile/company", in, (*visit).saveCompanyData, "Change the company's data"),
		get("/profile/identity", in, (*visit).identityPage, "Ask for another NPWP or name of the company: the form"),
		post("/profile/identity", in, (*visit).askIdentity, "Ask for another NPWP or name of the company"),
		get("/profile/email", in, (*visit).emailPage, "Ask for another address: the form"),
		post("/profile/email", in, (*visit).askEmail, "Ask for another address").proven((*visit).showEmail),
		get(renewalPath, over, (*visit).renewalPage, "Renew the own account: the form"),
		post(renewalPath, over, (*visit).renew, "Renew the own account"),
		get("/email/confirm/:token", all, (*visit).confirmEmailPage, "The page of a new address's link; looking spends nothing").limited(edge.RateLookup),
		post("/email/confirm/:token", all, (*visit).confirmEmail, "Prove a new address").limited(edge.RatePublicForm),
		get("/email/undo/:token", all, (*visit).undoEmailPage, "The page of the link that undoes a change of address; looking spends nothing").limited(edge.RateLookup),
		post("/email/undo/:token", all, (*visit).undoEmail, "Undo a change of address").limited(edge.RatePublicForm),
	}
}

// profileBody is who somebody is to their company, and the company.
type profileBody struct {
	models.TraderView
	Company models.CompanyView
}

func (v *visit) profileBody() (profileBody, error) {
	ctx, a := v.Request.Context(), v.actor()
	var body profileBody
	var err error
	if body.TraderView, err = v.portal.Desk.Trader(ctx, a); err != nil {
		return body, err
	}
	body.Company, err = v.portal.Desk.OwnCompany(ctx, a)
	return body, err
}

// traderHome is what a company's person begins with.
type traderHome struct {
	profileBody
	Shelves []shelf
}

func (v *visit) traderHome() error {
	var body traderHome
	var err error
	if body.profileBody, err = v.profileBody(); err != nil {
		return err
	}
	tiles, err := v.portal.Desk.MyApplications(v.Request.Context(), v.actor(), "")
	if err != nil {
		return err
	}
	body.Shelves = shelves(tiles)
	return v.show("trader-home", frame{Title: v.greeting(), Lead: body.Company.Name, Body: body})
}

func (v *visit) profilePage() error {
	body, err := v.profileBody()
	if err != nil {
		return err
	}
	return v.show("profile", frame{Title: v.say.T("trader.title"), Lead: body.Company.Name, Body: body})
}

func (v *visit) toProfile() []link { return []link{{v.say.T("trader.title"), "/profile"}} }

// profileEdit is what somebody changes of themselves.
type profileEdit struct {
	models.TraderProfile
	Languages []option
}

func (v *visit) profileForm() error {
	own, err := v.portal.Desk.Trader(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	return v.showProfileForm(models.TraderProfile{Name: own.Name, Phone: own.Phone, Locale: own.Locale}, nil)
}

func (v *visit) showProfileForm(p models.TraderProfile, fault *models.Problem) error {
	body := profileEdit{TraderProfile: p}
	for _, lang := range i18n.Languages() {
		body.Languages = append(body.Languages, option{Value: lang, Text: v.say.T("ui.language." + lang), On: lang == p.Locale})
	}
	f := frame{Title: v.say.T("trader.edit.title"), Lead: v.say.T("trader.edit.lead"), Crumbs: v.toProfile(), Body: body}
	return v.showForm("profile-edit", f, fault)
}

// showForm shows a form, with what was wrong with it.
func (v *visit) showForm(page string, f frame, p *models.Problem) error {
	if p == nil {
		return v.show(page, f)
	}
	if len(f.Faults) == 0 {
		f.Faults = v.faultLines(p)
	}
	return v.showAs(statusOf(p.Code), page, f)
}

func (v *visit) saveProfile() error {
	typed := models.TraderProfile{Name: v.form("name"), Phone: v.form("phone"), Locale: v.form("locale")}
	_, err := v.portal.Desk.SetProfile(v.Request.Context(), v.actor(), typed)
	if p, ok := formProblem(err); ok {
		return v.showProfileForm(typed, p)
	}
	if err != nil {
		return err
	}
	v.portal.Cookies.Set(v.Writer, languageCookie, typed.Locale, yearLong)
	return v.to("/profile", "profile_saved")
}

// companyEdit is what whoever is responsible changes of the company. Now are its data as they are, where somebody else
// changed them meanwhile.
type companyEdit struct {
	models.CompanyData
	Name, NPWP string
	Version    int
	Now        *models.CompanyView
}

func (v *visit) companyDataPage() error {
	company, err := v.editableCompany()
	if err != nil {
		return err
	}
	return v.showCompanyData(companyEdit{CompanyData: company.Data(), Version: company.Version}, nil)
}

// editableCompany refuses whoever is not responsible before they fill in a form.
func (v *visit) editableCompany() (models.CompanyView, error) {
	company, err := v.portal.Desk.OwnCompany(v.Request.Context(), v.actor())
	if err == nil && !company.Editable {
		err = models.ErrForbidden
	}
	return company, err
}

func (v *visit) showCompanyData(body companyEdit, p *models.Problem) error {
	f := frame{Title: v.say.T("trader.company.title"), Crumbs: v.toProfile()}
	if err := v.meanwhile(&body, &f, p); err != nil {
		return err
	}
	f.Body, f.Lead = body, body.Name
	return v.showForm("profile-company", f, p)
}

// meanwhile fills in what a form does not carry, and tells who changed the company's data since it was shown: what was typed
// stays, against the data as they are now.
func (v *visit) meanwhile(body *companyEdit, f *frame, p *models.Problem) error {
	company, err := v.portal.Desk.OwnCompany(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	body.Name, body.NPWP = company.Name, company.NPWP
	if p != nil && errors.Is(p, models.ErrStale) {
		body.Now, body.Version = &company, company.Version
		f.Faults = []faultLine{{Href: "#now", Text: v.say.T("trader.company.stale", "name", company.ChangedBy)}}
	}
	return nil
}

func (v *visit) companyData() models.CompanyData {
	return models.CompanyData{Address: v.form("address"), Postcode: v.form("postcode"), Phone: v.form("company_phone"),
		EDINumber: v.form("edi_number"), CustomsNumber: v.form("customs_number")}
}

func (v *visit) saveCompanyData() error {
	typed := companyEdit{CompanyData: v.companyData(), Version: max(1, atoi(v.form("version")))}
	_, err := v.portal.Desk.ChangeCompanyData(v.Request.Context(), v.actor(), typed.CompanyData, typed.Version)
	if p, ok := formProblem(err); ok && !errors.Is(p, models.ErrForbidden) {
		return v.showCompanyData(typed, p)
	}
	if err != nil {
		return err
	}
	return v.to("/profile#company", "company_saved")
}
