package desk

import (
	"context"
	"slices"
	"strings"

	"loket/models"
	"loket/workflows"
)

// Accesses is how employees come to applications that are given by request: they ask, the head of their unit decides, then
// whoever answers for the application (decision 13).
type Accesses interface {
	// Catalog lists every application with what it is to the actor; text narrows to names that hold it.
	Catalog(ctx context.Context, a models.Actor, text string) ([]models.CatalogEntry, error)
	// CatalogEntry is one of them; ErrNotFound for one that is not there for the actor.
	CatalogEntry(ctx context.Context, a models.Actor, id string) (models.CatalogEntry, error)
	// AskAccess sends a request. Faults name the fields reason and ends. ErrAskedAlready (with case and number) while one
	// is open, ErrHasAccess, ErrNotRequestable, and ErrNoApprover where no head could decide.
	AskAccess(ctx context.Context, a models.Actor, in models.AccessRequest, key string) (models.AccessCaseView, error)
	// AccessCase is a request as the actor may see it.
	AccessCase(ctx context.Context, a models.Actor, id string) (models.AccessCaseView, error)
	AccessSteps
	AccessHolding
}

// AccessSteps are what people do with a request that was sent.
type AccessSteps interface {
	// DecideAccess is the word of the head or the owner; a refusal needs a reason.
	DecideAccess(ctx context.Context, a models.Actor, id string, in AccessDecision, key string) (models.AccessCaseView, error)
	// AskRequester puts a question to the requester, which stops the clock; AnswerAccess is their answer.
	AskRequester(ctx context.Context, a models.Actor, id string, in Message, key string) (models.AccessCaseView, error)
	AnswerAccess(ctx context.Context, a models.Actor, id string, in Message, key string) (models.AccessCaseView, error)
	NudgeAccess(ctx context.Context, a models.Actor, id, key string) (models.AccessCaseView, error)
	WithdrawAccess(ctx context.Context, a models.Actor, id, reason, key string) (models.AccessCaseView, error)
}

// AccessDecision is the word of a head or an owner. Seq is AccessCaseView.Seq as they saw it (0 = do not compare): ErrStale
// otherwise. What a request asks for never changes.
type AccessDecision struct {
	Approve bool   `json:"approve"`
	Reason  string `json:"reason,omitempty"`
	Seq     int    `json:"seq,omitempty"`
}

// AccessHolding is who has an application, for admins and whoever answers for it.
type AccessHolding interface {
	AccessHolders(ctx context.Context, a models.Actor, application string, q models.PageQuery) (models.Page[models.AccessHolder], error)
	// AccessHolder is one of them; ErrNotFound for whoever does not have it.
	AccessHolder(ctx context.Context, a models.Actor, application, accountID string) (models.AccessHolder, error)
	// RevokeAccess takes an application away, for a reason that its holder reads.
	RevokeAccess(ctx context.Context, a models.Actor, application, accountID, reason string) error
}

// Catalog lists every application.
func (d *Desk) Catalog(ctx context.Context, a models.Actor, text string) ([]models.CatalogEntry, error) {
	return d.store.Catalog(ctx, a, strings.TrimSpace(text))
}

// CatalogEntry finds one.
func (d *Desk) CatalogEntry(ctx context.Context, a models.Actor, id string) (models.CatalogEntry, error) {
	list, err := d.store.Catalog(ctx, a, "")
	if err != nil {
		return models.CatalogEntry{}, err
	}
	i := slices.IndexFunc(list, func(e models.CatalogEntry) bool { return e.ID == id })
	if i < 0 {
		return models.CatalogEntry{}, models.ErrNotFound
	}
	return list[i], nil
}

// accessRoute is the route under which the keys of requests are remembered.
const accessRoute = "access-requests"

