package workflows

import (
	"go.temporal.io/sdk/workflow"

	"loket/models"
)

// freshPlan is who would be asked as things stand now: the unit whose matter it is, the turns of the stage that the case
// is in, and how the flow takes over those that hold from now on. other says that one turn means somebody else than
// before, although its rule is the same.
type freshPlan struct {
	place models.Case
	steps []models.Step
	other bool
	adopt func([]models.Step)
	// calendar is the one by which the unit works. Runs that began before it came by a signal took it over with the plan.
	calendar models.Calendar
}

// take has the flow take over the turns that hold from now on.
func (k *asker) take(ctx workflow.Context, p freshPlan, steps []models.Step) {
	p.adopt(steps)
	if workflow.GetVersion(ctx, "calendar-by-signal", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		k.a.Calendar = p.calendar
	}
}

// reassign takes over a fresh plan, if the case still waits for a decider.
func (k *asker) reassign(ctx workflow.Context, p freshPlan) error {
	if !k.c.Status.Asks() {
		return nil
	}
	steps, found := models.Replan(k.office.steps(k.c.Stage), k.c.Step, p.steps)
	after := *k.c
	after.Unit, after.UnitPath = p.place.Unit, p.place.UnitPath
	ch := models.Change{Type: models.EventReassigned, After: after}
	switch {
	case !found && k.c.Trouble != "" && after.UnitPath == k.c.UnitPath:
		return nil // an admin knows
	case !found && k.c.Trouble != "":
	case !found:
		ch = k.vacant(after)
	case steps[k.c.Step].Candidate != k.a.Turn.Step.Candidate || k.c.Trouble != "" || p.other:
		k.take(ctx, p, steps)
		ch = k.turnTo(models.EventReassigned, after, steps, k.c.Step, k.now(ctx))
	case after.UnitPath != k.c.UnitPath:
		k.take(ctx, p, steps)
	default:
		k.take(ctx, p, steps)
		return nil
	}
	ch.EventID = "replan:" + k.next()
	_, err := k.record(ctx, ch, false)
	return err
}

// vacant tells an admin that nobody could decide, and the sender that they know.
func (k *asker) vacant(after models.Case) models.Change {
	after.Trouble = models.TroubleApprover
	admin := models.Candidate{Role: models.RoleAdmin}
	return models.Change{Type: models.EventTrouble, After: after, Notices: []models.NoticeSpec{
		{Kind: k.needed, To: models.Recipient{Candidate: &admin}}, k.toSender("vacant")}}
}
