package api

import (
	"context"
	"net/http"
	"time"

	"loket/internal/edge"
	"loket/models"
)

type grantsInput struct {
	Unit string `query:"unit" maxLength:"50" doc:"Only grants in this unit." example:"KEM.1.2"`
}

type grantInput struct {
	Body struct {
		EmployeeID string      `json:"employee_id,omitempty" doc:"Who gets the role: an employee of the registry. Either this or account_id."`
		AccountID  string      `json:"account_id,omitempty" doc:"Who gets the role: an account that stands in no registry."`
		Role       models.Role `json:"role" doc:"The role." example:"acting_head"`
		Unit       string      `json:"unit" minLength:"1" maxLength:"50" doc:"In which unit." example:"KEM.1.2"`
		From       time.Time   `json:"from" doc:"From when." example:"2026-11-23T00:00:00+07:00"`
		Until      *time.Time  `json:"until,omitempty" doc:"Until when; left out while open-ended." example:"2026-12-06T00:00:00+07:00"`
		OnBehalfOf string      `json:"on_behalf_of,omitempty" doc:"For whom an acting head decides: an employee's id."`
		Reason     string      `json:"reason,omitempty" doc:"Why." example:"Annual leave"`
	}
}

type grantOutput struct{ Body models.RoleGrant }

type grantID struct {
	ID string `path:"id" maxLength:"64" doc:"The grant's id, as listed."`
}

func (s *service) grantOperations() {
	admin := edge.Roles(models.RoleAdmin)
	register(s, operation{id: "list-grants", method: http.MethodGet, path: "/grants", tag: tagDesk, summary: "Who holds which role",
		access: admin, scope: models.ScopeRead, text: "Appointments, acting heads and substitutes: all are grants of a role in a unit for a period."}, s.grants)
	register(s, operation{id: "create-grant", method: http.MethodPost, path: "/grants", tag: tagDesk, summary: "Grant a role", status: created,
		access: admin, scope: models.ScopeAdmin, stepUp: true, refusals: []*models.Problem{models.ErrDuplicate},
		text: "Counts within a second, for work that is already waiting too."}, s.grant)
	register(s, operation{id: "revoke-grant", method: http.MethodDelete, path: "/grants/{id}", tag: tagDesk, summary: "Revoke a role",
		access: admin, scope: models.ScopeAdmin, stepUp: true, text: "Counts within a second."}, s.revokeGrant)
}

func (s *service) grants(ctx context.Context, in *grantsInput) (*plain[models.RoleGrant], error) {
	grants, err := s.desk.Grants(ctx, actorIn(ctx), in.Unit)
	return whole(grants), err
}

func (s *service) grant(ctx context.Context, in *grantInput) (*grantOutput, error) {
	b := in.Body
	g, err := s.desk.Grant(ctx, actorIn(ctx), models.RoleGrant{EmployeeID: b.EmployeeID, AccountID: b.AccountID, Role: b.Role,
		Unit: b.Unit, From: b.From, Until: b.Until, OnBehalfOf: b.OnBehalfOf, Reason: b.Reason})
	return &grantOutput{g}, err
}

func (s *service) revokeGrant(ctx context.Context, in *grantID) (*empty, error) {
	return nil, s.desk.RevokeGrant(ctx, actorIn(ctx), in.ID)
}
