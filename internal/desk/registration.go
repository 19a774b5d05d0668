package desk

import (
	"context"
	"errors"
	"strconv"

	"loket/internal/files"
	"loket/models"
	"loket/workflows"
)

// Register keeps the request; its workflow looks at it once the answer is gone.
func (d *Desk) Register(ctx context.Context, in Registration) error {
	err := d.Service.Register(ctx, in)
	d.hear()
	return err
}

// applicant is whoever holds a link, and the registration to which it leads.
func (d *Desk) applicant(ctx context.Context, token string, o models.Origin) (models.Actor, string, error) {
	a := models.Actor{Agency: models.DefaultAgency, Applicant: true, Origin: o}
	id, err := d.store.RegistrationByToken(ctx, token)
	if errors.Is(err, models.ErrLinkSpent) && o.Channel != "" {
		return a, "", d.spent(ctx, "registration_link", o)
	}
	return a, id, err
}

// spent audits that something was asked by a link that leads nowhere: somebody may be trying.
func (d *Desk) spent(ctx context.Context, action string, o models.Origin) error {
	entry := models.AuditEntry{Stream: "system", At: d.now(), Actor: "system", Action: action, Object: "link", Origin: o, Outcome: models.ErrLinkSpent.Code}
	if err := d.store.AppendAudit(context.WithoutCancel(ctx), entry); err != nil {
		return err
	}
	return models.ErrLinkSpent
}

// RegistrationByLink is the applicant's page.
func (d *Desk) RegistrationByLink(ctx context.Context, token string) (models.RegistrationView, error) {
	a, id, err := d.applicant(ctx, token, models.Origin{})
	if err != nil {
		return models.RegistrationView{}, err
	}
	return d.ownRegistration(ctx, a, id, nil)
}

// ownRegistration answers the applicant's page as it stands, unless there is something wrong: without the names of officers
// and what is known of companies.
func (d *Desk) ownRegistration(ctx context.Context, a models.Actor, id string, err error) (models.RegistrationView, error) {
	if err != nil {
		return models.RegistrationView{}, err
	}
	p, err := d.store.RegistrationPage(ctx, a, id)
	if err != nil {
		return models.RegistrationView{}, err
	}
	v := p.RegistrationView
	v.Actions, v.Steps, v.Known, v.People = models.Allowed(v.Case, a, d.now()), nil, nil, 0
	if v.Sort == models.RegistrationCompany && v.Round < 2 {
		v.Changes = nil
	}
	for i := range v.Timeline {
		v.Timeline[i].ActorName, v.Timeline[i].OnBehalfOfName, v.Timeline[i].Acting = "", "", ""
	}
	return v, nil
}

// askByLink has the workflow of the applicant's registration take one update. key tells a repeat from another.
func (d *Desk) askByLink(ctx context.Context, a models.Actor, in ask) error {
	in.kind = models.KindRegistration
	c, a, err := d.mayOn(ctx, a, in.kind, in.caseID, in.act)
	if err != nil {
		return d.onRecord(ctx, ask{agency: a.Agency, caseID: in.caseID, id: updateID(a.AccountID, in)}, err)
	}
	in.in = in.payload(workflows.Asked{Actor: a, Seen: c.Seq})
	in.still = func(_ context.Context, c models.Case) error { return models.May(c, a, in.act, d.now()) }
	return d.update(ctx, a, in)
}

// ProveRegistration opens the form.
func (d *Desk) ProveRegistration(ctx context.Context, token string, o models.Origin) (models.RegistrationView, error) {
	a, id, err := d.applicant(ctx, token, o)
	if err == nil {
		err = d.askByLink(ctx, a, ask{caseID: id, act: models.ActionProve, update: workflows.UpdateProve, key: "prove", payload: func(by workflows.Asked) any {
			return workflows.Prove{Asked: by}
		}})
	}
	return d.ownRegistration(ctx, a, id, err)
}

// SaveRegistration keeps what is written so far.
func (d *Desk) SaveRegistration(ctx context.Context, token string, form models.RegistrationForm, version int, o models.Origin) (models.RegistrationView, error) {
	form = models.NormalizeRegistration(form)
	a, id, err := d.writes(ctx, token, o)
	if err != nil {
		return models.RegistrationView{}, err
	}
	if faults := models.CheckRegistrationDraft(form); len(faults) > 0 {
		return models.RegistrationView{}, models.Invalid(faults...)
	}
	_, err = d.store.SaveRegistration(ctx, a, id, form, version)
	return d.ownRegistration(ctx, a, id, err)
}

