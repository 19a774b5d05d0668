package models

import "time"

// Page is one page of a list. Next is the opaque cursor of the page that follows, empty on the last; Total is given
// only where counting is cheap (-1 otherwise).
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
	Total int    `json:"total"`
}

// PageQuery asks for a page: Limit rows (1 to 200, 0 means 25) after Cursor.
type PageQuery struct {
	Cursor string
	Limit  int
}

// RowCounts counts a memo's rows by state.
type RowCounts struct {
	Total       int `json:"total"`
	Pending     int `json:"pending"`
	Accepted    int `json:"accepted"`
	Rejected    int `json:"rejected"`
	Provisioned int `json:"provisioned"`
	Activated   int `json:"activated"`
	Lapsed      int `json:"lapsed"`
}

// CaseSummary is one line of a list of cases.
type CaseSummary struct {
	ID         string     `json:"id"`
	Kind       Kind       `json:"kind"`
	Number     string     `json:"number"` // LKT-2026-000123
	Subject    string     `json:"subject"`
	MemoKind   MemoKind   `json:"memo_kind,omitempty"`
	Status     Status     `json:"status"`
	Stage      Stage      `json:"stage,omitempty"`
	Unit       string     `json:"unit"` // the one that sends
	UnitName   string     `json:"unit_name"`
	DueUnit    string     `json:"-"`                     // the smallest unit that holds everyone listed: due times go by its calendar
	SenderName string     `json:"sender_name,omitempty"` // whoever pressed send; the writer while a draft
	Opened     time.Time  `json:"opened"`
	Closed     *time.Time `json:"closed,omitempty"`
	Due        *time.Time `json:"due,omitempty"`
	Rows       RowCounts  `json:"rows"`
	Trouble    string     `json:"trouble,omitempty"`
	Asked      *time.Time `json:"asked,omitempty"` // since when the sender is asked something; no clock runs
}

// TimelineEvent is one line of a case's history as people read it.
type TimelineEvent struct {
	Seq            int        `json:"seq"`
	Type           EventType  `json:"type"`
	At             time.Time  `json:"at"`
	ActorName      string     `json:"actor_name,omitempty"` // empty when the clock or the system acted
	OnBehalfOfName string     `json:"on_behalf_of_name,omitempty"`
	Acting         ActingKind `json:"acting,omitempty"` // how the actor acted for somebody or for a vacancy
	Reason         string     `json:"reason,omitempty"`
	Status         Status     `json:"status"`
	// Notes say what was to be corrected, field by field, when the memo was returned.
	Notes []FieldNote `json:"notes,omitempty"`
	// Content is the ContentDigest, in hexadecimal, of what was before whoever decided.
	Content string `json:"content,omitempty"`
}

// MemoView is all that a memo's page shows, and GET /memos/{id} answers. Case.Seq is the version that If-Match and
// decisions name. Approvers are the people behind the steps of the stage that is now open, or that would be first.
type MemoView struct {
	CaseSummary
	MemoNumber string          `json:"memo_number,omitempty"` // assigned at sending, gap-free per unit and year
	Draft      MemoDraft       `json:"draft"`                 // rows are given by Rows, not here
	Seq        int             `json:"seq"`
	Round      int             `json:"round"`
	Version    int             `json:"version"` // the ETag: grows with every change, of the draft too
	Requester  string          `json:"requester_name"`
	Timeline   []TimelineEvent `json:"timeline"`
	Steps      []StepView      `json:"steps,omitempty"`
	Actions    []Action        `json:"actions"`
	Letters    []LetterKind    `json:"letters,omitempty"` // what the reader may open as a PDF
	Changes    []FieldChange   `json:"changes,omitempty"` // since the round before
	Content    string          `json:"content,omitempty"` // ContentDigest, in hexadecimal, of what is or was last judged; empty for drafts
	Case       Case            `json:"-"`
	// RowResults say what came of each row, in the answer to a verification alone.
	RowResults []RowResult `json:"row_results,omitempty"`
}

// StepView is one turn of asking with the names behind it.
type StepView struct {
	Stage    Stage    `json:"stage"`
	Role     Role     `json:"role"`
	Unit     string   `json:"unit,omitempty"`
	UnitName string   `json:"unit_name,omitempty"`
	Names    []string `json:"names"`
	// People are the same with what makes them deciders.
	People  []StepPerson `json:"people,omitempty"`
	Minutes int          `json:"minutes"`
	Current bool         `json:"current"`
	Due     *time.Time   `json:"due,omitempty"`
}

// RowView is one row of a memo with its state. The NIK is masked, but for whoever writes the list.
type RowView struct {
	No int `json:"no"`
	RecapRow
	State    RowState     `json:"state"`
	Reason   string       `json:"reason,omitempty"`
	Username string       `json:"username,omitempty"`
	Findings []RowFinding `json:"findings,omitempty"`
	Registry *RecapRow    `json:"registry,omitempty"` // what the registry says, where it knows the person
	Access   *AccessView  `json:"access,omitempty"`   // what the account may use by now, where that ends by itself
}

// RecapReport is the answer of checking a draft: the findings per row, and what is wrong with the memo itself.
type RecapReport struct {
	Rows   []RowView    `json:"rows"`
	Faults []FieldFault `json:"faults"`
	Errors int          `json:"errors"` // faults and row findings that keep the memo from being sent
	Steps  []StepView   `json:"steps"`  // who will be asked
}

