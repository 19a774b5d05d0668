package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/models"
)

type dashboardInput struct {
	Unit  string `query:"unit" maxLength:"50" doc:"Only this unit and what lies below it." example:"KEM.1"`
	Weeks int    `query:"weeks" enum:"4,12,26,52" default:"12" doc:"How many weeks, the current one among them."`
}

type dashboardOutput struct{ Body models.Dashboard }

func (s *service) dashboardOperations() {
	register(s, operation{id: "get-dashboard", method: http.MethodGet, path: "/dashboard", tag: tagWork, summary: "How the work stands",
		access: edge.Roles(models.DashboardRoles()...), scope: models.ScopeRead, refusals: []*models.Problem{models.ErrNotFound},
		text: "What is open by status and age, what was decided in each week, and how long each stage's decisions took: heads see their units and what lies below, " +
			"the other roles the whole agency. `in_time` counts decisions before the first due time of their stage; expiries are never in time."}, s.dashboard)
}

func (s *service) dashboard(ctx context.Context, in *dashboardInput) (*dashboardOutput, error) {
	view, err := s.desk.Dashboard(ctx, actorIn(ctx), models.DashboardQuery{Unit: in.Unit, Weeks: in.Weeks})
	return &dashboardOutput{view}, err
}
