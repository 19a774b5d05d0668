package workflows_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
	"loket/workflows"
)

var (
	wib    = time.FixedZone("WIB", 7*3600)
	monday = time.Date(2026, 6, 8, 8, 0, 0, 0, wib)

	sender  = actor("sender", models.Grant{Role: models.RoleHead, Unit: "KEM.1.1"})
	head    = actor("head", models.Grant{Role: models.RoleHead, Unit: "KEM.1"})
	acting  = actor("acting", models.Grant{Role: models.RoleActingHead, Unit: "KEM.1", OnBehalfOf: "e-head"})
	root    = actor("root", models.Grant{Role: models.RoleHead, Unit: "KEM"})
	officer = actor("officer", models.Grant{Role: models.RoleOfficer, Unit: "KEM.5.1"})
	support = actor("support", models.Grant{Role: models.RoleSupport1, Unit: "KEM.4.1"})
	other   = actor("other", models.Grant{Role: models.RoleHead, Unit: "KEM.2"})
)

func actor(id string, grants ...models.Grant) models.Actor {
	return models.Actor{Agency: models.DefaultAgency, AccountID: id, EmployeeID: "e-" + id, Grants: grants}
}

// flow is one memo in an environment whose time is skipped.
type flow struct {
	t   *testing.T
	env *testsuite.TestWorkflowEnvironment
	l   *ledger
}

// begin prepares a memo of n rows that the head of KEM.1.1 is about to send on a Monday at 08:00.
func begin(t *testing.T, n int) *flow {
	t.Helper()
	body, err := os.ReadFile("../models/testdata/calendar-id-2026.json")
	require.NoError(t, err)
	cal, err := models.ParseCalendar(body)
	require.NoError(t, err)
	f := &flow{t: t, env: new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment(), l: &ledger{
		calendar: cal,
		accounts: map[int]int{},
		links:    map[int]*link{},
		draft:    models.MemoDraft{Rows: make([]models.RecapRow, n)},
		c: models.Case{ID: "c1", Kind: models.KindMemo, Status: models.StatusDraft, Seq: 1, Unit: "KEM.1.1", RowsOpen: n,
			Requester: "sender", Candidates: models.DraftCandidates(models.MemoFlexiwork, "KEM.1.1")},
		facts: models.ApprovalFacts{Unit: "KEM.1.1", Path: "/KEM/KEM.1/KEM.1.1/", Chain: []string{"KEM.1.1", "KEM.1", "KEM"},
			Holders: []models.Holder{holder(sender), holder(head), holder(acting), holder(root)}},
	}}
	f.env.SetStartTime(monday)
	f.env.SetTestTimeout(time.Minute)
	f.env.RegisterActivity(&activities.Cases{Store: f.l})
	f.env.RegisterActivity(&activities.Memos{Store: f.l})
	f.env.RegisterActivity(&activities.Calendars{Store: f.l})
	f.at(0, workflows.UpdateSend, workflows.Send{Asked: by(sender)}, nil)
	return f
}

func holder(a models.Actor) models.Holder {
	return models.Holder{Role: a.Grants[0].Role, Unit: a.Grants[0].Unit, AccountID: a.AccountID, EmployeeID: a.EmployeeID}
}

// at asks an update when so much wall time has passed since Monday 08:00; check sees the refusal, nil when accepted.
func (f *flow) at(d time.Duration, update string, in any, check func(error)) *flow {
	id := update + d.String()
	f.env.RegisterDelayedCallback(func() {
		f.env.UpdateWorkflow(update, id, &testsuite.TestUpdateCallback{
			OnReject:   func(err error) { f.answer(err, check) },
			OnComplete: func(_ any, err error) { f.answer(err, check) },
			OnAccept:   func() {},
		}, in)
	}, d)
	return f
}

func (f *flow) answer(err error, check func(error)) {
	if check == nil {
		require.NoError(f.t, err)
		return
	}
	check(err)
}

