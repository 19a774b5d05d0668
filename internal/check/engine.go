package check

import (
	"context"
	"errors"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// pollerLife is for how long a worker that is heard of no more counts as working: an idle one polls once a minute.
const pollerLife = 70 * time.Second

// engineTime bounds the first word with the engine.
const engineTime = 10 * time.Second

// findWorkers asks the engine whether anybody works the cases, and so whether it is there at all.
func (r *run) findWorkers(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, engineTime)
	defer cancel()
	queue, err := r.Engine.DescribeTaskQueue(ctx, r.TaskQueue, enums.TASK_QUEUE_TYPE_WORKFLOW)
	if err != nil {
		r.away = fmt.Errorf("ask the engine who works: %w", err)
		return
	}
	for _, p := range queue.GetPollers() {
		if !r.Alone && r.Now().Sub(p.GetLastAccessTime().AsTime()) < pollerLife {
			r.working = true
		}
	}
}

// list goes through the runs that the engine knows of, narrowed by a visibility query.
func (r *run) list(ctx context.Context, query string, each func(*workflowpb.WorkflowExecutionInfo) error) error {
	request := &workflowservice.ListWorkflowExecutionsRequest{Namespace: r.Namespace, PageSize: 1000, Query: query}
	for {
		page, err := r.Engine.ListWorkflow(ctx, request)
		if err != nil {
			return fmt.Errorf("list the workflows: %w", err)
		}
		for _, info := range page.GetExecutions() {
			if err := each(info); err != nil {
				return err
			}
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return nil
		}
	}
}

// describe gives how the newest run of a workflow stands; nil for one that the engine does not know.
func (r *run) describe(ctx context.Context, id string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	d, err := r.Engine.DescribeWorkflowExecution(ctx, id, "")
	var unknown *serviceerror.NotFound
	if errors.As(err, &unknown) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask for workflow %s: %w", id, err)
	}
	return d, nil
}

// underWay tells whether something of a run is yet to be done by a worker.
func underWay(d *workflowservice.DescribeWorkflowExecutionResponse) bool {
	return d.GetPendingWorkflowTask() != nil || len(d.GetPendingActivities()) > 0
}

func running(d *workflowservice.DescribeWorkflowExecutionResponse) bool {
	return d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
}

// history reads one run whole; an empty runID is the newest.
func (r *run) history(ctx context.Context, id, runID string) (*historypb.History, error) {
	var h historypb.History
	events := r.Engine.GetWorkflowHistory(ctx, id, runID, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", id, err)
		}
		h.Events = append(h.Events, e)
	}
	return &h, nil
}

// before gives the run that this one carries on, "" for the first of its chain.
func before(h *historypb.History) string {
	if len(h.GetEvents()) == 0 {
		return ""
	}
	return h.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
}
