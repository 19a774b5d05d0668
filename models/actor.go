package models

import (
	"slices"
	"strings"
	"time"
)

// DefaultAgency is the one agency of an installation; every row carries it, so that more can come.
const DefaultAgency = "main"

// Role is what somebody may be in a unit. Appointments, delegation and substitution are all grants of a role.
type Role string

// The roles; PRODUCT section 1. An employee needs no grant: whoever has an account of a registry entry is one.
const (
	RoleHead        Role = "unit_head"      // pimpinan unit kerja
	RoleActingHead  Role = "acting_head"    // Plh. or Plt.: decides for a head who is away
	RoleSubstitute  Role = "substitute"     // appointed by an admin where nobody else is eligible
	RolePPK         Role = "ppk"            // commitment-making officer
	RoleHRHead      Role = "hr_head"        // head of the HR bureau
	RolePersonnel   Role = "personnel_head" // responsible officer of certificate tickets
	RoleDrafter     Role = "drafter"        // prepares memos of a unit, does not send
	RoleOfficer     Role = "officer"        // checks data against the registry
	RoleOfficerLead Role = "officer_lead"   // team lead of the officers
	RoleSupport1    Role = "support_tier1"  // service desk
	RoleSupport2    Role = "support_tier2"  // technical support
	RoleSupport3    Role = "support_tier3"  // specialists
	RoleSupportLead Role = "support_lead"   // team lead of the desk
	RoleAuditor     Role = "auditor"        // reads everything decided, changes nothing
	RoleAdmin       Role = "admin"          // units, calendars, policies; decides nothing
)

// Roles lists every role once, in the order in which people meet them.
func Roles() []Role {
	return []Role{RoleHead, RoleActingHead, RoleSubstitute, RolePPK, RoleHRHead, RolePersonnel, RoleDrafter, RoleOfficer,
		RoleOfficerLead, RoleSupport1, RoleSupport2, RoleSupport3, RoleSupportLead, RoleAuditor, RoleAdmin}
}

// HeldRoles lists what an actor can hold: what is granted, and what an application's owner holds by being named.
func HeldRoles() []Role { return append(Roles(), RoleOwner) }

// Grant is one role held in one unit. UnitPath is the unit's codes from the root, each with a slash around:
// "/KEM/KEM.1/". OnBehalfOf is the employee for whom a delegate decides, else empty. Barred says that this employee is a
// party to the case at hand, so that nobody decides on it in their stead; whoever loads the case fills it in.
type Grant struct {
	Role       Role   `json:"role"`
	Unit       string `json:"unit"`
	UnitPath   string `json:"unit_path"`
	OnBehalfOf string `json:"on_behalf_of,omitempty"`
	Barred     bool   `json:"barred,omitempty"`
}

// Actor is who asks: an account with the grants that hold at this instant. Listed says that the actor is one of the
// persons the case at hand is about, Principal that it was sent by somebody who acted for the actor; whoever loads the
// case fills both in. Factor says that a code was given besides the password where the actor came in; what they make there,
// such as a token, has it too. Origin is for the audit alone.
type Actor struct {
	Agency     string `json:"agency"`
	AccountID  string `json:"account_id"`
	EmployeeID string `json:"employee_id,omitempty"`
	Unit       string `json:"unit,omitempty"`
	// Company is the trader's, and Responsible says that they answer for it; empty for everybody else.
	Company     string  `json:"company,omitempty"`
	Responsible bool    `json:"responsible,omitempty"`
	Grants      []Grant `json:"grants,omitempty"`
	Listed      bool    `json:"listed,omitempty"`
	Principal   bool    `json:"principal,omitempty"`
	Factor      bool    `json:"-"`
	// Applicant says that the actor holds the link of the case at hand; whoever reads the link fills it in.
	Applicant bool   `json:"applicant,omitempty"`
	Origin    Origin `json:"origin"`
}

// Origin says from where something was asked: the counter ("portal", "api", "cli", "clock"), the address and the
// request id. It goes into the audit entry.
type Origin struct {
	Channel   string `json:"channel"`
	IP        string `json:"ip,omitempty"`
	UserAgent string `json:"user_agent,omitempty"`
	RequestID string `json:"request_id,omitempty"`
}

// Has tells whether the actor holds the role in any unit.
func (a Actor) Has(roles ...Role) bool {
	for _, g := range a.Grants {
		for _, r := range roles {
			if g.Role == r {
				return true
			}
		}
	}
	return false
}

// Holds tells whether the actor holds exactly this role in exactly this unit.
func (a Actor) Holds(r Role, unit string) bool {
	for _, g := range a.Grants {
		if g.Role == r && g.Unit == unit {
			return true
		}
	}
	return false
}

// Heads tells whether the actor is head of the unit at path or of one above it: a head sees the unit and what lies
// below it.
func (a Actor) Heads(path string) bool { return a.over(path, RoleHead, RoleActingHead, RoleSubstitute) }

func (a Actor) over(path string, roles ...Role) bool {
	for _, g := range a.Grants {
		for _, r := range roles {
			if g.Role == r && g.UnitPath != "" && strings.HasPrefix(path, g.UnitPath) {
				return true
			}
		}
	}
	return false
}

// Support tells whether the actor works at the service desk, at any tier.
func (a Actor) Support() bool {
	return a.Has(RoleSupport1, RoleSupport2, RoleSupport3, RoleSupportLead)
}

// Candidate is a rule for who may decide: a role in a unit, resolved whenever it is asked, so that a revoked role
// counts at once. An empty Unit means the role in any unit, as for officers who serve the whole agency.
type Candidate struct {
	Role Role   `json:"role"`
	Unit string `json:"unit,omitempty"`
}

// Admits returns the actor's grant that satisfies the rule: one of their own before one on somebody's behalf.
func (c Candidate) Admits(a Actor) (Grant, bool) {
	var found Grant
	for _, g := range a.Grants {
		if !slices.Contains(g.Rules(), c) {
			continue
		}
		if g.OnBehalfOf == "" {
			return g, true
		}
		if found.Role == "" {
			found = g
		}
	}
	return found, found.Role != ""
}

// RoleGrant is a grant as administered: to an employee or to an account that stands in no registry, for a period.
// From and Until are instants; Until is nil while open-ended.
type RoleGrant struct {
	ID         string     `json:"id"`
	EmployeeID string     `json:"employee_id,omitempty"`
	AccountID  string     `json:"account_id,omitempty"`
	Role       Role       `json:"role"`
	Unit       string     `json:"unit"`
	From       time.Time  `json:"from"`
	Until      *time.Time `json:"until,omitempty"`
	OnBehalfOf string     `json:"on_behalf_of,omitempty"`
	Reason     string     `json:"reason,omitempty"`
}