// run takes the memo to its end and answers what happened.
func (f *flow) run() []models.EventType {
	f.env.ExecuteWorkflow(workflows.MemoRequest, workflows.MemoInput{CaseID: "c1", Agency: models.DefaultAgency})
	require.True(f.t, f.env.IsWorkflowCompleted())
	require.NoError(f.t, f.env.GetWorkflowError())
	return f.l.types()
}

func refusedWith(t *testing.T, code string) func(error) {
	return func(err error) {
		var app *temporal.ApplicationError
		require.True(t, errors.As(err, &app), "want a refusal with %s, got %v", code, err)
		require.Equal(t, code, app.Type())
	}
}

func decide(a models.Actor, approve bool) workflows.Decide {
	return workflows.Decide{Asked: by(a), Approve: approve, Reason: "berkas belum lengkap"}
}

func by(a models.Actor) workflows.Asked { return workflows.Asked{Actor: a} }

func acceptAll(a models.Actor) workflows.Verify {
	return workflows.Verify{Asked: by(a), All: models.RowAccepted}
}

// settle lets everybody use their link after so much time.
func (f *flow) settle(d time.Duration) *flow {
	f.env.RegisterDelayedCallback(func() {
		f.l.mu.Lock()
		for _, k := range f.l.links {
			k.used = true
		}
		f.l.mu.Unlock()
		f.env.SignalWorkflow(workflows.SignalSettled, nil)
	}, d)
	return f
}

func TestADelegateSendsForTheirHead(t *testing.T) {
	f := begin(t, 1)
	delegate := actor("delegate", models.Grant{Role: models.RoleActingHead, Unit: "KEM.1.1", OnBehalfOf: "e-sender"})
	f.env = new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	f.env.RegisterActivity(&activities.Cases{Store: f.l})
	f.env.RegisterActivity(&activities.Memos{Store: f.l})
	f.at(0, workflows.UpdateSend, workflows.Send{Asked: by(delegate)}, nil)
	f.at(time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(delegate)}, nil)
	require.Equal(t, []models.EventType{models.EventSent, models.EventWithdrawn}, f.run())
	require.Equal(t, "e-sender", f.l.events[0].OnBehalfOf)
}

func TestMemoGoesThrough(t *testing.T) {
	f := begin(t, 120).
		at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
		at(2*time.Hour, workflows.UpdateVerify, acceptAll(officer), nil).
		settle(3 * time.Hour)
	require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventVerified, models.EventProvision,
		models.EventDone}, f.run())
	require.Len(t, f.l.accounts, 120)
	for row, times := range f.l.accounts {
		require.Equal(t, 1, times, "row %d", row)
	}
}

func TestMemoRowByRow(t *testing.T) {
	rows := func(ds ...models.RowDecision) workflows.Verify { return workflows.Verify{Asked: by(officer), Rows: ds} }
	f := begin(t, 3).
		at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
		at(2*time.Hour, workflows.UpdateVerify, rows(models.RowDecision{No: 2, Accept: true}), nil).
		at(3*time.Hour, workflows.UpdateVerify, rows(models.RowDecision{No: 2, Accept: true}), refusedWith(t, "already_decided")).
		at(4*time.Hour, workflows.UpdateVerify, rows(models.RowDecision{No: 4, Accept: true}), refusedWith(t, "invalid")).
		at(5*time.Hour, workflows.UpdateVerify, rows(models.RowDecision{No: 1}), refusedWith(t, "invalid")).
		at(6*time.Hour, workflows.UpdateVerify, rows(models.RowDecision{No: 1, Reason: "bukan pegawai unit ini"},
			models.RowDecision{No: 3, Accept: true}), nil).
		settle(7 * time.Hour)
	require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventRows, models.EventVerified,
		models.EventProvision, models.EventDone}, f.run())
}

