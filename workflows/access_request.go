package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
)

// AccessWorkflow is the registered name of AccessRequest.
const AccessWorkflow = "AccessRequest"

// AccessInput starts a request's workflow, or carries it on after continue-as-new (State set).
type AccessInput struct {
	CaseID string       `json:"case_id"`
	Agency string       `json:"agency"`
	Clock  models.Clock `json:"clock"`
	State  *AccessState `json:"state,omitempty"`
}

// AccessState is all that a request for access remembers. OwnerID is the account that answers for the application.
type AccessState struct {
	Asking
	Case    models.Case   `json:"case"`
	Head    []models.Step `json:"head"`
	OwnerID string        `json:"owner_id"`
}

// access is one run of AccessRequest.
type access struct {
	asker
	in     AccessInput
	s      AccessState
	failed error // why sending did not succeed; the run then ends as failed, and the request can be sent again
}

// AccessRequest is an employee's request for an application (PRODUCT 3.5): the head of their unit decides, then whoever
// answers for the application, whose yes opens it. It starts with UpdateSend.
func AccessRequest(ctx workflow.Context, in AccessInput) error {
	q := &access{in: in}
	q.asker = newAsker(ctx, caseRun{c: &q.s.Case, clock: in.Clock, applied: q.applyTurn}, &q.s.Asking, q,
		manner{words: "access", needed: "access_approver_needed", sender: whoSent, queue: byStage}, in.Agency)
	if in.State != nil {
		q.s = *in.State
	}
	handlers := []handler{{UpdateSend, q.send, q.maySend}, {UpdateDecide, q.decide, q.mayDecide}}
	if err := q.listen(ctx, append(handlers, q.talking()...)); err != nil {
		return err
	}
	for !q.c.Status.Final() {
		if err := q.step(ctx); err != nil {
			return err
		}
	}
	return workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

func (q *access) step(ctx workflow.Context) error {
	if q.sent() {
		return q.awaitDecider(ctx)
	}
	if err := workflow.Await(ctx, func() bool { return q.sent() || q.failed != nil }); err != nil || q.failed == nil {
		return err
	}
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return err
	}
	return temporal.NewNonRetryableApplicationError("the request was not sent", "not_sent", q.failed)
}

func (q *access) sent() bool { return q.c.Status != "" && q.c.Status != models.StatusDraft }

func (q *access) maySend(_ workflow.Context, _ Send) error {
	if q.sent() {
		return refusal(models.ErrNotNow.With("status", string(q.c.Status)))
	}
	return nil
}

// send plans who will be asked, and turns to the first head.
func (q *access) send(ctx workflow.Context, in Send) (rec models.Recorded, err error) {
	err = q.inTurn(ctx, func() error {
		if err := q.maySend(ctx, in); err != nil {
			return err
		}
		b, err := q.plan(ctx, false)
		if err != nil {
			return err
		}
		q.s.Case, q.s.Head, q.s.OwnerID, q.s.Calendar = b.Case, b.Head, b.OwnerID, b.Calendar
		rec, err = q.recordBy(ctx, in.Asked, models.ActionSend, func() (models.Change, error) {
			after := *q.c
			after.Status, after.Sender, after.Round, after.Version = models.StatusApproval, in.Actor.AccountID, 1, 0
			ch := q.turnTo(models.EventSent, after, q.s.Head, 0, q.now(ctx))
			ch.Notices = append(ch.Notices, models.NoticeSpec{Kind: q.message("sent"), To: models.Recipient{Account: after.Sender}})
			return ch, nil
		})
		return err
	})
	if err != nil && !q.sent() {
		q.failed = err
	}
	return rec, err
}

// decide is the word of the head or the owner: on to the next, or the end. The grant is made where the owner's word is
// recorded, in one transaction with it.
func (q *access) decide(ctx workflow.Context, in Decide) (models.Recorded, error) {
	return q.byPerson(ctx, in.Asked, in.action(), func() (models.Change, error) {
		switch {
		case !in.Approve:
			return q.end(models.EventRefused, models.StatusRefused, in.Reason, q.toSender("refused")), nil
		case q.c.Status == models.StatusOwner:
			return q.end(models.EventApproved, models.StatusGranted, in.Reason, q.toSender("granted")), nil
		}
		after := *q.c
		after.Status, after.Nudged = models.StatusOwner, nil
		ch := q.turnTo(models.EventApproved, after, q.steps(models.StageOwner), 0, q.now(ctx))
		ch.Reason, ch.Notices = in.Reason, append(ch.Notices, q.toSender("approved"))
		return ch, nil
	})
}

func (q *access) steps(s models.Stage) []models.Step {
	if s == models.StageHead {
		return q.s.Head
	}
	return models.PlanOwner(q.s.Case.About)
}

// plan asks who would be asked as things stand now.
func (q *access) plan(ctx workflow.Context, onItsWay bool) (b activities.AccessBrief, err error) {
	var accesses *activities.Accesses
	err = workflow.ExecuteActivity(unending(ctx), accesses.PlanAccess, activities.AccessInput{CaseID: q.in.CaseID, Agency: q.in.Agency, OnItsWay: onItsWay}).Get(ctx, &b)
	return b, err
}

// findDecider looks anew who is to be asked: a head may have lost the office, the application may have another owner.
func (q *access) findDecider(ctx workflow.Context) error {
	b, err := q.plan(ctx, true)
	if err != nil {
		return err
	}
	return q.inTurn(ctx, func() error {
		fresh := freshPlan{place: b.Case, steps: b.Head, calendar: b.Calendar, adopt: func(steps []models.Step) {
			q.s.OwnerID = b.OwnerID
			if q.c.Stage == models.StageHead {
				q.s.Head = steps
			}
		}}
		if q.c.Stage == models.StageOwner {
			if fresh.steps = nil; b.OwnerID != "" {
				fresh.steps = models.PlanOwner(q.c.About)
			}
			fresh.other = b.OwnerID != q.s.OwnerID
		}
		return q.reassign(ctx, fresh)
	})
}

// continueIfLong starts a fresh history when this one has grown long.
func (q *access) continueIfLong(ctx workflow.Context) error {
	if !long(ctx) {
		return nil
	}
	next := q.in
	next.State = &q.s
	return afresh(ctx, AccessWorkflow, next)
}
