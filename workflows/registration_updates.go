package workflows

import (
	"go.temporal.io/sdk/workflow"

	"loket/models"
)

// UpdateProve is the applicant's word that the link reached them.
const UpdateProve = "prove"

// Prove is the payload of UpdateProve.
type Prove struct {
	Asked
}

// SendRegistration is the payload of UpdateSend for a registration, the first time and again: Version is that of the form
// that was checked.
type SendRegistration struct {
	Asked
	Version int `json:"version"`
}

// JudgeRegistration is the payload of UpdateDecide for a registration: approve, refuse or return.
type JudgeRegistration struct {
	Asked
	Action models.Action      `json:"action"`
	Reason string             `json:"reason,omitempty"`
	Notes  []models.FieldNote `json:"notes,omitempty"`
}

func (r *registration) handlers() []handler {
	return []handler{
		{UpdateProve, r.prove, func(ctx workflow.Context, in Prove) error { return r.may(ctx, in.Asked, models.ActionProve) }},
		{UpdateSend, r.send, func(ctx workflow.Context, in SendRegistration) error { return r.may(ctx, in.Asked, r.sending()) }},
		{UpdateWithdraw, r.withdrawn, func(ctx workflow.Context, in Withdraw) error { return r.may(ctx, in.Asked, models.ActionWithdraw) }},
		{UpdateDecide, r.judge, r.mayJudge},
	}
}

// prove opens the form.
func (r *registration) prove(ctx workflow.Context, in Prove) (models.Recorded, error) {
	return r.byPerson(ctx, in.Asked, models.ActionProve, func() (models.Change, error) {
		after, due := *r.c, r.now(ctx).Add(models.RegistrationFormLife)
		after.Status, after.Due = models.StatusForm, &due
		return models.Change{Type: models.EventRegistrationProven, After: after}, nil
	})
}

func (r *registration) sending() models.Action {
	if r.c.Status == models.StatusReturned {
		return models.ActionResubmit
	}
	return models.ActionSend
}

// send puts the form before the officers, the first time or again.
func (r *registration) send(ctx workflow.Context, in SendRegistration) (rec models.Recorded, err error) {
	if _, err := workflow.AwaitWithTimeout(ctx, catchUpTime, func() bool { return !r.behind(in.Asked) }); err != nil {
		return rec, err
	}
	err = r.inTurn(ctx, func() error {
		act, event := r.sending(), models.EventRegistrationSent
		if act == models.ActionResubmit {
			event = models.EventRegistrationResent
		}
		if err := r.may(ctx, in.Asked, act); err != nil {
			return err
		}
		b, err := r.plan(ctx)
		if err != nil {
			return err
		}
		rec, err = r.recordBy(ctx, in.Asked, act, func() (models.Change, error) {
			ch := r.toOfficers(event, b, r.now(ctx))
			ch.Draft, ch.Notices = in.Version, append(ch.Notices, r.toSender("sent"))
			return ch, nil
		})
		return err
	})
	return rec, err
}

// withdrawn takes the registration back; an officer who is asked is told.
func (r *registration) withdrawn(ctx workflow.Context, in Withdraw) (models.Recorded, error) {
	return r.byPerson(ctx, in.Asked, models.ActionWithdraw, func() (models.Change, error) {
		ch := r.end(models.EventWithdrawn, models.StatusWithdrawn, "")
		if r.c.Status == models.StatusVerification {
			ch.Notices = append(ch.Notices, r.toDecider("withdrawn"))
		}
		return ch, nil
	})
}

func (r *registration) mayJudge(ctx workflow.Context, in JudgeRegistration) error {
	var faults []models.FieldFault
	switch in.Action {
	case models.ActionApprove:
	case models.ActionRefuse:
		faults = models.CheckReason("reason", in.Reason)
	case models.ActionReturn:
		faults = models.CheckRegistrationReturn(in.Reason, in.Notes)
	default:
		faults = []models.FieldFault{models.Fault("action", "choice_unknown")}
	}
	if len(faults) > 0 {
		return refusal(models.Invalid(faults...))
	}
	return r.may(ctx, in.Asked, in.Action)
}

// judge is an officer's word. Company and account are made where a yes is recorded, in one transaction with it.
func (r *registration) judge(ctx workflow.Context, in JudgeRegistration) (models.Recorded, error) {
	return r.byPerson(ctx, in.Asked, in.Action, func() (models.Change, error) {
		switch in.Action {
		case models.ActionApprove:
			return r.accepted(ctx, in.Reason), nil
		case models.ActionReturn:
			ch := r.end(models.EventReturned, models.StatusReturned, in.Reason, r.toSender("returned"))
			due := r.s.Calendar.Add(r.now(ctx), models.RegistrationRevision).UTC()
			ch.After.Due, ch.Notes, ch.Calendar = &due, in.Notes, r.s.Calendar.Ref()
			return ch, nil
		}
		return r.end(models.EventRefused, models.StatusRefused, in.Reason, r.toSender("refused")), nil
	})
}

func (r *registration) accepted(ctx workflow.Context, reason string) models.Change {
	if r.in.Sort == models.RegistrationCompany {
		return r.end(models.EventApproved, models.StatusDone, reason, r.toCompany("company_changed"))
	}
	ch := r.end(models.EventApproved, models.StatusActivation, reason, r.toSender("accepted"), r.toCompany("newcomer"))
	due := r.now(ctx).Add(models.CredentialLife)
	ch.After.Due = &due
	return ch
}

// toCompany tells whoever is responsible for the company, but for the newcomer.
func (r *registration) toCompany(word string) models.NoticeSpec {
	return models.NoticeSpec{Kind: r.message(word), To: models.Recipient{Party: models.PartyResponsible}}
}