// writes asks that the applicant may write now.
func (d *Desk) writes(ctx context.Context, token string, o models.Origin) (models.Actor, string, error) {
	a, id, err := d.applicant(ctx, token, o)
	if err == nil {
		_, a, err = d.mayOn(ctx, a, models.KindRegistration, id, models.ActionEdit)
	}
	return a, id, err
}

// SubmitRegistration keeps the form, and sends it where nothing is wrong with it.
func (d *Desk) SubmitRegistration(ctx context.Context, token string, form models.RegistrationForm, version int, o models.Origin) (models.RegistrationView, error) {
	form = models.NormalizeRegistration(form)
	a, id, err := d.writes(ctx, token, o)
	if err != nil {
		return models.RegistrationView{}, err
	}
	if faults := models.CheckRegistrationDraft(form); len(faults) > 0 {
		return models.RegistrationView{}, models.Invalid(faults...)
	}
	v, err := d.ownRegistration(ctx, a, id, nil)
	if err != nil {
		return v, err
	}
	read, faults := models.ParseRegistrationOf(v.Sort, form, d.domain)
	if faults = append(faults, models.CheckPapers(len(v.Papers))...); len(faults) > 0 {
		if _, err := d.store.SaveRegistration(ctx, a, id, form, version); err != nil {
			return v, err
		}
		return v, models.Invalid(faults...)
	}
	if version, err = d.store.SaveRegistration(ctx, a, id, read, version); err != nil {
		return v, err
	}
	act := models.ActionSend
	if v.Status == models.StatusReturned {
		act = models.ActionResubmit
	}
	in := ask{caseID: id, act: act, update: workflows.UpdateSend, key: "send:" + strconv.Itoa(version), payload: func(by workflows.Asked) any {
		return workflows.SendRegistration{Asked: by, Version: version}
	}}
	return d.ownRegistration(ctx, a, id, d.askByLink(ctx, a, in))
}

// WithdrawRegistration takes it back.
func (d *Desk) WithdrawRegistration(ctx context.Context, token string, o models.Origin) (models.RegistrationView, error) {
	a, id, err := d.applicant(ctx, token, o)
	if err == nil {
		err = d.askByLink(ctx, a, ask{caseID: id, act: models.ActionWithdraw, update: workflows.UpdateWithdraw, key: "withdraw", payload: func(by workflows.Asked) any {
			return workflows.Withdraw{Asked: by}
		}})
	}
	return d.ownRegistration(ctx, a, id, err)
}

// AddPaper holds the content before it keeps it, and adds the paper last: whatever fails on the way leaves a content that is
// swept, never a registration with a paper that is not there.
func (d *Desk) AddPaper(ctx context.Context, token string, up PaperUpload, o models.Origin) (models.RegistrationView, error) {
	a, id, err := d.writes(ctx, token, o)
	if err != nil {
		return models.RegistrationView{}, err
	}
	if faults := models.CheckPaperKind(up.Kind); len(faults) > 0 {
		return models.RegistrationView{}, models.Invalid(faults...)
	}
	body, err := files.Read(up.Body)
	if err != nil {
		return models.RegistrationView{}, err
	}
	paper := models.Paper{Kind: up.Kind, Name: files.CleanName(up.Name), Size: int64(len(body)), SHA256: files.Sum(body)}
	if err := d.store.HoldPaper(ctx, id, paper.SHA256); err != nil {
		return models.RegistrationView{}, err
	}
	if err := d.files.Put(ctx, paper.SHA256, body); err != nil {
		return models.RegistrationView{}, err
	}
	return d.ownRegistration(ctx, a, id, d.store.AddPaper(ctx, a, id, paper))
}

// RemovePaper takes a paper away.
func (d *Desk) RemovePaper(ctx context.Context, token, paperID string, o models.Origin) (models.RegistrationView, error) {
	a, id, err := d.writes(ctx, token, o)
	if err != nil {
		return models.RegistrationView{}, err
	}
	return d.ownRegistration(ctx, a, id, d.store.RemovePaper(ctx, a, id, paperID))
}

// PaperByLink gives the applicant one of their papers.
func (d *Desk) PaperByLink(ctx context.Context, token, paperID string) (models.Paper, []byte, error) {
	_, id, err := d.applicant(ctx, token, models.Origin{})
	if err != nil {
		return models.Paper{}, nil, err
	}
	return d.paperOf(ctx, id, paperID)
}

func (d *Desk) paperOf(ctx context.Context, id, paperID string) (models.Paper, []byte, error) {
	paper, err := d.store.Paper(ctx, id, paperID)
	if err != nil {
		return paper, nil, err
	}
	body, err := d.files.Get(ctx, paper.SHA256)
	return paper, body, err
}

