package models

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// DelegationFacts is what the rules ask about a delegation's people and office.
type DelegationFacts struct {
	Today     Date
	UnitPath  string
	Holds     bool           // Principal holds the office in their own right
	Principal EmployeeStatus // of the principal
	Delegate  *EmployeeView  // nil for a stranger
	// DelegatePath is where the delegate works; DelegateSignsIn that they have an account which is open.
	DelegatePath    string
	DelegateSignsIn bool
	DelegateHolds   bool // the delegate holds this very office
	// DelegateAway says that the delegate has given an office of their own away for some of these days.
	DelegateAway bool
	// Others act in the office on some of these days.
	Others []string
}

// MaxActingDays is the longest that anybody is appointed to act for at once.
const MaxActingDays = 366

// WorkingDayMinutes is a working day wherever business time counts (TIMING 'Clocks').
const WorkingDayMinutes = 450

// CheckDelegation finds what keeps a delegation from being made. most is how many days a daily acting head may act for.
func CheckDelegation(d Delegation, f DelegationFacts, by Actor, most int) []FieldFault {
	faults := checkActing(d, f, by)
	faults = append(faults, checkDelegate(d, f, by)...)
	faults = append(faults, checkPeriod(d, f.Today, most)...)
	faults = append(faults, CheckReason("reason", d.Reason)...)
	faults = append(faults, bounded("reason", d.Reason, MaxReason, true)...)
	if len(f.Others) > 0 && !d.Overlap {
		faults = append(faults, Fault("overlap", "delegation_overlaps", "names", strings.Join(f.Others, ", ")))
	}
	return faults
}

// checkActing: a daily acting head stands in for somebody who will be back, one for a vacancy and a substitute are for
// an admin to appoint.
func checkActing(d Delegation, f DelegationFacts, by Actor) []FieldFault {
	switch {
	case !slices.Contains(ActingKinds(), d.Kind):
		return []FieldFault{Fault("kind", "choice_unknown")}
	case !slices.Contains(DelegableRoles(), d.Role), d.Kind != ActingDaily && d.Role != RoleHead:
		return []FieldFault{Fault("role", "choice_unknown")}
	case d.Kind != ActingDaily && !by.Has(RoleAdmin):
		return []FieldFault{Fault("kind", "acting_by_admin")}
	case d.Kind == ActingDaily && !f.Holds:
		return []FieldFault{Fault("principal_id", "office_not_held")}
	case d.Kind == ActingVacancy && f.Holds && f.Principal != EmployeeRetired:
		return []FieldFault{Fault("kind", "office_not_vacant")}
	}
	return nil
}

// checkDelegate: a colleague of the same branch of the tree who can sign in, is there on those days, and is neither the
// principal nor whoever appoints them.
func checkDelegate(d Delegation, f DelegationFacts, by Actor) []FieldFault {
	fault := func(code string) []FieldFault { return []FieldFault{Fault("delegate_id", code)} }
	switch {
	case d.Delegate == "":
		return fault("required")
	case f.Delegate == nil:
		return fault("person_unknown")
	case d.Delegate == d.Principal, f.DelegateHolds:
		return fault("delegate_self")
	case d.Delegate == by.EmployeeID:
		return fault("delegate_appoints_self")
	case !f.DelegateSignsIn:
		return fault("delegate_no_account")
	case f.Delegate.Status != string(EmployeeActive):
		return fault("delegate_not_active")
	case f.DelegateAway:
		return fault("delegate_away")
	case !by.Has(RoleAdmin) && !Within(f.DelegatePath, []string{Branch(f.UnitPath)}):
		return fault("delegate_elsewhere")
	}
	return nil
}

func checkPeriod(d Delegation, today Date, most int) []FieldFault {
	days := daysBetween(d.From, d.Until) + 1
	if d.Kind != ActingDaily {
		most = MaxActingDays
	}
	if missing := missingPeriod(d); len(missing) > 0 {
		return missing
	}
	switch {
	case d.From.Before(today):
		return []FieldFault{Fault("from", "date_past")}
	case days < 1:
		return []FieldFault{Fault("until", "period_reversed")}
	case days > most:
		return []FieldFault{Fault("until", "period_long", "max", strconv.Itoa(most))}
	case daysBetween(today, d.From) > MaxActingDays:
		return []FieldFault{Fault("from", "date_far")}
	}
	return nil
}

func missingPeriod(d Delegation) []FieldFault {
	var faults []FieldFault
	if d.From.IsZero() {
		faults = append(faults, Fault("from", "required"))
	}
	if d.Until.IsZero() {
		faults = append(faults, Fault("until", "required"))
	}
	return faults
}

// MissingInDelegation tells what must be filled in and is not, before anything is looked up.
func MissingInDelegation(d Delegation) []FieldFault {
	var faults []FieldFault
	if d.Unit == "" {
		faults = append(faults, Fault("unit", "required"))
	}
	if d.Delegate == "" {
		faults = append(faults, Fault("delegate_id", "required"))
	}
	return append(append(faults, missingPeriod(d)...), CheckReason("reason", d.Reason)...)
}

func daysBetween(a, b Date) int { return int(b.At(time.UTC).Sub(a.At(time.UTC)) / (24 * time.Hour)) }

// Branch is the path of the units among whose people a delegate is found: the unit, those beside and below it, and the
// one right above.
func Branch(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) < 2 {
		return path
	}
	return "/" + strings.Join(parts[:len(parts)-1], "/") + "/"
}

// MayDelegate tells whether the actor may name somebody for the office: its holder, an admin, or the head above when the
// holder is on leave.
func MayDelegate(a Actor, d Delegation, f DelegationFacts) bool {
	if a.Has(RoleAdmin) || f.Principal == EmployeeOnLeave && f.Holds && a.HeadsAbove(f.UnitPath) {
		return true
	}
	return d.Principal == a.EmployeeID && a.EmployeeID != "" &&
		slices.ContainsFunc(a.HeldOffices(), func(g Grant) bool { return g.Role == d.Role && g.Unit == d.Unit })
}
