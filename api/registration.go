package api

import (
	"context"
	"mime"
	"net/http"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/files"
	"loket/models"
)

type registerInput struct {
	Body struct {
		Name    string `json:"name" maxLength:"200" example:"Sari Wibowo" doc:"Your full name."`
		Email   string `json:"email" maxLength:"320" example:"sari.wibowo@sumber-rezeki.example" doc:"Where the link goes, and all news of the registration."`
		Captcha string `json:"captcha" maxLength:"4000" example:"eyJhbGdvcml0aG0iOi…" doc:"The done work of GET /api/v1/captcha: base64 of the challenge as JSON, with number."`
	}
}

// CompanyFormBody is what is told of a company.
type CompanyFormBody struct {
	NPWP          string `json:"npwp,omitempty" maxLength:"40" example:"01.234.567.8-901.000" doc:"Taxpayer number, 15 or 16 digits, in the printed form or without dots."`
	Company       string `json:"company,omitempty" maxLength:"200" example:"PT Sumber Rezeki Contoh" doc:"The company's name."`
	Address       string `json:"address,omitempty" maxLength:"400" example:"Jalan Pelabuhan Raya 12, Jakarta Utara" doc:"The company's address."`
	Postcode      string `json:"postcode,omitempty" maxLength:"20" example:"14310" doc:"5 digits."`
	CompanyPhone  string `json:"company_phone,omitempty" maxLength:"40" example:"021 555 0101" doc:"The company's telephone."`
	EDINumber     string `json:"edi_number,omitempty" maxLength:"100" example:"EDI-000417" doc:"EDI number, if the company has one."`
	CustomsNumber string `json:"customs_number,omitempty" maxLength:"100" example:"05.017042" doc:"Customs registration number, if the company has one."`
}

// RegistrationBody is a registration's form as its applicant sends it.
type RegistrationBody struct {
	Name     string `json:"name,omitempty" maxLength:"200" example:"Sari Wibowo" doc:"The applicant's full name."`
	Phone    string `json:"phone,omitempty" maxLength:"40" example:"0812 5550 0101" doc:"The applicant's telephone."`
	Username string `json:"username,omitempty" maxLength:"150" example:"sari.wibowo" doc:"For signing in: 2 to 64 small letters and digits, a letter first, dots between; alone or with the agency's domain. It can never be changed."`
	CompanyFormBody
}

func (b RegistrationBody) form() models.RegistrationForm {
	return models.RegistrationForm{Name: b.Name, Phone: b.Phone, Username: b.Username, CompanyForm: models.CompanyForm(b.CompanyFormBody)}
}

type saveRegistrationInput struct {
	LinkInput
	Versioned
	Body RegistrationBody
}

// PaperLink names a paper of one's own registration in the path.
type PaperLink struct {
	LinkInput
	Paper string `path:"paper" maxLength:"64" doc:"The paper's id."`
}

// RegistrationID names a registration in the path.
type RegistrationID struct {
	ID string `path:"id" maxLength:"64" doc:"The registration's id."`
}

// PaperID names a paper of a registration in the path.
type PaperID struct {
	RegistrationID
	Paper string `path:"paper" maxLength:"64" doc:"The paper's id."`
}

type registrationOutput struct {
	CacheControl string `header:"Cache-Control"`
	ETag         string `header:"ETag" doc:"The registration's version; send it back as If-Match."`
	Body         models.RegistrationView
}

type registrationDecisionInput struct {
	RegistrationID
	Keyed
	Body struct {
		Action models.Action `json:"action" enum:"approve,refuse,return" example:"approve" doc:"approve makes the account, refuse ends the registration, return gives it back for correction."`
		Reason string        `json:"reason,omitempty" example:"The power of attorney is not signed." doc:"Required but for approve; the applicant reads it. At most 1,000 characters."`
		Notes  []paperNote   `json:"notes,omitempty" nullable:"false" maxItems:"50" doc:"With return alone: notes on single fields."`
		Seq    int           `json:"seq,omitempty" minimum:"0" doc:"The registration's seq as you read it; when somebody acted since, nothing happens." example:"4"`
	}
}

type paperNote struct {
	Field string `json:"field" enum:"name,phone,username,npwp,company,address,postcode,company_phone,edi_number,customs_number,papers" example:"papers" doc:"What is to be corrected."`
	Note  string `json:"note" example:"Page 2 is empty." doc:"What to correct in it. At most 1,000 characters."`
}