func TestMemoWithEveryRowRejectedIsRefused(t *testing.T) {
	f := begin(t, 2).
		at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
		at(2*time.Hour, workflows.UpdateVerify, workflows.Verify{Asked: by(officer), All: models.RowRejected}, refusedWith(t, "invalid")).
		at(3*time.Hour, workflows.UpdateVerify, workflows.Verify{Asked: by(officer), All: models.RowRejected, Reason: "data tidak cocok"}, nil)
	require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventRefused}, f.run())
	require.Empty(t, f.l.accounts)
}

func TestWhoMayDecide(t *testing.T) {
	listed := head
	listed.Listed = true
	f := begin(t, 1).
		at(time.Minute, workflows.UpdateDecide, decide(sender, true), refusedWith(t, "not_yours")).
		at(2*time.Minute, workflows.UpdateDecide, decide(other, true), refusedWith(t, "not_yours")).
		at(3*time.Minute, workflows.UpdateDecide, decide(listed, true), refusedWith(t, "not_yours")).
		at(4*time.Minute, workflows.UpdateVerify, acceptAll(officer), refusedWith(t, "already_decided")).
		at(5*time.Minute, workflows.UpdateSend, workflows.Send{Asked: by(sender)}, refusedWith(t, "not_now")).
		at(6*time.Minute, workflows.UpdateRetry, workflows.Retry{Asked: by(support)}, refusedWith(t, "not_now")).
		at(7*time.Minute, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(head)}, refusedWith(t, "not_yours")).
		at(8*time.Minute, workflows.UpdateDecide, workflows.Decide{Asked: by(head)}, refusedWith(t, "invalid")).
		at(9*time.Minute, workflows.UpdateDecide, decide(head, false), nil)
	require.Equal(t, []models.EventType{models.EventSent, models.EventRefused}, f.run())
}

func TestSenderTakesItBack(t *testing.T) {
	t.Run("while a head is asked", func(t *testing.T) {
		f := begin(t, 1).at(time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(sender)}, nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventWithdrawn}, f.run())
	})
	t.Run("until the last row is decided", func(t *testing.T) {
		f := begin(t, 2).
			at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
			at(2*time.Hour, workflows.UpdateVerify, workflows.Verify{Asked: by(officer), Rows: []models.RowDecision{{No: 1, Accept: true}}}, nil).
			at(3*time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(sender)}, nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventRows, models.EventWithdrawn}, f.run())
		require.Empty(t, f.l.accounts)
	})
	t.Run("not after it", func(t *testing.T) {
		f := begin(t, 1).
			at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
			at(2*time.Hour, workflows.UpdateVerify, acceptAll(officer), nil).
			at(3*time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(sender)}, refusedWith(t, "not_now")).
			settle(4 * time.Hour)
		f.run()
	})
}

func TestNobodyAnswers(t *testing.T) {
	f := begin(t, 1)
	require.Equal(t, []models.EventType{models.EventSent,
		models.EventReminded, models.EventEscalated, // the head, 900 minutes
		models.EventReminded, models.EventEscalated, // the acting head, 450
		models.EventReminded, models.EventExpired, // the head at the root, 450
	}, f.run())
	require.Equal(t, time.Date(2026, 6, 9, 8, 0, 0, 0, wib), f.l.at(models.EventReminded).In(wib).Truncate(time.Minute))
	require.Equal(t, time.Date(2026, 6, 10, 8, 0, 0, 0, wib), f.l.at(models.EventEscalated).In(wib).Truncate(time.Minute))
	require.Equal(t, time.Date(2026, 6, 12, 8, 0, 0, 0, wib), f.l.at(models.EventExpired).In(wib).Truncate(time.Minute))
}