// AskAccess keeps a request and has its workflow begin. The same key converges on the same request.
func (d *Desk) AskAccess(ctx context.Context, a models.Actor, in models.AccessRequest, key string) (models.AccessCaseView, error) {
	in = models.NormalizeAccess(in)
	if a.EmployeeID == "" { // no head could be asked
		return models.AccessCaseView{}, models.ErrNotRequestable
	}
	today, err := d.today(ctx, a.Agency, a.Unit)
	if err != nil {
		return models.AccessCaseView{}, err
	}
	if faults := models.CheckAccess(in, today); len(faults) > 0 {
		return models.AccessCaseView{}, models.Invalid(faults...)
	}
	id, err := d.idUnder(ctx, a, accessRoute, key, in)
	if err != nil {
		return models.AccessCaseView{}, err
	}
	if err := d.store.CreateAccess(ctx, a, id, in, d.now()); err != nil {
		return models.AccessCaseView{}, d.denied(ctx, a, "access_asked", "application:"+in.Application, err)
	}
	return d.accessAfter(ctx, a, id, d.sendAccess(ctx, a, id))
}

// sendAccess has the workflow of a kept request begin; one that has begun is sent.
func (d *Desk) sendAccess(ctx context.Context, a models.Actor, id string) error {
	c, err := d.store.Case(ctx, a.Agency, id)
	if err != nil || c.Status != models.StatusDraft {
		return err
	}
	in := ask{kind: models.KindAccess, caseID: id, update: workflows.UpdateSend, key: "send", in: workflows.Send{Asked: workflows.Asked{Actor: a}}}
	return d.send(ctx, a, in)
}

// accessAfter answers a request as it stands, unless there is something wrong.
func (d *Desk) accessAfter(ctx context.Context, a models.Actor, id string, err error) (models.AccessCaseView, error) {
	if err != nil {
		return models.AccessCaseView{}, err
	}
	return d.AccessCase(ctx, a, id)
}

// AccessCase is a request's page: at most what the actor may see, with what the actor may do.
func (d *Desk) AccessCase(ctx context.Context, a models.Actor, id string) (models.AccessCaseView, error) {
	p, err := d.store.AccessPage(ctx, a, id)
	if err != nil {
		return models.AccessCaseView{}, err
	}
	if !models.Sees(p.Case, p.Actor, p.Decided) {
		return models.AccessCaseView{}, models.ErrNotFound
	}
	p.Actions = models.Allowed(p.Case, p.Actor, d.now())
	return p.AccessCaseView, nil
}

// stepAccess is step for a request.
func (d *Desk) stepAccess(ctx context.Context, a models.Actor, in ask) (models.AccessCaseView, error) {
	in.kind = models.KindAccess
	return d.accessAfter(ctx, a, in.caseID, d.step(ctx, a, in))
}

// DecideAccess is a head's or an owner's word.
func (d *Desk) DecideAccess(ctx context.Context, a models.Actor, id string, in AccessDecision, key string) (models.AccessCaseView, error) {
	act, faults := verdict(in.Approve, in.Reason)
	if faults != nil {
		return models.AccessCaseView{}, models.Invalid(faults...)
	}
	return d.stepAccess(ctx, a, ask{caseID: id, act: act, update: workflows.UpdateDecide, key: key, words: in, seq: in.Seq, payload: func(by workflows.Asked) any {
		return workflows.Decide{Asked: by, Approve: in.Approve, Reason: in.Reason}
	}})
}

// AskRequester puts a question to the requester.
func (d *Desk) AskRequester(ctx context.Context, a models.Actor, id string, in Message, key string) (models.AccessCaseView, error) {
	if faults := models.CheckReason("text", in.Text); faults != nil {
		return models.AccessCaseView{}, models.Invalid(faults...)
	}
	return d.stepAccess(ctx, a, ask{caseID: id, act: models.ActionAsk, update: workflows.UpdateAsk, key: key, words: in, seq: in.Seq, payload: func(by workflows.Asked) any {
		return workflows.Ask{Asked: by, Question: in.Text}
	}})
}

