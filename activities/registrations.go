package activities

import (
	"context"

	"loket/models"
)

// RegistrationStore is what the activities of a registration need of the database.
type RegistrationStore interface {
	// LookAtRegistration judges a request by what is known of its address, and has the address told where it is somebody's.
	LookAtRegistration(ctx context.Context, caseID string) (models.RegistrationLooked, error)
	// OfficerFacts yields what planning needs to know of the officers, with the path of their unit.
	OfficerFacts(ctx context.Context, agency string) (models.ApprovalFacts, error)
	// UnitCalendar is the calendar by which the unit works.
	UnitCalendar(ctx context.Context, agency, unit string) (models.Calendar, error)
	// RegistrationLinkUsed tells whether whoever was accepted has set their password.
	RegistrationLinkUsed(ctx context.Context, caseID string) (bool, error)
}

// Registrations are the activities of a trader's registration.
type Registrations struct {
	Store RegistrationStore
}

// RegistrationBrief is which officers are asked in which order, the unit whose matter that is, and the calendar that counts
// their time.
type RegistrationBrief struct {
	Unit     string          `json:"unit"`
	UnitPath string          `json:"unit_path"`
	Officers []models.Step   `json:"officers"`
	Vacant   bool            `json:"vacant,omitempty"` // nobody could decide at present
	Calendar models.Calendar `json:"calendar"`
}

// Consider judges a request. What was typed stays in the database: no history holds it.
func (a *Registrations) Consider(ctx context.Context, caseID string) (models.RegistrationLooked, error) {
	found, err := a.Store.LookAtRegistration(ctx, caseID)
	return found, permanent(err)
}

// Plan says which officers are asked as things stand now. An applicant has no account that could be a party.
func (a *Registrations) Plan(ctx context.Context, agency string) (RegistrationBrief, error) {
	facts, err := a.Store.OfficerFacts(ctx, agency)
	if err != nil {
		return RegistrationBrief{}, permanent(err)
	}
	cal, err := a.Store.UnitCalendar(ctx, agency, facts.Unit)
	b := RegistrationBrief{Unit: facts.Unit, UnitPath: facts.Path, Officers: models.PlanOfficers(facts, "", ""), Calendar: cal}
	b.Vacant = facts.Nobody(b.Officers)
	return b, permanent(err)
}

// LinkUsed tells whether whoever was accepted has set their password.
func (a *Registrations) LinkUsed(ctx context.Context, caseID string) (bool, error) {
	used, err := a.Store.RegistrationLinkUsed(ctx, caseID)
	return used, permanent(err)
}
