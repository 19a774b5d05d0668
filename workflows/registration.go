package workflows

import (
	"strconv"
	"time"

	"go.temporal.io/sdk/workflow"

	"loket/activities"
	"loket/models"
)

// RegistrationWorkflow is the registered name of Registration.
const RegistrationWorkflow = "Registration"

// RegistrationInput starts a registration's workflow, or carries it on after continue-as-new (State set). Sender is the
// account that asked for its company, of that sort alone. What was typed is not in it.
type RegistrationInput struct {
	CaseID string                  `json:"case_id"`
	Agency string                  `json:"agency"`
	Clock  models.Clock            `json:"clock"`
	Sort   models.RegistrationSort `json:"sort"`
	Sender string                  `json:"sender,omitempty"`
	State  *RegistrationState      `json:"state,omitempty"`
}

// RegistrationState is all that a registration remembers. Noted says that the applicant was reminded of the link by which
// they set their password.
type RegistrationState struct {
	Asking
	Case     models.Case   `json:"case"`
	Officers []models.Step `json:"officers"`
	Noted    bool          `json:"noted,omitempty"`
	Returned time.Time     `json:"returned,omitzero"` // when it was last given back for revision
}

// registration is one run of Registration.
type registration struct {
	asker
	in      RegistrationInput
	s       RegistrationState
	settled workflow.ReceiveChannel
}

