package desk

import (
	"context"
	"io"

	"loket/internal/auth"
	"loket/models"
)

// Registering is how a company's people come to an account (decision 11). What is asked by a token is asked by whoever
// holds the link of a message, /register/<token>; a token that is unknown or over is ErrLinkSpent.
type Registering interface {
	// Register takes the public form: a name, an address, and the proof that no machine sent it. It answers alike, in the
	// same time, whoever has that address. Fields of faults: name, email, captcha. Challenge and Question give the proof.
	// CheckRegister looks at the same without using the proof up.
	CheckRegister(ctx context.Context, in Registration) error
	Register(ctx context.Context, in Registration) error
	RegistrationForms
	RegistrationPapers
	RegistrationOffice
}

// RegistrationForms are the applicant's way, by the link of a message. A GET of the link's page asks RegistrationByLink
// alone, which changes nothing; while the status is proof, ProveRegistration (a POST) opens the form.
type RegistrationForms interface {
	RegistrationByLink(ctx context.Context, token string) (models.RegistrationView, error)
	ProveRegistration(ctx context.Context, token string, o models.Origin) (models.RegistrationView, error)
	// SaveRegistration keeps what is written so far, however little; version is RegistrationView.Version as its writer saw
	// it (0 = do not compare), ErrStale otherwise. Its faults are of length and characters alone.
	SaveRegistration(ctx context.Context, token string, form models.RegistrationForm, version int, o models.Origin) (models.RegistrationView, error)
	// SubmitRegistration checks the form, keeps it and sends it to the officers, the first time or again. Fields of faults are
	// the form's, and papers. What has faults is kept too where it can be.
	SubmitRegistration(ctx context.Context, token string, form models.RegistrationForm, version int, o models.Origin) (models.RegistrationView, error)
	WithdrawRegistration(ctx context.Context, token string, o models.Origin) (models.RegistrationView, error)
}

// RegistrationPapers are the company's papers, PDF, one to models.MaxPapers.
type RegistrationPapers interface {
	// AddPaper judges a file and adds it. The same file again changes nothing. Faults name the fields file and kind.
	AddPaper(ctx context.Context, token string, up PaperUpload, o models.Origin) (models.RegistrationView, error)
	RemovePaper(ctx context.Context, token, paperID string, o models.Origin) (models.RegistrationView, error)
	// PaperByLink and Paper give a paper with its content, to the applicant and to whoever may read the registration.
	PaperByLink(ctx context.Context, token, paperID string) (models.Paper, []byte, error)
	Paper(ctx context.Context, a models.Actor, id, paperID string) (models.Paper, []byte, error)
}

// RegistrationOffice is what people who are signed in ask. Officers find what waits for them in the inbox, in the queue
// "registration".
type RegistrationOffice interface {
	// Registration is the page of one: for officers, auditors, whoever decided on it, the person who came of it, and whoever
	// is responsible for the company.
	Registration(ctx context.Context, a models.Actor, id string) (models.RegistrationView, error)
	DecideRegistration(ctx context.Context, a models.Actor, id string, in RegistrationDecision, key string) (models.RegistrationView, error)
	// ChangeCompany asks the officers for another NPWP or name of the actor's company; the rest of the form changes with
	// it. Only for whoever is responsible (ErrForbidden otherwise); ErrNotNow while one is open. Fields of faults are the
	// form's.
	ChangeCompany(ctx context.Context, a models.Actor, form models.CompanyForm, key string) (models.RegistrationView, error)
}

// Registration is what somebody sends to begin.
type Registration = auth.Registering

// PaperUpload is a file on its way to a registration. Name is what it calls itself.
type PaperUpload struct {
	Kind models.PaperKind
	Name string
	Body io.Reader
}

// RegistrationDecision is an officer's word: exactly one of models.ActionApprove, ActionRefuse and ActionReturn. A refusal
// and a return need a reason; notes go with a return alone, and name a field of the form, or papers. Seq is
// RegistrationView.Seq as the officer saw it (0 = do not compare): ErrStale otherwise.
type RegistrationDecision struct {
	Action models.Action      `json:"action"`
	Reason string             `json:"reason,omitempty"`
	Notes  []models.FieldNote `json:"notes,omitempty"`
	Seq    int                `json:"seq,omitempty"`
}
