package desk

import (
	"context"
	"fmt"
	"time"

	"loket/internal/store"
	"loket/models"
	"loket/workflows"
)

// settleEvery is how often a case is looked at that has just begun.
const settleEvery = 50 * time.Millisecond

// settle waits until the workflow of a case has begun to tell of it, no longer than patience allows: its asker sees more then.
func (d *Desk) settle(ctx context.Context, a models.Actor, id string) {
	ctx, cancel := context.WithTimeout(ctx, d.patience)
	defer cancel()
	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	for {
		c, err := d.store.Case(ctx, a.Agency, id)
		if err != nil || c.Status != models.StatusAsked {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tellRegistrations starts the workflows of registrations that are kept. What the engine does not take now is found again at
// the next look.
func (d *Desk) tellRegistrations(ctx context.Context) error {
	list, err := d.store.UnheardRegistrations(ctx, unheardMost)
	if err != nil {
		return err
	}
	_, err = store.EachOf(list, silent, func(u store.UnheardRegistration) error {
		if err := d.startRegistration(ctx, u); err != nil {
			return fmt.Errorf("tell of registration %s: %w", u.CaseID, err)
		}
		return d.store.RegistrationHeard(ctx, u.CaseID)
	})
	return err
}

func (d *Desk) startRegistration(ctx context.Context, u store.UnheardRegistration) error {
	ctx, cancel := context.WithTimeout(ctx, d.patience)
	defer cancel()
	_, err := d.engine.ExecuteWorkflow(ctx, startOnce(models.KindRegistration, u.CaseID), workflows.RegistrationWorkflow,
		workflows.RegistrationInput{CaseID: u.CaseID, Agency: u.Agency, Clock: d.clock, Sort: u.Sort, Sender: u.Sender})
	return unlessStarted(err)
}
