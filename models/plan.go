package models

import "strings"

// Holder is somebody who holds a role in a unit now and has an account that can sign in.
type Holder struct {
	Role       Role   `json:"role"`
	Unit       string `json:"unit"`
	AccountID  string `json:"account_id"`
	EmployeeID string `json:"employee_id"`
	Name       string `json:"name"`
}

// ApprovalFacts is what planning needs to know: Unit and Path of the smallest unit that holds all rows, that unit's
// ancestors from itself up to the root (codes), who holds the deciding roles in them, who leads the officers, and
// which employees the rows are about.
type ApprovalFacts struct {
	Unit         string          `json:"unit"`
	Path         string          `json:"path"`
	Chain        []string        `json:"chain"`
	Holders      []Holder        `json:"holders"`
	OfficersUnit string          `json:"officers_unit"`
	Listed       map[string]bool `json:"listed"` // employee ids
}

// CommonPath is the path of the smallest unit that holds all the given unit paths: their longest common prefix that
// ends on a unit. Empty input or foreign roots give "/".
func CommonPath(paths []string) string {
	if len(paths) == 0 {
		return "/"
	}
	common := strings.Split(strings.Trim(paths[0], "/"), "/")
	for _, p := range paths[1:] {
		parts := strings.Split(strings.Trim(p, "/"), "/")
		n := 0
		for n < len(common) && n < len(parts) && common[n] == parts[n] {
			n++
		}
		common = common[:n]
	}
	if len(common) == 0 {
		return "/"
	}
	return "/" + strings.Join(common, "/") + "/"
}

// PlanHead gives the steps of the head stage (PRODUCT 3.1.4 and 3.1.5, TIMING 'Approvals'): the head of the smallest
// unit that holds all rows; when that is the sender or a listed person, the parent unit's head instead, and so on up;
// then as escalation the acting head of the first unit, and each further parent head. Where nobody is eligible, the
// substitute an admin appointed. No step means ErrNoApprover.
func PlanHead(f ApprovalFacts, senderAccount, writerAccount string) ([]Step, error) {
	eligible := func(r Role, unit string) bool {
		for _, h := range f.Holders {
			if h.Role == r && h.Unit == unit && h.AccountID != senderAccount && h.AccountID != writerAccount && !f.Listed[h.EmployeeID] {
				return true
			}
		}
		return false
	}
	var steps []Step
	add := func(r Role, unit string) {
		s := Step{Stage: StageHead, Candidate: Candidate{Role: r, Unit: unit}, Minutes: EscalationMinutes, RemindAt: EscalationRemind}
		if len(steps) == 0 {
			s.Minutes, s.RemindAt = StageMinutes, StageRemindAt
		}
		if eligible(r, unit) {
			steps = append(steps, s)
		}
	}
	for _, unit := range f.Chain {
		add(RoleHead, unit)
		if len(steps) <= 1 && !f.heads(senderAccount, unit) {
			add(RoleActingHead, unit)
		}
	}
	if len(steps) == 0 {
		for _, unit := range f.Chain {
			add(RoleSubstitute, unit)
		}
	}
	if len(steps) == 0 {
		return nil, ErrNoApprover.With("unit", f.Unit)
	}
	return steps, nil
}

// heads tells whether the account is head of the unit: its acting head is then no way around the parent's head.
func (f ApprovalFacts) heads(account, unit string) bool {
	for _, h := range f.Holders {
		if h.Role == RoleHead && h.Unit == unit && h.AccountID == account {
			return true
		}
	}
	return false
}

// PlanOfficers gives the steps of the officer stage: any officer, then the team lead, then the head of the officers'
// unit (TIMING 'Approvals'). Officers serve the whole agency.
func PlanOfficers(f ApprovalFacts) []Step {
	steps := []Step{{Stage: StageOfficer, Candidate: Candidate{Role: RoleOfficer}, Minutes: StageMinutes, RemindAt: StageRemindAt}}
	lead := Step{Stage: StageOfficer, Candidate: Candidate{Role: RoleOfficerLead}, Minutes: EscalationMinutes, RemindAt: EscalationRemind}
	steps = append(steps, lead)
	if f.OfficersUnit != "" {
		lead.Candidate = Candidate{Role: RoleHead, Unit: f.OfficersUnit}
		steps = append(steps, lead)
	}
	return steps
}