func TestBothSidesOfTheDeadline(t *testing.T) {
	due := 48 * time.Hour // Wednesday 08:00
	t.Run("in the second it falls due the head is on time", func(t *testing.T) {
		f := begin(t, 1).at(due, workflows.UpdateDecide, decide(head, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventReminded, models.EventRefused}, f.run())
	})
	t.Run("later the acting head is asked, for the head", func(t *testing.T) {
		f := begin(t, 1).
			at(due+2*time.Second, workflows.UpdateDecide, decide(head, false), refusedWith(t, "not_yours")).
			at(due+3*time.Second, workflows.UpdateDecide, decide(acting, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventReminded, models.EventEscalated, models.EventRefused}, f.run())
		require.Equal(t, "e-head", f.l.events[3].OnBehalfOf)
	})
	t.Run("a decision before the reminder is not reminded of", func(t *testing.T) {
		f := begin(t, 1).at(24*time.Hour-time.Second, workflows.UpdateDecide, decide(head, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventRefused}, f.run())
	})
}

func TestLinks(t *testing.T) {
	made := func(t *testing.T) *flow {
		return begin(t, 2).
			at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
			at(2*time.Hour, workflows.UpdateVerify, acceptAll(officer), nil)
	}
	common := []models.EventType{models.EventSent, models.EventApproved, models.EventVerified, models.EventProvision}
	t.Run("unused ones are reminded of after 48 hours and lapse after 72", func(t *testing.T) {
		f := made(t)
		require.Equal(t, append(common, models.EventCredential, models.EventLapsed, models.EventDone), f.run())
		require.Equal(t, 48*time.Hour, f.l.at(models.EventCredential).Sub(f.l.at(models.EventProvision)).Truncate(time.Minute))
		require.Equal(t, 72*time.Hour, f.l.at(models.EventLapsed).Sub(f.l.at(models.EventProvision)).Truncate(time.Minute))
		require.Equal(t, &models.RowMove{From: models.RowProvisioned, To: models.RowLapsed}, f.l.events[5].Move)
		require.Equal(t, models.StatusActivation, f.l.events[5].After.Status, "the sender may have them sent anew")
		require.Equal(t, 30*24*time.Hour, f.l.at(models.EventDone).Sub(f.l.at(models.EventLapsed)).Round(time.Minute))
	})
	t.Run("sent anew, it lives as long as the first", func(t *testing.T) {
		f := made(t).
			at(51*time.Hour, workflows.UpdateReissue, workflows.Reissue{Asked: by(head), Rows: []int{2}}, refusedWith(t, "not_yours")).
			at(52*time.Hour, workflows.UpdateReissue, workflows.Reissue{Asked: by(sender), Rows: []int{2}}, nil).
			settle(110 * time.Hour)
		require.Equal(t, append(common, models.EventCredential, models.EventReissued, models.EventLapsed, models.EventCredential, models.EventDone), f.run())
		require.Equal(t, 100*time.Hour, f.l.events[7].At.Sub(monday).Truncate(time.Minute), "the copy is reminded of by its own time")
		require.Equal(t, models.StatusDone, f.l.c.Status)
	})
	t.Run("sent anew after all had lapsed", func(t *testing.T) {
		f := made(t).
			at(200*time.Hour, workflows.UpdateReissue, workflows.Reissue{Asked: by(sender), Rows: []int{1, 2}}, nil).
			settle(201 * time.Hour)
		require.Equal(t, append(common, models.EventCredential, models.EventLapsed, models.EventReissued, models.EventDone), f.run())
	})
	t.Run("all used after the reminder", func(t *testing.T) {
		f := made(t).settle(60 * time.Hour)
		require.Equal(t, append(common, models.EventCredential, models.EventDone), f.run())
	})
}

