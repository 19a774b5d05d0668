package workflows

import (
	"go.temporal.io/sdk/workflow"

	"loket/models"
)

func (m *memo) mayGiveBack(ctx workflow.Context, in Return) error {
	if faults := models.CheckReturn(in.Reason, in.Notes); len(faults) > 0 {
		return refusal(models.Invalid(faults...))
	}
	return m.may(ctx, in.Asked, models.ActionReturn)
}

// giveBack returns the memo to its sender for revision, with notes on what to correct.
func (m *memo) giveBack(ctx workflow.Context, in Return) (models.Recorded, error) {
	return m.byPerson(ctx, in.Asked, models.ActionReturn, func() (models.Change, error) {
		ch := m.end(models.EventReturned, models.StatusReturned, in.Reason, m.toSender("returned"))
		ch.Notes = in.Notes
		return ch, nil
	})
}

// mayResubmit leaves it to the handler to judge by whom: it learns first who may send for the unit by now.
func (m *memo) mayResubmit(ctx workflow.Context, in Resubmit) error {
	if m.c.Status == models.StatusReturned {
		return nil
	}
	return m.may(ctx, in.Asked, models.ActionResubmit)
}

// resubmit begins the next round: with the head again when anything changed that the head judged, else where the memo
// was returned from (PRODUCT 3.1.3). Whoever sends it is its sender from now on; an approval of what another sent is void,
// since it may have been theirs.
func (m *memo) resubmit(ctx workflow.Context, in Resubmit) (rec models.Recorded, err error) {
	err = m.inTurn(ctx, func() error {
		b, err := m.brief(ctx, in.Actor)
		if err != nil {
			return err
		}
		if m.c.Status == models.StatusReturned {
			m.c.Candidates = b.Case.Candidates
		}
		rec, err = m.recordBy(ctx, in.Asked, models.ActionResubmit, func() (models.Change, error) {
			after, before := b.Case, m.c.Sender
			after.Sender, after.Round, after.Version, after.Nudged = in.Actor.AccountID, m.c.Round+1, 0, nil
			status, steps := models.StatusApproval, m.s.Head
			if m.c.Stage == models.StageOfficer && !b.Changed && before == after.Sender {
				status, steps = models.StatusVerification, m.s.Officers
			}
			after.Status = status
			ch := m.turnTo(models.EventResent, after, steps, 0, m.now(ctx))
			ch.Draft = b.Case.Version
			return ch, nil
		})
		return err
	})
	return rec, err
}
