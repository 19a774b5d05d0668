package models

import (
	"slices"
	"strings"
	"time"
)

// Rules lists the candidate rules that the grant satisfies: its role in its unit and in any, and for an acting head those
// of the head. It is the one place where delegation meets who may decide; lists, messages and plans ask it too.
func (g Grant) Rules() []Candidate {
	var rules []Candidate
	for _, r := range g.Role.standsFor() {
		rules = append(rules, Candidate{Role: r, Unit: g.Unit}, Candidate{Role: r})
	}
	return rules
}

// Roles lists the roles whose holders satisfy the rule, in its unit.
func (c Candidate) Roles() []Role {
	return slices.DeleteFunc(HeldRoles(), func(r Role) bool { return !slices.Contains(r.standsFor(), c.Role) })
}

// standsFor lists the roles whose decisions are this one's too.
func (r Role) standsFor() []Role {
	if r == RoleActingHead {
		return []Role{RoleActingHead, RoleHead}
	}
	return []Role{r}
}

// Parties are those whose own matter a case is, as far as it touches an actor: Employees sent it, wrote it or are listed
// in it; for Principals somebody else sent it, who acted for them.
type Parties struct {
	Employees  []string
	Principals []string
}

// Facing gives the actor as they stand before a case: what they hold on a party's behalf is barred.
func (a Actor) Facing(p Parties) Actor {
	a.Principal = a.EmployeeID != "" && slices.Contains(p.Principals, a.EmployeeID)
	a.Grants = slices.Clone(a.Grants)
	for i, g := range a.Grants {
		a.Grants[i].Barred = g.OnBehalfOf != "" && (slices.Contains(p.Employees, g.OnBehalfOf) || slices.Contains(p.Principals, g.OnBehalfOf))
	}
	return a
}

// OnBehalf lists the employees for whom the actor may act, each once.
func (a Actor) OnBehalf() []string {
	var ids []string
	for _, g := range a.Grants {
		if g.OnBehalfOf != "" && !slices.Contains(ids, g.OnBehalfOf) {
			ids = append(ids, g.OnBehalfOf)
		}
	}
	return ids
}

func unbarred(grants []Grant) []Grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g Grant) bool { return g.Barred })
}

// ActsBy gives the grant by which the actor takes the action, for the timeline: whoever sends or decides by a delegate's
// grant acts for its giver. It is empty for whoever needs none.
func ActsBy(c Case, a Actor) Grant {
	if c.Written() {
		for _, cand := range c.Candidates {
			if g, ok := cand.Admits(a); ok {
				return g
			}
		}
		return Grant{}
	}
	g, _ := c.Decides(a)
	return g
}

// ActingKind is how somebody acts for another, as offices write it before the title.
type ActingKind string

// The kinds of acting.
const (
	ActingDaily      ActingKind = "plh"        // pelaksana harian: the holder is away for some days
	ActingVacancy    ActingKind = "plt"        // pelaksana tugas: the office has no holder
	ActingSubstitute ActingKind = "substitute" // where nobody else is eligible
)

// Abbreviation is what stands before the title of whoever acts so.
func (k ActingKind) Abbreviation() string {
	switch k {
	case ActingDaily:
		return "Plh."
	case ActingVacancy:
		return "Plt."
	}
	return ""
}

// ActingKinds lists the kinds once.
func ActingKinds() []ActingKind { return []ActingKind{ActingDaily, ActingVacancy, ActingSubstitute} }

// ActingAs tells how the holder of the grant acts; empty for an office of one's own. Whoever acts for a vacancy acts for
// nobody.
func (g Grant) ActingAs() ActingKind {
	switch {
	case g.Role == RoleSubstitute:
		return ActingSubstitute
	case g.OnBehalfOf != "":
		return ActingDaily
	case g.Role == RoleActingHead:
		return ActingVacancy
	}
	return ""
}

// DelegableRoles are the deciding offices whose holder may name somebody to act for them.
func DelegableRoles() []Role { return []Role{RoleHead, RoleOfficerLead} }

// Delegation asks that somebody acts in an office for a period. Both days are included. Principal is the employee who
// holds the office, or did until they retired; empty means whoever asks. Overlap says that another delegate of the same
// office in the same days is meant.
type Delegation struct {
	Kind      ActingKind
	Role      Role // the office: one of DelegableRoles
	Unit      string
	Principal string
	Delegate  string // an employee's id
	From      Date
	Until     Date
	Reason    string
	Overlap   bool
}

