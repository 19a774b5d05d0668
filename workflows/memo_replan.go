package workflows

import (
	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
)

// findDecider looks anew who is to be asked, since an office may have lost its holder or a unit its place: the item
// goes to whoever the plan of today names next. Where nobody is left, an admin is told to appoint somebody; the clock
// goes on meanwhile, so that silence cannot last.
func (m *memo) findDecider(ctx workflow.Context) error {
	for m.replan.ReceiveAsync(nil) {
	}
	b, err := m.plan(ctx, activities.BriefInput{Sender: m.c.Sender, OnItsWay: true})
	if err != nil {
		return err
	}
	return m.inTurn(ctx, func() error { return m.reassign(ctx, b) })
}

// reassign takes over a fresh plan, if the memo still waits for a decider.
func (m *memo) reassign(ctx workflow.Context, b activities.Brief) error {
	if m.c.Status != models.StatusApproval && m.c.Status != models.StatusVerification {
		return nil
	}
	fresh := b.Head
	if m.c.Stage == models.StageOfficer {
		fresh = b.Officers
	}
	steps, found := models.Replan(m.steps(m.c.Stage), m.c.Step, fresh)
	after := *m.c
	after.Unit, after.UnitPath = b.Case.Unit, b.Case.UnitPath
	ch := models.Change{Type: models.EventReassigned, After: after}
	switch {
	case !found && m.c.Trouble != "" && after.UnitPath == m.c.UnitPath:
		return nil // an admin knows
	case !found && m.c.Trouble != "":
	case !found:
		ch = m.vacant(after)
	case steps[m.c.Step].Candidate != m.s.Turn.Step.Candidate || m.c.Trouble != "":
		m.adopt(b, steps)
		ch = m.turnTo(models.EventReassigned, after, steps, m.c.Step, m.now(ctx))
	case after.UnitPath != m.c.UnitPath:
		m.adopt(b, steps)
	default:
		m.adopt(b, steps)
		return nil
	}
	ch.EventID = "replan:" + m.next()
	_, err := m.record(ctx, ch, false)
	return err
}

// adopt makes the steps that now hold the memo's own, with the calendar: those of the stage it stands in, and the officers to come.
func (m *memo) adopt(b activities.Brief, steps []models.Step) {
	m.s.Calendar = b.Calendar
	if m.c.Stage == models.StageOfficer {
		m.s.Officers = steps
		return
	}
	m.s.Head, m.s.Officers = steps, b.Officers
}

// vacant tells an admin that nobody could decide, and the sender that they know.
func (m *memo) vacant(after models.Case) models.Change {
	after.Trouble = models.TroubleApprover
	admin := models.Candidate{Role: models.RoleAdmin}
	return models.Change{Type: models.EventTrouble, After: after, Notices: []models.NoticeSpec{
		{Kind: "approver_needed", To: models.Recipient{Candidate: &admin}}, m.toSender("memo_vacant")}}
}
