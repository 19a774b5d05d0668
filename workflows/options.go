package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// chunkRows is how many rows one provisioning activity handles: large enough that 500 rows stay far below 300 events,
// small enough that a repeat costs little.
const chunkRows = 125

// chunkRowsBefore is how many it was in cases that began to make accounts before it was made larger.
const chunkRowsBefore = 50

// provisionPatience is how long provisioning is tried before an operator is asked.
const provisionPatience = 15 * time.Minute

// rowPatience is how long the rows of a chunk that failed are tried one by one.
const rowPatience = 2 * time.Minute

// catchUpTime bounds how long an update waits for a step that the projection shows already; seconds in practice.
const catchUpTime = time.Minute

// unending options retry for as long as the database stays away: what was acknowledged must be recorded.
func unending(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    200 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumInterval:    5 * time.Second,
		},
	})
}

// bounded options give up after a while, so that an operator sees why.
func bounded(ctx workflow.Context, patience time.Duration) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout:    30 * time.Second,
		ScheduleToCloseTimeout: patience,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    500 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumInterval:    time.Minute,
		},
	})
}

// atOnce options are for steps that follow a durable event: one local try, since local retries against a database
// that is away bloat the history.
func atOnce(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 2 * time.Second,
		RetryPolicy:            &temporal.RetryPolicy{MaximumAttempts: 1},
	})
}
