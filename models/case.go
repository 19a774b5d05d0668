package models

import "time"

// Kind names a flow. A case's workflow id is kind:<uuid>.
type Kind string

// KindMemo is the memo-based account request, PRODUCT 3.1.
const KindMemo Kind = "memo"

// WorkflowID is the engine's id of a case; it holds no personal data.
func WorkflowID(k Kind, caseID string) string { return string(k) + ":" + caseID }

// Status is where a case stands. Final statuses have no way out.
type Status string

// The statuses of a memo; states.md draws them from Transitions.
const (
	StatusDraft        Status = "draft"        // written, not sent; only its row exists
	StatusApproval     Status = "approval"     // a head is asked
	StatusReturned     Status = "returned"     // sent back for revision; its sender corrects it and sends it again
	StatusVerification Status = "verification" // officers check row by row
	StatusProvisioning Status = "provisioning" // accounts are being made
	StatusActivation   Status = "activation"   // links are out, people set their passwords
	StatusDone         Status = "done"         // everybody accepted has signed on, or the link has lapsed
	StatusRefused      Status = "refused"      // a head or the officers said no
	StatusWithdrawn    Status = "withdrawn"    // the sender took it back
	StatusExpired      Status = "expired"      // nobody answered in time, which is not a refusal
	StatusDiscarded    Status = "discarded"    // a draft thrown away
)

// Final tells whether nothing can happen to the case any more.
func (s Status) Final() bool {
	switch s {
	case StatusDone, StatusGranted, StatusRefused, StatusWithdrawn, StatusExpired, StatusDiscarded, StatusVoided, StatusDisowned:
		return true
	}
	return false
}

// Statuses lists every status once, in the order of a memo's life.
func Statuses() []Status {
	return []Status{StatusDraft, StatusApproval, StatusReturned, StatusVerification, StatusProvisioning, StatusActivation,
		StatusDone, StatusRefused, StatusWithdrawn, StatusExpired, StatusDiscarded}
}

// FinalStatuses lists the statuses of any kind that have no way out.
func FinalStatuses() []Status {
	var list []Status
	for _, k := range Kinds() {
		for _, s := range StatusesOf(k) {
			if s.Final() && !contains(list, s) {
				list = append(list, s)
			}
		}
	}
	return list
}

// Stage is a part of a case that waits for one sort of decider.
type Stage string

// The stages of a memo.
const (
	StageHead    Stage = "head"
	StageOfficer Stage = "officer"
)

// What a case may be in trouble with.
const (
	TroubleAccounts = "provisioning" // accounts could not be made
	TroubleApprover = "approver"     // nobody is left who could decide
)

// Case is what the rules need to know of one case; the projection and the workflow's own state both yield it.
// Seq counts recorded events. Candidates say who may decide now; Excluded lists accounts that may not (the sender).
// Trouble names what keeps the case from going on until somebody helps (TroubleAccounts, TroubleApprover), else empty.
type Case struct {
	ID         string      `json:"id"`
	Kind       Kind        `json:"kind"`
	Status     Status      `json:"status"`
	Stage      Stage       `json:"stage,omitempty"`
	Round      int         `json:"round"`
	Step       int         `json:"step"`
	Seq        int         `json:"seq"`
	Unit       string      `json:"unit"`
	UnitPath   string      `json:"unit_path"`
	Requester  string      `json:"requester"`        // account that wrote the draft
	Sender     string      `json:"sender,omitempty"` // account that pressed send
	Candidates []Candidate `json:"candidates,omitempty"`
	// Company is whose people see a registration that came to it; empty before.
	Company string `json:"company,omitempty"`
	// About is the application that is asked for; empty for a memo.
	About    string     `json:"about,omitempty"`
	Trouble  string     `json:"trouble,omitempty"`
	Due      *time.Time `json:"due,omitempty"`
	RowsOpen int        `json:"rows_open"` // rows that no officer has decided
	Nudged   *time.Time `json:"nudged,omitempty"`
	// Asked is when the decider put the question that the sender has yet to answer; no clock runs meanwhile.
	Asked *time.Time `json:"asked,omitempty"`
	// Version is the version of what is being written, 0 while nobody writes: what is planned must be what is sent.
	Version int `json:"version,omitempty"`
}

// Step is one turn of asking within a stage: who is asked, for how many business minutes, and after how many they
// are reminded. The first step is the stage's own decider, the following ones are its escalation.
type Step struct {
	Stage     Stage     `json:"stage"`
	Candidate Candidate `json:"candidate"`
	Minutes   int       `json:"minutes"`
	RemindAt  int       `json:"remind_at"`
}
