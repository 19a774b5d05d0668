package models

import (
	"slices"
	"strings"
)

// Holder is somebody who holds a role in a unit now and has an account that can sign in. A delegate's OnBehalfOf is the
// employee they act for, and ForAccount that employee's account, empty where there is none.
type Holder struct {
	Role       Role   `json:"role"`
	Unit       string `json:"unit"`
	AccountID  string `json:"account_id"`
	EmployeeID string `json:"employee_id"`
	Name       string `json:"name"`
	OnBehalfOf string `json:"on_behalf_of,omitempty"`
	ForAccount string `json:"for_account,omitempty"`
}

// ApprovalFacts is what planning needs to know: Unit and Path of the smallest unit that holds all rows, that unit's
// ancestors from itself up to the root (codes), who holds the deciding roles in them, who acts for somebody anywhere,
// who leads the officers, and which employees are parties: the rows are about them, or it was sent on their behalf.
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
// then as escalation the acting head of the first unit, who could decide from the beginning and is now asked alone, and
// each further parent head. Nobody is asked twice but that acting head. Where nobody is eligible, the substitute an
// admin appointed. No step means ErrNoApprover.
func PlanHead(f ApprovalFacts, senderAccount, writerAccount string) ([]Step, error) {
	p := headPlan{facts: f, sender: senderAccount, writer: writerAccount, asked: map[string]bool{}}
	for _, unit := range f.Chain {
		before := len(p.steps)
		p.ask(RoleHead, unit)
		if before == 0 && len(p.steps) == 1 {
			p.askActing(unit)
		}
	}
	if len(p.steps) == 0 {
		for _, unit := range f.Chain {
			p.ask(RoleSubstitute, unit)
		}
	}
	if len(p.steps) == 0 {
		return nil, ErrNoApprover.With("unit", f.Unit)
	}
	return p.steps, nil
}

// headPlan is a plan of the head stage as it grows; asked are the accounts that it turns to.
type headPlan struct {
	facts          ApprovalFacts
	sender, writer string
	asked          map[string]bool
	steps          []Step
}

// ask adds a step, unless it would ask nobody new.
func (p *headPlan) ask(r Role, unit string) {
	c, before := Candidate{Role: r, Unit: unit}, len(p.asked)
	for _, account := range p.facts.eligible(c, p.sender, p.writer) {
		p.asked[account] = true
	}
	if len(p.asked) > before {
		p.add(c)
	}
}

// askActing adds the acting head's own time after a head's, where both are there.
func (p *headPlan) askActing(unit string) {
	acting := Candidate{Role: RoleActingHead, Unit: unit}
	if n := len(p.facts.eligible(acting, p.sender, p.writer)); n > 0 && n < len(p.asked) {
		p.add(acting)
	}
}

func (p *headPlan) add(c Candidate) {
	s := Step{Stage: StageHead, Candidate: c, Minutes: EscalationMinutes, RemindAt: EscalationRemind}
	if len(p.steps) == 0 {
		s.Minutes, s.RemindAt = StageMinutes, StageRemindAt
	}
	p.steps = append(p.steps, s)
}

// eligible lists the accounts that satisfy a rule and are no party, see Parties: the plan asks nobody whom Case.Decides
// would turn away. An acting head is no way around the parent's head when the head sent it.
func (f ApprovalFacts) eligible(c Candidate, senderAccount, writerAccount string) []string {
	party := func(account string) bool {
		return account != "" && (account == senderAccount || account == writerAccount)
	}
	var accounts []string
	for _, h := range f.Holders {
		switch {
		case !slices.Contains(Grant{Role: h.Role, Unit: h.Unit}.Rules(), c):
		case party(h.AccountID), party(h.ForAccount), f.Listed[h.EmployeeID], f.Listed[h.OnBehalfOf]:
		case f.actsFor(senderAccount, h.EmployeeID), f.actsFor(senderAccount, h.OnBehalfOf), h.Role == RoleActingHead && f.heads(senderAccount, h.Unit):
		default:
			accounts = append(accounts, h.AccountID)
		}
	}
	return accounts
}

func (f ApprovalFacts) actsFor(account, employee string) bool {
	return employee != "" && slices.ContainsFunc(f.Holders, func(h Holder) bool { return h.AccountID == account && h.OnBehalfOf == employee })
}

// heads tells whether the account is head of the unit.
func (f ApprovalFacts) heads(account, unit string) bool {
	return slices.ContainsFunc(f.Holders, func(h Holder) bool { return h.Role == RoleHead && h.Unit == unit && h.AccountID == account })
}

// PlanOfficers gives the steps of the officer stage: any officer, then the team lead, then the head of the officers'
// unit (TIMING 'Approvals'). Officers serve the whole agency. Officers or leads are left out while nobody among them
// is eligible; the last resort never is.
func PlanOfficers(f ApprovalFacts, senderAccount, writerAccount string) []Step {
	var steps []Step
	for _, r := range []Role{RoleOfficer, RoleOfficerLead} {
		if c := (Candidate{Role: r}); len(f.eligible(c, senderAccount, writerAccount)) > 0 {
			steps = append(steps, officerStep(c, len(steps)))
		}
	}
	switch {
	case f.OfficersUnit != "":
		return append(steps, officerStep(Candidate{Role: RoleHead, Unit: f.OfficersUnit}, len(steps)))
	case len(steps) == 0:
		return []Step{officerStep(Candidate{Role: RoleOfficer}, 0)}
	}
	return steps
}

// Nobody tells whether no step of a plan has anybody who could decide, whoever asks.
func (f ApprovalFacts) Nobody(steps []Step) bool {
	return !slices.ContainsFunc(steps, func(s Step) bool { return len(f.eligible(s.Candidate, "", "")) > 0 })
}

// officerStep is one turn of the officer stage: the first has the stage's time, the others that of an escalation.
func officerStep(c Candidate, at int) Step {
	if at == 0 {
		return Step{Stage: StageOfficer, Candidate: c, Minutes: StageMinutes, RemindAt: StageRemindAt}
	}
	return Step{Stage: StageOfficer, Candidate: c, Minutes: EscalationMinutes, RemindAt: EscalationRemind}
}

// Replan fits a fresh plan of a stage to where its asking stands: who was asked before at stays asked, and the first
// of the fresh plan who was not is asked at that place. It answers the steps, and whether anybody is left to ask there.
func Replan(asked []Step, at int, fresh []Step) ([]Step, bool) {
	steps := slices.Clone(asked[:at])
	was := func(s Step) bool {
		return slices.ContainsFunc(asked[:at], func(old Step) bool { return old.Candidate == s.Candidate })
	}
	for _, s := range fresh {
		if !was(s) {
			steps = append(steps, s)
		}
	}
	return steps, len(steps) > at
}
