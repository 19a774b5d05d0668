package desk

import (
	"context"
	"time"

	"loket/internal/auth"
	"loket/models"
)

// Counter is what the two counters, api and internal/web, may ask. Every method takes the actor (resolved by Session
// or Bearer at each request, so that a revoked role counts at once) and answers public refusals as *models.Problem.
// A foreign object is ErrNotFound. key is the Idempotency-Key: "" makes the call not repeatable; the portal puts a
// random one in each form.
type Counter interface {
	Gate
	Parting
	Activating
	Memos
	Bulk
	Letters
	Lists
	Work
	Keepsakes
	Bell
	Self
	Recovery
	Factors
	Browsers
	Delegating
	Upkeep
	Directories
	Exports
	Trading
	Dashboards
	Applications
	Accesses
	Companies
	Linking
	Consenting
	LinkUpkeep
	Registering
	// Watch tells of changes of one case, or with caseID empty of what concerns the actor.
	Watch(ctx context.Context, a models.Actor, caseID string) (<-chan models.Ping, error)
}

// Gate lets people in.
type Gate interface {
	// SignIn answers ErrWrongCredentials alike for unknown, locked, disabled and wrong, in the same time.
	SignIn(ctx context.Context, in SignIn) (Signed, error)
	// SignInWithCode finishes a sign-in that awaits the code of a second factor: ErrUnauthenticated when it is over,
	// ErrWrongCredentials for a code that does not count.
	SignInWithCode(ctx context.Context, in SignInCode) (Signed, error)
	SignOut(ctx context.Context, sessionToken string) error
	// Session resolves the portal's cookie; ErrUnauthenticated when it is unknown, idle or over.
	Session(ctx context.Context, sessionToken string, o models.Origin) (Identity, error)
	// Bearer resolves the API's personal token.
	Bearer(ctx context.Context, token string, o models.Origin) (Identity, error)
	// LinkInfo looks at a one-use link without spending it; ErrLinkSpent when unknown, used or over.
	LinkInfo(ctx context.Context, token string) (Link, error)
	// SetPassword spends the link and sets the password, typed twice. Activates the account, which has the language from
	// then on in which its owner did so; "" leaves it as it is.
	SetPassword(ctx context.Context, token, password, again, locale string, o models.Origin) error
	// PasswordRules tells for each rule of the policy whether the password meets it.
	PasswordRules(ctx context.Context, username, password string) []models.RuleState
	// PasswordRests tells from when an account's password may be changed again by free will; zero where that is now.
	PasswordRests(acc models.AccountView) time.Time
}

// Parting lets people out.
type Parting interface {
	// Leaving lists the sessions that a departure would end, idle ones among them.
	Leaving(ctx context.Context, d Departure) ([]string, error)
	// Leave ends them; here tells that the token's own was among them.
	Leave(ctx context.Context, d Departure) (here bool, err error)
}

// What lets people in is internal/auth's to say.
type (
	// Departure is a wish to be signed out.
	Departure = auth.Departure
	// SignIn is what the sign-in form sends.
	SignIn = auth.SignIn
	// SignInCode is what the form for a code sends.
	SignInCode = auth.SignInCode
	// Confirmed is a second factor just added, with its recovery codes.
	Confirmed = auth.Confirmed
	// Signed is a new session: its opaque token (256 bits, base64url) goes into the cookie and nowhere else.
	Signed = auth.Signed
	// Identity is who is signed in. Scopes is nil for a session, which may do all that the person may.
	Identity = auth.Identity
)

// Link is what a one-use link's page shows before it is used.
type Link struct {
	Username, Name string
	Purpose        string // "set_password"
	Expires        time.Time
}

