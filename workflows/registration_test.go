package workflows_test

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"loket/activities"
	"loket/models"
	"loket/workflows"
)

var (
	lead        = actor("lead", models.Grant{Role: models.RoleOfficerLead, Unit: "KEM.5.1"})
	officesHead = actor("offices-head", models.Grant{Role: models.RoleHead, Unit: "KEM.5.1"})
	applicant   = models.Actor{Agency: models.DefaultAgency, Applicant: true}
)

// door keeps one registration as the store promises to.
type door struct {
	mu       sync.Mutex
	turned   string
	used     bool
	looks    int
	facts    models.ApprovalFacts
	calendar models.Calendar
}

func (d *door) LookAtRegistration(context.Context, string) (models.RegistrationLooked, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.looks++; d.looks == 1 {
		return models.RegistrationLooked{}, errAway
	}
	return models.RegistrationLooked{Turned: d.turned}, nil
}

func (d *door) OfficerFacts(context.Context, string) (models.ApprovalFacts, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.facts, nil
}

func (d *door) UnitCalendar(context.Context, string, string) (models.Calendar, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.calendar, nil
}

func (d *door) RegistrationLinkUsed(context.Context, string) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.used, nil
}

func (d *door) now(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

type registrationFlow struct {
	flow
	d  *door
	in workflows.RegistrationInput
}

// registers prepares a registration that begins on a Monday at 08:00.
func registers(t *testing.T) *registrationFlow {
	t.Helper()
	body, err := os.ReadFile("../models/testdata/calendar-id-2026.json")
	require.NoError(t, err)
	cal, err := models.ParseCalendar(body)
	require.NoError(t, err)
	f := &registrationFlow{flow: flow{t: t, env: new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment(), l: &ledger{}},
		d: &door{calendar: cal, facts: models.ApprovalFacts{Unit: "KEM.5.1", Path: "/KEM/KEM.5/KEM.5.1/", OfficersUnit: "KEM.5.1",
			Holders: []models.Holder{holder(officer), holder(lead), holder(officesHead)}}},
		in: workflows.RegistrationInput{CaseID: "r1", Agency: models.DefaultAgency, Sort: models.RegistrationAccount}}
	f.env.SetStartTime(monday)
	f.env.SetTestTimeout(time.Minute)
	f.env.RegisterActivity(&activities.Cases{Store: f.l})
	f.env.RegisterActivity(&activities.Registrations{Store: f.d})
	f.env.RegisterActivity(&activities.Calendars{Store: f.d})
	return f
}

func (f *registrationFlow) ask(after time.Duration, update string, in any, check func(error)) *registrationFlow {
	f.at(after, update, in, check)
	return f
}

// proves opens the form after a minute.
func (f *registrationFlow) proves() *registrationFlow {
	return f.ask(time.Minute, workflows.UpdateProve, workflows.Prove{Asked: by(applicant)}, nil)
}

func (f *registrationFlow) sends(after time.Duration, check func(error)) *registrationFlow {
	return f.ask(after, workflows.UpdateSend, workflows.SendRegistration{Asked: by(applicant), Version: 3}, check)
}

// sent is before the officers two minutes past eight.
func sent(t *testing.T) *registrationFlow { return registers(t).proves().sends(2*time.Minute, nil) }

func (f *registrationFlow) judges(after time.Duration, who models.Actor, act models.Action, check func(error)) *registrationFlow {
	in := workflows.JudgeRegistration{Asked: by(who), Action: act}
	if act != models.ActionApprove {
		in.Reason = "NPWP tidak terbaca"
	}
	if act == models.ActionReturn {
		in.Notes = []models.FieldNote{{Field: "papers", Note: "Unggah lagi"}}
	}
	return f.ask(after, workflows.UpdateDecide, in, check)
}

func (f *registrationFlow) run() []models.EventType {
	f.t.Helper()
	f.env.ExecuteWorkflow(workflows.Registration, f.in)
	require.True(f.t, f.env.IsWorkflowCompleted())
	require.NoError(f.t, f.env.GetWorkflowError())
	return f.l.types()
}

// sees looks at the case when so much time has passed.
func (f *registrationFlow) sees(after time.Duration, look func(models.Case)) {
	f.env.RegisterDelayedCallback(func() {
		answer, err := f.env.QueryWorkflow(workflows.QueryCase)
		require.NoError(f.t, err)
		var c models.Case
		require.NoError(f.t, answer.Get(&c))
		look(c)
	}, after)
}

func (f *registrationFlow) kinds(t models.EventType) []string {
	var kinds []string
	for _, e := range f.l.events {
		if e.Type == t {
			for _, n := range e.Notices {
				kinds = append(kinds, n.Kind)
			}
		}
	}
	return kinds
}

const (
	regLink   = models.EventRegistrationLink
	regProven = models.EventRegistrationProven
	regSent   = models.EventRegistrationSent
	regResent = models.EventRegistrationResent
)

func refusedAs(t *testing.T, code string) func(error) {
	return func(err error) { require.ErrorContains(t, err, code) }
}

func TestRegistrationBegins(t *testing.T) {
	t.Run("a request that is turned away is over at once, and only an address with an account is written to", func(t *testing.T) {
		for turned, told := range map[string][]string{models.RegisteredAccount: {"registration_known"}, models.RegisteredOpen: nil, models.RegisteredTooOften: nil} {
			f := registers(t)
			f.d.turned = turned
			require.Equal(t, []models.EventType{models.EventRegistrationTurned}, f.run())
			require.Equal(t, models.StatusRefused, f.l.c.Status)
			require.Equal(t, turned, f.l.events[0].Reason)
			require.Equal(t, told, f.kinds(models.EventRegistrationTurned))
		}
	})
	t.Run("an address that nobody proves is forgotten after a day, in silence", func(t *testing.T) {
		f := registers(t)
		require.Equal(t, []models.EventType{regLink, models.EventExpired}, f.run())
		require.WithinDuration(t, monday.Add(models.RegistrationProofLife+time.Second), f.l.at(models.EventExpired), time.Second)
		require.Empty(t, f.kinds(models.EventExpired))
		require.Nil(t, f.l.c.Due)
	})
	t.Run("proven in the last second it opens the form", func(t *testing.T) {
		f := registers(t).ask(models.RegistrationProofLife, workflows.UpdateProve, workflows.Prove{Asked: by(applicant)}, nil)
		require.Equal(t, []models.EventType{regLink, regProven, models.EventExpired}, f.run())
	})
	t.Run("proven after the end it does not", func(t *testing.T) {
		f := registers(t).ask(models.RegistrationProofLife+3*time.Second, workflows.UpdateProve, workflows.Prove{Asked: by(applicant)}, func(error) {})
		require.Equal(t, []models.EventType{regLink, models.EventExpired}, f.run())
	})
	t.Run("nobody else proves, and nobody twice", func(t *testing.T) {
		f := registers(t).ask(time.Second*30, workflows.UpdateProve, workflows.Prove{Asked: by(officer)}, refusedAs(t, "not_yours")).proves().
			ask(3*time.Minute, workflows.UpdateProve, workflows.Prove{Asked: by(applicant)}, refusedAs(t, "not_now"))
		f.run()
	})
	t.Run("a form that nobody sends is over after 14 days, and its applicant is told", func(t *testing.T) {
		f := registers(t).proves()
		require.Equal(t, []models.EventType{regLink, regProven, models.EventExpired}, f.run())
		require.WithinDuration(t, monday.Add(time.Minute+models.RegistrationFormLife+time.Second), f.l.at(models.EventExpired), time.Second)
		require.Equal(t, []string{"registration_expired"}, f.kinds(models.EventExpired))
	})
	t.Run("sent in the last second it is on time, and after the end it is not", func(t *testing.T) {
		f := registers(t).proves().sends(time.Minute+models.RegistrationFormLife, nil)
		require.Contains(t, f.run(), regSent)
		f = registers(t).proves().sends(time.Minute+models.RegistrationFormLife+3*time.Second, func(error) {})
		require.NotContains(t, f.run(), regSent)
	})
	t.Run("withdrawn while it is filled in", func(t *testing.T) {
		withdraw := workflows.Withdraw{Asked: by(applicant)}
		f := registers(t).ask(30*time.Second, workflows.UpdateWithdraw, withdraw, refusedAs(t, "not_now")).proves().
			ask(time.Hour, workflows.UpdateWithdraw, withdraw, nil)
		require.Equal(t, []models.EventType{regLink, regProven, models.EventWithdrawn}, f.run())
		require.Empty(t, f.kinds(models.EventWithdrawn), "no officer knew of it")
	})
}

func TestRegistrationIsChecked(t *testing.T) {
	t.Run("officers, their lead and the head of their unit are asked in turn, then it expires", func(t *testing.T) {
		f := sent(t)
		f.sees(2*time.Hour, func(c models.Case) {
			require.Equal(t, models.StageOfficer, c.Stage)
			require.Equal(t, "KEM.5.1", c.Unit)
		})
		require.Equal(t, []models.EventType{regLink, regProven, regSent, models.EventReminded, models.EventEscalated, models.EventReminded,
			models.EventEscalated, models.EventReminded, models.EventExpired}, f.run())
		from := monday.Add(2 * time.Minute)
		require.WithinDuration(t, f.d.calendar.Add(from, models.StageRemindAt), f.l.at(models.EventReminded), time.Second)
		require.WithinDuration(t, f.d.calendar.Add(from, models.StageMinutes).Add(time.Second), f.l.at(models.EventEscalated), time.Second)
		var asked []models.Candidate
		for _, e := range f.l.events {
			if e.Item != nil {
				asked = append(asked, e.Item.Candidate)
				require.Equal(t, models.QueueRegistration, e.Item.Queue)
			}
		}
		require.Equal(t, []models.Candidate{{Role: models.RoleOfficer}, {Role: models.RoleOfficerLead}, {Role: models.RoleHead, Unit: "KEM.5.1"}}, asked)
		require.Equal(t, []string{"registration_expired"}, f.kinds(models.EventExpired))
		require.Equal(t, []string{"registration_verification", "registration_sent"}, f.kinds(regSent))
	})
	t.Run("refused with a reason, and by nobody who is not asked", func(t *testing.T) {
		f := sent(t).judges(time.Hour, head, models.ActionApprove, refusedAs(t, "not_yours")).
			ask(61*time.Minute, workflows.UpdateDecide, workflows.JudgeRegistration{Asked: by(officer), Action: models.ActionRefuse}, refusedAs(t, "reason")).
			ask(62*time.Minute, workflows.UpdateDecide, workflows.JudgeRegistration{Asked: by(officer), Action: models.ActionReturn, Reason: "x",
				Notes: []models.FieldNote{{Field: "shoe_size", Note: "x"}}}, refusedAs(t, "choice_unknown")).
			ask(63*time.Minute, workflows.UpdateDecide, workflows.JudgeRegistration{Asked: by(officer), Action: models.ActionNudge}, refusedAs(t, "choice_unknown")).
			judges(2*time.Hour, officer, models.ActionRefuse, nil)
		require.Equal(t, []models.EventType{regLink, regProven, regSent, models.EventRefused}, f.run())
		require.Equal(t, []string{"registration_refused"}, f.kinds(models.EventRefused))
	})
	t.Run("returned it comes again, to the first of the officers", func(t *testing.T) {
		f := sent(t).judges(time.Hour, officer, models.ActionReturn, nil).sends(26*time.Hour, nil).judges(27*time.Hour, officer, models.ActionApprove, nil)
		f.sees(2*time.Hour, func(c models.Case) {
			require.Equal(t, models.StatusReturned, c.Status)
			require.Equal(t, f.d.calendar.Add(monday.Add(time.Hour), models.RegistrationRevision).UTC(), c.Due.UTC())
		})
		f.sees(26*time.Hour+time.Minute, func(c models.Case) { require.Equal(t, 2, c.Round) })
		require.Equal(t, []models.EventType{regLink, regProven, regSent, models.EventReturned, regResent, models.EventApproved}, f.run()[:6])
		require.Equal(t, "papers", f.l.events[3].Notes[0].Field)
	})
	t.Run("returned and not sent again it is over after ten working days", func(t *testing.T) {
		f := sent(t).judges(time.Hour, officer, models.ActionReturn, nil)
		over := f.d.calendar.Add(monday.Add(time.Hour), models.RegistrationRevision)
		require.Contains(t, f.run(), models.EventExpired)
		require.WithinDuration(t, over.Add(time.Second), f.l.at(models.EventExpired), time.Second)
		require.Equal(t, []string{"registration_expired"}, f.kinds(models.EventExpired))
		for late, came := range map[time.Duration]bool{0: true, 3 * time.Second: false} {
			f := sent(t).judges(time.Hour, officer, models.ActionReturn, nil).sends(over.Sub(monday)+late, func(error) {})
			if came {
				require.Contains(t, f.run(), regResent)
			} else {
				require.NotContains(t, f.run(), regResent)
			}
		}
	})
	t.Run("withdrawn before a decision, and not after it", func(t *testing.T) {
		f := sent(t).ask(time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(applicant)}, nil)
		require.Equal(t, models.EventWithdrawn, f.run()[3])
		require.Equal(t, []string{"registration_withdrawn"}, f.kinds(models.EventWithdrawn))
		f = sent(t).judges(time.Hour, officer, models.ActionApprove, nil).ask(2*time.Hour, workflows.UpdateWithdraw, workflows.Withdraw{Asked: by(applicant)}, refusedAs(t, "not_now"))
		f.run()
	})
	t.Run("decided once", func(t *testing.T) {
		f := sent(t).judges(time.Hour, officer, models.ActionApprove, nil).judges(time.Hour+time.Minute, lead, models.ActionRefuse, refusedAs(t, "already_decided"))
		require.NotContains(t, f.run(), models.EventRefused)
	})
	t.Run("an office that lost its people is noticed, and goes on when there are some", func(t *testing.T) {
		f := sent(t)
		f.env.RegisterDelayedCallback(func() {
			f.d.now(func() { f.d.facts.Holders, f.d.facts.OfficersUnit = nil, "" })
			f.env.SignalWorkflow(workflows.SignalReplan, nil)
		}, time.Hour)
		f.env.RegisterDelayedCallback(func() {
			f.d.now(func() { f.d.facts.Holders, f.d.facts.OfficersUnit = []models.Holder{holder(lead)}, "KEM.5.1" })
			f.env.SignalWorkflow(workflows.SignalReplan, nil)
		}, 2*time.Hour)
		f.judges(3*time.Hour, lead, models.ActionApprove, nil)
		require.Equal(t, []models.EventType{models.EventTrouble, models.EventReassigned, models.EventApproved}, f.run()[3:6])
		require.Equal(t, []string{"registration_approver_needed", "registration_vacant"}, f.kinds(models.EventTrouble))
	})
	t.Run("sent to an office without people an admin is told at once", func(t *testing.T) {
		f := sent(t)
		f.d.facts.Holders, f.d.facts.OfficersUnit = nil, ""
		f.sees(time.Hour, func(c models.Case) { require.Equal(t, models.TroubleApprover, c.Trouble) })
		f.run()
		require.Equal(t, []string{"registration_verification", "registration_approver_needed", "registration_vacant", "registration_sent"}, f.kinds(regSent))
	})
}

