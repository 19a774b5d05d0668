package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/files"
	"loket/models"
)

// paperBody bounds a form that bears one paper.
const paperBody = models.MaxAttachmentBytes + 1<<20

// registrationRoutes are how a company's people come to an account: the public form, the applicant's own page behind the
// link of a message, and the officers' page. Looking at a link changes nothing.
func registrationRoutes() []route {
	all, in := edge.Public(), edge.SignedIn()
	const link, office = "/register/:token", "/registrations/:id"
	return []route{
		get("/register", all, (*visit).registerPage, "Register a company's user: the form"),
		post("/register", all, (*visit).register, "Register a company's user: check, ask whether they are sure, send").limited(edge.RatePublicForm),
		get("/register/sent", all, (*visit).registerSentPage, "What comes next, the same for everybody"),
		get(link, all, (*visit).registrationPage, "The applicant's own page: what to fill in, or where it stands").limited(edge.RateLookup),
		post(link, all, (*visit).fillRegistration, "Begin, save, add or remove a paper, send").bodyOf(paperBody).limited(edge.RateLookup),
		post(link+"/npwp", all, (*visit).readNPWP, "How a company's number is read while it is typed"),
		get(link+"/papers/:file", all, (*visit).saveOwnPaper, "Save a paper of one's own registration").limited(edge.RateLookup),
		get(link+"/papers/:file/view", all, (*visit).viewOwnPaper, "Look at a paper of one's own registration, in a sandbox").limited(edge.RateLookup),
		get(link+"/withdraw", all, (*visit).withdrawRegistrationPage, "Ask whether to withdraw a registration").limited(edge.RateLookup),
		post(link+"/withdraw", all, (*visit).withdrawRegistration, "Withdraw a registration").limited(edge.RatePublicForm),
		get(office, in, (*visit).registrationCasePage, "One registration: its data, its papers, its history"),
		get(office+"/decide", in, (*visit).decideRegistrationPage, "Accept, return or refuse a registration: the form"),
		post(office+"/decide", in, (*visit).decideRegistration, "Accept, return or refuse a registration"),
		get(office+"/papers/:file", in, (*visit).savePaper, "Save a paper of a registration"),
		get(office+"/papers/:file/view", in, (*visit).viewPaper, "Look at a paper of a registration, in a sandbox"),
	}
}

// registerForm is what was typed on the public form. Kept goes along while it is asked about.
type registerForm struct {
	Name, Email string
	Human       human
	Kept        []kept
}

func (v *visit) registerPage() error { return v.showRegister(nil) }

func (v *visit) showRegister(p *models.Problem) error {
	f := frame{Title: v.say.T("register.title"), Lead: v.say.T("register.lead"), Crumbs: v.door()}
	status := http.StatusOK
	if p != nil {
		f.Faults, status = v.faultLines(p), statusOf(p.Code)
	}
	form := registerForm{Name: v.form("name"), Email: v.form("email")}
	var err error
	if form.Human, err = v.human(f.Faults); err != nil {
		return err
	}
	f.Body = form
	return v.showAs(status, "register", f)
}

// register asks whether the sender is sure of their address, and takes the request: both times the whole form comes along.
func (v *visit) register() error {
	if v.form("sure") == "no" {
		return v.showRegister(nil)
	}
	asked := desk.Registration{Name: v.form("name"), Email: v.form("email"), Locale: v.lang, Origin: v.origin(),
		Proof: desk.HumanProof{Work: v.form("altcha"), Question: v.form("question"), Answer: v.form("captcha")}}
	sure, ask := v.form("sure") == "yes", v.portal.Desk.CheckRegister
	if sure {
		ask = v.portal.Desk.Register
	}
	err := ask(v.Request.Context(), asked)
	if p, ok := formProblem(err); ok {
		return v.showRegister(p)
	}
	if err != nil {
		return err
	}
	if !sure {
		return v.showRegisterSure(asked)
	}
	return v.to("/register/sent", "")
}

// showRegisterSure shows once more what was typed, before a message goes.
func (v *visit) showRegisterSure(asked desk.Registration) error {
	return v.show("register-sure", frame{Title: v.say.T("register.sure.title"), Lead: v.say.T("register.sure.lead"), Crumbs: v.door(), Path: "/register",
		Body: registerForm{Name: asked.Name, Email: asked.Email, Kept: v.carried("name", "email", "altcha", "question", "captcha")}})
}

func (v *visit) registerSentPage() error {
	return v.show("register-sent", frame{Title: v.say.T("register.sent.title"), Lead: v.say.T("register.sent.lead"), Crumbs: v.door()})
}

