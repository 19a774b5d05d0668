package api

import (
	"context"
	"net/http"
	"strings"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

// PersonID is the path of one of a company's people.
type PersonID struct {
	ID string `path:"id" maxLength:"64" doc:"The person's account."`
}

// CompanyID is the path of one company.
type CompanyID struct {
	ID string `path:"id" maxLength:"64" doc:"The company."`
}

type companiesInput struct {
	Paging
	Text     string `query:"q" maxLength:"100" doc:"Only those whose name or NPWP holds this." example:"rezeki"`
	Orphaned bool   `query:"orphaned" doc:"Only those for which nobody is responsible."`
}

type staffOutput struct{ Body models.StaffView }

type personOutput struct {
	ETag string `header:"ETag" doc:"The person's version; send it back as If-Match."`
	Body models.CompanyPerson
}

func personAnswer(p models.CompanyPerson) *personOutput {
	p.Areas = append([]models.AreaGrant{}, p.Areas...)
	return &personOutput{etag(max(p.Version, 1)), p}
}

type previewInput struct {
	PersonID
	Areas []string `query:"areas" maxItems:"6" doc:"What the person is to have, each as area:level; nothing takes all away." example:"[\"imports:send\",\"manifest:view\"]"`
}

// grants reads area:level pairs; the rules see to what is none.
func (in previewInput) grants() []models.AreaGrant {
	var list []models.AreaGrant
	for _, pair := range in.Areas {
		area, level, _ := strings.Cut(pair, ":")
		list = append(list, models.AreaGrant{Area: models.Area(area), Level: models.AreaLevel(level)})
	}
	return list
}

type previewOutput struct {
	ETag string `header:"ETag" doc:"The person's version; send it back as If-Match."`
	Body models.AreaPreview
}

type areasInput struct {
	PersonID
	Versioned
	Body struct {
		Areas []areaBody `json:"areas" maxItems:"6" nullable:"false" doc:"All that the person is to have: what is left out is taken away."`
	}
}

type areaBody struct {
	Area  models.Area      `json:"area" enum:"permits,imports,exports,rush,manifest,treasury" example:"imports" doc:"Part of the menu."`
	Level models.AreaLevel `json:"level" enum:"view,record,send" example:"record" doc:"How much may be done there; each holds those before it."`
}

type responsibleInput struct {
	PersonID
	Versioned
	Body struct {
		Responsible bool `json:"responsible" example:"true" doc:"Whether the person answers for the company."`
	}
}

type personInput struct {
	PersonID
	Versioned
}

type inviteInput struct {
	Body struct {
		Name  string `json:"name" minLength:"1" maxLength:"300" example:"Sari Wulandari" doc:"The username is made of it, and never changes."`
		Email string `json:"email" minLength:"1" maxLength:"320" example:"sari@niaga.example" doc:"Where the link for the first password goes."`
	}
}

type appointInput struct {
	CompanyID
	Body struct {
		Person string `json:"person" minLength:"1" maxLength:"64" example:"0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081" doc:"The account of one of the company's people, which is active."`
	}
}

type oldAccountInput struct {
	Body struct {
		NPWP    string `json:"npwp" maxLength:"60" example:"01.234.567.8-901.000" doc:"The company's, 15 or 16 digits."`
		Email   string `json:"email" maxLength:"320" example:"sari@niaga.example" doc:"The registered address."`
		Captcha string `json:"captcha" maxLength:"4000" example:"eyJhbGdvcml0aG0iOi…" doc:"The done work: base64 of the challenge as JSON, with number."`
	}
}

func (s *service) companyOperations() {
	in, read := edge.SignedIn(), models.ScopeRead
	reads := edge.Roles(models.CompanyReaderRoles()...)
	missing := []*models.Problem{models.ErrNotFound}
	register(s, operation{id: "list-our-people", method: http.MethodGet, path: "/company/people", tag: tagTraders, summary: "My company's people, and what each may do", access: in, scope: read, refusals: missing,
		text: "All of them for whoever is responsible, oneself for a colleague. Who belongs to no company gets `not_found`."}, s.ownStaff)
	register(s, operation{id: "get-colleague", method: http.MethodGet, path: "/company/people/{id}", tag: tagTraders, summary: "One of my company's people", access: in, scope: read,
		text: "For whoever is responsible, or the person themselves."}, s.colleague)
	register(s, operation{id: "preview-areas", method: http.MethodGet, path: "/company/people/{id}/areas", tag: tagTraders, summary: "What giving somebody areas would open and take away", access: in, scope: read,
		refusals: []*models.Problem{models.ErrForbidden}, text: "The entries of the menu and the applications. It changes nothing."}, s.previewAreas)
	register(s, operation{id: "list-companies", method: http.MethodGet, path: "/companies", tag: tagTraders, summary: "The companies", access: reads, scope: read,
		text: "By name, with how many people each has and how many answer for it."}, s.companies)
	register(s, operation{id: "get-company-people", method: http.MethodGet, path: "/companies/{id}", tag: tagTraders, summary: "A company and its people", access: reads, scope: read,
		text: "Whoever may not read companies does so for their own by `GET /api/v1/company/people`."}, s.staff)
	s.staffOperations()
	s.joiningOperations()
}

func (s *service) staffOperations() {
	in, write := edge.SignedIn(), models.ScopeWrite
	late := []*models.Problem{models.ErrForbidden, models.ErrNotNow, models.ErrStale}
	register(s, operation{id: "set-areas", method: http.MethodPut, path: "/company/people/{id}/areas", tag: tagTraders, summary: "Say what somebody may do", access: in, scope: write, stepUp: true,
		refusals: late, text: "By whoever is responsible, in place of what the person had. It counts at once; what an area opened closes with it. The person is told."}, s.setAreas)
	register(s, operation{id: "set-responsible", method: http.MethodPut, path: "/company/people/{id}/responsible", tag: tagTraders, summary: "Say who answers for the company", access: in, scope: write, stepUp: true,
		refusals: append([]*models.Problem{models.ErrLastResponsible}, late...), text: "Only whose account is active can; the last one stays."}, s.setResponsible)
	register(s, operation{id: "appoint-responsible", method: http.MethodPut, path: "/companies/{id}/responsible", tag: tagTraders, summary: "Appoint somebody responsible where nobody is left",
		access: edge.Roles(models.RoleAdmin), scope: models.ScopeAdmin, stepUp: true, refusals: []*models.Problem{models.ErrHasResponsible, models.ErrNotNow},
		text: "A company that has somebody helps itself."}, s.appointResponsible)
}

func (s *service) joiningOperations() {
	in, write := edge.SignedIn(), models.ScopeWrite
	late := []*models.Problem{models.ErrForbidden, models.ErrNotNow, models.ErrStale}
	register(s, operation{id: "invite-colleague", method: http.MethodPost, path: "/company/people", tag: tagTraders, summary: "Invite a colleague", access: in, scope: write, stepUp: true,
		refusals: []*models.Problem{models.ErrNotFound, models.ErrForbidden},
		text: "Makes an account that awaits its owner's password, for whom whoever is responsible vouches. The link lives 72 hours. It opens nothing before areas are given. " +
			"An address that another account has is answered alike, and told so itself: no account is made then."}, s.inviteColleague)
	for _, o := range []struct {
		id, path, summary, text string
		do                      func(context.Context, *personInput) (*personOutput, error)
	}{
		{"relink-colleague", "link", "Send a colleague another link", "To who has not set a password yet; at most one a minute. The last one is dead.", s.relinkColleague},
		{"close-colleague", "closure", "Close a colleague's account", "Sessions, tokens, known browsers, links and areas end with it. Nobody closes their own.", s.closeColleague},
		{"reopen-colleague", "reopening", "Let a colleague come back", "With a link for a new password, and without areas.", s.reopenColleague},
	} {
		register(s, operation{id: o.id, method: http.MethodPost, path: "/company/people/{id}/" + o.path, tag: tagTraders, summary: o.summary, access: in, scope: write, stepUp: true,
			refusals: append([]*models.Problem{models.ErrLastResponsible, models.ErrTooSoon}, late...), text: o.text}, o.do)
	}
	register(s, operation{id: "activate-old-account", method: http.MethodPost, path: "/old-accounts", tag: tagEntry, status: http.StatusAccepted,
		summary: "Ask for a link for the first password of an imported account", access: edge.Public(), rate: edge.RatePublicForm,
		text: "If an account of a company with that NPWP has the address and no password yet, a link that lives 72 hours goes there: at most one a minute, 5 an hour and 12 a day. " +
			"It is the way back after a lapsed link, too. The answer is the same whether that is so or not."}, s.activateOldAccount)
}

func (s *service) ownStaff(ctx context.Context, _ *nothing) (*staffOutput, error) {
	v, err := s.desk.OwnStaff(ctx, actorIn(ctx))
	return &staffOutput{v}, err
}

func (s *service) staff(ctx context.Context, in *CompanyID) (*staffOutput, error) {
	v, err := s.desk.Staff(ctx, actorIn(ctx), in.ID)
	return &staffOutput{v}, err
}

func (s *service) companies(ctx context.Context, in *companiesInput) (*listed[models.CompanySummary], error) {
	page, err := s.desk.Companies(ctx, actorIn(ctx), desk.CompanyQuery{Text: in.Text, Orphaned: in.Orphaned, PageQuery: in.query()})
	kept := map[string][]string{"q": {in.Text}}
	if in.Orphaned {
		kept["orphaned"] = []string{"true"}
	}
	return list("/companies", page, in.Limit, kept), err
}

func (s *service) colleague(ctx context.Context, in *PersonID) (*personOutput, error) {
	p, err := s.desk.Colleague(ctx, actorIn(ctx), in.ID)
	return personAnswer(p), err
}

func (s *service) previewAreas(ctx context.Context, in *previewInput) (*previewOutput, error) {
	v, err := s.desk.PreviewAreas(ctx, actorIn(ctx), in.ID, in.grants())
	return &previewOutput{etag(max(v.Version, 1)), v}, err
}

func (s *service) setAreas(ctx context.Context, in *areasInput) (*personOutput, error) {
	var areas []models.AreaGrant
	for _, a := range in.Body.Areas {
		areas = append(areas, models.AreaGrant(a))
	}
	return s.person(in.Versioned, func(version int) (models.CompanyPerson, error) {
		return s.desk.SetAreas(ctx, actorIn(ctx), in.ID, areas, version)
	})
}

// person makes a change of the version that was read, and answers the person as they are then.
func (s *service) person(v Versioned, change func(version int) (models.CompanyPerson, error)) (*personOutput, error) {
	version, err := v.version()
	if err != nil {
		return nil, err
	}
	p, err := change(version)
	return personAnswer(p), err
}

func (s *service) setResponsible(ctx context.Context, in *responsibleInput) (*personOutput, error) {
	return s.person(in.Versioned, func(version int) (models.CompanyPerson, error) {
		return s.desk.SetResponsible(ctx, actorIn(ctx), in.ID, in.Body.Responsible, version)
	})
}

func (s *service) appointResponsible(ctx context.Context, in *appointInput) (*staffOutput, error) {
	v, err := s.desk.AppointResponsible(ctx, actorIn(ctx), in.ID, in.Body.Person)
	return &staffOutput{v}, err
}

func (s *service) inviteColleague(ctx context.Context, in *inviteInput) (*empty, error) {
	return nil, s.desk.InviteColleague(ctx, actorIn(ctx), models.Colleague(in.Body))
}

func (s *service) relinkColleague(ctx context.Context, in *personInput) (*personOutput, error) {
	return s.person(in.Versioned, func(version int) (models.CompanyPerson, error) {
		return s.desk.RelinkColleague(ctx, actorIn(ctx), in.ID, version)
	})
}

func (s *service) closeColleague(ctx context.Context, in *personInput) (*personOutput, error) {
	return s.person(in.Versioned, func(version int) (models.CompanyPerson, error) {
		return s.desk.CloseColleague(ctx, actorIn(ctx), in.ID, version)
	})
}

func (s *service) reopenColleague(ctx context.Context, in *personInput) (*personOutput, error) {
	return s.person(in.Versioned, func(version int) (models.CompanyPerson, error) {
		return s.desk.ReopenColleague(ctx, actorIn(ctx), in.ID, version)
	})
}

func (s *service) activateOldAccount(ctx context.Context, in *oldAccountInput) (*empty, error) {
	v := visitIn(ctx)
	return nil, s.desk.ActivateOldAccount(ctx, desk.OldAccount{Form: models.OldAccountForm{NPWP: in.Body.NPWP, Email: in.Body.Email},
		Proof: desk.HumanProof{Work: in.Body.Captcha}, Locale: v.lang, Origin: v.origin})
}
