package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

type delegationsInput struct {
	Box string `query:"box" enum:"given,received,units" default:"given" doc:"given: in your stead or by your word; received: you act; units: offices of the units that you head, everywhere for auditors and administrators."`
}

type delegationInput struct {
	Body struct {
		Kind      models.ActingKind `json:"kind" enum:"plh,plt,substitute" doc:"plh: daily acting head while the holder is away. plt: acting for a vacancy, and substitute: where nobody else is eligible; both by administrators." example:"plh"`
		Role      models.Role       `json:"role" enum:"unit_head,officer_lead" doc:"The office." example:"unit_head"`
		Unit      string            `json:"unit" minLength:"1" maxLength:"50" doc:"Of which unit." example:"KEM.1.2"`
		Principal string            `json:"principal_id,omitempty" maxLength:"64" doc:"Employee who holds the office. Left out, it is you; for a vacancy, nobody."`
		Delegate  string            `json:"delegate_id" minLength:"1" maxLength:"64" doc:"Employee who is to act, see GET /delegations/colleagues."`
		From      string            `json:"from" format:"date" doc:"First day. Today begins at once." example:"2026-11-23"`
		Until     string            `json:"until" format:"date" doc:"Last day; it ends by itself." example:"2026-12-04"`
		Reason    string            `json:"reason" minLength:"1" maxLength:"2000" doc:"Why. The delegate reads it." example:"Annual leave"`
		Overlap   bool              `json:"overlap,omitempty" doc:"Says that a second delegate of the same office on the same days is meant." example:"false"`
	}
}

type delegationID struct {
	ID string `path:"id" maxLength:"64" doc:"The delegation's id, as listed."`
}

type delegationOutput struct{ Body models.DelegationView }

type colleaguesInput struct {
	Unit string `query:"unit" required:"true" maxLength:"50" doc:"The unit whose office is delegated." example:"KEM.1.2"`
	Text string `query:"q" required:"true" minLength:"2" maxLength:"200" doc:"Part of the name, or the NIP." example:"surya"`
}

func (s *service) delegationOperations() {
	in := edge.SignedIn()
	register(s, operation{id: "list-delegations", method: http.MethodGet, path: "/delegations", tag: tagDesk, summary: "Who acts for whom",
		access: in, scope: models.ScopeRead, text: "Acting heads (Plh., Plt.) and substitutes: in force, to come, and over for up to 30 days. The newest come first."}, s.delegations)
	register(s, operation{id: "create-delegation", method: http.MethodPost, path: "/delegations", tag: tagDesk, summary: "Delegate an office", status: created,
		access: in, scope: models.ScopeWrite, stepUp: true, refusals: []*models.Problem{models.ErrForbidden},
		text: "The holder of a deciding office names a colleague who decides in their stead for a period; administrators do so for anybody, " +
			"a head for heads below who are on leave. It counts at once, for what is pending too. What was delegated cannot be delegated on, " +
			"and nobody decides on behalf of whoever sent, wrote or is listed in a memo."}, s.delegate)
	register(s, operation{id: "get-delegation", method: http.MethodGet, path: "/delegations/{id}", tag: tagDesk, summary: "Read a delegation",
		access: in, scope: models.ScopeRead, text: "One that concerns you, or an office that you look after."}, s.delegation)
	register(s, operation{id: "end-delegation", method: http.MethodDelete, path: "/delegations/{id}", tag: tagDesk, summary: "End a delegation early",
		access: in, scope: models.ScopeWrite, stepUp: true, refusals: []*models.Problem{models.ErrForbidden, models.ErrNotNow},
		text: "By whoever it is given for, the head above, or an administrator. Counts within a second; both are told."}, s.endDelegation)
	register(s, operation{id: "list-colleagues", method: http.MethodGet, path: "/delegations/colleagues", tag: tagDesk, summary: "Search for a delegate",
		access: in, scope: models.ScopeRead, refusals: []*models.Problem{models.ErrForbidden, models.ErrNotFound},
		text: "People who can sign in and are at work, of the unit, those beside and below it and the one right above; of the whole agency for administrators."}, s.colleagues)
	register(s, operation{id: "list-absences", method: http.MethodGet, path: "/absences", tag: tagDesk, summary: "Offices whose holder is away",
		access: in, scope: models.ScopeRead, text: "Deciding offices that you hold or look after whose holder is on leave or retired while nobody acts in them, now or later."}, s.absences)
}

func (s *service) delegations(ctx context.Context, in *delegationsInput) (*plain[models.DelegationView], error) {
	list, err := s.desk.Delegations(ctx, actorIn(ctx), in.Box)
	return whole(list), err
}

func (s *service) delegate(ctx context.Context, in *delegationInput) (*delegationOutput, error) {
	b := in.Body
	var faults []models.FieldFault
	day := func(field, text string) models.Date {
		d, err := models.ParseDate(text)
		if err != nil {
			faults = append(faults, models.Fault(field, "date_invalid"))
		}
		return d
	}
	d := models.Delegation{Kind: b.Kind, Role: b.Role, Unit: b.Unit, Principal: b.Principal, Delegate: b.Delegate,
		From: day("from", b.From), Until: day("until", b.Until), Reason: b.Reason, Overlap: b.Overlap}
	if len(faults) > 0 {
		return nil, models.Invalid(faults...)
	}
	v, err := s.desk.Delegate(ctx, actorIn(ctx), d)
	return &delegationOutput{v}, err
}

func (s *service) delegation(ctx context.Context, in *delegationID) (*delegationOutput, error) {
	v, err := s.desk.Delegation(ctx, actorIn(ctx), in.ID)
	return &delegationOutput{v}, err
}

func (s *service) endDelegation(ctx context.Context, in *delegationID) (*empty, error) {
	return nil, s.desk.EndDelegation(ctx, actorIn(ctx), in.ID)
}

func (s *service) colleagues(ctx context.Context, in *colleaguesInput) (*plain[models.EmployeeView], error) {
	list, err := s.desk.Delegates(ctx, actorIn(ctx), in.Unit, in.Text)
	return whole(list), err
}

func (s *service) absences(ctx context.Context, _ *nothing) (*plain[models.Absence], error) {
	list, err := s.desk.Absences(ctx, actorIn(ctx))
	return whole(list), err
}
