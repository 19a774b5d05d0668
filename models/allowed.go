package models

import "time"

// Action is something a person can ask of a case. The update validator, the API's "actions" and the portal's buttons
// all come from Allowed.
type Action string

// The actions on a memo.
const (
	ActionEdit     Action = "edit"
	ActionDiscard  Action = "discard"
	ActionSend     Action = "send"
	ActionResubmit Action = "resubmit"
	ActionNudge    Action = "nudge"
	ActionCopy     Action = "copy"
	ActionApprove  Action = "approve"
	ActionRefuse   Action = "refuse"
	ActionReturn   Action = "return"
	ActionVerify   Action = "verify"
	ActionAsk      Action = "ask"    // the sender something; the clock stops meanwhile
	ActionAnswer   Action = "answer" // what was asked
	ActionReissue  Action = "reissue"
	ActionSkip     Action = "skip"
	ActionWithdraw Action = "withdraw"
	ActionRetry    Action = "retry"
)

// Party is who may take a transition. People are told apart by what they are to the case, not by name.
type Party string

// The parties.
const (
	PartyDrafter   Party = "drafter"   // whoever wrote it, or a sender of the unit
	PartySender    Party = "sender"    // a role that may send this kind for the unit; once sent, whoever pressed send
	PartyUnit      Party = "unit"      // a role that may send this kind for the unit, whoever pressed send before
	PartyCandidate Party = "candidate" // who is asked now, not the sender and not listed
	PartySupport   Party = "support"   // the service desk, when an outside system keeps failing
	PartyClock     Party = "clock"     // a deadline
	PartySystem    Party = "system"    // the work itself, such as the last account made
)

// Transition is one row of the table of what may happen. An action of a person may lead to several statuses.
type Transition struct {
	From   Status
	Action Action // empty for clock and system
	Event  EventType
	By     Party
	To     []Status
}

//go:generate go test . -run StatesPage -update

