package models

import "time"

// KindActivation is an employee's own way to an account, PRODUCT 3.2.
const KindActivation Kind = "activation"

// The statuses that an activation has besides done, refused and expired.
const (
	StatusAsked    Status = "asked"    // the form is kept, and nothing has been looked up yet
	StatusOpen     Status = "open"     // a message with a code is out
	StatusVoided   Status = "voided"   // too many wrong tries
	StatusDisowned Status = "disowned" // whoever the registry knows says that it was not them
)

// The events of an activation. None is shared with memos, whose pages count theirs.
const (
	EventRequested    EventType = "activation_requested"
	EventOpened       EventType = "activation_opened"
	EventTurnedAway   EventType = "activation_refused"
	EventCodeReminded EventType = "activation_reminded"
	EventActivated    EventType = "activation_done"
	EventCodeVoided   EventType = "activation_voided"
	EventCodeExpired  EventType = "activation_expired"
	EventDisowned     EventType = "activation_disowned"
)

// The actions of an activation.
const (
	ActionComplete Action = "complete"
	ActionDisown   Action = "disown"
)

// The parties of an activation. Neither has an account: one has the code, the other an address of the registry's.
const (
	PartyApplicant Party = "applicant"
	PartyOwner     Party = "owner"
)

// The life of an activation, in wall time; PRODUCT 3.2.3.
const (
	ActivationLife = 24 * time.Hour
	ActivationNote = 20 * time.Hour // until the reminder
	ActivationMost = 5              // wrong tries of one code
)

// Refusals of one person within RefusalSpan of which the last is told to the service desk.
const (
	RefusalsTold = 3
	RefusalSpan  = 24 * time.Hour
)

// ActivationTransitions is the whole life of an activation. docs/states.md is drawn from it.
func ActivationTransitions() []Transition {
	return []Transition{
		{StatusAsked, "", EventOpened, PartySystem, []Status{StatusOpen}},
		{StatusAsked, "", EventTurnedAway, PartySystem, []Status{StatusRefused}},
		{StatusOpen, "", EventCodeReminded, PartyClock, []Status{StatusOpen}},
		{StatusOpen, ActionComplete, EventActivated, PartyApplicant, []Status{StatusDone}},
		{StatusOpen, ActionComplete, EventCodeVoided, PartyApplicant, []Status{StatusVoided}},
		{StatusOpen, ActionDisown, EventDisowned, PartyOwner, []Status{StatusDisowned}},
		{StatusOpen, "", EventCodeExpired, PartyClock, []Status{StatusExpired}},
	}
}

// ActivationStatuses lists every status of an activation once, in the order of its life.
func ActivationStatuses() []Status {
	return []Status{StatusAsked, StatusOpen, StatusDone, StatusRefused, StatusVoided, StatusExpired, StatusDisowned}
}

// Activated is what came of an open activation: exactly one of these, decided where the code is kept, since only there
// a try and the end of its time cannot pass each other.
type Activated string

// What comes of an open activation; empty while nothing has.
const (
	ActivatedSpent    Activated = "spent"
	ActivatedVoided   Activated = "voided"
	ActivatedDisowned Activated = "disowned"
	ActivatedExpired  Activated = "expired"
)

// Ending gives the event and the status in which an activation ends by what came of it; empty while nothing has.
func (a Activated) Ending() (EventType, Status) {
	switch a {
	case ActivatedSpent:
		return EventActivated, StatusDone
	case ActivatedVoided:
		return EventCodeVoided, StatusVoided
	case ActivatedDisowned:
		return EventDisowned, StatusDisowned
	case ActivatedExpired:
		return EventCodeExpired, StatusExpired
	}
	return "", ""
}

// DefaultApplications are those that every account opens from its first day.
func DefaultApplications() []string { return []string{"sso"} }

// ErrActivationRefused is the one answer to a completion with anything wrong in it: a field, a code that is spent, void,
// expired or of another request, or a person who has an account by now.
var ErrActivationRefused = &Problem{Code: "activation_not_accepted"}

// Looked is what a look at a request came to: why it was turned away, if it was; whether the registry's addresses are
// warned and the service desk is told; and when an open one is over.
type Looked struct {
	Turned string    `json:"turned,omitempty"`
	Warn   bool      `json:"warn,omitempty"`
	Tell   bool      `json:"tell,omitempty"`
	Ends   time.Time `json:"ends"`
}

// OpenActivation is the change by which an asked activation becomes what a look came to.
func OpenActivation(c Case, found Looked, now time.Time) Change {
	after := c
	ch := Change{CaseID: c.ID, Kind: c.Kind, Seq: c.Seq + 1, EventID: "looked", At: now, Type: EventOpened, Reason: found.Turned}
	if found.Turned == "" {
		due := found.Ends.Add(ActivationNote - ActivationLife)
		after.Status, after.Due = StatusOpen, &due
		ch.Notices = []NoticeSpec{{Kind: "activation", To: Recipient{Party: PartyApplicant}}}
	} else {
		after.Status, ch.Type = StatusRefused, EventTurnedAway
	}
	if found.Warn {
		ch.Notices = append(ch.Notices, NoticeSpec{Kind: "activation_warning", To: Recipient{Party: PartyOwner}})
	}
	if found.Tell {
		ch.Notices = append(ch.Notices, NoticeSpec{Kind: "activation_support", To: Recipient{Candidate: &Candidate{Role: RoleSupport1}}})
	}
	after.Seq = ch.Seq
	ch.After = after
	return ch
}
