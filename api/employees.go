package api

import (
	"context"
	"net/http"
	"net/url"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/models"
)

type employeesInput struct {
	Text string `query:"q" maxLength:"200" doc:"Part of a name, or a whole NIP or NIK." example:"surya"`
	Unit string `query:"unit" maxLength:"50" doc:"Only this unit and what lies below it." example:"KEM.1"`
	Paging
}

type employeeID struct {
	ID string `path:"id" maxLength:"64" doc:"The employee's id, as listed."`
}

type employeeOutput struct{ Body models.EmployeeView }

func (s *service) employeeOperations() {
	register(s, operation{id: "list-employees", method: http.MethodGet, path: "/employees", tag: tagDirectory, summary: "Search the registry",
		access: edge.SignedIn(), scope: models.ScopeRead, refusals: []*models.Problem{models.ErrForbidden},
		text: "Heads see their units, officers, support, auditors and administrators see all. NIK is masked."}, s.employees)
	register(s, operation{id: "get-employee", method: http.MethodGet, path: "/employees/{id}", tag: tagDirectory, summary: "Read an employee",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "One person of the registry, if you may see their unit. NIK is masked."}, s.employee)
}

func (s *service) employees(ctx context.Context, in *employeesInput) (*listed[models.EmployeeView], error) {
	page, err := s.desk.Employees(ctx, actorIn(ctx), desk.EmployeeQuery{Text: in.Text, Unit: in.Unit, PageQuery: in.query()})
	return list("/employees", page, in.Limit, url.Values{"q": {in.Text}, "unit": {in.Unit}}), err
}

func (s *service) employee(ctx context.Context, in *employeeID) (*employeeOutput, error) {
	e, err := s.desk.Employee(ctx, actorIn(ctx), in.ID)
	return &employeeOutput{e}, err
}
