package workflows

import (
	"strconv"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"loket/models"
)

// MemoState is all that a memo remembers; continue-as-new carries it on. Due times are absolute, in case time.
type MemoState struct {
	Case         models.Case       `json:"case"`
	Head         []models.Step     `json:"head"`
	Officers     []models.Step     `json:"officers"`
	Calendar     models.Calendar   `json:"calendar"`
	Turn         turn              `json:"turn"`
	Rows         []models.RowState `json:"rows"` // by number - 1
	Troubles     int               `json:"troubles"`
	LinksSince   time.Time         `json:"links_since"`
	LinkReminded bool              `json:"link_reminded"`
	Question     *question         `json:"question,omitempty"` // while one is open
	Replans      int               `json:"replans,omitempty"`  // how often a turn went to somebody else by a fresh plan
	Failing      []int             `json:"failing,omitempty"`  // rows whose accounts could not be made
	LeftOut      string            `json:"left_out,omitempty"` // why failing rows were left out
}

// memo is one run of MemoRequest.
type memo struct {
	caseRun
	in      MemoInput
	s       MemoState
	failed  error // why sending did not succeed; the run then ends as failed, and the draft can be sent again
	settled workflow.ReceiveChannel
	replan  workflow.ReceiveChannel
	// together says that all links of this memo have one life, as they had in the first version.
	together bool
}

// MemoRequest is the memo-based account request (PRODUCT 3.1): the head of the smallest unit that holds all rows
// decides, officers verify row by row, everybody accepted gets one account and one message, and the case is done when
// each has used the link or the links have lapsed. It starts with UpdateSend.
func MemoRequest(ctx workflow.Context, in MemoInput) error {
	m := &memo{in: in, settled: workflow.GetSignalChannel(ctx, SignalSettled), replan: workflow.GetSignalChannel(ctx, SignalReplan)}
	m.caseRun = caseRun{c: &m.s.Case, clock: in.Clock, turn: workflow.NewMutex(ctx), applied: m.apply}
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
	if rec.Type == models.EventReminded {
		m.s.Turn.Reminded = true
	}
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

// awaitDecider waits while somebody is asked: reminds them, asks the next in line when their time is over, and lets
// the memo expire after the last. No clock runs while a question to the sender is open.
func (m *memo) awaitDecider(ctx workflow.Context) error {
	asked, step, round := m.c.Status, m.c.Step, m.c.Round
	moved := func() bool { return m.c.Status != asked || m.c.Step != step || m.c.Round != round }
	for !moved() {
		if err := m.continueIfLong(ctx); err != nil {
			return err
		}
		if m.replan.Len() > 0 {
			if err := m.findDecider(ctx); err != nil {
				return err
			}
			continue
		}
		if err := m.awaitTick(ctx, moved); err != nil {
			return err
		}
	}
	return nil
}

// awaitTick waits for the next instant of whichever clock runs, and does what it calls for.
func (m *memo) awaitTick(ctx workflow.Context, moved func() bool) error {
	question := m.s.Question
	interrupted := func() bool { return moved() || m.s.Question != question || m.replan.Len() > 0 || long(ctx) }
	next, tick := m.s.Turn.next, m.tick
	if question != nil {
		next, tick = question.next(m.s.Calendar), m.tickQuestion
	}
	came, err := m.sleepUntil(ctx, next(m.now(ctx)), interrupted)
	if err != nil || !came {
		return err
	}
	return tick(ctx, func() bool { return moved() || m.s.Question != question })
}

// awaitSender waits for the sender, who corrects what was returned; no clock runs meanwhile (TIMING 'Approvals').
func (m *memo) awaitSender(ctx workflow.Context) error {
	if err := m.continueIfLong(ctx); err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return m.c.Status != models.StatusReturned || long(ctx) })
}

