package check

import (
	"context"
	"errors"

	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
)

// histories is R8: no workflow task of an open workflow failed, its history is a path that this program would take, and
// no run ended but by itself.
func (r *run) histories(ctx context.Context) error {
	result := r.results["R8"]
	for _, id := range r.open {
		h, err := r.history(ctx, id, "")
		if err != nil {
			if d, lost := r.describe(ctx, id); lost == nil && d == nil {
				continue // R1 tells
			}
			return err
		}
		result.Checked++
		for _, what := range failures(h) {
			result.blame("workflow "+id, what)
		}
		if _, err := r.replay(h); err != nil && !errors.Is(err, errNoTask) {
			result.blame("workflow "+id, "has a history that this program would not write: "+err.Error())
		}
	}
	if !r.Strict {
		return nil
	}
	return r.list(ctx, "ExecutionStatus in ('Terminated', 'TimedOut', 'Canceled')", func(info *workflowpb.WorkflowExecutionInfo) error {
		result.blame("workflow "+info.GetExecution().GetWorkflowId(), "was ended from outside: "+info.GetStatus().String())
		return nil
	})
}

// failures are workflow tasks that failed. One whose commands came too late, because something arrived meanwhile, is
// part of a workflow's life, and so is one whose worker was killed.
func failures(h *historypb.History) []string {
	var found []string
	for _, e := range h.GetEvents() {
		f := e.GetWorkflowTaskFailedEventAttributes()
		if f == nil {
			continue
		}
		switch f.GetCause() {
		case enums.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND, enums.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
			enums.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND, enums.WORKFLOW_TASK_FAILED_CAUSE_FAILOVER_CLOSE_COMMAND,
			enums.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_UPDATE:
		default:
			found = append(found, "failed a workflow task: "+f.GetCause().String())
		}
	}
	return found
}
