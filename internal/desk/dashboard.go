package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"loket/internal/store"
	"loket/models"
)

// Dashboards tell how the work stands in an office.
type Dashboards interface {
	// Dashboard counts what is open in a unit and below it, and what was decided lately. Heads look at their units,
	// officers, support, auditors and admins at all; ErrForbidden for everybody else, ErrNotFound for a unit elsewhere.
	Dashboard(ctx context.Context, a models.Actor, q models.DashboardQuery) (models.Dashboard, error)
	// DashboardUnits lists the units that the actor may choose, as trees: the whole agency, or each unit that they head.
	DashboardUnits(ctx context.Context, a models.Actor) ([]models.UnitView, error)
}

// Dashboard is described by Dashboards.
func (d *Desk) Dashboard(ctx context.Context, a models.Actor, q models.DashboardQuery) (models.Dashboard, error) {
	within, err := d.overlooks(ctx, a)
	if err != nil {
		return models.Dashboard{}, err
	}
	if q.Weeks == 0 {
		q.Weeks = models.DashboardWeeks()[0]
	}
	if !slices.Contains(models.DashboardWeeks(), q.Weeks) {
		return models.Dashboard{}, models.Invalid(models.Fault("weeks", "choice_unknown"))
	}
	view := models.Dashboard{Unit: q.Unit, Until: d.now()}
	if q.Unit != "" {
		unit, err := d.store.Unit(ctx, a.Agency, q.Unit, d.now())
		if err == nil && !models.Within(unit.Path, within) {
			err = d.denied(ctx, a, "dashboard_read", "unit:"+q.Unit, models.ErrNotFound)
		}
		if err != nil {
			return models.Dashboard{}, err
		}
		view.UnitName, within = unit.Name, []string{unit.Path}
	}
	if slices.ContainsFunc(within, root) {
		within = nil // all the same, and counted without a look at the units
	}
	begins := weeksUntil(view.Until, q.Weeks, d.paper.Zone)
	view.From = begins[0]
	return view, d.figures(ctx, &view, store.DashboardQuery{Agency: a.Agency, Within: within, Begins: begins, Now: view.Until})
}

// overlooks gives the paths of the units whose work the actor may look at; nil means all.
func (d *Desk) overlooks(ctx context.Context, a models.Actor) ([]string, error) {
	within, ok := models.DashboardScope(a)
	if !ok {
		return nil, d.denied(ctx, a, "dashboard_read", "system", models.ErrForbidden)
	}
	return within, nil
}

// root tells whether a path is that of the topmost unit.
func root(path string) bool { return strings.Count(path, "/") == 2 }

// DashboardUnits is described by Dashboards.
func (d *Desk) DashboardUnits(ctx context.Context, a models.Actor) ([]models.UnitView, error) {
	within, err := d.overlooks(ctx, a)
	if err != nil {
		return nil, err
	}
	tree, err := d.store.UnitTree(ctx, a.Agency, d.now())
	if err != nil || within == nil {
		return []models.UnitView{tree}, err
	}
	return topmost(tree, within), nil
}

// topmost finds the units of a scope, those left out that lie below another of it.
func topmost(u models.UnitView, within []string) []models.UnitView {
	if models.Within(u.Path, within) {
		return []models.UnitView{u}
	}
	var found []models.UnitView
	for _, child := range u.Children {
		found = append(found, topmost(child, within)...)
	}
	return found
}

// weeksUntil gives the Mondays on which the last n weeks began in the office, the oldest first.
func weeksUntil(now time.Time, n int, zone *time.Location) []time.Time {
	if zone == nil {
		zone = time.UTC
	}
	today := models.DateOf(now.In(zone))
	monday := today.AddDays(-(int(today.Weekday()) + 6) % 7)
	begins := make([]time.Time, n)
	for i := range begins {
		begins[i] = monday.AddDays(7 * (i + 1 - n)).At(zone)
	}
	return begins
}

// figures fills in what the dashboard counts.
func (d *Desk) figures(ctx context.Context, view *models.Dashboard, q store.DashboardQuery) error {
	open, err := d.store.OpenCounts(ctx, q)
	if err != nil {
		return err
	}
	for _, s := range models.Statuses() {
		if s == models.StatusDraft || s.Final() {
			continue
		}
		count := open[s]
		count.Status = s
		view.Open = append(view.Open, count)
	}
	ended, err := d.store.EndedCounts(ctx, q)
	if err != nil {
		return err
	}
	for _, begins := range q.Begins {
		view.Weeks = append(view.Weeks, models.WeekCount{Begins: models.DateOf(begins)})
	}
	view.Stages = []models.StageCount{{Stage: models.StageHead}, {Stage: models.StageOfficer}}
	for _, e := range ended {
		view.Weeks[e.Week].Add(e.Outcome, e.N, e.InTime)
		for i := range view.Stages {
			if view.Stages[i].Stage == e.Stage {
				view.Stages[i].Add(e.Outcome, e.N, e.InTime)
			}
		}
	}
	return d.measure(ctx, view.Stages, q)
}

// measure reckons how long each stage's decisions took by the calendars of the units.
func (d *Desk) measure(ctx context.Context, stages []models.StageCount, q store.DashboardQuery) error {
	spans, err := d.store.StageSpans(ctx, q)
	if err != nil || len(spans) == 0 {
		return err
	}
	calendars, err := d.store.UnitCalendars(ctx, q.Agency)
	if err != nil {
		return err
	}
	took := map[models.Stage][]int{}
	for _, s := range spans {
		if cal, known := calendars[s.Unit]; known {
			took[s.Stage] = append(took[s.Stage], cal.Between(s.Opened, s.Closed))
		}
	}
	for i := range stages {
		minutes := took[stages[i].Stage]
		slices.Sort(minutes)
		stages[i].Measured = len(minutes)
		stages[i].Median, stages[i].P90 = models.Percentile(minutes, 50), models.Percentile(minutes, 90)
	}
	return nil
}
