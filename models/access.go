package models

import (
	"strings"
	"time"
)

// KindAccess is an employee's request for an application, PRODUCT 3.5.
const KindAccess Kind = "access"

// The statuses that a request for access has besides draft, approval, refused, withdrawn and expired.
const (
	StatusOwner   Status = "owner_approval" // the application's owner is asked
	StatusGranted Status = "granted"        // the application can be opened
)

// StageOwner is the part of a request that waits for the application's owner.
const StageOwner Stage = "owner"

// RoleOwner is held by whoever answers for an application, in the application as others hold a role in a unit. It is no
// appointment: who is named as an application's owner holds it, and nobody can be granted it.
const RoleOwner Role = "application_owner"

// PartyRequester is whoever asked for something for themselves.
const PartyRequester Party = "requester"

// ErrAskedAlready is the answer to a second request for the same application: case names the one that is open.
var ErrAskedAlready = &Problem{Code: "access_asked"}

// ErrHasAccess is the answer to a request for what the account opens already.
var ErrHasAccess = &Problem{Code: "access_held"}

// ErrNotRequestable is the answer to a request for an application that is not given that way, or to somebody whom it is
// not given: only employees have a head who could be asked, and nobody decides on their own.
var ErrNotRequestable = &Problem{Code: "access_not_requestable"}

// ErrAccessVoid is the answer to an owner's yes to what can be granted no more: the requester's account is closed or no
// employee's, the application is not given by request any longer, or the last day has passed. They refuse it, with a reason
// that the requester reads.
var ErrAccessVoid = &Problem{Code: "access_void"}

// AccessTransitions is the whole life of a request for access. docs/states.md is drawn from it.
func AccessTransitions() []Transition {
	list := []Transition{
		{StatusDraft, ActionSend, EventSent, PartyRequester, []Status{StatusApproval}},
		{StatusDraft, ActionDiscard, EventDrafted, PartyRequester, []Status{StatusDiscarded}},
	}
	for _, t := range []struct{ at, next Status }{{StatusApproval, StatusOwner}, {StatusOwner, StatusGranted}} {
		stay := []Status{t.at}
		list = append(list,
			Transition{t.at, ActionApprove, EventApproved, PartyCandidate, []Status{t.next}},
			Transition{t.at, ActionRefuse, EventRefused, PartyCandidate, []Status{StatusRefused}},
			Transition{t.at, ActionAsk, EventAsked, PartyCandidate, stay},
			Transition{t.at, ActionAnswer, EventAnswered, PartyRequester, stay},
			Transition{t.at, ActionNudge, EventNudged, PartyRequester, stay},
			Transition{t.at, ActionWithdraw, EventWithdrawn, PartyRequester, []Status{StatusWithdrawn}},
			Transition{t.at, "", EventReminded, PartyClock, stay},
			Transition{t.at, "", EventAnswerNote, PartyClock, stay},
			Transition{t.at, "", EventUnanswered, PartyClock, stay},
			Transition{t.at, "", EventReassigned, PartySystem, stay},
			Transition{t.at, "", EventCalendar, PartySystem, stay},
			Transition{t.at, "", EventTrouble, PartySystem, stay},
			Transition{t.at, "", EventExpired, PartyClock, []Status{StatusExpired}},
		)
	}
	list = append(list, Transition{StatusApproval, "", EventEscalated, PartyClock, []Status{StatusApproval}})
	for _, over := range []Status{StatusExpired, StatusRefused, StatusWithdrawn} {
		list = append(list, Transition{over, ActionCopy, EventDrafted, PartyRequester, []Status{over}})
	}
	return list
}

// AccessStatuses lists every status of a request for access once, in the order of its life.
func AccessStatuses() []Status {
	return []Status{StatusDraft, StatusApproval, StatusOwner, StatusGranted, StatusRefused, StatusWithdrawn, StatusExpired, StatusDiscarded}
}

