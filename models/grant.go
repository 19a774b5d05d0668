package models

import (
	"slices"
	"strings"
)

// CheckGrant finds what keeps an appointment from being made: a role and a unit, exactly one holder, and a period that
// does not end before it begins. An acting head or a substitute needs a reason and an end, so that it ends by itself.
func CheckGrant(g RoleGrant) []FieldFault {
	var faults []FieldFault
	if !slices.Contains(Roles(), g.Role) {
		faults = append(faults, Fault("role", "choice_unknown"))
	}
	if g.Unit == "" {
		faults = append(faults, Fault("unit", "required"))
	}
	if (g.EmployeeID == "") == (g.AccountID == "") {
		faults = append(faults, Fault("employee_id", "one_holder"))
	}
	if g.Until != nil && g.Until.Before(g.From) {
		faults = append(faults, Fault("until", "period_reversed"))
	}
	if g.Role == RoleActingHead || g.Role == RoleSubstitute {
		faults = append(faults, CheckReason("reason", g.Reason)...)
		if g.Until == nil {
			faults = append(faults, Fault("until", "required"))
		}
	}
	if g.Role == RoleSubstitute && g.OnBehalfOf != "" { // it decides where nobody else is eligible, and for nobody
		faults = append(faults, Fault("on_behalf_of", "stands_for_nobody"))
	}
	return append(faults, bounded("reason", g.Reason, MaxReason, true)...)
}

// RegistryScope gives the unit paths whose people the actor may look up; nil with true means everybody. Heads see their
// units and what lies below, those who work for the whole agency see all.
func RegistryScope(a Actor) ([]string, bool) {
	if a.Has(RoleOfficer, RoleOfficerLead, RoleAuditor, RoleAdmin) || a.Support() {
		return nil, true
	}
	var within []string
	for _, g := range a.Grants {
		switch g.Role {
		case RoleHead, RoleActingHead, RoleSubstitute, RolePPK, RoleHRHead, RolePersonnel, RoleDrafter:
			within = append(within, g.UnitPath)
		}
	}
	return within, len(within) > 0
}

// Within tells whether the unit at path is one of the scope's or lies below; a nil scope is everywhere.
func Within(path string, scope []string) bool {
	return scope == nil || slices.ContainsFunc(scope, func(top string) bool { return strings.HasPrefix(path, top) })
}