// AnswerAccess answers the open question.
func (d *Desk) AnswerAccess(ctx context.Context, a models.Actor, id string, in Message, key string) (models.AccessCaseView, error) {
	if faults := models.CheckReason("text", in.Text); faults != nil {
		return models.AccessCaseView{}, models.Invalid(faults...)
	}
	return d.stepAccess(ctx, a, ask{caseID: id, act: models.ActionAnswer, update: workflows.UpdateAnswer, key: key, words: in, seq: in.Seq, payload: func(by workflows.Asked) any {
		return workflows.Answer{Asked: by, Answer: in.Text}
	}})
}

// NudgeAccess reminds whoever is asked.
func (d *Desk) NudgeAccess(ctx context.Context, a models.Actor, id, key string) (models.AccessCaseView, error) {
	return d.stepAccess(ctx, a, ask{caseID: id, act: models.ActionNudge, update: workflows.UpdateNudge, key: key, payload: func(by workflows.Asked) any {
		return workflows.Nudge{Asked: by}
	}})
}

// WithdrawAccess takes a request back.
func (d *Desk) WithdrawAccess(ctx context.Context, a models.Actor, id, reason, key string) (models.AccessCaseView, error) {
	if faults := models.CheckWords("reason", reason); faults != nil {
		return models.AccessCaseView{}, models.Invalid(faults...)
	}
	return d.stepAccess(ctx, a, ask{caseID: id, act: models.ActionWithdraw, update: workflows.UpdateWithdraw, key: key, words: reason, payload: func(by workflows.Asked) any {
		return workflows.Withdraw{Asked: by, Reason: reason}
	}})
}

// AccessHolders lists who has an application.
func (d *Desk) AccessHolders(ctx context.Context, a models.Actor, application string, q models.PageQuery) (models.Page[models.AccessHolder], error) {
	if err := d.answersFor(ctx, a, "access_holders_read", application); err != nil {
		return models.Page[models.AccessHolder]{}, err
	}
	return d.store.AccessHolders(ctx, a.Agency, application, q)
}

// AccessHolder finds one who has an application.
func (d *Desk) AccessHolder(ctx context.Context, a models.Actor, application, accountID string) (models.AccessHolder, error) {
	if err := d.answersFor(ctx, a, "access_holders_read", application); err != nil {
		return models.AccessHolder{}, err
	}
	return d.store.AccessHolder(ctx, a.Agency, application, accountID)
}

// RevokeAccess takes an application away.
func (d *Desk) RevokeAccess(ctx context.Context, a models.Actor, application, accountID, reason string) error {
	if err := d.answersFor(ctx, a, "access_revoked", application); err != nil {
		return err
	}
	if faults := models.CheckReason("reason", reason); faults != nil {
		return models.Invalid(faults...)
	}
	return d.store.RevokeAccess(ctx, a, application, accountID, reason)
}

// answersFor asks that the actor is an admin, or named as the application's owner. Nobody else learns whether there is one.
func (d *Desk) answersFor(ctx context.Context, a models.Actor, action, application string) error {
	err := error(models.ErrNotFound)
	if a.Has(models.RoleAdmin) || a.Holds(models.RoleOwner, application) {
		_, err = d.store.Application(ctx, a.Agency, application)
	}
	return d.denied(ctx, a, action, "application:"+application, err)
}

// ownerChanged has the open requests for an application look for who answers for it now. What the engine does not take now
// is found again by the looks for cases without a decider; the new owner may decide at once in any case.
func (d *Desk) ownerChanged(ctx context.Context, a models.Actor, application string) {
	ids, err := d.store.OpenRequests(ctx, a.Agency, application)
	if err == nil {
		err = d.planAnew(ctx, ids)
	}
	if err != nil {
		d.log.WarnContext(ctx, "requests were not told of another owner", "application", application, "error", err)
	}
}