// registrationLink is where the applicant's own page lies.
func (v *visit) registrationLink() string { return "/register/" + v.Param("token") }

// ownRegistration reads the registration behind the link.
func (v *visit) ownRegistration() (models.RegistrationView, error) {
	v.Header("X-Robots-Tag", "noindex")
	return v.portal.Desk.RegistrationByLink(v.Request.Context(), v.Param("token"))
}

func (v *visit) registrationPage() error {
	r, err := v.ownRegistration()
	if errors.Is(err, models.ErrLinkSpent) {
		return v.showAs(statusOf(models.ErrLinkSpent.Code), "registration-over", frame{Title: v.say.T("registration.over.title"), Lead: v.say.T("registration.over.lead"), Crumbs: v.door()})
	}
	if err != nil {
		return err
	}
	body := v.applicantBody(r)
	switch {
	case body.May(models.ActionProve):
		return v.show("registration-prove", frame{Title: v.say.T("registration.prove.title"), Lead: v.say.T("registration.prove.lead"), Body: body})
	case body.May(models.ActionEdit):
		return v.showRegistrationForm(body, nil)
	}
	return v.show("registration", frame{Title: v.say.T("registration.status.title"), Body: body})
}

func (v *visit) showRegistrationForm(body registrationBody, p *models.Problem) error {
	f := frame{Title: v.say.T("registration.form.title"), Lead: v.say.T("registration.form.lead"), Path: body.Action}
	if body.Status == models.StatusReturned {
		f.Title, f.Lead = v.say.T("registration.form.correct"), v.say.T("registration.form.correct_lead")
	}
	status := http.StatusOK
	if p != nil {
		f.Faults, status = v.faultLines(p), statusOf(p.Code)
		body.Lines = f.Faults
	}
	f.Body = body
	return v.showAs(status, "registration-form", f)
}

// typedRegistration is the form as it was typed.
func (v *visit) typedRegistration() models.RegistrationForm {
	return models.RegistrationForm{Name: v.form("name"), Phone: v.form("phone"), Username: v.form("username"),
		CompanyForm: models.CompanyForm{NPWP: v.form("npwp"), Company: v.form("company"), Address: v.form("address"), Postcode: v.form("postcode"),
			CompanyPhone: v.form("company_phone"), EDINumber: v.form("edi_number"), CustomsNumber: v.form("customs_number")}}
}

// fillRegistration does what the pressed button says. Whichever it is, what was typed is kept first.
func (v *visit) fillRegistration() error {
	ctx, token := v.Request.Context(), v.Param("token")
	switch {
	case v.form("do") == "prove":
		_, err := v.portal.Desk.ProveRegistration(ctx, token, v.origin())
		return v.registered(err, "")
	case v.form("sure") == "no":
		return v.to(v.registrationLink(), "")
	case v.form("sure") == "yes":
		return v.submitRegistration()
	}
	form := v.typedRegistration()
	saved, err := v.portal.Desk.SaveRegistration(ctx, token, form, atoi(v.form("version")), v.origin())
	if err == nil {
		saved, err = v.papered(saved)
	}
	if p, ok := formProblem(err); ok && !errors.Is(p, models.ErrLinkSpent) {
		return v.registrationAgain(form, p)
	}
	if err != nil {
		return err
	}
	if v.form("do") == "send" {
		return v.askSubmit(saved)
	}
	return v.to(v.registrationLink(), "registration_saved")
}

// registrationAgain shows the form once more with what was typed in it, whatever is kept.
func (v *visit) registrationAgain(form models.RegistrationForm, p *models.Problem) error {
	r, err := v.ownRegistration()
	if err != nil {
		return err
	}
	body := v.applicantBody(r)
	if !body.May(models.ActionEdit) {
		return v.to(body.Action, "warn."+p.Code)
	}
	body.Form = form
	return v.showRegistrationForm(body, p)
}

// papered takes out the paper that the pressed button names, and adds the one that came with the form, whichever button was
// pressed: what somebody chose is not to be lost.
func (v *visit) papered(r models.RegistrationView) (models.RegistrationView, error) {
	ctx, token := v.Request.Context(), v.Param("token")
	do, paper, _ := strings.Cut(v.form("do"), ":")
	if do == "detach" {
		without, err := v.portal.Desk.RemovePaper(ctx, token, paper, v.origin())
		switch {
		case err == nil:
			r = without
		case !errors.Is(err, models.ErrNotFound): // else it is out already
			return r, err
		}
	}
	header, err := v.FormFile("file")
	switch {
	case err != nil && do != "attach":
		return r, nil
	case err != nil:
		return r, models.Invalid(models.Fault("file", "required"))
	}
	file, err := header.Open()
	if err != nil {
		return r, err
	}
	defer func() { _ = file.Close() }()
	return v.portal.Desk.AddPaper(ctx, token, desk.PaperUpload{Kind: models.PaperKind(v.form("kind")), Name: header.Filename, Body: file}, v.origin())
}

