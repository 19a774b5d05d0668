package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"loket/models"
)

// MemoWorkflow is the registered name of MemoRequest.
const MemoWorkflow = "MemoRequest"

// MemoInput starts a memo's workflow, or carries it on after continue-as-new (State set).
type MemoInput struct {
	CaseID string       `json:"case_id"`
	Agency string       `json:"agency"`
	Clock  models.Clock `json:"clock"`
	State  *MemoState   `json:"state,omitempty"`
}

// MemoState is all that a memo remembers; continue-as-new carries it on. Due times are absolute, in case time.
type MemoState struct {
	Asking
	Case         models.Case       `json:"case"`
	Head         []models.Step     `json:"head"`
	Officers     []models.Step     `json:"officers"`
	Rows         []models.RowState `json:"rows"` // by number - 1
	Troubles     int               `json:"troubles"`
	LinksSince   time.Time         `json:"links_since"`
	LinkReminded bool              `json:"link_reminded"`
	Failing      []int             `json:"failing,omitempty"`  // rows whose accounts could not be made
	LeftOut      string            `json:"left_out,omitempty"` // why failing rows were left out
}

// memo is one run of MemoRequest.
type memo struct {
	asker
	in      MemoInput
	s       MemoState
	failed  error // why sending did not succeed; the run then ends as failed, and the draft can be sent again
	settled workflow.ReceiveChannel
	// together says that all links of this memo have one life, as they had in the first version.
	together bool
}

// MemoRequest is the memo-based account request (PRODUCT 3.1): the head of the smallest unit that holds all rows
// decides, officers verify row by row, everybody accepted gets one account and one message, and the case is done when
// each has used the link or the links have lapsed. It starts with UpdateSend.
func MemoRequest(ctx workflow.Context, in MemoInput) error {
	m := &memo{in: in, settled: workflow.GetSignalChannel(ctx, SignalSettled)}
	m.asker = newAsker(ctx, caseRun{c: &m.s.Case, clock: in.Clock, applied: m.apply}, &m.s.Asking, m,
		manner{words: "memo", needed: "approver_needed", sender: whoSent, queue: byStage}, in.Agency)
	if in.State != nil {
		m.s = *in.State
	}
	if err := m.handle(ctx); err != nil {
		return err
	}
	if err := m.live(ctx); err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

// live takes the memo through its statuses, until one is final. Each step returns when something has come of it.
func (m *memo) live(ctx workflow.Context) error {
	for !m.c.Status.Final() {
		if err := m.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (m *memo) step(ctx workflow.Context) error {
	switch m.c.Status {
	case models.StatusApproval, models.StatusVerification:
		return m.awaitDecider(ctx)
	case models.StatusReturned:
		return m.awaitSender(ctx)
	case models.StatusProvisioning:
		return m.makeAccounts(ctx)
	case models.StatusActivation:
		return m.followLinks(ctx)
	}
	return m.awaitSending(ctx)
}

// awaitSending waits for the update that this run was started with.
func (m *memo) awaitSending(ctx workflow.Context) error {
	if err := workflow.Await(ctx, func() bool { return m.sent() || m.failed != nil }); err != nil {
		return err
	}
	if m.failed == nil {
		return nil
	}
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return err
	}
	return temporal.NewNonRetryableApplicationError("the memo was not sent", "not_sent", m.failed)
}

func (m *memo) sent() bool { return m.c.Status != "" && m.c.Status != models.StatusDraft }

// apply takes what was recorded into the memo's own state: whose turn it is, and how the rows stand.
func (m *memo) apply(rec models.Recorded) {
	m.applyTurn(rec)
	m.s.Rows = models.ApplyRows(m.s.Rows, rec.Rows)
	switch {
	case rec.Type == models.EventSkipped:
		m.s.LeftOut = rec.Reason
		for _, no := range m.s.Failing {
			m.s.Rows[no-1] = models.RowRejected
		}
	case rec.Move != nil:
		m.s.Rows = models.MoveRows(m.s.Rows, *rec.Move)
	}
	if rec.Type == models.EventResent {
		m.s.Rows = pending(rec.After.RowsOpen)
	}
}

// awaitSender waits for the sender, who corrects what was returned; no clock runs meanwhile (TIMING 'Approvals').
func (m *memo) awaitSender(ctx workflow.Context) error {
	if err := m.continueIfLong(ctx); err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return m.c.Status != models.StatusReturned || long(ctx) })
}

func (m *memo) steps(s models.Stage) []models.Step {
	if s == models.StageHead {
		return m.s.Head
	}
	return m.s.Officers
}

// continueIfLong starts a fresh history when this one has grown long.
func (m *memo) continueIfLong(ctx workflow.Context) error {
	if !long(ctx) {
		return nil
	}
	next := m.in
	next.State = &m.s
	return afresh(ctx, MemoWorkflow, next)
}