// Registration is how somebody outside the registry comes to a trader's account (PRODUCT 3.3, decision 11): they prove their
// address, fill in a form, officers check it, and who is accepted sets a password. A company that wants another NPWP or name
// goes straight to the officers.
func Registration(ctx workflow.Context, in RegistrationInput) error {
	r := &registration{in: in, settled: workflow.GetSignalChannel(ctx, SignalSettled)}
	r.asker = newAsker(ctx, caseRun{c: &r.s.Case, clock: in.Clock, applied: r.apply}, &r.s.Asking, r, r.manner(), in.Agency)
	r.s.Case = models.Case{ID: in.CaseID, Kind: models.KindRegistration, Status: models.StatusAsked, Seq: 1, Requester: in.Sender, Sender: in.Sender}
	if in.State != nil {
		r.s = *in.State
	}
	if err := r.listen(ctx, r.handlers()); err != nil {
		return err
	}
	for !r.c.Status.Final() {
		if err := r.step(ctx); err != nil {
			return err
		}
	}
	return workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

// manner has the applicant told, who may have no account, and the items wait in a queue of their own.
func (r *registration) manner() manner {
	return manner{words: "registration", needed: "registration_approver_needed",
		sender: func(models.Case) models.Recipient { return models.Recipient{Party: models.PartyApplicant} },
		queue:  func(models.Stage) string { return models.QueueRegistration }}
}

func (r *registration) step(ctx workflow.Context) error {
	switch r.c.Status {
	case models.StatusAsked:
		return r.begin(ctx)
	case models.StatusVerification:
		return r.awaitDecider(ctx)
	case models.StatusActivation:
		return r.followLink(ctx)
	}
	return r.awaitApplicant(ctx)
}

// begin looks at what was asked; a company's own matter needs no proof.
func (r *registration) begin(ctx workflow.Context) error {
	if r.in.Sort == models.RegistrationCompany {
		b, err := r.plan(ctx)
		if err != nil {
			return err
		}
		return r.byClock(ctx, "sent", always, func() models.Change { return r.toOfficers(models.EventRegistrationSent, b, r.now(ctx)) })
	}
	var registrations *activities.Registrations
	var found models.RegistrationLooked
	if err := workflow.ExecuteActivity(unending(ctx), registrations.Consider, r.c.ID).Get(ctx, &found); err != nil {
		return err
	}
	return r.byClock(ctx, "looked", always, func() models.Change { return models.OpenRegistration(*r.c, found, r.now(ctx)) })
}

// awaitApplicant waits for whoever holds the link: to prove the address, to fill in the form, or to correct it. Whoever does
// not is told what to do, where the address is proven.
func (r *registration) awaitApplicant(ctx workflow.Context) error {
	if r.calendar.Len() > 0 {
		return r.recountRevision(ctx)
	}
	if err := r.continueIfLong(ctx); err != nil {
		return err
	}
	status, due := r.c.Status, r.c.Due.Add(graceAfterDue)
	moved := func() bool { return r.c.Status != status }
	came, err := r.sleepUntil(ctx, due, func() bool { return moved() || r.calendar.Len() > 0 || long(ctx) })
	if err != nil || !came {
		return err
	}
	return r.byClock(ctx, "timer:"+string(status)+":"+strconv.Itoa(r.c.Round), func() bool { return !moved() }, func() models.Change {
		if status == models.StatusProof {
			return r.end(models.EventExpired, models.StatusExpired, "")
		}
		return r.end(models.EventExpired, models.StatusExpired, "", r.toSender("expired"))
	})
}

// recountRevision has the time for a revision go by the calendar of now; the links that the other waits end with run in plain hours.
func (r *registration) recountRevision(ctx workflow.Context) error {
	returned := func(s models.Status) bool { return s == models.StatusReturned }
	return r.goBy(ctx, returned, func(cal models.Calendar) reckoned {
		from := r.s.Returned
		if from.IsZero() { // carried on from before it was kept
			from = r.s.Calendar.Before(*r.c.Due, models.RegistrationRevision)
		}
		due := dueBy(cal, from, models.RegistrationRevision, r.now(ctx))
		return reckoned{&due, func() {}}
	})
}

// plan learns which officers are asked, and the calendar that counts their time.
func (r *registration) plan(ctx workflow.Context) (activities.RegistrationBrief, error) {
	b, err := r.officers(ctx)
	if err == nil {
		r.s.Officers, r.s.Calendar = b.Officers, b.Calendar
	}
	return b, err
}

func (r *registration) officers(ctx workflow.Context) (b activities.RegistrationBrief, err error) {
	var registrations *activities.Registrations
	err = workflow.ExecuteActivity(unending(ctx), registrations.Plan, r.in.Agency).Get(ctx, &b)
	return b, err
}

// toOfficers begins a round: the first of the officers' turns.
func (r *registration) toOfficers(event models.EventType, b activities.RegistrationBrief, now time.Time) models.Change {
	after := *r.c
	after.Unit, after.UnitPath = b.Unit, b.UnitPath
	after.Status, after.Round = models.StatusVerification, r.c.Round+1
	ch := r.turnTo(event, after, r.s.Officers, 0, now)
	if b.Vacant {
		ch.After.Trouble, ch.Notices = models.TroubleApprover, append(ch.Notices, r.vacant(after).Notices...)
	}
	return ch
}

func (r *registration) steps(models.Stage) []models.Step { return r.s.Officers }

// findDecider looks anew which officers are to be asked.
func (r *registration) findDecider(ctx workflow.Context) error {
	b, err := r.officers(ctx)
	if err != nil {
		return err
	}
	return r.inTurn(ctx, func() error {
		fresh := b.Officers
		if b.Vacant {
			fresh = nil
		}
		return r.reassign(ctx, freshPlan{place: models.Case{Unit: b.Unit, UnitPath: b.UnitPath}, steps: fresh, calendar: b.Calendar, adopt: func(steps []models.Step) {
			r.s.Officers = steps
		}})
	})
}

// followLink reminds whoever was accepted and has no password yet, and lets the link lapse: the account then waits for its
// owner to ask for another.
func (r *registration) followLink(ctx workflow.Context) error {
	var registrations *activities.Registrations
	var used bool
	if err := workflow.ExecuteActivity(unending(ctx), registrations.LinkUsed, r.c.ID).Get(ctx, &used); err != nil {
		return err
	}
	now, due := r.now(ctx), *r.c.Due
	remind := due.Add(models.CredentialNote - models.CredentialLife)
	switch {
	case used:
		return r.byClock(ctx, "settled", always, func() models.Change { return r.end(models.EventDone, models.StatusDone, "") })
	case !now.Before(due.Add(graceAfterDue)):
		return r.byClock(ctx, "lapsed", always, func() models.Change {
			return r.end(models.EventRegistrationLapsed, models.StatusDone, "", r.toSender("lapsed"))
		})
	case !r.s.Noted && !now.Before(remind):
		return r.byClock(ctx, "noted", always, func() models.Change {
			return models.Change{Type: models.EventRegistrationNote, After: *r.c, Notices: []models.NoticeSpec{r.toSender("accepted_reminder")}}
		})
	}
	at := remind
	if r.s.Noted {
		at = due.Add(graceAfterDue)
	}
	_, err := r.sleepUntil(ctx, at, func() bool { return r.settled.Len() > 0 })
	for r.settled.ReceiveAsync(nil) {
	}
	return err
}

// apply takes what was recorded into the registration's own state.
func (r *registration) apply(rec models.Recorded) {
	r.applyTurn(rec)
	switch rec.Type {
	case models.EventReturned:
		r.s.Returned = rec.At
	case models.EventRegistrationNote:
		r.s.Noted = true
	}
}

// continueIfLong starts a fresh history when this one has grown long.
func (r *registration) continueIfLong(ctx workflow.Context) error {
	if !long(ctx) {
		return nil
	}
	next := r.in
	next.State = &r.s
	return afresh(ctx, RegistrationWorkflow, next)
}