// askSubmit shows what is to be sent and asks whether the applicant is sure.
func (v *visit) askSubmit(r models.RegistrationView) error {
	_, faults := models.ParseRegistrationOf(r.Sort, r.Form, v.portal.Desk.AccountDomain())
	if faults = append(faults, models.CheckPapers(len(r.Papers))...); len(faults) > 0 {
		return v.showRegistrationForm(v.applicantBody(r), models.Invalid(faults...))
	}
	return v.show("registration-sure", frame{Title: v.say.T("registration.sure.title"), Lead: v.say.T("registration.sure.lead"), Body: v.applicantBody(r), Path: v.registrationLink()})
}

// submitRegistration sends what is kept, as it was shown.
func (v *visit) submitRegistration() error {
	r, err := v.ownRegistration()
	if err != nil {
		return err
	}
	_, err = v.portal.Desk.SubmitRegistration(v.Request.Context(), v.Param("token"), r.Form, atoi(v.form("version")), v.origin())
	if p, ok := formProblem(err); ok && !errors.Is(p, models.ErrLinkSpent) {
		return v.registrationAgain(r.Form, p)
	}
	return v.registered(err, "registration_sent")
}

// registered leads back to the applicant's own page after an action. When something was faster, the page shows what came
// of it.
func (v *visit) registered(err error, done string) error {
	if p, ok := formProblem(err); ok && statusOf(p.Code) == http.StatusConflict {
		done = "warn." + p.Code
	} else if err != nil {
		return err
	}
	return v.to(v.registrationLink(), done)
}

func (v *visit) withdrawRegistrationPage() error {
	r, err := v.ownRegistration()
	if err != nil {
		return err
	}
	body := v.applicantBody(r)
	if !body.May(models.ActionWithdraw) {
		return v.to(body.Action, "warn."+models.ErrNotNow.Code)
	}
	return v.show("registration-withdraw", frame{Title: v.say.T("registration.withdraw.title"), Lead: v.say.T("registration.withdraw.lead"), Body: body})
}

func (v *visit) withdrawRegistration() error {
	_, err := v.portal.Desk.WithdrawRegistration(v.Request.Context(), v.Param("token"), v.origin())
	if err == nil { // the link leads nowhere from here on
		return v.to("/register", "registration_withdrawn")
	}
	return v.registered(err, "")
}

// readNPWP answers how a number is read, or what is wrong with it.
func (v *visit) readNPWP() error {
	return v.part("registration-form", "npwp-reads", v.npwpReads(v.form("npwp")))
}

func (v *visit) npwpReads(typed string) string {
	if typed == "" {
		return ""
	}
	npwp, faults := models.ParseNPWP("npwp", typed)
	if len(faults) > 0 {
		return faultText(v.portal.Words, v.say, faults[0])
	}
	return v.say.T("registration.npwp.reads", "npwp", models.FormatNPWP(npwp))
}

func (v *visit) saveOwnPaper() error { return v.ownPaper("attachment") }

func (v *visit) viewOwnPaper() error {
	v.Header("Content-Security-Policy", attachmentPolicy)
	return v.ownPaper("inline")
}

func (v *visit) ownPaper(how string) error {
	v.Header("X-Robots-Tag", "noindex")
	paper, body, err := v.portal.Desk.PaperByLink(v.Request.Context(), v.Param("token"), v.Param("file"))
	if err != nil {
		return err
	}
	v.give(how, paper.Name, files.PDF, body)
	return nil
}

// paperKinds are what a paper can be, the first that is missing chosen.
func (v *visit) paperKinds(papers []models.Paper) []option {
	chosen := models.PaperKind(v.form("kind"))
	var options []option
	for _, k := range models.PaperKinds() {
		there := slices.ContainsFunc(papers, func(p models.Paper) bool { return p.Kind == k })
		if chosen == "" && !there {
			chosen = k
		}
		options = append(options, option{Value: string(k), Text: v.say.T("registration.paper." + string(k)), On: k == chosen})
	}
	return options
}

// applicantBody is a registration as its applicant sees it.
func (v *visit) applicantBody(r models.RegistrationView) registrationBody {
	body := v.registrationBody(r)
	body.Action, body.Key, body.Kinds = v.registrationLink(), uuid.NewString(), v.paperKinds(r.Papers)
	return body
}
