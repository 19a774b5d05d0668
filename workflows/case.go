package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
)

// caseRun is what every flow needs of its case: the rules' view of it, the clock it lives by, and the one way in
// which it changes. Updates by people and steps of the clock take turns under the mutex. applied lets a flow take
// what else stands in a recorded change into its own state.
type caseRun struct {
	c       *models.Case
	clock   models.Clock
	turn    workflow.Mutex
	applied func(models.Recorded)
}

// proposal is what a step would come to, made when its turn has come; it may still refuse.
type proposal func() (models.Change, error)

// now is case time.
func (r *caseRun) now(ctx workflow.Context) time.Time { return r.clock.At(workflow.Now(ctx)) }

// inTurn runs one step while no other does.
func (r *caseRun) inTurn(ctx workflow.Context, step func() error) error {
	if err := r.turn.Lock(ctx); err != nil {
		return err
	}
	defer r.turn.Unlock()
	return step()
}

// may is the first half of a validator: whether the person may do this now. What they saw of a step that this run has
// yet to apply is for the handler to judge, once it has caught up.
func (r *caseRun) may(ctx workflow.Context, by Asked, act models.Action) error {
	if r.behind(by) {
		return nil
	}
	return refusal(models.May(*r.c, by.Actor, act, r.now(ctx)))
}

func (r *caseRun) behind(by Asked) bool { return r.c.Seq < by.Seen }

// byPerson is one update: in turn, asked again whether it is still allowed, recorded durably, applied.
func (r *caseRun) byPerson(ctx workflow.Context, by Asked, act models.Action, p proposal) (rec models.Recorded, err error) {
	if _, err := workflow.AwaitWithTimeout(ctx, catchUpTime, func() bool { return !r.behind(by) }); err != nil {
		return rec, err
	}
	err = r.inTurn(ctx, func() error {
		rec, err = r.recordBy(ctx, by, act, p)
		return err
	})
	return rec, err
}

// recordBy is byPerson for a caller whose turn it is already.
func (r *caseRun) recordBy(ctx workflow.Context, by Asked, act models.Action, p proposal) (models.Recorded, error) {
	a := by.Actor
	if err := models.May(*r.c, a, act, r.now(ctx)); err != nil {
		return models.Recorded{}, refusal(err)
	}
	ch, err := p()
	if err != nil {
		return models.Recorded{}, refusal(err)
	}
	ch.EventID, ch.Actor, ch.Content = workflow.GetCurrentUpdateInfo(ctx).ID, a, by.Content
	grant := models.ActsBy(*r.c, a)
	ch.OnBehalfOf, ch.Acting = grant.OnBehalfOf, grant.ActingAs()
	rec, err := r.record(ctx, ch, false)
	if err == nil && rec.ByOther {
		return rec, refusal(models.ErrAlreadyDecided.With("status", string(rec.After.Status)))
	}
	return rec, err
}

// byClock is one step that no person asked for: in turn, and only if it is still called for.
func (r *caseRun) byClock(ctx workflow.Context, id string, still func() bool, change func() models.Change) error {
	return r.inTurn(ctx, func() error {
		if !still() {
			return nil
		}
		ch := change()
		ch.EventID = id
		_, err := r.record(ctx, ch, true)
		return err
	})
}

// record completes the change, writes it, and applies what stands recorded. Steps of the clock follow a durable event
// already, so one local try comes first; a person's must be accepted durably before the row changes.
func (r *caseRun) record(ctx workflow.Context, ch models.Change, local bool) (models.Recorded, error) {
	ch.CaseID, ch.Kind, ch.Seq, ch.At = r.c.ID, r.c.Kind, r.c.Seq+1, r.now(ctx)
	ch.After.Seq = ch.Seq
	var cases *activities.Cases
	var rec models.Recorded
	tried := false
	if local {
		tried = workflow.ExecuteLocalActivity(atOnce(ctx), cases.Record, ch).Get(ctx, &rec) == nil
	}
	if !tried {
		if err := workflow.ExecuteActivity(unending(ctx), cases.Record, ch).Get(ctx, &rec); err != nil {
			return rec, err
		}
	}
	if rec.Seq == ch.Seq { // else a repeat of an earlier event, applied long ago
		*r.c = rec.After
		r.applied(rec)
	}
	return rec, nil
}

// refusal carries a problem to the caller of an update: its code is the error's type.
func refusal(err error) error {
	var p *models.Problem
	if errors.As(err, &p) {
		return temporal.NewNonRetryableApplicationError(p.Error(), p.Code, nil, p)
	}
	return err
}
