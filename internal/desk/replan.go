package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"

	"loket/models"
	"loket/workflows"
)

// replanEvery is how often cases are looked for whose decider lost the office without anybody saying so here: a period
// that ended, a registry that was imported.
const replanEvery = time.Minute

// toldEvery is at which look those are looked at too of which an admin was told: somebody further up may have come.
const toldEvery = 10

// officesChanged has the cases looked through at once; whoever was appointed or let go shall not wait.
func (d *Desk) officesChanged() {
	select {
	case d.offices <- struct{}{}:
	default: // a look is to come anyway
	}
}

// keepPlans looks for cases without a decider until ctx ends.
func (d *Desk) keepPlans(ctx context.Context) {
	tick := time.NewTicker(replanEvery)
	defer tick.Stop()
	for look := 1; ; look++ {
		told := look%toldEvery == 0
		select {
		case <-ctx.Done():
			return
		case <-d.offices:
			told = true
		case <-tick.C:
		}
		if err := d.replan(ctx, told); err != nil && ctx.Err() == nil {
			d.log.WarnContext(ctx, "cases without a decider were not looked for", "error", err)
		}
	}
}

// replan has every case look for a new decider whose present one cannot decide any more. Those of which an admin was
// told already are left alone unless told is true, as it is when somebody was appointed. What the engine does not take
// now is found again at the next look.
func (d *Desk) replan(ctx context.Context, told bool) error {
	ids, err := d.store.Orphans(ctx, told)
	if err != nil {
		return err
	}
	return d.planAnew(ctx, ids)
}

// planAnew has cases look who is to be asked now.
func (d *Desk) planAnew(ctx context.Context, ids []string) error {
	return d.tellAll(ctx, ids, workflows.SignalReplan)
}

// tellAll signals the workflows of cases. One that fails keeps no other from it; one whose workflow is gone is left to the
// check, which finds it too. An engine that is away is asked again at the next look.
func (d *Desk) tellAll(ctx context.Context, ids []string, signal string) error {
	kinds, err := d.store.KindsOf(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		failed := d.engine.SignalWorkflow(ctx, models.WorkflowID(kinds[id], id), "", signal, nil)
		var gone *serviceerror.NotFound
		if errors.As(failed, &gone) {
			d.log.WarnContext(ctx, "a case without a workflow cannot be told", "case", id, "signal", signal)
			continue
		}
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("case %s: %w", id, failed))
		}
		if away(failed) {
			break
		}
	}
	return err
}

// away tells that the engine does not answer at all.
func away(err error) bool {
	var unavailable *serviceerror.Unavailable
	var late *serviceerror.DeadlineExceeded
	return errors.As(err, &unavailable) || errors.As(err, &late) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}
