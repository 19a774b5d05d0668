package check

import (
	"context"
	"time"

	"loket/internal/store"
)

// lateness is how long after a due time its step may be missing, in wall time.
const lateness = time.Minute

// outcomes is R2. Where nobody works, no clock goes: what is due then counts as under way.
func (r *run) outcomes(ctx context.Context) error {
	found, err := r.Store.SurveyOutcomes(ctx)
	if err := r.survey("R2", found, err); err != nil {
		return err
	}
	if r.away != nil {
		return r.away
	}
	var due store.Survey
	_, err = r.until(ctx, func(ctx context.Context) (int, error) {
		again, err := r.late(ctx, r.Clock.At(r.Now().Add(-lateness)))
		if err == nil {
			due = again
		}
		return len(due.Findings), err
	})
	if !r.working {
		r.results["R2"].Pending = len(due.Findings)
		due.Findings = nil
	}
	due.Checked = 0 // among the cases counted already
	return r.survey("R2", due, err)
}

// late finds what was due before an instant of case time: steps of cases, access whose last
// day has passed, and accounts that nobody renewed.
func (r *run) late(ctx context.Context, before time.Time) (store.Survey, error) {
	due, err := r.Store.SurveyDue(ctx, before)
	if err != nil {
		return due, err
	}
	ended, err := r.Store.SurveyEndings(ctx, before)
	due.Findings = append(due.Findings, ended.Findings...)
	if err != nil {
		return due, err
	}
	open, err := r.Store.SurveyTerms(ctx, r.Now().Add(-lateness))
	due.Findings = append(due.Findings, open.Findings...)
	return due, err
}
