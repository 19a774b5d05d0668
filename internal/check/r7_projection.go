package check

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"loket/models"
)

// projection is R7: each open case stands in the database as its workflow would answer when asked.
func (r *run) projection(ctx context.Context) error {
	result := r.results["R7"]
	result.Checked = len(r.open)
	if err := r.settle(ctx, "R7", r.open, r.agrees); err != nil {
		return err
	}
	if r.Repair {
		return r.repair(ctx)
	}
	return nil
}

// agrees compares one case with its workflow. The projection may be a step ahead of a workflow that has yet to hear of
// its recording; it may never be behind, since a workflow applies only what stands recorded.
func (r *run) agrees(ctx context.Context, id string) (opinion, error) {
	_, caseID, _ := strings.Cut(id, ":")
	d, err := r.describe(ctx, id)
	if err != nil || d == nil {
		return opinion{}, err // R1 tells
	}
	truth, err := r.truth(ctx, id)
	if err != nil {
		return opinion{}, err
	}
	c, err := r.Store.AnyCase(ctx, caseID)
	if err != nil {
		return opinion{}, err
	}
	if truth == nil || c.Status.Final() && truth.Status.Final() {
		return fine(), nil
	}
	differences := compare(c, *truth)
	if len(differences) == 0 {
		return fine(), nil
	}
	o := broken("case "+caseID, "shows and is: %s", strings.Join(differences, "; "))
	o.pending = c.Seq > truth.Seq && underWay(d)
	return o, nil
}

// truth is the case as its workflow holds it; nil where the history is no path of this program (R8 tells) or the
// workflow has not begun.
func (r *run) truth(ctx context.Context, id string) (*models.Case, error) {
	h, err := r.history(ctx, id, "")
	if err != nil {
		return nil, err
	}
	c, err := r.replay(h)
	if err != nil {
		return nil, nil
	}
	return &c, nil
}

// compare names what differs. While a case is being written (its version counts), what stands in it is the writer's.
func compare(shown, is models.Case) []string {
	type pair struct {
		name      string
		shown, is any
	}
	pairs := []pair{
		{"event", shown.Seq, is.Seq}, {"status", shown.Status, is.Status}, {"stage", shown.Stage, is.Stage}, {"round", shown.Round, is.Round},
		{"step", shown.Step, is.Step}, {"trouble", shown.Trouble, is.Trouble}, {"requester", shown.Requester, is.Requester},
		{"sender", shown.Sender, is.Sender}, {"due", instant(shown.Due), instant(is.Due)}, {"nudged", instant(shown.Nudged), instant(is.Nudged)},
		{"asked", instant(shown.Asked), instant(is.Asked)},
	}
	if shown.Version == 0 {
		pairs = append(pairs, pair{"unit", shown.Unit, is.Unit}, pair{"path", shown.UnitPath, is.UnitPath},
			pair{"undecided rows", shown.RowsOpen, is.RowsOpen}, pair{"deciders", fmt.Sprint(shown.Candidates), fmt.Sprint(is.Candidates)})
	}
	var differences []string
	for _, p := range pairs {
		if p.shown != p.is {
			differences = append(differences, fmt.Sprintf("%s %v, %v", p.name, p.shown, p.is))
		}
	}
	return differences
}

// instant is in the precision of the database.
func instant(t *time.Time) string {
	if t == nil {
		return "none"
	}
	return t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
}

// repair brings every case of a fault back to its workflow, and looks again.
func (r *run) repair(ctx context.Context) error {
	result := r.results["R7"]
	faults := result.Faults
	result.Faults = nil
	var failed error
	for _, f := range faults {
		caseID := strings.TrimPrefix(f.Where, "case ")
		did, err := r.restore(ctx, caseID)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("repair case %s: %w", caseID, err))
		}
		if len(did) > 0 {
			result.Repaired = append(result.Repaired, Fault{f.Where, strings.Join(did, ", ")})
		}
		o, err := r.agreesNow(ctx, caseID)
		if err != nil {
			return errors.Join(failed, err)
		}
		if o.fault != nil {
			result.Faults = append(result.Faults, *o.fault)
		}
	}
	return failed
}

// agreesNow looks once more at a case, whatever its kind.
func (r *run) agreesNow(ctx context.Context, caseID string) (opinion, error) {
	c, err := r.Store.AnyCase(ctx, caseID)
	if err != nil {
		return opinion{}, err
	}
	return r.agrees(ctx, models.WorkflowID(c.Kind, caseID))
}

func (r *run) restore(ctx context.Context, caseID string) ([]string, error) {
	c, err := r.Store.AnyCase(ctx, caseID)
	if err != nil {
		return nil, err
	}
	id := models.WorkflowID(c.Kind, caseID)
	truth, err := r.truth(ctx, id)
	if err != nil || truth == nil {
		return nil, err
	}
	changes, err := r.recorded(ctx, id)
	if err != nil {
		return nil, err
	}
	return r.Store.Restore(ctx, *truth, changes)
}
