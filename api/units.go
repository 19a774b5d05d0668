package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

type unitID struct {
	Code string `path:"code" maxLength:"50" doc:"The unit's code." example:"KEM.1.2"`
}

type unitOutput struct{ Body models.UnitView }

func (s *service) unitOperations() {
	register(s, operation{id: "get-units", method: http.MethodGet, path: "/units", tag: tagDirectory, summary: "The tree of units",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "The root with everything below it."}, s.units)
	register(s, operation{id: "get-unit", method: http.MethodGet, path: "/units/{code}", tag: tagDirectory, summary: "Read a unit",
		access: edge.SignedIn(), scope: models.ScopeRead, text: "With its office holders and the units right below."}, s.unit)
}

func (s *service) units(ctx context.Context, _ *nothing) (*unitOutput, error) {
	root, err := s.desk.Units(ctx, actorIn(ctx))
	return &unitOutput{root}, err
}

func (s *service) unit(ctx context.Context, in *unitID) (*unitOutput, error) {
	unit, err := s.desk.Unit(ctx, actorIn(ctx), in.Code)
	return &unitOutput{unit}, err
}