func TestRegistrationIsAccepted(t *testing.T) {
	accepted := func(t *testing.T) *registrationFlow {
		return sent(t).judges(time.Hour, officer, models.ActionApprove, nil)
	}
	at := monday.Add(time.Hour)
	before := []models.EventType{regLink, regProven, regSent, models.EventApproved}
	t.Run("a link that nobody uses is reminded of after 48 hours and lapses after 72", func(t *testing.T) {
		f := accepted(t)
		require.Equal(t, append(before, models.EventRegistrationNote, models.EventRegistrationLapsed), f.run())
		require.WithinDuration(t, at.Add(models.CredentialNote), f.l.at(models.EventRegistrationNote), time.Second)
		require.WithinDuration(t, at.Add(models.CredentialLife+time.Second), f.l.at(models.EventRegistrationLapsed), time.Second)
		require.Equal(t, models.StatusDone, f.l.c.Status)
		require.Equal(t, []string{"registration_accepted", "registration_newcomer"}, f.kinds(models.EventApproved))
		require.Equal(t, []string{"registration_accepted_reminder"}, f.kinds(models.EventRegistrationNote))
		require.Equal(t, []string{"registration_lapsed"}, f.kinds(models.EventRegistrationLapsed))
	})
	for name, c := range map[string]struct {
		after time.Duration
		told  bool
		want  []models.EventType
	}{
		"used before the reminder there is none":             {47 * time.Hour, true, []models.EventType{models.EventDone}},
		"used after the reminder":                            {50 * time.Hour, true, []models.EventType{models.EventRegistrationNote, models.EventDone}},
		"used in the last second, and the run is not told":   {models.CredentialLife, false, []models.EventType{models.EventRegistrationNote, models.EventDone}},
		"used before the reminder, and the run is not told":  {time.Hour, false, []models.EventType{models.EventDone}},
		"a signal without cause ends nothing, and it lapses": {0, true, []models.EventType{models.EventRegistrationNote, models.EventRegistrationLapsed}},
	} {
		t.Run(name, func(t *testing.T) {
			f := accepted(t)
			f.env.RegisterDelayedCallback(func() {
				f.d.now(func() { f.d.used = c.after > 0 })
				if c.told {
					f.env.SignalWorkflow(workflows.SignalSettled, nil)
				}
			}, time.Hour+c.after+time.Millisecond)
			require.Equal(t, append(before[:4:4], c.want...), f.run())
		})
	}
	t.Run("a company's own matter goes straight to the officers, and is done with their yes", func(t *testing.T) {
		f := registers(t)
		f.in.Sort, f.in.Sender = models.RegistrationCompany, "boss"
		f.judges(time.Hour, officer, models.ActionApprove, nil)
		require.Equal(t, []models.EventType{regSent, models.EventApproved}, f.run())
		require.Equal(t, models.StatusDone, f.l.c.Status)
		require.Equal(t, "boss", f.l.c.Sender)
		require.Equal(t, []string{"registration_company_changed"}, f.kinds(models.EventApproved))
	})
	t.Run("whoever asked for their company corrects it, signed in or by the link", func(t *testing.T) {
		boss := models.Actor{Agency: models.DefaultAgency, AccountID: "boss", Company: "c"}
		for _, who := range []models.Actor{boss, applicant} {
			f := registers(t)
			f.in.Sort, f.in.Sender = models.RegistrationCompany, "boss"
			f.judges(time.Hour, officer, models.ActionReturn, nil).
				ask(2*time.Hour, workflows.UpdateSend, workflows.SendRegistration{Asked: by(who)}, nil).judges(3*time.Hour, officer, models.ActionApprove, nil)
			require.Equal(t, []models.EventType{regSent, models.EventReturned, regResent, models.EventApproved}, f.run())
		}
	})
}