// WorkItemView is one line of an inbox. What was returned to the actor, and what they decided, has no item that waits.
type WorkItemView struct {
	CaseSummary
	ItemID    string    `json:"item_id,omitempty"`
	Queue     string    `json:"queue,omitempty"`
	Since     time.Time `json:"since"`
	ItemDue   time.Time `json:"item_due,omitzero"`
	Remaining int       `json:"remaining_minutes"` // business minutes; negative when late
	DueToday  bool      `json:"due_today"`
	InsteadOf string    `json:"instead_of,omitempty"` // the person, or else the unit, for whom the actor would decide
	Claim     *Claim    `json:"claim,omitempty"`      // who works on it, where several are asked
	Decision  EventType `json:"decision,omitempty"`   // what the actor had to say, in the tab of what they decided
}

// WorkPage is one page of an inbox. Counts are per queue and Tabs per tab, whatever the query narrows; CountedMost means
// that many or more.
type WorkPage struct {
	Page[WorkItemView]
	Counts map[string]int `json:"counts"`
	Tabs   map[Tab]int    `json:"tabs"`
}

// Home is the first page: what waits for me, and what I wait for.
type Home struct {
	WaitsForMe Page[WorkItemView] `json:"waits_for_me"`
	IWaitFor   Page[CaseSummary]  `json:"i_wait_for"`
	Drafts     int                `json:"drafts"`
	Trouble    int                `json:"trouble"` // cases that need an operator, and messages that could not be delivered; support only
}

// UnitView is a unit with its place in the tree and its office holders.
type UnitView struct {
	Code     string       `json:"code"`
	Name     string       `json:"name"`
	Kind     string       `json:"kind"`
	Parent   string       `json:"parent,omitempty"`
	Path     string       `json:"path"`
	Children []UnitView   `json:"children,omitempty"`
	Offices  []OfficeView `json:"offices,omitempty"`
	Count    int          `json:"employees"` // in the unit itself
}

// OfficeView is one appointment with the holder's name.
type OfficeView struct {
	Role  Role       `json:"role"`
	Name  string     `json:"name"`
	From  time.Time  `json:"from"`
	Until *time.Time `json:"until,omitempty"`
}

// EmployeeView is a person of the registry. NIK is masked.
type EmployeeView struct {
	ID             string `json:"id"`
	NIP            string `json:"nip,omitempty"`
	NIK            string `json:"nik,omitempty"`
	Name           string `json:"name"`
	Unit           string `json:"unit"`
	UnitName       string `json:"unit_name"`
	Position       string `json:"position"`
	EmploymentType string `json:"employment_type"`
	Rank           string `json:"rank,omitempty"`
	Status         string `json:"status"`
	OfficialEmail  string `json:"official_email,omitempty"`
	Username       string `json:"username,omitempty"`

	Access []AccessView `json:"access,omitempty"`
}

// AccountView is the signed-in person's own account.
type AccountView struct {
	ID                 string     `json:"id"`
	Username           string     `json:"username"`
	Name               string     `json:"name"`
	Email              string     `json:"email"`
	Locale             string     `json:"locale"`
	Unit               string     `json:"unit,omitempty"`
	UnitName           string     `json:"unit_name,omitempty"`
	Roles              []Grant    `json:"roles"`
	Applications       []string   `json:"applications"`
	MustChangePassword bool       `json:"must_change_password"`
	PasswordChangedAt  *time.Time `json:"password_changed_at,omitempty"`
	// Ends is when a trader's account ends, and Ended that it did: nothing is open but its renewal.
	Ends  *time.Time `json:"ends,omitempty"`
	Ended bool       `json:"ended,omitempty"`
}

// SessionView is one place where the account is signed in. An Idle one opens nothing here any more, but what was opened
// from it is open still.
type SessionView struct {
	ID        string    `json:"id"`
	Current   bool      `json:"current"`
	Idle      bool      `json:"idle"`
	IP        string    `json:"ip"`
	UserAgent string    `json:"user_agent"`
	Created   time.Time `json:"created"`
	LastSeen  time.Time `json:"last_seen"`
	Expires   time.Time `json:"expires"`
}

// ConsentView is what an account's owner lets an application of a third party know, by the scopes of OpenID Connect.
type ConsentView struct {
	Application string    `json:"application"`
	Name        string    `json:"name"`
	Provider    string    `json:"provider"`
	Scopes      []string  `json:"scopes"`
	Given       time.Time `json:"given"`
}

// Scope bounds what a personal token may do.
type Scope string

// The scopes of personal tokens.
const (
	ScopeRead   Scope = "read"   // every GET
	ScopeWrite  Scope = "write"  // drafts, sending, withdrawing
	ScopeDecide Scope = "decide" // approving, refusing, verifying
	ScopeAdmin  Scope = "admin"  // what the admin and support roles may do
)

// Scopes lists every scope once.
func Scopes() []Scope { return []Scope{ScopeRead, ScopeWrite, ScopeDecide, ScopeAdmin} }

// TokenView is a personal bearer token without its secret.
type TokenView struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Scopes   []Scope    `json:"scopes"`
	Created  time.Time  `json:"created"`
	Expires  time.Time  `json:"expires"`
	LastUsed *time.Time `json:"last_used,omitempty"`
}

// FailedNotice is a message that could not be delivered, as support sees it. The address is masked.
type FailedNotice struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	To      string    `json:"to"`
	CaseID  string    `json:"case_id,omitempty"`
	Number  string    `json:"number,omitempty"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	Attempt int       `json:"attempts"`
}

// Ping is one change that a browser hears of: refetch what is shown. It carries ids alone.
type Ping struct {
	CaseID string `json:"case_id"`
	Seq    int    `json:"seq"`
}
