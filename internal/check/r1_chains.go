package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	enums "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"loket/models"
)

// pageSize is how many cases are read at a time.
const pageSize = 500

// chains is R1: every case that is sent and not over has a workflow that runs, every workflow that runs has such a
// case, and no case ever had two chains of runs. A run that failed is one whose sending was refused; the draft may have
// been sent again since.
func (r *run) chains(ctx context.Context) error {
	sent, err := r.Store.CountSent(ctx)
	if err != nil {
		return err
	}
	r.results["R1"].Checked = sent
	if err := r.eachOpen(ctx, func(c models.Case) { r.open = append(r.open, models.WorkflowID(c.Kind, c.ID)) }); err != nil {
		return err
	}
	ids := slices.Clone(r.open)
	runs := map[string]int{}
	query := ""
	if !r.Strict {
		query = "ExecutionStatus = 'Running'"
	}
	err = r.list(ctx, query, func(info *workflowpb.WorkflowExecutionInfo) error {
		id := info.GetExecution().GetWorkflowId()
		switch info.GetStatus() {
		case enums.WORKFLOW_EXECUTION_STATUS_RUNNING:
			ids = append(ids, id)
			runs[id]++
		case enums.WORKFLOW_EXECUTION_STATUS_FAILED, enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW:
		default:
			runs[id]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(runs)) {
		if runs[id] > 1 {
			r.results["R1"].blame("workflow "+id, fmt.Sprintf("has %d chains of runs", runs[id]))
		}
	}
	slices.Sort(ids)
	return r.settle(ctx, "R1", slices.Compact(ids), r.belongs)
}

func (r *run) eachOpen(ctx context.Context, each func(models.Case)) error {
	for after := ""; ; {
		cases, err := r.Store.OpenCases(ctx, after, pageSize)
		if err != nil {
			return err
		}
		for _, c := range cases {
			each(c)
			after = c.ID
		}
		if len(cases) < pageSize {
			return nil
		}
	}
}

// opinion is what one look at a workflow and its case comes to: a fault, or something that a worker has yet to do.
type opinion struct {
	fault   *Fault
	pending bool
}

func fine() opinion { return opinion{} }

func broken(where, format string, args ...any) opinion {
	return opinion{fault: &Fault{where, fmt.Sprintf(format, args...)}}
}

// settle judges each workflow, those with something to say again and again for as long as patience lasts.
func (r *run) settle(ctx context.Context, id string, ids []string, judge func(context.Context, string) (opinion, error)) error {
	last := map[string]opinion{}
	_, err := r.until(ctx, func(ctx context.Context) (int, error) {
		next := map[string]opinion{}
		for _, each := range ids {
			o, err := judge(ctx, each)
			if err != nil {
				return 0, err
			}
			if o.fault != nil {
				next[each] = o
			}
		}
		last, ids = next, slices.Sorted(maps.Keys(next))
		return len(ids), nil
	})
	for _, each := range ids {
		o := last[each]
		if o.pending && !r.working {
			r.results[id].Pending++
			continue
		}
		r.results[id].Faults = append(r.results[id].Faults, *o.fault)
	}
	return err
}

// belongs judges whether a workflow and its case have each other.
func (r *run) belongs(ctx context.Context, id string) (opinion, error) {
	where := "workflow " + id
	_, caseID, _ := strings.Cut(id, ":")
	c, err := r.Store.AnyCase(ctx, caseID)
	lost := errors.Is(err, models.ErrNotFound)
	if err != nil && !lost {
		return opinion{}, err
	}
	d, err := r.describe(ctx, id)
	if err != nil {
		return opinion{}, err
	}
	wanted := !lost && c.Status != models.StatusDraft && !c.Status.Final()
	switch {
	case d == nil && wanted:
		o := broken("case "+caseID, "is open (%s), and the engine knows no workflow of it", c.Status)
		o.pending = c.Status == models.StatusAsked // it is kept, and its workflow starts once somebody works
		return o, nil
	case wanted && !running(d) && d.GetWorkflowExecutionInfo().GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_COMPLETED:
		return broken("case "+caseID, "is open (%s), and its workflow is not: %s", c.Status, d.GetWorkflowExecutionInfo().GetStatus()), nil
	case d == nil || !running(d) || wanted:
		return fine(), nil
	case lost:
		return broken(where, "runs without a case"), nil
	}
	o := broken(where, "runs, and its case is not open (%s)", c.Status)
	o.pending = underWay(d)
	return o, nil
}