// registrationOperations are how a company's people come to an account. What is asked by a token is asked by whoever holds
// the link of a message, signed in or not.
func (s *service) registrationOperations() {
	register(s, operation{id: "register", method: http.MethodPost, path: "/registrations", tag: tagTraders, status: http.StatusAccepted,
		summary: "Register a company's user", access: edge.Public(), rate: edge.RatePublicForm,
		text: "A message with a link goes to the address. The answer is the same, in text, status, length and time, whether the address is somebody's already or not. Faults are of the form's shape alone."}, s.register)
	const link = "/registrations/by-link/{token}"
	gone, late := []*models.Problem{models.ErrLinkSpent}, []*models.Problem{models.ErrLinkSpent, models.ErrNotNow, models.ErrStale}
	register(s, operation{id: "get-own-registration", method: http.MethodGet, path: link, tag: tagTraders, summary: "Look at my registration",
		access: edge.Public(), rate: edge.RateLookup, refusals: gone,
		text: "By the link, which opens it until it has ended. Changes nothing; `actions` says what can be done now, `prove` first."}, s.ownRegistration)
	register(s, operation{id: "prove-registration", method: http.MethodPost, path: link + "/proof", tag: tagTraders, summary: "Say that the link reached me",
		access: edge.Public(), rate: edge.RateLookup, refusals: late, text: "Within 24 hours of the message; opens the form for 14 days. No body."}, s.proveRegistration)
	register(s, operation{id: "save-registration", method: http.MethodPut, path: link, tag: tagTraders, summary: "Keep what I have filled in so far",
		access: edge.Public(), rate: edge.RateLookup, refusals: late, text: "The whole form, however little: what is left out is emptied. Papers are uploaded on their own."}, s.saveRegistration)
	register(s, operation{id: "send-registration", method: http.MethodPost, path: link + "/send", tag: tagTraders, summary: "Send my registration to the officers",
		access: edge.Public(), rate: edge.RateLookup, refusals: late, text: "The whole form, checked; the first time, or again when it was returned. With a fault it stays with you."}, s.sendRegistration)
	register(s, operation{id: "withdraw-registration", method: http.MethodPost, path: link + "/withdrawal", tag: tagTraders, summary: "Take my registration back",
		access: edge.Public(), rate: edge.RateLookup, refusals: late, text: "Until officers have decided. No body."}, s.withdrawRegistration)
	s.paperOperations(link, gone, late)
	s.registrationOfficeOperations()
}

func (s *service) paperOperations(link string, gone, late []*models.Problem) {
	register(s, operation{id: "add-paper", method: http.MethodPost, path: link + "/papers", tag: tagTraders, summary: "Add a company paper",
		access: edge.Public(), rate: edge.RateLookup, upload: true, kinds: texts(models.PaperKinds()), refusals: late,
		text: "A PDF of at most 5 MB, one to five in all. Refused are files that are something else besides, are locked, or bear scripts or further files. The same file again changes nothing."}, s.addPaper)
	register(s, operation{id: "remove-paper", method: http.MethodDelete, path: link + "/papers/{paper}", tag: tagTraders, summary: "Take a paper out",
		access: edge.Public(), rate: edge.RateLookup, refusals: late, text: "While the form can be changed."}, s.removePaper)
	register(s, operation{id: "get-own-paper", method: http.MethodGet, path: link + "/papers/{paper}", tag: tagTraders, summary: "Save a paper of my registration",
		access: edge.Public(), rate: edge.RateLookup, file: files.PDF, refusals: gone, text: "The bytes as they were uploaded."}, s.ownPaper)
}

func (s *service) registrationOfficeOperations() {
	register(s, operation{id: "get-registration", method: http.MethodGet, path: "/registrations/{id}", tag: tagTraders, summary: "Read a registration",
		access: edge.SignedIn(), scope: models.ScopeRead,
		text: "For officers, auditors, whoever decided on it, the person who came of it, and whoever is responsible for the company. `known` is the company that has the NPWP already."}, s.registration)
	register(s, operation{id: "get-paper", method: http.MethodGet, path: "/registrations/{id}/papers/{paper}", tag: tagTraders, summary: "Save a paper",
		access: edge.SignedIn(), scope: models.ScopeRead, file: files.PDF, text: "For whoever may read the registration."}, s.paper)
	register(s, operation{id: "decide-registration", method: http.MethodPost, path: "/registrations/{id}/decision", tag: tagTraders, summary: "Accept, refuse or return a registration",
		access: edge.SignedIn(), scope: models.ScopeDecide, refusals: []*models.Problem{models.ErrAlreadyDecided, models.ErrNotNow, models.ErrNotYours, models.ErrStale, models.ErrIdempotencyConflict},
		text: "As officer, from the queue `registration` of the inbox."}, s.decideRegistration)
}

