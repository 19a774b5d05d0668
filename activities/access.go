package activities

import (
	"context"

	"loket/models"
)

// AccessStore is what planning a request for access reads.
type AccessStore interface {
	// Case yields the rules' view of a case.
	Case(ctx context.Context, agency, id string) (models.Case, error)
	// ApprovalFacts yields what planning needs to know of the requester's unit and those above it.
	ApprovalFacts(ctx context.Context, caseID string) (models.ApprovalFacts, error)
	// UnitCalendar is the calendar by which the unit works.
	UnitCalendar(ctx context.Context, agency, unit string) (models.Calendar, error)
	// OwnerOf is the account that answers for an application and could decide for a requester; "" where nobody could.
	OwnerOf(ctx context.Context, agency, application, requester string) (string, error)
}

// Accesses are the activities of a request for access.
type Accesses struct {
	Store AccessStore
}

// AccessBrief is what a workflow needs to know of a request: who will be asked in which order, and the calendar that
// counts the time. OwnerID is the account behind the owner's stage, empty where nobody could decide.
type AccessBrief struct {
	Case     models.Case     `json:"case"`
	Head     []models.Step   `json:"head"`
	OwnerID  string          `json:"owner_id"`
	Calendar models.Calendar `json:"calendar"`
}

// AccessInput names the request. OnItsWay asks who would decide one that waits already: that no head is left is then an
// answer, no refusal.
type AccessInput struct {
	CaseID   string `json:"case_id"`
	Agency   string `json:"agency"`
	OnItsWay bool   `json:"on_its_way,omitempty"`
}

// PlanAccess reads a request and plans its stages. It fails with the problem no_approver where no head could decide.
func (a *Accesses) PlanAccess(ctx context.Context, in AccessInput) (AccessBrief, error) {
	c, err := a.Store.Case(ctx, in.Agency, in.CaseID)
	if err != nil {
		return AccessBrief{}, permanent(err)
	}
	facts, err := a.Store.ApprovalFacts(ctx, in.CaseID)
	if err != nil {
		return AccessBrief{}, permanent(err)
	}
	head, err := models.PlanHead(facts, c.Requester, c.Requester)
	if err != nil && !in.OnItsWay {
		return AccessBrief{}, permanent(err)
	}
	owner, err := a.Store.OwnerOf(ctx, in.Agency, c.About, c.Requester)
	if err != nil {
		return AccessBrief{}, permanent(err)
	}
	cal, err := a.Store.UnitCalendar(ctx, in.Agency, facts.Unit)
	c.Unit, c.UnitPath = facts.Unit, facts.Path
	return AccessBrief{Case: c, Head: head, OwnerID: owner, Calendar: cal}, permanent(err)
}