// Memos is the memo flow. version is the MemoView.Version the caller saw (0 = do not compare): ErrStale otherwise.
type Memos interface {
	Attachments
	Comments
	CreateMemo(ctx context.Context, a models.Actor, d models.MemoDraft, key string) (models.MemoView, error)
	SaveMemo(ctx context.Context, a models.Actor, id string, d models.MemoDraft, version int) (models.MemoView, error)
	DiscardMemo(ctx context.Context, a models.Actor, id string) error
	Memo(ctx context.Context, a models.Actor, id string) (models.MemoView, error)
	// MemoRows pages over the rows by number; state "" means all.
	MemoRows(ctx context.Context, a models.Actor, id string, state models.RowState, q models.PageQuery) (models.Page[models.RowView], error)
	// CheckMemo checks a saved draft as sending would, and says who will be asked. It changes nothing. NIKs of the list
	// are as they were written, for whoever writes it to correct; those of the registry are masked.
	CheckMemo(ctx context.Context, a models.Actor, id string) (models.RecapReport, error)
	SendMemo(ctx context.Context, a models.Actor, id string, version int, key string) (models.MemoView, error)
	// DecideMemo approves or refuses (reason required) at the head stage.
	DecideMemo(ctx context.Context, a models.Actor, id string, in Decision, key string) (models.MemoView, error)
	// VerifyMemo decides rows at the officer stage; All decides every open row at once. Rows that somebody else decided
	// meanwhile are ErrAlreadyDecided, each with a fault, and nothing happens, unless they are to be skipped.
	VerifyMemo(ctx context.Context, a models.Actor, id string, in Verification, key string) (models.MemoView, error)
	WithdrawMemo(ctx context.Context, a models.Actor, id, reason, key string) (models.MemoView, error)
	// ReturnMemo sends a memo back for revision, with a reason and notes on single fields.
	ReturnMemo(ctx context.Context, a models.Actor, id string, in Return, key string) (models.MemoView, error)
	// ResubmitMemo begins the next round with the draft as it is written now; checked as at sending.
	ResubmitMemo(ctx context.Context, a models.Actor, id string, version int, key string) (models.MemoView, error)
	// NudgeMemo reminds whoever is asked; ErrTooSoon within four hours of the last nudge.
	NudgeMemo(ctx context.Context, a models.Actor, id, key string) (models.MemoView, error)
	// CopyMemo begins a new draft with the content of one that ended without accounts.
	CopyMemo(ctx context.Context, a models.Actor, id, key string) (models.MemoView, error)
	// AskSender puts a question to the sender, which stops the decider's clock; ErrNotNow while one is open.
	AskSender(ctx context.Context, a models.Actor, id string, in Message, key string) (models.MemoView, error)
	// AnswerMemo answers the open question, and lets the clock go on.
	AnswerMemo(ctx context.Context, a models.Actor, id string, in Message, key string) (models.MemoView, error)
	// ReissueMemo sends the people of rows whose links are open or lapsed another copy; the last one is dead.
	ReissueMemo(ctx context.Context, a models.Actor, id string, rows []int, key string) (models.MemoView, error)
	// SkipRows lets support leave out the rows whose accounts cannot be made.
	SkipRows(ctx context.Context, a models.Actor, id, reason, key string) (models.MemoView, error)
	// RetryMemo lets support start again what an outside system kept refusing.
	RetryMemo(ctx context.Context, a models.Actor, id, key string) (models.MemoView, error)
	// SendingUnits lists the units for which the actor may write, per kind.
	SendingUnits(ctx context.Context, a models.Actor) ([]SendingUnit, error)
}

// SendingUnit is a unit for which the actor may write memos of these kinds; MaySend lists those also sent by them.
type SendingUnit struct {
	Code    string            `json:"code"`
	Name    string            `json:"name"`
	Kinds   []models.MemoKind `json:"kinds"`
	MaySend []models.MemoKind `json:"may_send"`
}

// Decision is a head's word. Seq and Content are MemoView.Seq and MemoView.Content as the decider saw them (0 and "" = do
// not compare): ErrStale otherwise.
type Decision struct {
	Approve bool   `json:"approve"`
	Reason  string `json:"reason,omitempty"`
	Seq     int    `json:"seq,omitempty"`
	Content string `json:"content,omitempty"`
}

// Message is a question or an answer. Seq is MemoView.Seq as its writer saw it (0 = do not compare).
type Message struct {
	Text string `json:"text"`
	Seq  int    `json:"seq,omitempty"`
}

// Return is a decider's word that something is to be corrected. Seq and Content are what they saw, see Decision.
type Return struct {
	Reason  string             `json:"reason"`
	Notes   []models.FieldNote `json:"notes,omitempty"`
	Seq     int                `json:"seq,omitempty"`
	Content string             `json:"content,omitempty"`
}

// Verification is an officer's word on rows. Exactly one of Rows and All is given; All is RowAccepted or RowRejected
// (then Reason is required). SkipDecided leaves out rows that are decided already, and decides the rest.
type Verification struct {
	Rows        []models.RowDecision `json:"rows,omitempty"`
	All         models.RowState      `json:"all,omitempty"`
	Reason      string               `json:"reason,omitempty"`
	Seq         int                  `json:"seq,omitempty"`
	SkipDecided bool                 `json:"skip_decided,omitempty"`
	Content     string               `json:"content,omitempty"` // what they saw, see Decision
}

// Lists are the read-only pages.
type Lists interface {
	Home(ctx context.Context, a models.Actor) (models.Home, error)
	// Inbox lists open work items for the actor; queue "" means all. Counts are per queue.
	Inbox(ctx context.Context, a models.Actor, queue string, q models.PageQuery) (models.Page[models.WorkItemView], map[string]int, error)
	// Cases lists cases the actor may see; see CaseQuery.
	Cases(ctx context.Context, a models.Actor, q CaseQuery) (models.Page[models.CaseSummary], error)
	Units(ctx context.Context, a models.Actor) (models.UnitView, error) // the whole tree
	Unit(ctx context.Context, a models.Actor, code string) (models.UnitView, error)
	Employees(ctx context.Context, a models.Actor, q EmployeeQuery) (models.Page[models.EmployeeView], error)
	Employee(ctx context.Context, a models.Actor, id string) (models.EmployeeView, error)
	// Due previews a calendar with the code that the workflows use.
	Due(ctx context.Context, calendarID string, from time.Time, minutes int) (time.Time, error)
	// Calendar is one version of a calendar, the newest for 0.
	Calendar(ctx context.Context, id string, version int) (models.Calendar, error)
}

