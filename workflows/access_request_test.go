package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"loket/activities"
	"loket/models"
	"loket/workflows"
)

var (
	staff = actor("staff")
	owner = actor("owner", models.Grant{Role: models.RoleOwner, Unit: "arsip"})
	heir  = actor("heir", models.Grant{Role: models.RoleOwner, Unit: "arsip"})
)

// accessLedger is the projection of a request: the ledger, and who answers for the application.
type accessLedger struct {
	*ledger
	owner string
}

func (l *accessLedger) Case(context.Context, string, string) (models.Case, error) { return l.c, nil }

func (l *accessLedger) OwnerOf(context.Context, string, string, string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.owner, nil
}

// asking is one request in an environment whose time is skipped.
type asking struct {
	*flow
	l *accessLedger
}

// asks prepares a request of somebody of KEM.1.1 for the archive, sent on a Monday at 08:00.
func asks(t *testing.T) *asking {
	t.Helper()
	f := begin(t, 0)
	f.l.c = models.Case{ID: "c1", Kind: models.KindAccess, Status: models.StatusDraft, Seq: 1, Unit: "KEM.1.1", UnitPath: "/KEM/KEM.1/KEM.1.1/", Requester: "staff", About: "arsip"}
	f.l.facts.Holders = []models.Holder{holder(sender), holder(head), holder(root)}
	f.l.facts.Listed = map[string]bool{"e-staff": true}
	a := &asking{flow: f, l: &accessLedger{ledger: f.l, owner: "owner"}}
	f.env = new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	f.env.SetStartTime(monday)
	f.env.SetTestTimeout(time.Minute)
	f.env.RegisterActivity(&activities.Cases{Store: f.l})
	f.env.RegisterActivity(&activities.Accesses{Store: a.l})
	f.at(0, workflows.UpdateSend, workflows.Send{Asked: by(staff)}, nil)
	return a
}

// runs takes the request to its end and answers what happened.
func (a *asking) runs() []models.EventType {
	a.env.ExecuteWorkflow(workflows.AccessRequest, workflows.AccessInput{CaseID: "c1", Agency: models.DefaultAgency})
	require.True(a.t, a.env.IsWorkflowCompleted())
	require.NoError(a.t, a.env.GetWorkflowError())
	return a.l.types()
}

// owned has another account answer for the application from an instant on, and the case told.
func (a *asking) owned(d time.Duration, by string) *asking {
	a.env.RegisterDelayedCallback(func() {
		a.l.mu.Lock()
		a.l.owner = by
		a.l.mu.Unlock()
		a.env.SignalWorkflow(workflows.SignalReplan, nil)
	}, d)
	return a
}

// soon is when the head answers where the owner's time is what matters.
const soon = time.Minute

// after is how long after Monday 08:00 so many business minutes are over; later, after the head's answer.
func (a *asking) after(minutes int) time.Duration {
	return a.l.calendar.Add(monday, minutes).Sub(monday)
}

func (a *asking) later(minutes int) time.Duration {
	return a.l.calendar.Add(monday.Add(soon), minutes).Sub(monday)
}

func TestAccessIsGrantedByHeadAndOwner(t *testing.T) {
	a := asks(t)
	a.at(time.Hour, workflows.UpdateDecide, decide(owner, true), refusedWith(t, "not_yours"))
	a.at(time.Hour+time.Minute, workflows.UpdateDecide, decide(staff, true), refusedWith(t, "not_yours"))
	a.at(2*time.Hour, workflows.UpdateDecide, decide(sender, true), nil)
	a.at(3*time.Hour, workflows.UpdateDecide, decide(sender, true), refusedWith(t, "not_yours"))
	a.at(4*time.Hour, workflows.UpdateDecide, decide(owner, true), nil)
	require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventApproved}, a.runs())
	require.Equal(t, models.StatusGranted, a.l.c.Status)
	require.Equal(t, "access_granted", a.l.events[2].Notices[0].Kind)
}

func TestAccessDeadlines(t *testing.T) {
	second := time.Second
	t.Run("a head answers in the last second", func(t *testing.T) {
		a := asks(t)
		a.at(a.after(900), workflows.UpdateDecide, decide(sender, false), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventReminded, models.EventRefused}, a.runs())
		require.Equal(t, monday.Add(a.after(450)).UTC(), a.l.at(models.EventReminded).UTC().Truncate(second))
	})
	t.Run("later the parent's head is asked, and so on up, before it expires", func(t *testing.T) {
		a := asks(t)
		a.at(a.after(900)+2*second, workflows.UpdateDecide, decide(sender, true), refusedWith(t, "not_yours"))
		require.Equal(t, []models.EventType{models.EventSent, models.EventReminded, models.EventEscalated, models.EventReminded, models.EventEscalated,
			models.EventReminded, models.EventExpired}, a.runs())
		require.Equal(t, models.StatusExpired, a.l.c.Status)
	})
	t.Run("an owner answers in the last second", func(t *testing.T) {
		a := asks(t)
		a.at(soon, workflows.UpdateDecide, decide(sender, true), nil)
		a.at(a.later(900), workflows.UpdateDecide, decide(owner, true), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventReminded, models.EventApproved}, a.runs())
	})
	t.Run("nobody stands above an owner: a second later it has expired", func(t *testing.T) {
		a := asks(t)
		a.at(soon, workflows.UpdateDecide, decide(sender, true), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventReminded, models.EventExpired}, a.runs())
		require.Equal(t, monday.Add(a.later(900)+second).UTC(), a.l.at(models.EventExpired).UTC().Truncate(second))
		require.Equal(t, "access_expired", a.l.events[3].Notices[0].Kind)
	})
}

