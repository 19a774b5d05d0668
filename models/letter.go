package models

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"
)

// LetterKind is a sort of letter that a memo gives rise to; PRODUCT 3.1.7.
type LetterKind string

// The letters of a memo.
const (
	LetterMemo     LetterKind = "memo"     // the memo as it was sent, with its recap list
	LetterApproval LetterKind = "approval" // who decided what, and when
	LetterResults  LetterKind = "results"  // what became of each person
)

// LetterKinds lists every kind once, in the order in which they come to be.
func LetterKinds() []LetterKind { return []LetterKind{LetterMemo, LetterApproval, LetterResults} }

// NamesPeople tells whether the letter holds the recap list, which somebody who is merely listed does not see whole.
func (k LetterKind) NamesPeople() bool { return k == LetterMemo || k == LetterResults }

// Letters gives, for each letter that a memo has earned, the sequence of the last event that the letter tells of: the
// memo itself once it is sent, the approval sheet once somebody's decision stands, the list of results once the officers
// have decided. An event that a letter tells of makes a new edition of it, which supersedes the one before.
func Letters(timeline []TimelineEvent) map[LetterKind]int {
	editions := map[LetterKind]int{}
	acted, before := 0, StatusDraft
	for _, e := range timeline {
		switch e.Type {
		case EventSent, EventResent:
			editions[LetterMemo] = e.Seq
			delete(editions, LetterResults) // the officers look at the rows anew
		case EventRefused:
			if before == StatusVerification {
				editions[LetterResults] = e.Seq
			}
		case EventVerified:
			editions[LetterResults] = e.Seq
		case EventProvision, EventSkipped, EventLapsed, EventDone:
			if editions[LetterResults] != 0 {
				editions[LetterResults] = e.Seq
			}
		}
		if e.Type.Act() {
			acted = e.Seq
		}
		before = e.Status
	}
	if SignedBy(timeline) != 0 {
		editions[LetterApproval] = acted
	}
	return editions
}

// SignedBy gives the sequence of the event whose actor signs the approval sheet: the last decision that stands. A memo
// that is sent again to a head carries no decision yet; one that goes on with the officers keeps the head's. 0 while
// nobody's word stands, and after a head's own return: then there is no sheet.
func SignedBy(timeline []TimelineEvent) (seq int) {
	approved := 0
	for _, e := range timeline {
		switch e.Type {
		case EventResent:
			if e.Status == StatusApproval {
				approved = 0
			}
			seq = approved
		case EventApproved:
			approved, seq = e.Seq, e.Seq
		case EventRefused, EventVerified:
			seq = e.Seq
		case EventReturned:
			if approved != 0 {
				seq = e.Seq
			}
		}
	}
	return seq
}

// Act tells whether the event is one of those that an approval sheet lists: somebody's word on the memo, or the end of
// the time for it.
func (t EventType) Act() bool {
	return slices.Contains([]EventType{EventSent, EventResent, EventApproved, EventRefused, EventReturned, EventVerified, EventSkipped, EventWithdrawn,
		EventExpired}, t)
}

// MemoOutcome is what became of a memo, as its letters and their verification tell it.
type MemoOutcome string

// The outcomes. Partly means that some people of the list were accepted and some rejected.
const (
	OutcomeOpen      MemoOutcome = "open"
	OutcomeAccepted  MemoOutcome = "accepted"
	OutcomePartly    MemoOutcome = "partly"
	OutcomeRefused   MemoOutcome = "refused"
	OutcomeWithdrawn MemoOutcome = "withdrawn"
	OutcomeExpired   MemoOutcome = "expired"
)

// MemoOutcomes lists every outcome once.
func MemoOutcomes() []MemoOutcome {
	return []MemoOutcome{OutcomeOpen, OutcomeAccepted, OutcomePartly, OutcomeRefused, OutcomeWithdrawn, OutcomeExpired}
}

// OutcomeOf tells what has become of a memo with this status, whose rows stand so.
func OutcomeOf(s Status, rows RowCounts) MemoOutcome {
	switch s {
	case StatusRefused:
		return OutcomeRefused
	case StatusWithdrawn:
		return OutcomeWithdrawn
	case StatusExpired:
		return OutcomeExpired
	case StatusProvisioning, StatusActivation, StatusDone:
		if rows.Rejected > 0 {
			return OutcomePartly
		}
		return OutcomeAccepted
	}
	return OutcomeOpen
}

// LetterVerification is what anybody may know who holds a letter's id: whose memo it is, what was decided, and whether
// the letter still holds. Subject, Signer and At are the letter's own; Decision is the memo's now. Signer is empty for a
// letter that the system draws up. SHA256 is the hexadecimal digest of the letter's file.
type LetterVerification struct {
	Kind       LetterKind    `json:"kind"`
	Number     string        `json:"number"`
	MemoNumber string        `json:"memo_number"`
	Subject    string        `json:"subject"`
	Decision   MemoOutcome   `json:"decision"`
	Signer     string        `json:"signer,omitempty"`
	SignerFor  string        `json:"signer_for,omitempty"` // in whose stead an acting head signed
	At         time.Time     `json:"at"`
	Issued     time.Time     `json:"issued"`
	SHA256     string        `json:"sha256"`
	Valid      bool          `json:"valid"`
	Why        LetterInvalid `json:"why,omitempty"`
}

// LetterInvalid says why a genuine letter holds no more.
type LetterInvalid string

// Why a letter may hold no more.
const (
	LetterWithdrawn  LetterInvalid = "withdrawn"  // the sender took the memo back
	LetterSuperseded LetterInvalid = "superseded" // a newer edition of the letter tells more, or a new round began
)

// CheckLetter tells whether a letter of a kind whose edition ends with the event seq still holds.
func CheckLetter(status Status, timeline []TimelineEvent, k LetterKind, seq int) LetterInvalid {
	if status == StatusWithdrawn {
		return LetterWithdrawn
	}
	if Letters(timeline)[k] != seq {
		return LetterSuperseded
	}
	return ""
}

// ContentDigest is the SHA-256 of what the deciders of a memo see: its text and its rows, as JSON.
func ContentDigest(d MemoDraft) ([sha256.Size]byte, error) {
	text, err := json.Marshal(d)
	return sha256.Sum256(text), err
}