// CaseQuery narrows a list of cases. Box is "mine" (I wrote or sent), "decided" (I decided), "unit" (units I head)
// or "all" (whatever I may see). Text searches number, subject, name, NIP.
type CaseQuery struct {
	Box    string
	Kind   models.Kind // "" means every kind that has pages
	Status models.Status
	Text   string
	models.PageQuery
}

// EmployeeQuery narrows the registry; Unit includes what lies below. Heads see their units, officers, support,
// auditors and admins see all.
type EmployeeQuery struct {
	Text, Unit string
	models.PageQuery
}

// Self is the signed-in person's own account.
type Self interface {
	Account(ctx context.Context, a models.Actor) (models.AccountView, error)
	SetLocale(ctx context.Context, a models.Actor, locale string) error
	// ChangePassword asks for the old one, ends every other session, and answers the session's new token when it was
	// asked from one (rotate).
	ChangePassword(ctx context.Context, id Identity, old, password, again string) (Signed, error)
	// StepUp asks for the password once more, and for a code of the second factor where there is one, for what an open
	// session alone does not allow. It answers the session's new token (rotate); a fault of the field password or code is
	// the answer to a wrong one, and to any while a lock holds.
	StepUp(ctx context.Context, id Identity, password, code string) (Signed, error)
	Sessions(ctx context.Context, id Identity) ([]models.SessionView, error)
	EndSession(ctx context.Context, id Identity, sessionID string) error
	EndOtherSessions(ctx context.Context, id Identity) error
	Tokens(ctx context.Context, a models.Actor) ([]models.TokenView, error)
	// CreateToken answers the secret once; days is 1 to 365.
	CreateToken(ctx context.Context, a models.Actor, name string, scopes []models.Scope, days int) (models.TokenView, string, error)
	RevokeToken(ctx context.Context, a models.Actor, id string) error
}

// Factors is the signed-in person's second factor: a code from an app, besides the password.
type Factors interface {
	SecondFactor(ctx context.Context, id Identity) (models.FactorView, error)
	// BeginSecondFactor answers a key for the app, the same one for a quarter of an hour; ErrSecondFactorSet when there is
	// a second factor, ErrSecondFactorOff when the agency has none.
	BeginSecondFactor(ctx context.Context, id Identity) (models.FactorOffer, error)
	// ConfirmSecondFactor takes the key's first code, ends every other session, and answers the session's new token
	// (rotate) and the recovery codes, this once.
	ConfirmSecondFactor(ctx context.Context, id Identity, code string) (Confirmed, error)
	NewRecoveryCodes(ctx context.Context, id Identity) ([]string, error)
	RemoveSecondFactor(ctx context.Context, id Identity) error
}

// Browsers is where the signed-in person's account is known, and who tried to sign in to it.
type Browsers interface {
	SignIns(ctx context.Context, id Identity) ([]models.SignInView, error)
	Devices(ctx context.Context, id Identity) ([]models.DeviceView, error)
	// ForgetDevice signs the browser out too, unless it is the one that asks.
	ForgetDevice(ctx context.Context, id Identity, deviceID string) error
}

// Delegating is who acts for whom. Rights follow from models.MayDelegate and DelegationView.MayRevoke.
type Delegating interface {
	// Delegations lists one box: BoxGiven, BoxReceived or BoxUnits.
	Delegations(ctx context.Context, a models.Actor, box string) ([]models.DelegationView, error)
	Delegation(ctx context.Context, a models.Actor, id string) (models.DelegationView, error)
	Delegate(ctx context.Context, a models.Actor, in models.Delegation) (models.DelegationView, error)
	// EndDelegation answers ErrNotNow for one that is over.
	EndDelegation(ctx context.Context, a models.Actor, id string) error
	// Delegates searches colleagues by name or NIP for an office of the unit.
	Delegates(ctx context.Context, a models.Actor, unit, text string) ([]models.EmployeeView, error)
	// Absences lists offices whose holder is on leave or retired while nobody acts in them.
	Absences(ctx context.Context, a models.Actor) ([]models.Absence, error)
}

// Upkeep is what support, auditors and admins do.
type Upkeep interface {
	Audit(ctx context.Context, a models.Actor, q AuditQuery) (models.Page[models.AuditEntry], error)
	FailedNotices(ctx context.Context, a models.Actor, q models.PageQuery) (models.Page[models.FailedNotice], error)
	ResendNotice(ctx context.Context, a models.Actor, id string) error
	Grants(ctx context.Context, a models.Actor, unit string) ([]models.RoleGrant, error)
	Grant(ctx context.Context, a models.Actor, g models.RoleGrant) (models.RoleGrant, error)
	RevokeGrant(ctx context.Context, a models.Actor, id string) error
}

// AuditQuery narrows the trail; zero values do not narrow.
type AuditQuery struct {
	Stream, Actor, Action string
	From, Until           time.Time
	models.PageQuery
}
