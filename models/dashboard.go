package models

import "time"

// DashboardQuery chooses what a dashboard tells of: the cases of a unit and of those below it ("" means all that the
// actor may look at), over the current week and the Weeks-1 before it.
type DashboardQuery struct {
	Unit  string
	Weeks int
}

// DashboardWeeks are the periods that can be chosen, the usual one first.
func DashboardWeeks() []int { return []int{12, 4, 26, 52} }

// Dashboard says how the work stands in an office: what is open now, and what was decided from From (the Monday of the
// first week) until Until (now).
type Dashboard struct {
	Unit     string    `json:"unit,omitempty"`
	UnitName string    `json:"unit_name,omitempty"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`

	Open   []OpenCount  `json:"open"`   // one for each status that is open, in the order of a memo's life
	Weeks  []WeekCount  `json:"weeks"`  // the oldest first
	Stages []StageCount `json:"stages"` // one for each stage
}

// OpenCount counts the open cases of one status by their age: whole days since they were begun.
type OpenCount struct {
	Status Status `json:"status"`
	Days2  int    `json:"under_2_days"`
	Days7  int    `json:"under_7_days"`
	Days14 int    `json:"under_14_days"`
	Older  int    `json:"older"`
	Total  int    `json:"total"`
}

// Outcomes counts how work items ended. InTime counts the decisions that came before the first due time of their stage;
// an expiry is never in time.
type Outcomes struct {
	Approved  int `json:"approved"`
	Verified  int `json:"verified"`
	Refused   int `json:"refused"`
	Returned  int `json:"returned"`
	Expired   int `json:"expired"`
	InTime    int `json:"in_time"`
	Escalated int `json:"escalated"`
}

// WeekCount counts what ended in one week. Begins is its Monday.
type WeekCount struct {
	Begins Date `json:"begins"`
	Outcomes
}

// StageCount counts what ended in one stage, and tells how long its decisions took from the first asking on, in
// business minutes of the unit's calendar. Measured says of how many, the newest; there are no figures where it is 0.
type StageCount struct {
	Stage Stage `json:"stage"`
	Outcomes
	Measured int `json:"measured"`
	Median   int `json:"median_minutes"`
	P90      int `json:"p90_minutes"`
}

// Decided counts the decisions.
func (o Outcomes) Decided() int { return o.Approved + o.Verified + o.Refused + o.Returned }

// Ended counts what the share in time is a share of.
func (o Outcomes) Ended() int { return o.Decided() + o.Expired }

// Add counts n work items of which inTime ended in time; an outcome that ends no stage is left aside.
func (o *Outcomes) Add(outcome string, n, inTime int) {
	switch EventType(outcome) {
	case EventApproved:
		o.Approved += n
	case EventVerified:
		o.Verified += n
	case EventRefused:
		o.Refused += n
	case EventReturned:
		o.Returned += n
	case EventExpired:
		o.Expired += n
		return
	case EventEscalated:
		o.Escalated += n
		return
	default:
		return
	}
	o.InTime += inTime
}

// DashboardScope gives the unit paths whose work the actor may look at, nil for the whole agency; false for nobody's.
// Heads see their units and what lies below, whoever serves the whole agency sees it all.
func DashboardScope(a Actor) ([]string, bool) {
	if a.Has(RoleOfficer, RoleOfficerLead, RoleAuditor, RoleAdmin) || a.Support() {
		return nil, true
	}
	var within []string
	for _, g := range a.Grants {
		switch g.Role {
		case RoleHead, RoleActingHead, RoleSubstitute:
			within = append(within, g.UnitPath)
		}
	}
	return within, len(within) > 0
}

// DashboardRoles are the roles that have a dashboard.
func DashboardRoles() []Role {
	return []Role{RoleHead, RoleActingHead, RoleSubstitute, RoleOfficer, RoleOfficerLead, RoleSupport1, RoleSupport2, RoleSupport3,
		RoleSupportLead, RoleAuditor, RoleAdmin}
}

// Percentile gives the value below which p percent of the sorted values lie, by nearest rank; 0 of none.
func Percentile(sorted []int, p int) int {
	if len(sorted) == 0 {
		return 0
	}
	rank := (p*len(sorted) + 99) / 100
	return sorted[min(max(rank, 1), len(sorted))-1]
}
