package workflows

import (
	"strconv"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"loket/activities"
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
}

// memo is one run of MemoRequest.
type memo struct {
	caseRun
	in      MemoInput
	s       MemoState
	failed  error // why sending did not succeed; the run then ends as failed, and the draft can be sent again
	settled workflow.ReceiveChannel
}

// MemoRequest is the memo-based account request (PRODUCT 3.1): the head of the smallest unit that holds all rows
// decides, officers verify row by row, everybody accepted gets one account and one message, and the case is done when
// each has used the link or the links have lapsed. It starts with UpdateSend.
func MemoRequest(ctx workflow.Context, in MemoInput) error {
	m := &memo{in: in, settled: workflow.GetSignalChannel(ctx, SignalSettled)}
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
	if rec.Item != nil {
		m.s.Turn = begin(m.steps(rec.Item.Stage)[rec.Item.Step], m.s.Calendar, rec.At)
	}
	if rec.Type == models.EventReminded {
		m.s.Turn.Reminded = true
	}
	m.s.Rows = models.ApplyRows(m.s.Rows, rec.Rows)
	if rec.Move != nil {
		m.s.Rows = models.MoveRows(m.s.Rows, *rec.Move)
	}
	if rec.Type == models.EventResent {
		m.s.Rows = pending(rec.After.RowsOpen)
	}
}

// awaitDecider waits while somebody is asked: reminds them, asks the next in line when their time is over, and lets
// the memo expire after the last.
func (m *memo) awaitDecider(ctx workflow.Context) error {
	asked, step, round := m.c.Status, m.c.Step, m.c.Round
	moved := func() bool { return m.c.Status != asked || m.c.Step != step || m.c.Round != round }
	interrupted := func() bool { return moved() || long(ctx) }
	for !moved() {
		if err := m.continueIfLong(ctx); err != nil {
			return err
		}
		came, err := m.sleepUntil(ctx, m.s.Turn.next(m.now(ctx)), interrupted)
		if err != nil {
			return err
		}
		if !came {
			continue
		}
		if err := m.tick(ctx, moved); err != nil {
			return err
		}
	}
	return nil
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
		return m.ask(models.EventEscalated, *m.c, steps, next, now)
	}
	return m.end(models.EventExpired, models.StatusExpired, "", m.toSender("memo_expired"))
}

func (m *memo) steps(s models.Stage) []models.Step {
	if s == models.StageHead {
		return m.s.Head
	}
	return m.s.Officers
}

// ask turns to one step of a stage: its candidate gets the work item, the time and the message.
func (m *memo) ask(event models.EventType, after models.Case, steps []models.Step, step int, now time.Time) models.Change {
	t := begin(steps[step], m.s.Calendar, now)
	who := t.Step.Candidate
	after.Stage, after.Step, after.Candidates, after.Due = t.Step.Stage, step, []models.Candidate{who}, &t.Due
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
	after.Status, after.Candidates, after.Due = status, nil, nil
	return models.Change{Type: event, After: after, Outcome: string(event), Reason: reason, Notices: notices}
}

func (m *memo) toSender(kind string) models.NoticeSpec {
	return models.NoticeSpec{Kind: kind, To: models.Recipient{Account: m.c.Sender}}
}

// makeAccounts provisions the accepted rows in chunks. What keeps failing is shown to an operator, who lets it be
// tried again; rows already made are not made twice.
func (m *memo) makeAccounts(ctx workflow.Context) error {
	var memos *activities.Memos
	for from := 1; from <= len(m.s.Rows); from += chunkRows {
		in := activities.ProvisionInput{CaseID: m.c.ID, From: from, To: min(from+chunkRows-1, len(m.s.Rows)), At: m.now(ctx)}
		err := workflow.ExecuteActivity(bounded(ctx, provisionPatience), memos.Provision, in).Get(ctx, nil)
		if temporal.IsCanceledError(err) {
			return err
		}
		if err != nil {
			return m.askOperator(ctx)
		}
	}
	m.s.LinksSince = m.now(ctx)
	return m.byClock(ctx, "provisioned", always, func() models.Change {
		return m.end(models.EventProvision, models.StatusActivation, "", m.toSender("memo_done"))
	})
}

// askOperator waits until support has the work tried again.
func (m *memo) askOperator(ctx workflow.Context) error {
	m.s.Troubles++
	err := m.byClock(ctx, "trouble:"+strconv.Itoa(m.s.Troubles), always, func() models.Change {
		after := *m.c
		after.Trouble = "provisioning"
		desk := models.Candidate{Role: models.RoleSupport1}
		return models.Change{Type: models.EventTrouble, After: after,
			Notices: []models.NoticeSpec{{Kind: "operator_needed", To: models.Recipient{Candidate: &desk}}}}
	})
	if err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return m.c.Trouble == "" })
}

// followLinks reminds those who have not used their link, and closes the case when all have or the links lapse.
func (m *memo) followLinks(ctx workflow.Context) error {
	open, err := m.openLinks(ctx)
	if err != nil {
		return err
	}
	if open == 0 {
		return m.byClock(ctx, "settled", always, func() models.Change {
			return m.end(models.EventDone, models.StatusDone, "")
		})
	}
	at := m.s.LinksSince.Add(models.CredentialNote)
	if m.s.LinkReminded {
		at = m.s.LinksSince.Add(models.CredentialLife).Add(graceAfterDue)
	}
	came, err := m.sleepUntil(ctx, at, func() bool { return m.settled.Len() > 0 })
	for m.settled.ReceiveAsync(nil) {
	}
	if err != nil || !came {
		return err
	}
	if m.s.LinkReminded {
		return m.byClock(ctx, "lapsed", always, m.lapsed)
	}
	m.s.LinkReminded = true
	return m.byClock(ctx, "links-reminded", always, func() models.Change {
		return models.Change{Type: models.EventCredential, After: *m.c,
			Notices: []models.NoticeSpec{{Kind: "credentials_reminder", To: models.Recipient{Rows: models.RowProvisioned}}}}
	})
}

func (m *memo) lapsed() models.Change {
	ch := m.end(models.EventLapsed, models.StatusDone, "", m.toSender("credentials_lapsed"))
	ch.Move = &models.RowMove{From: models.RowProvisioned, To: models.RowLapsed}
	return ch
}

func (m *memo) openLinks(ctx workflow.Context) (int, error) {
	var memos *activities.Memos
	var open int
	err := workflow.ExecuteActivity(unending(ctx), memos.OpenCredentials, m.c.ID).Get(ctx, &open)
	return open, err
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
