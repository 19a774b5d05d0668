package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
)

// ActivationWorkflow is the registered name of Activation.
const ActivationWorkflow = "Activation"

// ActivationInput starts an activation's workflow. What was typed is not in it.
type ActivationInput struct {
	CaseID string       `json:"case_id"`
	Clock  models.Clock `json:"clock"`
}

// activationState is all that an activation remembers. A day is short: it never continues as new.
type activationState struct {
	Case     models.Case
	Ends     time.Time
	Reminded bool
}

// activation is one run of Activation.
type activation struct {
	caseRun
	s       activationState
	settled workflow.ReceiveChannel
}

// Activation is an employee's own way to an account (PRODUCT 3.2): somebody looks at the request, and where it is right a
// code goes out, of which there is a reminder after 20 hours and which is over after 24. What comes of the code is decided
// where it is kept; the run is signalled, asks, and records it.
func Activation(ctx workflow.Context, in ActivationInput) error {
	a := &activation{settled: workflow.GetSignalChannel(ctx, SignalSettled)}
	a.s.Case = models.Case{ID: in.CaseID, Kind: models.KindActivation, Status: models.StatusAsked, Seq: 1}
	a.caseRun = caseRun{c: &a.s.Case, clock: in.Clock, turn: workflow.NewMutex(ctx), applied: func(models.Recorded) {}}
	err := workflow.SetQueryHandler(ctx, QueryCase, func() (models.Case, error) { return *a.c, nil })
	if err != nil {
		return err
	}
	for !a.c.Status.Final() {
		if err := a.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (a *activation) step(ctx workflow.Context) error {
	if a.c.Status == models.StatusAsked {
		return a.look(ctx)
	}
	over := a.now(ctx).After(a.s.Ends.Add(graceAfterDue))
	came, err := a.came(ctx, over)
	switch {
	case err != nil:
		return err
	case came != "":
		return a.end(ctx, came)
	case !a.s.Reminded && !a.now(ctx).Before(a.remindAt()):
		return a.remind(ctx)
	}
	return a.wait(ctx)
}

// look judges the request and records what that came to.
func (a *activation) look(ctx workflow.Context) error {
	var activations *activities.Activations
	var found models.Looked
	if err := workflow.ExecuteActivity(unending(ctx), activations.Look, a.c.ID).Get(ctx, &found); err != nil {
		return err
	}
	a.s.Ends = found.Ends
	return a.byClock(ctx, "looked", always, func() models.Change { return models.OpenActivation(*a.c, found, a.now(ctx)) })
}

// came asks what has come of the code; over says that its time has passed.
func (a *activation) came(ctx workflow.Context, over bool) (models.Activated, error) {
	var activations *activities.Activations
	var came models.Activated
	err := workflow.ExecuteActivity(unending(ctx), activations.Settle, activities.SettleInput{CaseID: a.c.ID, Expire: over}).Get(ctx, &came)
	return came, err
}

func (a *activation) end(ctx workflow.Context, came models.Activated) error {
	return a.byClock(ctx, "ended", always, func() models.Change {
		ch := models.Change{After: *a.c}
		ch.Type, ch.After.Status = came.Ending()
		ch.After.Due = nil
		return ch
	})
}

func (a *activation) remindAt() time.Time {
	return a.s.Ends.Add(models.ActivationNote - models.ActivationLife)
}

// remind tells the applicant that the time is running out, without the code.
func (a *activation) remind(ctx workflow.Context) error {
	a.s.Reminded = true
	return a.byClock(ctx, "reminded", always, func() models.Change {
		after := *a.c
		after.Due = &a.s.Ends
		return models.Change{Type: models.EventCodeReminded, After: after,
			Notices: []models.NoticeSpec{{Kind: "activation_reminder", To: models.Recipient{Party: models.PartyApplicant}}}}
	})
}

// wait sleeps until the clock has something to do, or something has come of the code.
func (a *activation) wait(ctx workflow.Context) error {
	at := a.s.Ends.Add(graceAfterDue).Add(time.Millisecond)
	if !a.s.Reminded {
		at = a.remindAt()
	}
	_, err := a.sleepUntil(ctx, at, func() bool { return a.settled.Len() > 0 })
	for a.settled.ReceiveAsync(nil) {
	}
	return err
}
