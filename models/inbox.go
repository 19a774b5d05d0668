package models

import (
	"slices"
	"strings"
	"time"
)

// Tab is one list of an inbox.
type Tab string

// The tabs of an inbox. TabAll is whatever the actor may decide now, in one list.
const (
	TabAll        Tab = ""
	TabMine       Tab = "mine"       // asked of an office of the actor's own, or claimed by them
	TabSubstitute Tab = "substitute" // asked of an office that the actor holds only in another's stead
	TabClaimable  Tab = "claimable"  // asked of several colleagues alike
	TabReturned   Tab = "returned"   // the actor's own, back for correction
	TabDecided    Tab = "decided"    // the actor had a word on it
)

// Tabs lists the tabs in the order in which an inbox shows them.
func Tabs() []Tab { return []Tab{TabMine, TabSubstitute, TabClaimable, TabReturned, TabDecided} }

// Asks tells whether the tab holds what waits for a decision, so that its lines have due times and neighbours.
func (t Tab) Asks() bool {
	return t == TabAll || t == TabMine || t == TabSubstitute || t == TabClaimable
}

// DueSpan narrows an inbox by when its items are due.
type DueSpan string

// The spans. Today and this week begin with today and leave out nothing that became late in the meantime.
const (
	DueLate  DueSpan = "late"
	DueToday DueSpan = "today"
	DueWeek  DueSpan = "week"
)

// DueSpans lists every span.
func DueSpans() []DueSpan { return []DueSpan{DueLate, DueToday, DueWeek} }

// Bounds gives the instants between which an item of the span is due: from is included, until is not. A zero instant is
// no bound. Days are those of now's own zone, weeks begin on Monday.
func (s DueSpan) Bounds(now time.Time) (from, until time.Time) {
	today := DateOf(now)
	switch s {
	case DueLate:
		return time.Time{}, now
	case DueToday:
		return today.At(now.Location()), today.AddDays(1).At(now.Location())
	case DueWeek:
		ahead := (7 - int(today.Weekday())) % 7 // Sunday is the last day
		return today.At(now.Location()), today.AddDays(ahead + 1).At(now.Location())
	}
	return time.Time{}, time.Time{}
}

// CountedMost is where counting a tab stops: a hundred means 'a hundred or more', and costs no more than that.
const CountedMost = 100

// WorkAccess and WorkRegistration stand among the kinds of memos where an inbox is narrowed: requests for applications,
// and registrations of companies' people.
const (
	WorkAccess       = MemoKind(KindAccess)
	WorkRegistration = MemoKind(KindRegistration)
)

// WorkFilterKinds lists what an inbox can be narrowed to.
func WorkFilterKinds() []MemoKind { return append(MemoKinds(), WorkAccess, WorkRegistration) }

// WorkFilter narrows an inbox; zero values do not. Unit includes what lies below; Text looks at number, subject, names
// and NIP. Queue and Due are of what asks for a decision: other tabs are not narrowed by them.
type WorkFilter struct {
	Kind  MemoKind
	Queue string
	Unit  string
	Due   DueSpan
	Text  string
}

// WorkQuery asks for a page of one tab.
type WorkQuery struct {
	Tab Tab
	WorkFilter
	PageQuery
}

// Check finds what a query asks for that there is not.
func (q WorkQuery) Check() []FieldFault {
	var faults []FieldFault
	if q.Tab != TabAll && !slices.Contains(Tabs(), q.Tab) {
		faults = append(faults, Fault("tab", "choice_unknown"))
	}
	if q.Kind != "" && !slices.Contains(WorkFilterKinds(), q.Kind) {
		faults = append(faults, Fault("kind", "choice_unknown"))
	}
	if q.Due != "" && !slices.Contains(DueSpans(), q.Due) {
		faults = append(faults, Fault("due", "choice_unknown"))
	}
	return append(faults, bounded("q", q.Text, MaxLine, false)...)
}

// ClaimMinutes is how long a claim lasts, in business minutes of whoever claims: it ends by itself.
const ClaimMinutes = 240

// Claim tells colleagues who works on an item. It is advice: anybody of the queue may take over, or decide.
type Claim struct {
	By    string    `json:"by"`
	Mine  bool      `json:"mine"`
	Until time.Time `json:"until"`
}

// Shared tells whether the rule asks several colleagues alike, who then tell each other who works on what.
func (c Candidate) Shared() bool { return c.Role == RoleOfficer || c.Role == RoleOfficerLead }

// Standing is a rule that the actor satisfies, and the grant by which they do.
type Standing struct {
	Rule  Candidate
	Grant Grant
}

// Standings lists every rule that the actor satisfies: once where an office of their own does, else once for each
// person in whose stead they may act.
func (a Actor) Standings() []Standing {
	var own, acting []Standing
	for _, g := range a.Grants {
		for _, r := range g.Rules() {
			if s := (Standing{r, g}); g.ActingAs() == "" {
				own = s.among(own)
			} else {
				acting = s.among(acting)
			}
		}
	}
	for _, s := range acting {
		if !slices.ContainsFunc(own, func(o Standing) bool { return o.Rule == s.Rule }) {
			own = append(own, s)
		}
	}
	return own
}

// among adds the standing to a list that does not have it.
func (s Standing) among(list []Standing) []Standing {
	same := func(o Standing) bool { return o.Rule == s.Rule && o.Grant.OnBehalfOf == s.Grant.OnBehalfOf }
	if slices.ContainsFunc(list, same) {
		return list
	}
	return append(list, s)
}

// On gives the tab in which an item asked by this rule stands for the actor, but for claims.
func (s Standing) On() Tab {
	switch {
	case s.Grant.ActingAs() != "":
		return TabSubstitute
	case s.Rule.Shared():
		return TabClaimable
	}
	return TabMine
}

// SavedView is a query of the inbox that a person wants to find again, spelled as the page's address spells it. Opens
// says that the inbox begins with it.
type SavedView struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Query string `json:"query"`
	Opens bool   `json:"opens"`
}

// Bounds of what a person may keep.
const (
	MaxViews     = 20
	MaxPhrases   = 50
	MaxViewName  = 60
	MaxViewQuery = 1_000
)

// CheckView finds what keeps a view from being saved.
func CheckView(v SavedView) []FieldFault {
	if strings.TrimSpace(v.Name) == "" {
		return []FieldFault{Fault("name", "required")}
	}
	return append(bounded("name", v.Name, MaxViewName, false), bounded("query", v.Query, MaxViewQuery, false)...)
}

// Phrase is a reason that is given often. Shared is one of the agency's, which admins keep.
type Phrase struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Shared bool   `json:"shared"`
}

// CheckPhrase finds what keeps a phrase from being saved.
func CheckPhrase(p Phrase) []FieldFault {
	if faults := CheckReason("text", p.Text); faults != nil {
		return faults
	}
	return bounded("text", p.Text, MaxReason, true)
}

// Notification is what the portal tells a person beside the mail. Kind is that of the message.
type Notification struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind"`
	CaseID   string     `json:"case_id"`
	CaseKind Kind       `json:"case_kind"`
	Number   string     `json:"number"`
	Subject  string     `json:"subject"`
	At       time.Time  `json:"at"`
	Seen     *time.Time `json:"seen,omitempty"`
}

// Queues lists the queues of work items.
func Queues() []string { return []string{"approval", "verification", QueueRegistration} }