// Transitions is the whole life of a memo. docs/states.md is drawn from it.
func Transitions() []Transition {
	return []Transition{
		{StatusDraft, ActionEdit, EventDrafted, PartyDrafter, []Status{StatusDraft}},
		{StatusDraft, ActionDiscard, EventDrafted, PartyDrafter, []Status{StatusDiscarded}},
		{StatusDraft, ActionSend, EventSent, PartySender, []Status{StatusApproval}},
		{StatusApproval, ActionApprove, EventApproved, PartyCandidate, []Status{StatusVerification}},
		{StatusApproval, ActionRefuse, EventRefused, PartyCandidate, []Status{StatusRefused}},
		{StatusApproval, ActionReturn, EventReturned, PartyCandidate, []Status{StatusReturned}},
		{StatusApproval, ActionAsk, EventAsked, PartyCandidate, []Status{StatusApproval}},
		{StatusApproval, ActionAnswer, EventAnswered, PartySender, []Status{StatusApproval}},
		{StatusApproval, ActionNudge, EventNudged, PartySender, []Status{StatusApproval}},
		{StatusApproval, ActionWithdraw, EventWithdrawn, PartySender, []Status{StatusWithdrawn}},
		{StatusApproval, "", EventReminded, PartyClock, []Status{StatusApproval}},
		{StatusApproval, "", EventEscalated, PartyClock, []Status{StatusApproval}},
		{StatusApproval, "", EventAnswerNote, PartyClock, []Status{StatusApproval}},
		{StatusApproval, "", EventUnanswered, PartyClock, []Status{StatusApproval}},
		{StatusApproval, "", EventReassigned, PartySystem, []Status{StatusApproval}},
		{StatusApproval, "", EventCalendar, PartySystem, []Status{StatusApproval}},
		{StatusApproval, "", EventTrouble, PartySystem, []Status{StatusApproval}},
		{StatusApproval, "", EventExpired, PartyClock, []Status{StatusExpired}},
		{StatusReturned, ActionEdit, EventDrafted, PartyDrafter, []Status{StatusReturned}},
		{StatusReturned, ActionResubmit, EventResent, PartyUnit, []Status{StatusApproval, StatusVerification}},
		{StatusReturned, ActionWithdraw, EventWithdrawn, PartySender, []Status{StatusWithdrawn}},
		{StatusVerification, ActionVerify, EventRows, PartyCandidate, []Status{StatusVerification}},
		{StatusVerification, ActionVerify, EventVerified, PartyCandidate, []Status{StatusProvisioning}},
		{StatusVerification, ActionVerify, EventRefused, PartyCandidate, []Status{StatusRefused}},
		{StatusVerification, ActionReturn, EventReturned, PartyCandidate, []Status{StatusReturned}},
		{StatusVerification, ActionAsk, EventAsked, PartyCandidate, []Status{StatusVerification}},
		{StatusVerification, ActionAnswer, EventAnswered, PartySender, []Status{StatusVerification}},
		{StatusVerification, ActionNudge, EventNudged, PartySender, []Status{StatusVerification}},
		{StatusVerification, ActionWithdraw, EventWithdrawn, PartySender, []Status{StatusWithdrawn}},
		{StatusVerification, "", EventReminded, PartyClock, []Status{StatusVerification}},
		{StatusVerification, "", EventEscalated, PartyClock, []Status{StatusVerification}},
		{StatusVerification, "", EventAnswerNote, PartyClock, []Status{StatusVerification}},
		{StatusVerification, "", EventUnanswered, PartyClock, []Status{StatusVerification}},
		{StatusVerification, "", EventReassigned, PartySystem, []Status{StatusVerification}},
		{StatusVerification, "", EventCalendar, PartySystem, []Status{StatusVerification}},
		{StatusVerification, "", EventTrouble, PartySystem, []Status{StatusVerification}},
		{StatusVerification, "", EventExpired, PartyClock, []Status{StatusExpired}},
		{StatusProvisioning, "", EventProvision, PartySystem, []Status{StatusActivation}},
		{StatusProvisioning, "", EventTrouble, PartySystem, []Status{StatusProvisioning}},
		{StatusProvisioning, ActionRetry, EventRetried, PartySupport, []Status{StatusProvisioning}},
		{StatusProvisioning, ActionSkip, EventSkipped, PartySupport, []Status{StatusProvisioning}},
		{StatusProvisioning, "", EventSkipped, PartySystem, []Status{StatusRefused}},
		{StatusActivation, ActionReissue, EventReissued, PartySender, []Status{StatusActivation}},
		{StatusActivation, "", EventCredential, PartyClock, []Status{StatusActivation}},
		{StatusActivation, "", EventDone, PartySystem, []Status{StatusDone}},
		{StatusActivation, "", EventLapsed, PartyClock, []Status{StatusActivation, StatusDone}},
		{StatusExpired, ActionCopy, EventDrafted, PartySender, []Status{StatusExpired}},
		{StatusRefused, ActionCopy, EventDrafted, PartySender, []Status{StatusRefused}},
		{StatusWithdrawn, ActionCopy, EventDrafted, PartySender, []Status{StatusWithdrawn}},
	}
}

// Allowed lists what the actor may do with the case now, in the order of the table, each action once. Nobody decides
// on a memo they sent or wrote, or are listed in (PRODUCT 3.1.4).
func Allowed(c Case, a Actor, now time.Time) []Action {
	actions := []Action{}
	for _, t := range TransitionsOf(c.Kind) {
		if t.From != c.Status || t.Action == "" || contains(actions, t.Action) {
			continue
		}
		if c.timely(t.Action, now) && c.is(t.By, a) {
			actions = append(actions, t.Action)
		}
	}
	return actions
}

// timely tells whether an action of the table fits what else the case waits for.
func (c Case) timely(act Action, now time.Time) bool {
	switch act {
	case ActionRetry, ActionSkip:
		return c.Trouble != ""
	case ActionAsk:
		return c.Asked == nil
	case ActionAnswer:
		return c.Asked != nil
	case ActionNudge: // while the sender is asked, it is they who keep the memo waiting
		return c.Asked == nil && (c.Nudged == nil || !now.Before(c.Nudged.Add(NudgePause)))
	}
	return true
}

