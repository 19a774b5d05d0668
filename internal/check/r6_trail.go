package check

import (
	"context"
	"fmt"
	"time"

	"loket/internal/store"
)

// trail is R6.
func (r *run) trail(ctx context.Context) error {
	last, err := r.Store.LastEntry(ctx)
	if err != nil {
		return err
	}
	written := time.Now()
	audit, err := r.Store.VerifyAudit(ctx, r.Checkpoints)
	if err != nil {
		return err
	}
	result := r.results["R6"]
	for _, f := range audit.Faults {
		result.blame(fmt.Sprintf("entry %d (stream %q, %d)", f.Seq, f.Stream, f.StreamSeq), "was tampered with: "+f.Kind)
	}
	result.Checked = audit.Entries
	found, err := r.Store.SurveyTrail(ctx)
	if err := r.survey("R6", found, err); err != nil {
		return err
	}
	if err := r.kept(ctx); err != nil {
		return err
	}
	return r.sealed(ctx, last, written)
}

// sealed waits until what stood in the trail at an instant has been sealed, or should have been. Whoever works the
// cases seals too.
func (r *run) sealed(ctx context.Context, last int64, since time.Time) error {
	for {
		left, err := r.Store.UnsealedSince(ctx, last)
		switch {
		case err != nil || left == 0:
			return err
		case !r.working:
			r.results["R6"].Pending += left
			return r.away
		case time.Since(since) > store.SealTime:
			r.results["R6"].blame("trail", fmt.Sprintf("%d entries await their seal for more than %s", left, store.SealTime))
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
		}
	}
}
