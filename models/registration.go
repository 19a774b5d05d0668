package models

import "time"

// KindRegistration is how somebody outside the registry comes to a trader's account, or a company to another NPWP or name;
// PRODUCT 3.3 and decision 11.
const KindRegistration Kind = "registration"

// RegistrationSort tells what a registration is to come to.
type RegistrationSort string

// The sorts of registrations.
const (
	RegistrationAccount RegistrationSort = "account" // a trader's account
	RegistrationCompany RegistrationSort = "company" // another NPWP or name of a company that is there
)

// The statuses that a registration has besides asked, returned, verification, activation, done, refused, withdrawn and
// expired.
const (
	StatusProof Status = "proof" // a link is on its way, by which the address is proven
	StatusForm  Status = "form"  // the address is proven, and the applicant fills in
)

// The events of a registration that no memo has. What officers and their clocks do is called as it is of a memo.
const (
	EventRegistrationAsked  EventType = "registration_requested"
	EventRegistrationLink   EventType = "registration_link_sent"
	EventRegistrationTurned EventType = "registration_turned_away"
	EventRegistrationProven EventType = "registration_proven"
	EventRegistrationSent   EventType = "registration_sent"
	EventRegistrationResent EventType = "registration_resent"
	EventRegistrationNote   EventType = "registration_link_reminded"
	EventRegistrationLapsed EventType = "registration_link_lapsed"
)

// ActionProve is the applicant's word that the link reached them.
const ActionProve Action = "prove"

// PartyResponsible are those who are responsible for a registration's company, but for whoever came of it.
const PartyResponsible Party = "responsible"

// QueueRegistration is where registrations wait for an officer.
const QueueRegistration = "registration"

// The life of a registration, in wall time, but for RegistrationRevision, which is business minutes: ten working days.
const (
	RegistrationProofLife = 24 * time.Hour
	RegistrationFormLife  = 14 * 24 * time.Hour
	RegistrationRevision  = 10 * 450
)

// RegistrationTransitions is the whole life of a registration. docs/states.md is drawn from it.
func RegistrationTransitions() []Transition {
	list := []Transition{
		{StatusAsked, "", EventRegistrationLink, PartySystem, []Status{StatusProof}},
		{StatusAsked, "", EventRegistrationTurned, PartySystem, []Status{StatusRefused}},
		{StatusAsked, "", EventRegistrationSent, PartySystem, []Status{StatusVerification}}, // of the sort company
		{StatusProof, ActionProve, EventRegistrationProven, PartyApplicant, []Status{StatusForm}},
		{StatusProof, "", EventExpired, PartyClock, []Status{StatusExpired}},
		{StatusForm, ActionEdit, EventDrafted, PartyApplicant, []Status{StatusForm}},
		{StatusForm, ActionSend, EventRegistrationSent, PartyApplicant, []Status{StatusVerification}},
		{StatusForm, "", EventExpired, PartyClock, []Status{StatusExpired}},
		{StatusVerification, ActionApprove, EventApproved, PartyCandidate, []Status{StatusActivation, StatusDone}},
		{StatusVerification, ActionRefuse, EventRefused, PartyCandidate, []Status{StatusRefused}},
		{StatusVerification, ActionReturn, EventReturned, PartyCandidate, []Status{StatusReturned}},
		{StatusVerification, "", EventReminded, PartyClock, []Status{StatusVerification}},
		{StatusVerification, "", EventEscalated, PartyClock, []Status{StatusVerification}},
		{StatusVerification, "", EventReassigned, PartySystem, []Status{StatusVerification}},
		{StatusVerification, "", EventCalendar, PartySystem, []Status{StatusVerification}},
		{StatusVerification, "", EventTrouble, PartySystem, []Status{StatusVerification}},
		{StatusVerification, "", EventExpired, PartyClock, []Status{StatusExpired}},
		{StatusReturned, ActionEdit, EventDrafted, PartyApplicant, []Status{StatusReturned}},
		{StatusReturned, ActionResubmit, EventRegistrationResent, PartyApplicant, []Status{StatusVerification}},
		{StatusReturned, "", EventCalendar, PartySystem, []Status{StatusReturned}},
		{StatusReturned, "", EventExpired, PartyClock, []Status{StatusExpired}},
		{StatusActivation, "", EventRegistrationNote, PartyClock, []Status{StatusActivation}},
		{StatusActivation, "", EventDone, PartySystem, []Status{StatusDone}},
		{StatusActivation, "", EventRegistrationLapsed, PartyClock, []Status{StatusDone}},
	}
	for _, s := range []Status{StatusForm, StatusVerification, StatusReturned} {
		list = append(list, Transition{s, ActionWithdraw, EventWithdrawn, PartyApplicant, []Status{StatusWithdrawn}})
	}
	return list
}

// RegistrationStatuses lists every status of a registration once, in the order of its life.
func RegistrationStatuses() []Status {
	return []Status{StatusAsked, StatusProof, StatusForm, StatusVerification, StatusReturned, StatusActivation, StatusDone, StatusRefused,
		StatusWithdrawn, StatusExpired}
}

// applies tells whether the actor is the applicant of a registration: they hold its link, or asked for their company.
func (c Case) applies(a Actor) bool {
	return a.Applicant || c.Kind == KindRegistration && c.Sender != "" && a.AccountID == c.Sender
}

// Why a request for a registration gets no link of its own. The public never hears of it; the audit does.
const (
	RegisteredAccount  = "has_account"  // the address is somebody's, and is told how to sign in
	RegisteredOpen     = "already_open" // another link to the request that is open goes to the address
	RegisteredTooOften = "too_often"
)

// RegistrationLooked is what a look at a request came to: why it was turned away, if it was.
type RegistrationLooked struct {
	Turned string `json:"turned,omitempty"`
}

// OpenRegistration is the change by which an asked registration becomes what a look came to.
func OpenRegistration(c Case, found RegistrationLooked, now time.Time) Change {
	after := c
	ch := Change{EventID: "looked", Reason: found.Turned}
	if found.Turned != "" {
		after.Status, ch.Type = StatusRefused, EventRegistrationTurned
		if found.Turned == RegisteredAccount {
			ch.Notices = []NoticeSpec{{Kind: "registration_known", To: Recipient{Party: PartyApplicant}}}
		}
	} else {
		due := now.Add(RegistrationProofLife)
		after.Status, after.Due, ch.Type = StatusProof, &due, EventRegistrationLink
		ch.Notices = []NoticeSpec{{Kind: "registration_link", To: Recipient{Party: PartyApplicant}}}
	}
	ch.After = after
	return ch
}

// DropsPapers tells whether a registration came to nothing: its papers are not kept then.
func (c Change) DropsPapers() bool {
	return c.Kind == KindRegistration && c.After.Status.Final() && c.After.Status != StatusDone
}