func TestAnotherOwnerIsAsked(t *testing.T) {
	t.Run("with time of their own", func(t *testing.T) {
		a := asks(t)
		a.at(soon, workflows.UpdateDecide, decide(sender, true), nil)
		a.owned(a.after(800), "heir")
		a.at(a.after(1000), workflows.UpdateDecide, decide(heir, true), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventReminded, models.EventReassigned, models.EventApproved}, a.runs())
	})
	t.Run("while there is none an admin is told, and the clock goes on", func(t *testing.T) {
		a := asks(t)
		a.at(soon, workflows.UpdateDecide, decide(sender, true), nil)
		a.owned(time.Hour, "").owned(2*time.Hour, "")
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventTrouble, models.EventReminded, models.EventExpired}, a.runs())
		require.Equal(t, "access_approver_needed", a.l.events[2].Notices[0].Kind)
	})
	t.Run("one who is named later begins anew", func(t *testing.T) {
		a := asks(t)
		a.at(soon, workflows.UpdateDecide, decide(sender, true), nil)
		a.owned(time.Hour, "").owned(2*time.Hour, "heir")
		a.at(3*time.Hour, workflows.UpdateDecide, decide(heir, true), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventTrouble, models.EventReassigned, models.EventApproved}, a.runs())
		require.Empty(t, a.l.c.Trouble)
	})
	t.Run("a change of owner while the head is asked moves no clock", func(t *testing.T) {
		a := asks(t)
		a.owned(time.Hour, "heir")
		a.at(2*time.Hour, workflows.UpdateDecide, decide(sender, true), nil)
		a.owned(3*time.Hour, "heir")
		a.at(4*time.Hour, workflows.UpdateDecide, decide(heir, true), nil)
		require.Equal(t, []models.EventType{models.EventSent, models.EventApproved, models.EventApproved}, a.runs())
	})
}

func TestAccessIsTalkedAbout(t *testing.T) {
	a := asks(t)
	a.at(time.Hour, workflows.UpdateAsk, workflows.Ask{Asked: by(sender), Question: "Untuk apa?"}, nil)
	a.at(time.Hour+time.Minute, workflows.UpdateNudge, workflows.Nudge{Asked: by(staff)}, refusedWith(t, "not_now"))
	a.at(2*time.Hour, workflows.UpdateAnswer, workflows.Answer{Asked: by(head), Answer: "Saya?"}, refusedWith(t, "not_yours"))
	a.at(2*time.Hour+time.Minute, workflows.UpdateAnswer, workflows.Answer{Asked: by(staff), Answer: "Arsip."}, nil)
	a.at(3*time.Hour, workflows.UpdateNudge, workflows.Nudge{Asked: by(staff)}, nil)
	a.at(3*time.Hour+time.Minute, workflows.UpdateNudge, workflows.Nudge{Asked: by(staff)}, refusedWith(t, "too_soon"))
	a.at(4*time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(sender)}, refusedWith(t, "not_yours"))
	a.at(4*time.Hour+time.Minute, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(staff), Reason: "Tidak jadi."}, nil)
	require.Equal(t, []models.EventType{models.EventSent, models.EventAsked, models.EventAnswered, models.EventNudged, models.EventWithdrawn}, a.runs())
	require.Equal(t, "access_withdrawn", a.l.events[4].Notices[0].Kind)
}

func TestNobodyToAskIsNoRequest(t *testing.T) {
	a := asks(t)
	a.l.facts.Holders = nil
	a.env = new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	a.env.RegisterActivity(&activities.Cases{Store: a.l.ledger})
	a.env.RegisterActivity(&activities.Accesses{Store: a.l})
	a.at(0, workflows.UpdateSend, workflows.Send{Asked: by(staff)}, refusedWith(t, "no_approver"))
	a.env.ExecuteWorkflow(workflows.AccessRequest, workflows.AccessInput{CaseID: "c1", Agency: models.DefaultAgency})
	require.Error(t, a.env.GetWorkflowError(), "the run ends, and the request can be sent again")
	require.Empty(t, a.l.types())
}
