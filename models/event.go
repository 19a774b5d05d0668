package models

import "time"

// EventType names what happened to a case; the timeline shows one line for each event.
type EventType string

// The events of a memo.
const (
	EventDrafted    EventType = "drafted"
	EventSent       EventType = "sent"
	EventReminded   EventType = "reminded"
	EventEscalated  EventType = "escalated"
	EventNudged     EventType = "nudged"
	EventApproved   EventType = "approved"
	EventRefused    EventType = "refused"
	EventReturned   EventType = "returned"
	EventResent     EventType = "resubmitted"
	EventRows       EventType = "rows_decided"
	EventVerified   EventType = "verified" // the last row was decided and at least one accepted
	EventWithdrawn  EventType = "withdrawn"
	EventExpired    EventType = "expired"
	EventProvision  EventType = "provisioned"
	EventCredential EventType = "credentials_reminded"
	EventLapsed     EventType = "credentials_lapsed"
	EventDone       EventType = "done"
	EventTrouble    EventType = "operator_needed"
	EventRetried    EventType = "operator_retried"
	EventSkipped    EventType = "rows_left_out"
	EventAsked      EventType = "information_asked"
	EventAnswered   EventType = "information_given"
	EventAnswerNote EventType = "answer_reminded"
	EventUnanswered EventType = "unanswered" // the clock goes on without an answer
	EventReassigned EventType = "reassigned" // who was asked holds the office no more, or the unit has moved
	EventReissued   EventType = "credentials_reissued"
	EventCalendar   EventType = "calendar_changed" // what is due is reckoned by another version or another calendar
)

// Change is one step of a case: the event, and all that follows from it in the same transaction. Seq must be the
// stored sequence + 1. EventID is the update's id, or timer:<step>:<round>, unique within the case, so that a
// repeat converges. Actor is the zero value when the clock acts. Payload size stays below 64 KiB.
type Change struct {
	CaseID  string    `json:"case_id"`
	Kind    Kind      `json:"kind"`
	Seq     int       `json:"seq"`
	EventID string    `json:"event_id"`
	Type    EventType `json:"type"`
	At      time.Time `json:"at"`
	Actor   Actor     `json:"actor"`
	// OnBehalfOf is the employee for whom the actor decided, when a grant says so.
	OnBehalfOf string `json:"on_behalf_of,omitempty"`
	// Acting tells how the actor acted, for somebody or for a vacancy; empty for an office of their own.
	Acting ActingKind `json:"acting,omitempty"`
	Reason string     `json:"reason,omitempty"`

	// After is the case as it stands once the event is recorded.
	After Case `json:"after"`
	// Draft is the version of the draft that sending was planned on; 0 does not compare.
	Draft int `json:"draft,omitempty"`
	// Item, when set, closes whatever work item is open and opens the new one; Outcome closes without opening.
	Item    *WorkItem `json:"item,omitempty"`
	Outcome string    `json:"outcome,omitempty"`
	// Calendar is the Calendar.Ref by which After.Due, or the Item's, was reckoned, where the change begins or moves a clock
	// in business time.
	Calendar string `json:"calendar,omitempty"`
	// Rows are decisions on single rows of a memo; Move takes every row in one state to another.
	Rows  []RowDecision `json:"rows,omitempty"`
	Move  *RowMove      `json:"move,omitempty"`
	Notes []FieldNote   `json:"notes,omitempty"`
	// Reissue numbers the rows whose people get a new copy of their credentials.
	Reissue []int `json:"reissue,omitempty"`
	// Content is the ContentDigest, in hexadecimal, of what a decider saw.
	Content string       `json:"content,omitempty"`
	Notices []NoticeSpec `json:"notices,omitempty"`
}

// FieldNote says what is to be corrected in one field of a memo: Field is its JSON name, rows as rows[3]. Person is
// whose row that was; see PlaceNotes for where it stands once the list is being written again.
type FieldNote struct {
	Field  string `json:"field"`
	Note   string `json:"note"`
	Person string `json:"person,omitempty"`
}

// RowMove takes every row in state From to state To, with the change's reason.
type RowMove struct {
	From RowState `json:"from"`
	To   RowState `json:"to"`
}

// Recorded is what stands in the timeline after Record: the change that won. The workflow applies it, never what it
// sent. ByOther says that the stored event at this sequence has another id than the change that was sent.
type Recorded struct {
	Change
	ByOther bool `json:"by_other,omitempty"`
}

// WorkItem asks a candidate to do something by a due time. Exactly one is open per case and stage.
type WorkItem struct {
	Stage     Stage     `json:"stage"`
	Round     int       `json:"round"`
	Step      int       `json:"step"`
	Queue     string    `json:"queue"` // "approval" or "verification"
	Candidate Candidate `json:"candidate"`
	Due       time.Time `json:"due"`
}

// NoticeSpec asks for one message: its kind (a mail template) and who gets it, resolved in the transaction.
type NoticeSpec struct {
	Kind string    `json:"kind"`
	To   Recipient `json:"to"`
}

// Recipient is a person by account, or everybody who satisfies a candidate rule now, or the people of the memo's rows
// that stand in a state, or a party of an activation: the applicant at the address given, the owner at those of the
// registry. Exactly one is given.
type Recipient struct {
	Account   string     `json:"account,omitempty"`
	Candidate *Candidate `json:"candidate,omitempty"`
	Rows      RowState   `json:"rows,omitempty"`
	Party     Party      `json:"party,omitempty"`
}

// Notice is one message that waits to be sent. MessageID is the same on every try. SecretFor is the account whose
// one-use link the message bears, minted at the moment of sending; empty for ordinary messages.
type Notice struct {
	ID        string            `json:"id"`
	MessageID string            `json:"message_id"`
	Kind      string            `json:"kind"`
	To        string            `json:"to"`
	ToName    string            `json:"to_name"`
	Lang      string            `json:"lang"`
	CaseID    string            `json:"case_id,omitempty"`
	Data      map[string]string `json:"data"`
	Attempts  int               `json:"attempts"`
	SecretFor string            `json:"secret_for,omitempty"`
	// SecretOf is the activation whose secret the message bears, minted likewise.
	SecretOf  string    `json:"secret_of,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

// AuditEntry is one line of the audit trail: who, on behalf of whom, what, to what, when, from where, before and
// after with secrets and NIK masked, and how it ended ("ok" or a problem code). Stream is the case, account or
// "system" whose chain it stands in.
type AuditEntry struct {
	Seq        int64     `json:"seq"`        // gap-free, over all streams; 0 until sealed
	Stream     string    `json:"stream"`     // "case:<id>", "account:<id>" or "system"
	StreamSeq  int64     `json:"stream_seq"` // gap-free within the stream, from 1
	At         time.Time `json:"at"`
	Actor      string    `json:"actor"` // account id, "clock" or "system"
	ActorName  string    `json:"actor_name,omitempty"`
	OnBehalfOf string    `json:"on_behalf_of,omitempty"`
	// OnBehalfOfName is looked up when the entry is read; it stands in no chain.
	OnBehalfOfName string `json:"on_behalf_of_name,omitempty"`
	Action         string `json:"action"`
	Object         string `json:"object"`
	Origin         Origin `json:"origin"`
	Before         string `json:"before,omitempty"` // compact JSON
	After          string `json:"after,omitempty"`  // compact JSON
	Outcome        string `json:"outcome"`
}
