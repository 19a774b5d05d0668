package check

import (
	"errors"
	"fmt"
	"log/slog"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"loket/models"
	"loket/workflows"
)

// errNoTask says that a workflow was started and has not run yet.
var errNoTask = errors.New("the workflow has not begun")

// replay takes a workflow through its history and asks its own query what it has come to. That is what a worker does
// for a query, and needs none. An error is a history that this program would not have written.
func (r *run) replay(h *historypb.History) (models.Case, error) {
	if len(h.GetEvents()) < 3 {
		return models.Case{}, errNoTask
	}
	tap := &tap{}
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DataConverter: r.Data, FailureConverter: r.Failures,
		Interceptors: []interceptor.WorkerInterceptor{tap}})
	if err != nil {
		return models.Case{}, fmt.Errorf("make a replayer: %w", err)
	}
	r.Register(replayer)
	if err := replayer.ReplayWorkflowHistory(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), h); err != nil {
		return models.Case{}, err
	}
	if tap.query == nil {
		return models.Case{}, errors.New("the workflow answers no query of how its case stands")
	}
	return tap.query()
}

// tap hands out the query handler that a workflow registers.
type tap struct {
	interceptor.WorkerInterceptorBase
	query func() (models.Case, error)
}

// InterceptWorkflow stands between the replayer and one workflow.
func (t *tap) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &tapIn{interceptor.WorkflowInboundInterceptorBase{Next: next}, t}
}

type tapIn struct {
	interceptor.WorkflowInboundInterceptorBase
	tap *tap
}

// Init puts the tap on what the workflow says.
func (i *tapIn) Init(out interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&tapOut{interceptor.WorkflowOutboundInterceptorBase{Next: out}, i.tap})
}

type tapOut struct {
	interceptor.WorkflowOutboundInterceptorBase
	tap *tap
}

// SetQueryHandler keeps the one that tells how the case stands.
func (o *tapOut) SetQueryHandler(ctx workflow.Context, name string, handler any) error {
	if query, ok := handler.(func() (models.Case, error)); ok && name == workflows.QueryCase {
		o.tap.query = query
	}
	return o.Next.SetQueryHandler(ctx, name, handler)
}
