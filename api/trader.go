package api

import (
	"context"
	"net/http"
	"time"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

type traderOutput struct{ Body models.TraderView }

type profileInput struct {
	Body struct {
		Name   string `json:"name" maxLength:"300" example:"Sari Wibowo" doc:"My name, as others in the agency see it."`
		Phone  string `json:"phone" maxLength:"60" example:"+62 812 5550 101" doc:"My telephone; may be empty."`
		Locale string `json:"locale" enum:"id,en" example:"id" doc:"Language of mail, and of answers without Accept-Language."`
	}
}

type companyOutput struct {
	ETag string `header:"ETag" doc:"The version of the company's data; send it back as If-Match."`
	Body models.CompanyView
}

func companyAnswer(view models.CompanyView) *companyOutput {
	return &companyOutput{ETag: etag(view.Version), Body: view}
}

type companyBody struct {
	Address       string `json:"address" maxLength:"600" example:"Jl. Contoh 1, Jakarta" doc:"Where the company is."`
	Postcode      string `json:"postcode" maxLength:"20" example:"10110" doc:"Five digits."`
	Phone         string `json:"company_phone" maxLength:"60" example:"021 555 0101" doc:"The company's telephone."`
	EDINumber     string `json:"edi_number" maxLength:"100" example:"EDI-0012345" doc:"May be empty."`
	CustomsNumber string `json:"customs_number" maxLength:"100" example:"05.012345" doc:"Customs registration number; may be empty."`
}

type companyInput struct {
	Versioned
	Body companyBody
}

type companyChangeInput struct {
	Keyed
	Body CompanyFormBody
}

type emailChangeInput struct {
	Body struct {
		Email string `json:"email" maxLength:"320" example:"sari@niaga.example" doc:"The new address."`
	}
}

type emailLinkBody struct {
	Username string    `json:"username" example:"sari.wibowo" doc:"Whose address it is about."`
	Name     string    `json:"name" example:"Sari Wibowo" doc:"The person's name."`
	Email    string    `json:"email" example:"sari@niaga.example" doc:"The address that the link came to."`
	Instead  string    `json:"instead,omitempty" example:"s***@mail.example" doc:"Of a link that undoes a change: the present address, masked."`
	Expires  time.Time `json:"expires" doc:"When it stops working."`
}

type emailLinkOutput struct{ Body emailLinkBody }

type renewalBody struct {
	Term    models.Term        `json:"term" doc:"How long the account lives, and from when to when it can be renewed."`
	Company models.CompanyView `json:"company" doc:"What is to be confirmed."`
}

type renewalOutput struct {
	ETag string `header:"ETag" doc:"The version of the company's data; send it as version."`
	Body renewalBody
}

type renewInput struct {
	Body struct {
		Confirmed bool         `json:"confirmed" example:"true" doc:"That the company's data hold."`
		Version   int          `json:"version" minimum:"1" example:"1" doc:"Which version of the data was looked at."`
		Company   *companyBody `json:"company,omitempty" doc:"What they ought to be, by whoever is responsible; left out, they stay as they are."`
	}
}

type termOutput struct{ Body models.Term }

type traderForgottenInput struct {
	Body struct {
		Email   string `json:"email" maxLength:"320" example:"sari@niaga.example" doc:"The account's address."`
		Captcha string `json:"captcha" maxLength:"4000" example:"eyJhbGdvcml0aG0iOi…" doc:"The done work: base64 of the challenge as JSON, with number."`
		Sure    bool   `json:"sure" example:"true" doc:"That the message is to be sent; false checks the form alone."`
	}
}

func (s *service) traderOperations() {
	in, read, write := edge.SignedIn(), models.ScopeRead, models.ScopeWrite
	missing := []*models.Problem{models.ErrNotFound}
	register(s, operation{id: "get-profile", method: http.MethodGet, path: "/me/profile", tag: tagTraders, summary: "My account as a company's person", access: in, scope: read, refusals: missing,
		text: "Who belongs to no company has none, and gets `not_found`."}, s.profile)
	register(s, operation{id: "change-profile", method: http.MethodPut, path: "/me/profile", tag: tagTraders, summary: "Change my name, telephone and language", access: in, scope: write, refusals: missing,
		text: "At once. The username never changes."}, s.changeProfile)
	register(s, operation{id: "get-company", method: http.MethodGet, path: "/me/company", tag: tagTraders, summary: "My company", access: in, scope: read, refusals: missing,
		text: "Everybody of the company sees all of it."}, s.company)
	register(s, operation{id: "change-company", method: http.MethodPut, path: "/me/company", tag: tagTraders, summary: "Change my company's data", access: in, scope: write,
		refusals: []*models.Problem{models.ErrNotFound, models.ErrForbidden, models.ErrStale},
		text:     "For whoever is responsible. Another NPWP or name is for the officers to check. `stale` tells in `params` who changed the data meanwhile, and when."}, s.changeCompany)
	register(s, operation{id: "ask-company-change", method: http.MethodPost, path: "/me/company/changes", tag: tagTraders, summary: "Ask for another NPWP or name of my company", status: created,
		access: in, scope: write, refusals: []*models.Problem{models.ErrForbidden, models.ErrNotNow, models.ErrIdempotencyConflict},
		text: "For whoever is responsible. A registration of the sort `company`, which officers accept, return or refuse; until then everything stays as it is. The rest of the form changes with it."}, s.askCompanyChange)
	register(s, operation{id: "get-renewal", method: http.MethodGet, path: "/me/renewal", tag: tagTraders, summary: "When my account ends", access: edge.Renewal(), scope: read, refusals: missing,
		text: "With the company's data, which are confirmed by renewing."}, s.renewal)
	register(s, operation{id: "renew-account", method: http.MethodPost, path: "/me/renewal", tag: tagTraders, summary: "Renew my account", access: edge.Renewal(), scope: write,
		refusals: []*models.Problem{models.ErrNotFound, models.ErrNotNow, models.ErrStale, models.ErrForbidden},
		text:     "From 30 days before its end until 30 days after, by confirming the company's data. After the end everything else answers `account_ended`."}, s.renew)
	s.emailOperations()
}

func (s *service) emailOperations() {
	spent := []*models.Problem{models.ErrLinkSpent}
	register(s, operation{id: "ask-email-change", method: http.MethodPost, path: "/me/email-change", tag: tagTraders, summary: "Ask for another address", status: http.StatusAccepted,
		access: edge.SignedIn(), scope: models.ScopeWrite, stepUp: true, refusals: []*models.Problem{models.ErrNotFound},
		text: "The new address gets a link that lives 24 hours and voids the one before; the old one is told. At most one a minute, 5 an hour and 12 a day. " +
			"The answer is the same whether the address is another account's or not."}, s.askEmailChange)
	register(s, operation{id: "get-email-change", method: http.MethodGet, path: "/email-changes/{token}", tag: tagTraders, summary: "Look at the link of a new address",
		access: edge.Public(), rate: edge.RateLookup, refusals: spent, text: "Spends nothing."}, s.emailProof)
	register(s, operation{id: "prove-email", method: http.MethodPost, path: "/email-changes/{token}", tag: tagTraders, summary: "Prove a new address by its link",
		access: edge.Public(), rate: edge.RatePublicForm, refusals: spent,
		text: "The address is the account's from then on; the old one gets a link by which it can undo that for 72 hours."}, s.proveEmail)
	register(s, operation{id: "get-email-undo", method: http.MethodGet, path: "/email-undos/{token}", tag: tagTraders, summary: "Look at the link that undoes a change of address",
		access: edge.Public(), rate: edge.RateLookup, refusals: spent, text: "Spends nothing."}, s.emailUndo)
	register(s, operation{id: "undo-email", method: http.MethodPost, path: "/email-undos/{token}", tag: tagTraders, summary: "Undo a change of address",
		access: edge.Public(), rate: edge.RatePublicForm, refusals: spent,
		text: "The account has its old address again, which gets a link to set a password. The password is void; sessions, tokens and known browsers are gone, and so are later changes."}, s.undoEmail)
	register(s, operation{id: "forgot-trader-password", method: http.MethodPost, path: "/trader-password-resets", tag: tagEntry, status: http.StatusAccepted,
		summary: "Ask for a link by which to set a new password, as a company's person", access: edge.Public(), rate: edge.RatePublicForm,
		text: "If an active account of a company's person has the address, a message with a link goes there, as of `POST /api/v1/password-resets`, which also tells where the link leads. " +
			"The answer is the same whether that is so or not."}, s.forgotTraderPassword)
}

func (s *service) profile(ctx context.Context, _ *nothing) (*traderOutput, error) {
	view, err := s.desk.Trader(ctx, actorIn(ctx))
	return &traderOutput{view}, err
}

func (s *service) changeProfile(ctx context.Context, in *profileInput) (*traderOutput, error) {
	view, err := s.desk.SetProfile(ctx, actorIn(ctx), models.TraderProfile{Name: in.Body.Name, Phone: in.Body.Phone, Locale: in.Body.Locale})
	return &traderOutput{view}, err
}

func (s *service) company(ctx context.Context, _ *nothing) (*companyOutput, error) {
	view, err := s.desk.OwnCompany(ctx, actorIn(ctx))
	return companyAnswer(view), err
}

func (s *service) changeCompany(ctx context.Context, in *companyInput) (*companyOutput, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	view, err := s.desk.ChangeCompanyData(ctx, actorIn(ctx), models.CompanyData(in.Body), version)
	return companyAnswer(view), err
}

func (s *service) askCompanyChange(ctx context.Context, in *companyChangeInput) (*registrationOutput, error) {
	return answerRegistration(s.desk.ChangeCompany(ctx, actorIn(ctx), models.CompanyForm(in.Body), in.Key))
}

func (s *service) renewal(ctx context.Context, _ *nothing) (*renewalOutput, error) {
	trader, err := s.desk.Trader(ctx, actorIn(ctx))
	if err != nil {
		return nil, err
	}
	company, err := s.desk.OwnCompany(ctx, actorIn(ctx))
	return &renewalOutput{ETag: etag(company.Version), Body: renewalBody{Term: trader.Term, Company: company}}, err
}

func (s *service) renew(ctx context.Context, in *renewInput) (*termOutput, error) {
	renewal := desk.Renewal{Confirmed: in.Body.Confirmed, Version: in.Body.Version}
	if in.Body.Company != nil {
		data := models.CompanyData(*in.Body.Company)
		renewal.Data = &data
	}
	term, err := s.desk.Renew(ctx, actorIn(ctx), renewal)
	return &termOutput{term}, err
}

func (s *service) askEmailChange(ctx context.Context, in *emailChangeInput) (*empty, error) {
	return nil, s.desk.AskEmailChange(ctx, actorIn(ctx), in.Body.Email)
}

func (s *service) emailProof(ctx context.Context, in *LinkInput) (*emailLinkOutput, error) {
	link, err := s.desk.EmailProof(ctx, in.Token)
	return &emailLinkOutput{emailLinkBody(link)}, err
}

func (s *service) proveEmail(ctx context.Context, in *LinkInput) (*empty, error) {
	return nil, s.desk.ProveEmail(ctx, in.Token, visitIn(ctx).origin)
}

func (s *service) emailUndo(ctx context.Context, in *LinkInput) (*emailLinkOutput, error) {
	link, err := s.desk.EmailUndo(ctx, in.Token)
	return &emailLinkOutput{emailLinkBody(link)}, err
}

func (s *service) undoEmail(ctx context.Context, in *LinkInput) (*empty, error) {
	return nil, s.desk.UndoEmail(ctx, in.Token, visitIn(ctx).origin)
}

func (s *service) forgotTraderPassword(ctx context.Context, in *traderForgottenInput) (*empty, error) {
	v := visitIn(ctx)
	asked := desk.Forgotten{Form: models.ForgottenForm{Trader: true, Email: in.Body.Email}, Proof: desk.HumanProof{Work: in.Body.Captcha}, Locale: v.lang, Origin: v.origin}
	if !in.Body.Sure {
		return nil, s.desk.CheckForgotten(ctx, asked)
	}
	return nil, s.desk.ForgotPassword(ctx, asked)
}