func TestTrouble(t *testing.T) {
	t.Run("an operator sees what keeps failing and has it tried again", func(t *testing.T) {
		f := begin(t, 1).
			at(time.Hour, workflows.UpdateDecide, decide(head, true), nil).
			at(2*time.Hour, workflows.UpdateVerify, acceptAll(officer), nil).
			at(3*time.Hour, workflows.UpdateRetry, workflows.Retry{Asked: by(sender)}, refusedWith(t, "not_yours")).
			settle(5 * time.Hour)
		f.l.refuse = errors.New("the directory refuses")
		f.env.RegisterDelayedCallback(func() { f.l.mu.Lock(); f.l.refuse = nil; f.l.mu.Unlock() }, 3*time.Hour+time.Minute)
		f.at(4*time.Hour, workflows.UpdateRetry, workflows.Retry{Asked: by(support)}, nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventVerified, models.EventTrouble,
			models.EventRetried, models.EventProvision, models.EventDone}, f.run())
	})
	t.Run("a database that is away delays and loses nothing", func(t *testing.T) {
		f := begin(t, 1)
		f.l.failNext = 5
		require.Equal(t, models.EventExpired, f.run()[6])
	})
	t.Run("who saw a step that the run has yet to apply is answered once it has", func(t *testing.T) {
		f := begin(t, 1)
		f.l.failNext = 8 // sending is acknowledged by the row long before the run hears of it
		seen := decide(head, false)
		seen.Seen = 2
		f.at(time.Second, workflows.UpdateDecide, seen, nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventRefused}, f.run())
	})
	t.Run("a commit whose answer was lost is found again", func(t *testing.T) {
		f := begin(t, 1)
		f.l.forgetful = 3
		require.Len(t, f.run(), 7)
	})
	t.Run("a memo that nobody could decide is not sent", func(t *testing.T) {
		f := begin(t, 1)
		f.l.facts.Holders = nil
		f.env = new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
		f.env.RegisterActivity(&activities.Cases{Store: f.l})
		f.env.RegisterActivity(&activities.Memos{Store: f.l})
		f.at(0, workflows.UpdateSend, workflows.Send{Asked: by(sender)}, refusedWith(t, "no_approver"))
		f.env.ExecuteWorkflow(workflows.MemoRequest, workflows.MemoInput{CaseID: "c1", Agency: models.DefaultAgency})
		require.ErrorContains(t, f.env.GetWorkflowError(), "not sent")
		require.Empty(t, f.l.types())
	})
}

func TestALongHistoryIsContinued(t *testing.T) {
	f := begin(t, 1)
	f.env.RegisterDelayedCallback(func() { f.env.SetContinueAsNewSuggested(true) }, time.Hour)
	f.env.ExecuteWorkflow(workflows.MemoRequest, workflows.MemoInput{CaseID: "c1", Agency: models.DefaultAgency})
	var next *workflow.ContinueAsNewError
	require.ErrorAs(t, f.env.GetWorkflowError(), &next)
	var in workflows.MemoInput
	require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(next.Input, &in))

	g := begin(t, 1)
	g.l = f.l
	g.env = new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	g.env.SetStartTime(monday.Add(24 * time.Hour))
	g.env.RegisterActivity(&activities.Cases{Store: g.l})
	g.env.RegisterActivity(&activities.Memos{Store: g.l})
	g.at(time.Minute, workflows.UpdateDecide, decide(head, false), nil)
	g.env.ExecuteWorkflow(workflows.MemoRequest, in)
	require.NoError(t, g.env.GetWorkflowError())
	require.Equal(t, []models.EventType{models.EventSent, models.EventReminded, models.EventRefused}, g.l.types(), "the clock goes on where it was")
}

func TestSpeedDividesWaitingOnly(t *testing.T) {
	f := begin(t, 1)
	f.env.ExecuteWorkflow(workflows.MemoRequest, workflows.MemoInput{CaseID: "c1", Agency: models.DefaultAgency,
		Clock: models.Clock{Epoch: monday, Speed: 1000}})
	require.NoError(t, f.env.GetWorkflowError())
	took := f.env.Now().Sub(monday)
	require.Less(t, took, 10*time.Minute, "four days at a thousandfold")
	require.Equal(t, time.Date(2026, 6, 10, 8, 0, 0, 0, wib), f.l.at(models.EventEscalated).In(wib).Truncate(time.Minute))
}