// Paper gives a paper to whoever may read the registration.
func (d *Desk) Paper(ctx context.Context, a models.Actor, id, paperID string) (models.Paper, []byte, error) {
	if _, err := d.Registration(ctx, a, id); err != nil {
		return models.Paper{}, nil, d.denied(ctx, a, "paper_read", string(models.KindRegistration)+":"+id, err)
	}
	return d.paperOf(ctx, id, paperID)
}

// Registration is a registration's page: at most what the actor may see, with what the actor may do.
func (d *Desk) Registration(ctx context.Context, a models.Actor, id string) (models.RegistrationView, error) {
	a.Applicant = false
	p, err := d.store.RegistrationPage(ctx, a, id)
	if err != nil {
		return models.RegistrationView{}, err
	}
	if !models.Sees(p.Case, p.Actor, p.Decided) {
		return models.RegistrationView{}, models.ErrNotFound
	}
	p.Actions = models.Allowed(p.Case, p.Actor, d.now())
	return p.RegistrationView, nil
}

// DecideRegistration is an officer's word.
func (d *Desk) DecideRegistration(ctx context.Context, a models.Actor, id string, in RegistrationDecision, key string) (models.RegistrationView, error) {
	if faults := in.faults(); len(faults) > 0 {
		return models.RegistrationView{}, models.Invalid(faults...)
	}
	err := d.step(ctx, a, ask{kind: models.KindRegistration, caseID: id, act: in.Action, update: workflows.UpdateDecide, key: key, words: in, seq: in.Seq, payload: func(by workflows.Asked) any {
		return workflows.JudgeRegistration{Asked: by, Action: in.Action, Reason: in.Reason, Notes: in.Notes}
	}})
	if err != nil {
		return models.RegistrationView{}, err
	}
	return d.Registration(ctx, a, id)
}

func (in RegistrationDecision) faults() []models.FieldFault {
	var faults []models.FieldFault
	switch in.Action {
	case models.ActionApprove:
		faults = models.CheckWords("reason", in.Reason)
	case models.ActionRefuse:
		faults = models.CheckReason("reason", in.Reason)
	case models.ActionReturn:
		return models.CheckRegistrationReturn(in.Reason, in.Notes)
	default:
		return []models.FieldFault{models.Fault("action", "choice_unknown")}
	}
	if len(in.Notes) > 0 {
		faults = append(faults, models.Fault("notes", "notes_with_return"))
	}
	return faults
}

// ChangeCompany asks the officers for what whoever is responsible wants changed of their company.
func (d *Desk) ChangeCompany(ctx context.Context, a models.Actor, form models.CompanyForm, key string) (models.RegistrationView, error) {
	if a.Company == "" || !a.Responsible {
		return models.RegistrationView{}, d.denied(ctx, a, "company_change", "company:"+a.Company, models.ErrForbidden)
	}
	read, faults := models.ParseCompany(models.NormalizeRegistration(models.RegistrationForm{CompanyForm: form}).CompanyForm)
	if len(faults) > 0 {
		return models.RegistrationView{}, models.Invalid(faults...)
	}
	id, err := d.idUnder(ctx, a, "company-changes", key, read)
	if err != nil {
		return models.RegistrationView{}, err
	}
	if err := d.askCompanyChange(ctx, a, id, read); err != nil {
		return models.RegistrationView{}, d.denied(ctx, a, "company_change", "company:"+a.Company, err)
	}
	d.hear()
	d.settle(ctx, a, id)
	return d.Registration(ctx, a, id)
}

// askCompanyChange keeps the wish. One that is open by whoever answers for the company no more is in nobody's way: it is
// withdrawn first, by who answers now.
func (d *Desk) askCompanyChange(ctx context.Context, a models.Actor, id string, form models.CompanyForm) error {
	_, err := d.store.AskCompanyChange(ctx, a, id, form)
	if !errors.Is(err, models.ErrNotNow) {
		return err
	}
	old, found := d.store.AbandonedChange(ctx, a.Company)
	if found != nil || old == "" {
		return errors.Join(found, err)
	}
	by := a
	by.Applicant = true
	err = d.askByLink(ctx, by, ask{caseID: old, act: models.ActionWithdraw, update: workflows.UpdateWithdraw, key: "withdraw:" + id, payload: func(by workflows.Asked) any {
		return workflows.Withdraw{Asked: by}
	}})
	if err != nil {
		return err
	}
	_, err = d.store.AskCompanyChange(ctx, a, id, form)
	return err
}