// Grant is what the delegation comes to, where the unit works: from the first day, or now when that has begun, to the
// end of the last. Only a daily acting head acts on behalf of the holder: a substitute is for what is the holder's own.
func (d Delegation) Grant(now time.Time, zone *time.Location) RoleGrant {
	from, until := d.From.At(zone), d.Until.AddDays(1).At(zone)
	if from.Before(now) {
		from = now
	}
	g := RoleGrant{EmployeeID: d.Delegate, Role: d.Role, Unit: d.Unit, From: from, Until: &until, Reason: strings.TrimSpace(d.Reason)}
	if d.Kind == ActingDaily {
		g.OnBehalfOf = d.Principal
	}
	switch {
	case d.Kind == ActingSubstitute:
		g.Role = RoleSubstitute
	case d.Role == RoleHead:
		g.Role = RoleActingHead
	}
	return g
}

// DelegationView is somebody who acts, will act, or acted in an office, with the names behind it. Until is the first
// instant after. Revocable tells whether the reader may end it.
type DelegationView struct {
	ID            string     `json:"id"`
	Kind          ActingKind `json:"kind"`
	Role          Role       `json:"role"`
	Unit          string     `json:"unit"`
	UnitName      string     `json:"unit_name"`
	DelegateID    string     `json:"delegate_id,omitempty"`
	DelegateName  string     `json:"delegate_name"`
	PrincipalID   string     `json:"principal_id,omitempty"`
	PrincipalName string     `json:"principal_name,omitempty"`
	From          time.Time  `json:"from"`
	Until         *time.Time `json:"until,omitempty"`
	Reason        string     `json:"reason,omitempty"`
	GivenBy       string     `json:"given_by,omitempty"`
	// EndedBy names who ended it before its time.
	EndedBy   string `json:"ended_by,omitempty"`
	Revocable bool   `json:"revocable"`
	UnitPath  string `json:"-"`
}

// DelegationState is where a delegation stands in time.
type DelegationState string

// The states of a delegation.
const (
	DelegationToCome  DelegationState = "to_come"
	DelegationInForce DelegationState = "in_force"
	DelegationOver    DelegationState = "over"
)

// State is where the delegation stands at an instant.
func (v DelegationView) State(now time.Time) DelegationState {
	switch {
	case v.EndedBy != "" || v.Until != nil && !v.Until.After(now):
		return DelegationOver
	case v.From.After(now):
		return DelegationToCome
	}
	return DelegationInForce
}

// MayRevoke tells whether the actor may end the delegation early: whoever it is given for, and admins. The head above
// may, too, since they may have given it.
func (v DelegationView) MayRevoke(a Actor, now time.Time) bool {
	if v.State(now) == DelegationOver {
		return false
	}
	return a.Has(RoleAdmin) || a.EmployeeID != "" && v.PrincipalID == a.EmployeeID || a.HeadsAbove(v.UnitPath)
}

// HeadsAbove tells whether the actor is head, in their own right, of a unit above the one at path.
func (a Actor) HeadsAbove(path string) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return g.Role == RoleHead && g.UnitPath != "" && g.UnitPath != path && strings.HasPrefix(path, g.UnitPath)
	})
}

// HeldOffices are the actor's own offices that they may have somebody act in. What was delegated to them is not theirs
// to give on.
func (a Actor) HeldOffices() []Grant {
	return slices.DeleteFunc(slices.Clone(a.Grants), func(g Grant) bool {
		return g.OnBehalfOf != "" || !slices.Contains(DelegableRoles(), g.Role)
	})
}

// StepPerson is somebody who is asked to decide: in their own office, or acting for For until some day.
type StepPerson struct {
	Name   string     `json:"name"`
	Acting ActingKind `json:"acting,omitempty"`
	For    string     `json:"for,omitempty"`
	Until  *time.Time `json:"until,omitempty"` // the first instant after
}

// Absence is an office whose holder is on leave or retired while nobody acts in it, now or later.
type Absence struct {
	Role         Role           `json:"role"`
	Unit         string         `json:"unit"`
	UnitName     string         `json:"unit_name"`
	EmployeeID   string         `json:"employee_id"`
	EmployeeName string         `json:"employee_name"`
	Status       EmployeeStatus `json:"status"`
	// Fillable tells whether the reader may name somebody.
	Fillable bool   `json:"fillable"`
	UnitPath string `json:"-"`
}

// Kind is how somebody would act in the office.
func (a Absence) Kind() ActingKind {
	if a.Status == EmployeeRetired {
		return ActingVacancy
	}
	return ActingDaily
}
