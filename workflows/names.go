package workflows

import "loket/models"

// TaskQueue is the queue that workers of every flow poll.
const TaskQueue = "loket"

// AttributeKind is the search attribute that holds a case's kind. The engine registers it.
const AttributeKind = "LoketKind"

// The updates of a case. Each answers models.Recorded; a refusal is an application error whose type is the problem's
// code.
const (
	UpdateSend     = "send"
	UpdateDecide   = "decide"
	UpdateVerify   = "verify"
	UpdateReturn   = "return"
	UpdateResubmit = "resubmit"
	UpdateNudge    = "nudge"
	UpdateWithdraw = "withdraw"
	UpdateRetry    = "retry"
	UpdateAsk      = "ask"
	UpdateAnswer   = "answer"
	UpdateReissue  = "reissue"
	UpdateSkip     = "skip"
)

// The signals of a case.
const (
	// SignalSettled: no link of a memo's people is open any more; something has come of an activation's code, or of the link
	// by which whoever registered sets a password.
	SignalSettled = "settled"
	// SignalReplan, for every flow with deciders: who is asked may hold the office no more, or the unit has moved.
	SignalReplan = "replan"
	// SignalCalendar, for every flow with deciders: the unit works by another version of its calendar, or by another one.
	SignalCalendar = "calendar_changed"
)

// QueryCase answers models.Case, for `loket check` alone.
const QueryCase = "case"

// Asked begins every payload: who asks, and the sequence number that the projection showed them. After a crash the
// projection may be a step ahead of the workflow, which then catches up before it answers.
type Asked struct {
	Actor models.Actor `json:"actor"`
	Seen  int          `json:"seen"`
	// Content is the ContentDigest, in hexadecimal, of what a decider saw.
	Content string `json:"content,omitempty"`
}

// Send is the payload of UpdateSend.
type Send struct {
	Asked
}

// Decide is the payload of UpdateDecide, the head's word. A refusal carries a reason.
type Decide struct {
	Asked
	Approve bool   `json:"approve"`
	Reason  string `json:"reason,omitempty"`
}

// Verify is the payload of UpdateVerify, an officer's word on rows: some, or every open one.
type Verify struct {
	Asked
	Rows   []models.RowDecision `json:"rows,omitempty"`
	All    models.RowState      `json:"all,omitempty"` // accepted or rejected
	Reason string               `json:"reason,omitempty"`
}

// Return is the payload of UpdateReturn: back to the sender for revision, with notes on single fields.
type Return struct {
	Asked
	Reason string             `json:"reason"`
	Notes  []models.FieldNote `json:"notes,omitempty"`
}

// Resubmit is the payload of UpdateResubmit.
type Resubmit struct {
	Asked
}

// Nudge is the payload of UpdateNudge.
type Nudge struct {
	Asked
}

// Withdraw is the payload of UpdateWithdraw.
type Withdraw struct {
	Asked
	Reason string `json:"reason,omitempty"`
}

// Retry is the payload of UpdateRetry.
type Retry struct {
	Asked
}

// Ask is the payload of UpdateAsk: a decider's question to the sender, which stops the clock.
type Ask struct {
	Asked
	Question string `json:"question"`
}

// Answer is the payload of UpdateAnswer, the sender's word on the open question.
type Answer struct {
	Asked
	Answer string `json:"answer"`
}

// Reissue is the payload of UpdateReissue: new copies of the credentials of these rows.
type Reissue struct {
	Asked
	Rows []int `json:"rows"`
}

// Skip is the payload of UpdateSkip: the rows whose accounts cannot be made are left out, for this reason.
type Skip struct {
	Asked
	Reason string `json:"reason"`
}
