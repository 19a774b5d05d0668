package bench

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// The bare program's memo: the same updates, the same waiting and the same activities as the real one, and nothing
// else around them. It knows no clock but the engine's, no return, no refusal.

// bareQueue and bareWorkflow name the bare program to the engine.
const (
	bareQueue    = "loket-bare"
	bareWorkflow = "BareMemo"
)

// bareChange is one step of a bare memo; it is also what an update answers.
type bareChange struct {
	CaseID  string    `json:"case_id"`
	Seq     int       `json:"seq"`
	EventID string    `json:"event_id"`
	Type    string    `json:"type"`
	Status  string    `json:"status"`
	Actor   string    `json:"actor"`
	Unit    string    `json:"unit"`
	At      time.Time `json:"at"`
}

// bareBrief is what the bare program learns of a memo before it is sent.
type bareBrief struct {
	Unit, Role string
	Rows       int
}

// bareRun is one run of the bare memo.
type bareRun struct {
	id     string
	seq    int
	status string
	unit   string
	turn   workflow.Mutex
}

// bareMemo waits for three people and then makes the accounts.
func bareMemo(ctx workflow.Context, caseID string) error {
	r := &bareRun{id: caseID, seq: 1, turn: workflow.NewMutex(ctx)}
	for _, u := range []struct{ name, from, event, to string }{{"send", "", "sent", "approval"}, {"decide", "approval", "approved", "verification"},
		{"verify", "verification", "verified", "provisioning"}} {
		err := workflow.SetUpdateHandlerWithOptions(ctx, u.name, func(ctx workflow.Context, actor string) (bareChange, error) {
			return r.update(ctx, actor, u.from, u.event, u.to)
		}, workflow.UpdateHandlerOptions{Validator: func(string) error { return r.stands(u.from) }})
		if err != nil {
			return err
		}
	}
	for _, status := range []string{"approval", "verification", "provisioning"} {
		if _, err := workflow.AwaitWithTimeout(ctx, 14*24*time.Hour, func() bool { return r.status == status }); err != nil {
			return err
		}
	}
	if err := r.finish(ctx); err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

func (r *bareRun) stands(at string) error {
	if r.status != at {
		return temporal.NewNonRetryableApplicationError("not now", "not_now", nil)
	}
	return nil
}

func (r *bareRun) update(ctx workflow.Context, actor, from, event, to string) (bareChange, error) {
	if err := r.turn.Lock(ctx); err != nil {
		return bareChange{}, err
	}
	defer r.turn.Unlock()
	if err := r.stands(from); err != nil {
		return bareChange{}, err
	}
	var b *bareActivities
	if event == "sent" {
		var brief bareBrief
		if err := workflow.ExecuteActivity(normal(ctx), b.Brief, r.id).Get(ctx, &brief); err != nil {
			return bareChange{}, err
		}
		r.unit = brief.Unit
	}
	return r.record(ctx, workflow.GetCurrentUpdateInfo(ctx).ID, event, to, actor, false)
}

func (r *bareRun) record(ctx workflow.Context, id, event, to, actor string, local bool) (bareChange, error) {
	var b *bareActivities
	c := bareChange{CaseID: r.id, Seq: r.seq + 1, EventID: id, Type: event, Status: to, Actor: actor, Unit: r.unit, At: workflow.Now(ctx)}
	var err error
	if local {
		err = workflow.ExecuteLocalActivity(workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{ScheduleToCloseTimeout: 10 * time.Second}), b.Record, c).Get(ctx, &c)
	} else {
		err = workflow.ExecuteActivity(normal(ctx), b.Record, c).Get(ctx, &c)
	}
	if err == nil {
		r.seq, r.status = c.Seq, c.Status
	}
	return c, err
}

func normal(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
}

// finish makes the accounts, sees that nobody waits for a link, and closes the case.
func (r *bareRun) finish(ctx workflow.Context) error {
	var b *bareActivities
	if err := workflow.ExecuteActivity(normal(ctx), b.Provision, r.id).Get(ctx, nil); err != nil {
		return err
	}
	if _, err := r.record(ctx, "provisioned", "provisioned", "activation", "", true); err != nil {
		return err
	}
	var open int
	if err := workflow.ExecuteActivity(normal(ctx), b.OpenLinks, r.id).Get(ctx, &open); err != nil {
		return err
	}
	_, err := r.record(ctx, "settled", "done", "done", "", true)
	return err
}
