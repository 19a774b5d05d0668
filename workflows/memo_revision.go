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
		ch := m.end(models.EventReturned, models.StatusReturned, in.Reason, m.toSender("memo_returned"))
		ch.Notes = in.Notes
		return ch, nil
	})
}

// resubmit begins the next round: with the head again when anything changed that the head judged, else where the memo
// was returned from (PRODUCT 3.1.3).
func (m *memo) resubmit(ctx workflow.Context, in Resubmit) (rec models.Recorded, err error) {
	err = m.inTurn(ctx, func() error {
		b, err := m.brief(ctx, in.Actor)
		if err != nil {
			return err
		}
		rec, err = m.recordBy(ctx, in.Asked, models.ActionResubmit, func() (models.Change, error) {
			after := b.Case
			after.Round, after.Version, after.Nudged = m.c.Round+1, 0, nil
			status, steps := models.StatusApproval, m.s.Head
			if m.c.Stage == models.StageOfficer && !b.Changed {
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

// nudge reminds whoever is asked, at the sender's wish and not too often.
func (m *memo) nudge(ctx workflow.Context, in Nudge) (models.Recorded, error) {
	return m.byPerson(ctx, in.Asked, models.ActionNudge, func() (models.Change, error) {
		ch := m.reminded()
		now := m.now(ctx)
		ch.Type, ch.After.Nudged = models.EventNudged, &now
		return ch, nil
	})
}