func (s *service) register(ctx context.Context, in *registerInput) (*empty, error) {
	v := visitIn(ctx)
	return nil, s.desk.Register(ctx, desk.Registration{Name: in.Body.Name, Email: in.Body.Email, Proof: desk.HumanProof{Work: in.Body.Captcha}, Locale: v.lang, Origin: v.origin})
}

// answerRegistration answers with a registration as it now stands, and its version.
func answerRegistration(r models.RegistrationView, err error) (*registrationOutput, error) {
	if r.Actions == nil {
		r.Actions = []models.Action{}
	}
	if r.Papers == nil {
		r.Papers = []models.Paper{}
	}
	return &registrationOutput{CacheControl: "no-store", ETag: etag(r.Version), Body: r}, err
}

func (s *service) ownRegistration(ctx context.Context, in *LinkInput) (*registrationOutput, error) {
	return answerRegistration(s.desk.RegistrationByLink(ctx, in.Token))
}

func (s *service) proveRegistration(ctx context.Context, in *LinkInput) (*registrationOutput, error) {
	return answerRegistration(s.desk.ProveRegistration(ctx, in.Token, visitIn(ctx).origin))
}

func (s *service) saveRegistration(ctx context.Context, in *saveRegistrationInput) (*registrationOutput, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return answerRegistration(s.desk.SaveRegistration(ctx, in.Token, in.Body.form(), version, visitIn(ctx).origin))
}

func (s *service) sendRegistration(ctx context.Context, in *saveRegistrationInput) (*registrationOutput, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return answerRegistration(s.desk.SubmitRegistration(ctx, in.Token, in.Body.form(), version, visitIn(ctx).origin))
}

func (s *service) withdrawRegistration(ctx context.Context, in *LinkInput) (*registrationOutput, error) {
	return answerRegistration(s.desk.WithdrawRegistration(ctx, in.Token, visitIn(ctx).origin))
}

func (s *service) addPaper(ctx context.Context, in *LinkInput) (*registrationOutput, error) {
	up := uploadIn(ctx)
	return answerRegistration(s.desk.AddPaper(ctx, in.Token, desk.PaperUpload{Kind: models.PaperKind(up.Kind), Name: up.Name, Body: up.Body}, visitIn(ctx).origin))
}

func (s *service) removePaper(ctx context.Context, in *PaperLink) (*registrationOutput, error) {
	return answerRegistration(s.desk.RemovePaper(ctx, in.Token, in.Paper, visitIn(ctx).origin))
}

func (s *service) ownPaper(ctx context.Context, in *PaperLink) (*attachmentOutput, error) {
	return answerPaper(s.desk.PaperByLink(ctx, in.Token, in.Paper))
}

func (s *service) registration(ctx context.Context, in *RegistrationID) (*registrationOutput, error) {
	return answerRegistration(s.desk.Registration(ctx, actorIn(ctx), in.ID))
}

func (s *service) paper(ctx context.Context, in *PaperID) (*attachmentOutput, error) {
	return answerPaper(s.desk.Paper(ctx, actorIn(ctx), in.ID, in.Paper))
}

// answerPaper answers with a paper's bytes.
func answerPaper(p models.Paper, body []byte, err error) (*attachmentOutput, error) {
	return &attachmentOutput{ContentType: files.PDF, Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": p.Name}),
		ETag: `"` + p.SHA256 + `"`, Body: body}, err
}

func (s *service) decideRegistration(ctx context.Context, in *registrationDecisionInput) (*registrationOutput, error) {
	word := desk.RegistrationDecision{Action: in.Body.Action, Reason: in.Body.Reason, Seq: in.Body.Seq}
	for _, n := range in.Body.Notes {
		word.Notes = append(word.Notes, models.FieldNote{Field: n.Field, Note: n.Note})
	}
	return answerRegistration(s.desk.DecideRegistration(ctx, actorIn(ctx), in.ID, word, in.Key))
}
