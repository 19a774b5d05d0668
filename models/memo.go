package models

import "time"

// MemoKind is what a memo asks for.
type MemoKind string

// The memo kinds; PRODUCT 3.1.1.
const (
	MemoFlexiwork     MemoKind = "flexiwork"      // sent by the unit head or the PPK
	MemoSSOActivation MemoKind = "sso_activation" // sent by the head of the HR bureau or the unit head
)

// MemoKinds lists the kinds in the order in which a form offers them.
func MemoKinds() []MemoKind { return []MemoKind{MemoFlexiwork, MemoSSOActivation} }

// Senders gives the roles that may send a memo of the kind.
func (k MemoKind) Senders() []Role {
	switch k {
	case MemoFlexiwork:
		return []Role{RoleHead, RolePPK}
	case MemoSSOActivation:
		return []Role{RoleHRHead, RoleHead}
	}
	return nil
}

// MemoDraft is what the sender writes. Date is a civil date (YYYY-MM-DD). Unit is the sending unit's code. Rows are
// the recap list, 1 to 500 at sending; a draft may hold fewer, and one that is saved with nil keeps the list it has.
type MemoDraft struct {
	Kind      MemoKind   `json:"kind"`
	Unit      string     `json:"unit"`
	Date      string     `json:"date"`
	Addressee string     `json:"addressee"`
	Reference string     `json:"reference,omitempty"`
	Subject   string     `json:"subject"`
	Body      string     `json:"body"`
	Contact   string     `json:"contact"`
	Copies    []string   `json:"copies,omitempty"`
	Rows      []RecapRow `json:"rows,omitempty"`
	// Attachments are what is attached now; files come and go by themselves, not with what is written.
	Attachments []Attachment `json:"attachments,omitempty"`
}

// RowState is where one row of a memo stands.
type RowState string

// The row states. Lapsed means the link was never used; the account stays disabled.
const (
	RowPending     RowState = "pending"
	RowAccepted    RowState = "accepted"
	RowRejected    RowState = "rejected"
	RowProvisioned RowState = "provisioned"
	RowActivated   RowState = "activated"
	RowLapsed      RowState = "lapsed"
)

// RowStates lists every row state once.
func RowStates() []RowState {
	return []RowState{RowPending, RowAccepted, RowRejected, RowProvisioned, RowActivated, RowLapsed}
}

// RowDecision is an officer's word on one row (No counts from 1). A rejection carries a reason.
type RowDecision struct {
	No     int    `json:"no"`
	Accept bool   `json:"accept"`
	Reason string `json:"reason,omitempty"`
}

// Limits of what people type. Reasons are shown to others, so they are bounded too.
const (
	MaxRecapRows   = 500
	MaxSubject     = 200
	MaxBody        = 10_000
	MaxReason      = 1_000
	MaxLine        = 150
	MaxCopies      = 20
	CredentialLife = 72 * time.Hour // wall time; PRODUCT 3.1.6
	CredentialNote = 48 * time.Hour
	NudgePause     = 4 * time.Hour // between two nudges by the sender; TIMING 'Approvals'
)

// Business minutes of an approval; TIMING 'Approvals'.
const (
	StageMinutes      = 900
	StageRemindAt     = 450
	EscalationMinutes = 450
	EscalationRemind  = 225
)
