package models

import "time"

// RegistrationView is all that the page of a registration shows, to an applicant by their link or to whoever may see it.
// Actions are those of the reader: prove, edit, send, resubmit and withdraw of the applicant; approve, refuse and return
// of an officer. The applicant reads no names of officers, and nothing of companies that are there.
type RegistrationView struct {
	ID      string           `json:"id"`
	Number  string           `json:"number"` // LKT-2026-000123
	Sort    RegistrationSort `json:"sort"`
	Status  Status           `json:"status"`
	Stage   Stage            `json:"stage,omitempty"`
	Round   int              `json:"round"`
	Seq     int              `json:"seq"`     // what a decision compares
	Version int              `json:"version"` // the ETag: grows with every change, of what is being written too
	Opened  time.Time        `json:"opened"`
	Closed  *time.Time       `json:"closed,omitempty"`
	// Due is until when the link is to be followed, the form to be sent, the officers to decide or the password to be set.
	Due   *time.Time       `json:"due,omitempty"`
	Email string           `json:"email"`
	Form  RegistrationForm `json:"form"`
	// Papers are those of the form as it is written now; after the end, those of a registration that was accepted.
	Papers []Paper `json:"papers"`
	// Reason and Notes are of the last return or refusal.
	Reason  string        `json:"reason,omitempty"`
	Notes   []FieldNote   `json:"notes,omitempty"`
	Changes []FieldChange `json:"changes,omitempty"` // since the round before; against the company as it is, of the sort company
	// Known is the company that has the NPWP already, or that changes, and People how many accounts it has: for officers,
	// auditors and the company's own.
	Known    *Company        `json:"known,omitempty"`
	People   int             `json:"people,omitempty"`
	Username string          `json:"username,omitempty"` // of the account that came of it
	Timeline []TimelineEvent `json:"timeline"`
	Steps    []StepView      `json:"steps,omitempty"` // who is asked; not for the applicant
	Actions  []Action        `json:"actions"`
	Trouble  string          `json:"trouble,omitempty"`
	Case     Case            `json:"-"`
}