// May tells whether one action is among those allowed, with the refusal that fits: someone else's decision, not
// allowed in this state, or already decided.
func May(c Case, a Actor, act Action, now time.Time) error {
	if contains(Allowed(c, a, now), act) {
		return nil
	}
	for _, t := range TransitionsOf(c.Kind) {
		if t.From == c.Status && t.Action == act {
			if act == ActionNudge && c.is(t.By, a) && c.Nudged != nil && c.Asked == nil {
				return ErrTooSoon.With("until", c.Nudged.Add(NudgePause).Format(time.RFC3339))
			}
			if c.is(t.By, a) {
				return ErrNotNow.With("status", string(c.Status))
			}
			return ErrNotYours.With("status", string(c.Status))
		}
	}
	if act == ActionApprove || act == ActionRefuse || act == ActionReturn || act == ActionVerify || act == ActionAsk {
		return ErrAlreadyDecided.With("status", string(c.Status))
	}
	return ErrNotNow.With("status", string(c.Status))
}

func (c Case) is(p Party, a Actor) bool {
	switch p {
	case PartyDrafter:
		return a.AccountID == c.Requester || c.Sender != "" && a.AccountID == c.Sender || c.mayBeSentBy(a)
	case PartySender:
		if c.Sender != "" {
			return a.AccountID == c.Sender
		}
		return c.mayBeSentBy(a)
	case PartyUnit: // a workflow that has yet to ask again knows the sender alone
		return c.mayBeSentBy(a) || len(c.Candidates) == 0 && c.Sender != "" && a.AccountID == c.Sender
	case PartyRequester:
		return a.AccountID != "" && a.AccountID == c.Requester
	case PartyCandidate:
		_, ok := c.Decides(a)
		return ok
	case PartyApplicant:
		return c.applies(a)
	case PartySupport:
		return a.Support()
	}
	return false
}

// Decides gives the grant by which the actor may decide now, if any. Delegation is no way around the rule that nobody
// decides on what they sent, wrote or are listed in: neither may whoever acts for such a person, nor whoever such a
// person acted for.
func (c Case) Decides(a Actor) (Grant, bool) {
	if a.AccountID == "" || a.AccountID == c.Sender || a.AccountID == c.Requester || a.Listed || a.Principal {
		return Grant{}, false
	}
	a.Grants = unbarred(a.Grants)
	for _, cand := range c.Candidates {
		if g, ok := cand.Admits(a); ok {
			return g, true
		}
	}
	return Grant{}, false
}

// Written tells whether the case is being written: Candidates are then the roles that may send it, in its unit. A memo
// that came back is the unit's: whoever sent it may hold no office there any more.
func (c Case) Written() bool { return c.Status == StatusDraft || c.Status == StatusReturned }

func (c Case) mayBeSentBy(a Actor) bool {
	for _, cand := range c.Candidates {
		if _, ok := cand.Admits(a); ok && c.Written() {
			return true
		}
	}
	return false
}

// DraftCandidates are the rules for who may send a memo of this kind for a unit.
func DraftCandidates(k MemoKind, unit string) []Candidate {
	var cs []Candidate
	for _, r := range k.Senders() {
		cs = append(cs, Candidate{Role: r, Unit: unit})
	}
	return cs
}

// Sees tells whether the actor may read the case: whoever wrote, sent or is listed in it, whoever may decide or has
// decided it (the caller's knowledge, given as decided), a head of the unit or above, officers, support and auditors, and
// whoever answers for the application that is asked for.
// Everybody else is told that it does not exist. An activation is nobody's to read: what came of it is in the audit trail.
func Sees(c Case, a Actor, decided bool) bool {
	if c.Kind == KindActivation {
		return false
	}
	if c.applies(a) {
		return true
	}
	if c.Kind == KindRegistration && c.Stage == "" { // not sent to the officers yet
		return false
	}
	if a.AccountID != "" && (a.AccountID == c.Requester || a.AccountID == c.Sender) {
		return true
	}
	if c.Status == StatusDraft {
		return c.mayBeSentBy(a)
	}
	if decided || a.Listed || c.mayBeSentBy(a) || a.Heads(c.UnitPath) || a.Has(RoleAuditor) {
		return true
	}
	if c.Stage == StageOfficer && a.Has(RoleOfficer, RoleOfficerLead) {
		return true
	}
	if c.Trouble != "" && (a.Support() || a.Has(RoleAdmin)) {
		return true
	}
	if c.Kind == KindAccess && a.Holds(RoleOwner, c.About) {
		return true
	}
	if c.Company != "" && a.Responsible && a.Company == c.Company {
		return true
	}
	_, candidate := c.Decides(a)
	return candidate
}

func contains[T comparable](list []T, x T) bool {
	for _, y := range list {
		if y == x {
			return true
		}
	}
	return false
}