// PlanOwner gives the one step of the owner's stage: two working days, reminded after the first. Nobody stands above an
// owner; an admin names another.
func PlanOwner(application string) []Step {
	return []Step{{Stage: StageOwner, Candidate: Candidate{Role: RoleOwner, Unit: application}, Minutes: StageMinutes, RemindAt: StageRemindAt}}
}

// AccessRequest is what an employee asks for: an application, why, and optionally the last day (YYYY-MM-DD) on which they
// need it.
type AccessRequest struct {
	Application string `json:"application"`
	Reason      string `json:"reason"`
	Ends        string `json:"ends,omitempty"`
}

// NormalizeAccess trims what was typed.
func NormalizeAccess(in AccessRequest) AccessRequest {
	return AccessRequest{Application: strings.TrimSpace(in.Application), Reason: strings.TrimSpace(in.Reason), Ends: strings.TrimSpace(in.Ends)}
}

// CheckAccess finds what keeps a request from being sent. The last day is today at the earliest.
func CheckAccess(in AccessRequest, today Date) []FieldFault {
	faults := CheckReason("reason", in.Reason)
	if in.Ends == "" {
		return faults
	}
	ends, err := ParseDate(in.Ends)
	switch {
	case err != nil:
		faults = append(faults, Fault("ends", "date_invalid"))
	case ends.Before(today):
		faults = append(faults, Fault("ends", "date_past"))
	}
	return faults
}

// AccessState is what an application is to somebody who looks for it.
type AccessState string

// The states of an application in the catalogue.
const (
	AccessOpen           AccessState = "open"    // it can be opened
	AccessAsked          AccessState = "asked"   // a request is under way
	AccessAskable        AccessState = "askable" // it may be asked for
	AccessByMemo         AccessState = "memo"    // a memo gives it
	AccessThroughCompany AccessState = "company" // whoever is responsible for a company gives it to its people
	AccessClosed         AccessState = "closed"  // it is given by request, but not to the reader: nobody decides on their own
)

// AccessStates lists every state once.
func AccessStates() []AccessState {
	return []AccessState{AccessOpen, AccessAsked, AccessAskable, AccessByMemo, AccessThroughCompany, AccessClosed}
}

// CatalogEntry is an application as everybody signed in may see it. CaseID is the reader's open request. Users counts who
// was granted it and Owns says that the reader answers for it; both tell who may look at the list of people.
type CatalogEntry struct {
	ApplicationTile
	State  AccessState `json:"state"`
	CaseID string      `json:"case_id,omitempty"`
	Number string      `json:"number,omitempty"`
	Ends   string      `json:"ends,omitempty"` // the last day of access that the reader has and that ends
	Owner  string      `json:"owner_name,omitempty"`
	Owns   bool        `json:"owns,omitempty"`
	Users  *int        `json:"users,omitempty"` // for admins and whoever answers for it
}

// AccessHolder is somebody who was given an application: since when, by which case, and until when.
type AccessHolder struct {
	AccountID string    `json:"account_id"`
	Username  string    `json:"username"`
	Name      string    `json:"name"`
	Unit      string    `json:"unit,omitempty"`
	UnitName  string    `json:"unit_name,omitempty"`
	Since     time.Time `json:"since"`
	Ends      string    `json:"ends,omitempty"`
	Kind      Kind      `json:"kind,omitempty"` // of the case that gave it
	CaseID    string    `json:"case_id,omitempty"`
	Number    string    `json:"number,omitempty"`
}

// AccessCaseView is all that the page of a request shows, and GET /access-requests/{id} answers. Seq is the version that
// decisions name. Steps are who is asked now.
type AccessCaseView struct {
	CaseSummary
	Request   AccessRequest   `json:"request"`
	AppName   string          `json:"application_name"`
	AppAbout  string          `json:"application_about"`
	OwnerName string          `json:"owner_name,omitempty"`
	Position  string          `json:"position,omitempty"` // the requester's
	Seq       int             `json:"seq"`
	Timeline  []TimelineEvent `json:"timeline"`
	Steps     []StepView      `json:"steps,omitempty"`
	Actions   []Action        `json:"actions"`
	Case      Case            `json:"-"`
}