// tick does what the clock of the present turn calls for, if it still does.
func (m *memo) tick(ctx workflow.Context, moved func() bool) error {
	now, t := m.now(ctx), m.s.Turn
	still := func() bool { return !moved() }
	switch {
	case !now.After(t.Due) && !t.Reminded && !now.Before(t.Remind):
		return m.byClock(ctx, m.timer("remind"), still, m.reminded)
	case now.After(t.Due):
		return m.byClock(ctx, m.timer("due"), still, func() models.Change { return m.passOn(now) })
	}
	return nil // the timer came a moment early
}

func (m *memo) timer(what string) string {
	if m.s.Replans > 0 { // the same step may be asked a second time
		what += ":" + strconv.Itoa(m.s.Replans)
	}
	return timerID(what, m.c.Stage, m.c.Step, m.c.Round)
}

func (m *memo) reminded() models.Change {
	who := m.s.Turn.Step.Candidate
	return models.Change{Type: models.EventReminded, After: *m.c,
		Notices: []models.NoticeSpec{{Kind: "memo_reminder", To: models.Recipient{Candidate: &who}}}}
}

// passOn asks the next in line, or lets the memo expire after the last.
func (m *memo) passOn(now time.Time) models.Change {
	steps := m.steps(m.c.Stage)
	if next := m.c.Step + 1; next < len(steps) {
		return m.turnTo(models.EventEscalated, *m.c, steps, next, now)
	}
	return m.end(models.EventExpired, models.StatusExpired, "", m.toSender("memo_expired"))
}

func (m *memo) steps(s models.Stage) []models.Step {
	if s == models.StageHead {
		return m.s.Head
	}
	return m.s.Officers
}

// turnTo asks one step of a stage: its candidate gets the work item, the time and the message.
func (m *memo) turnTo(event models.EventType, after models.Case, steps []models.Step, step int, now time.Time) models.Change {
	return m.open(event, after, begin(steps[step], m.s.Calendar, now), step)
}

// open opens the work item of a turn; whatever was asked or stood in the way before is over.
func (m *memo) open(event models.EventType, after models.Case, t turn, step int) models.Change {
	who := t.Step.Candidate
	after.Stage, after.Step, after.Candidates, after.Due = t.Step.Stage, step, []models.Candidate{who}, &t.Due
	after.Asked, after.Trouble = nil, ""
	queue, notice := "approval", "memo_waiting"
	if t.Step.Stage == models.StageOfficer {
		queue, notice = "verification", "memo_verification"
	}
	return models.Change{Type: event, After: after, Outcome: string(event),
		Item:    &models.WorkItem{Stage: t.Step.Stage, Round: after.Round, Step: step, Queue: queue, Candidate: who, Due: t.Due},
		Notices: []models.NoticeSpec{{Kind: notice, To: models.Recipient{Candidate: &who}}}}
}

// end closes what is open and waits for nobody.
func (m *memo) end(event models.EventType, status models.Status, reason string, notices ...models.NoticeSpec) models.Change {
	after := *m.c
	after.Status, after.Candidates, after.Due, after.Asked, after.Trouble = status, nil, nil, nil, ""
	return models.Change{Type: event, After: after, Outcome: string(event), Reason: reason, Notices: notices}
}

func (m *memo) toSender(kind string) models.NoticeSpec {
	return models.NoticeSpec{Kind: kind, To: models.Recipient{Account: m.c.Sender}}
}

// continueIfLong starts a fresh history when this one has grown long and nobody is in the middle of something.
func (m *memo) continueIfLong(ctx workflow.Context) error {
	if !long(ctx) {
		return nil
	}
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return err
	}
	next := m.in
	next.State = &m.s
	return workflow.NewContinueAsNewError(ctx, MemoWorkflow, next)
}

func long(ctx workflow.Context) bool { return workflow.GetInfo(ctx).GetContinueAsNewSuggested() }

func always() bool { return true }

// next is the place of the event to come: unique within the case, the same when a step is run again.
func (m *memo) next() string { return strconv.Itoa(m.c.Seq + 1) }
