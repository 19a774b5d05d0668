package web

import (
	"slices"
	"strconv"
	"strings"

	"loket/models"
)

// dashboardBody is how the work stands, with its charts drawn.
type dashboardBody struct {
	View                 models.Dashboard
	Units, Periods       []option
	All                  models.Outcomes // over all weeks
	OpenNow              int
	Measured             int
	Opened, Weekly, Took chart
}

func (v *visit) dashboardPage() error {
	ctx, a, d := v.Request.Context(), v.actor(), v.portal.Desk
	q := models.DashboardQuery{Unit: strings.TrimSpace(v.Query("unit")), Weeks: atoi(v.Query("weeks"))}
	if !slices.Contains(models.DashboardWeeks(), q.Weeks) {
		q.Weeks = models.DashboardWeeks()[0]
	}
	view, err := d.Dashboard(ctx, a, q)
	if err != nil {
		return err
	}
	units, err := d.DashboardUnits(ctx, a)
	if err != nil {
		return err
	}
	body := dashboardBody{View: view, Periods: v.periods(q.Weeks), Units: []option{{Text: v.say.T("dashboard.unit_all")}}}
	for _, u := range units {
		body.Units = unitOptions(body.Units, u, 0, q.Unit)
	}
	for _, o := range view.Open {
		body.OpenNow += o.Total
	}
	for _, s := range view.Stages {
		body.All = sumOutcomes(body.All, s.Outcomes)
		body.Measured += s.Measured
	}
	body.Opened, body.Weekly, body.Took = v.openChart(view.Open, body.OpenNow), v.weeklyChart(view.Weeks), v.stageChart(view.Stages)
	return v.show("dashboard", frame{Title: v.say.T("dashboard.title"), Lead: v.say.T("dashboard.lead"), Body: body})
}

func (v *visit) periods(chosen int) []option {
	var options []option
	for _, n := range models.DashboardWeeks() {
		options = append(options, option{Value: strconv.Itoa(n), Text: v.say.T("dashboard.weeks", "count", strconv.Itoa(n)), On: n == chosen})
	}
	return options
}

// unitOptions lists a tree of units, deeper ones further in.
func unitOptions(options []option, u models.UnitView, depth int, chosen string) []option {
	options = append(options, option{Value: u.Code, Text: strings.Repeat("– ", depth) + u.Name + " (" + u.Code + ")", On: u.Code == chosen})
	for _, child := range u.Children {
		options = unitOptions(options, child, depth+1, chosen)
	}
	return options
}

func sumOutcomes(a, b models.Outcomes) models.Outcomes {
	return models.Outcomes{Approved: a.Approved + b.Approved, Verified: a.Verified + b.Verified, Refused: a.Refused + b.Refused,
		Returned: a.Returned + b.Returned, Expired: a.Expired + b.Expired, InTime: a.InTime + b.InTime, Escalated: a.Escalated + b.Escalated}
}

// openChart draws one bar a status, its pieces the ages.
func (v *visit) openChart(open []models.OpenCount, total int) chart {
	c := chart{Label: v.say.T("dashboard.open.chart", "total", v.say.Number(total))}
	for _, age := range []string{"d2", "d7", "d14", "older"} {
		c.Series = append(c.Series, v.say.T("dashboard.age."+age))
	}
	most := 0
	for _, o := range open {
		most = max(most, o.Total)
	}
	for _, o := range open {
		c.bar(v.say.T("portal.status."+string(o.Status)), v.say.Number(o.Total), most, o.Days2, o.Days7, o.Days14, o.Older)
	}
	return c
}

// weeklyChart draws one column a week, its pieces the results.
func (v *visit) weeklyChart(weeks []models.WeekCount) chart {
	c := chart{}
	for _, out := range []string{"approved", "verified", "refused", "returned"} {
		c.Series = append(c.Series, v.say.T("dashboard.out."+out))
	}
	most := 0
	for _, w := range weeks {
		most = max(most, w.Decided())
	}
	c.Label = v.say.T("dashboard.weekly.chart", "most", v.say.Number(most))
	c.grid(most, v.say.Number)
	for i, w := range weeks {
		day := ""
		if every := (len(weeks) + 4) / 5; (len(weeks)-1-i)%every == 0 {
			day = strconv.Itoa(w.Begins.Day) + "/" + strconv.Itoa(int(w.Begins.Month))
		}
		c.column(i, len(weeks), day, most, w.Approved, w.Verified, w.Refused, w.Returned)
	}
	return c
}

// stageChart draws two bars a stage: the median, and what nine of ten stay below.
func (v *visit) stageChart(stages []models.StageCount) chart {
	c := chart{Label: v.say.T("dashboard.stage.chart"), Series: []string{v.say.T("dashboard.median"), v.say.T("dashboard.p90")}}
	most := 0
	for _, s := range stages {
		most = max(most, s.P90)
	}
	for _, s := range stages {
		if s.Measured == 0 {
			continue
		}
		name := v.say.T("dashboard.stage." + string(s.Stage))
		c.bar(name+", "+v.say.T("dashboard.median"), took(v.say, s.Median), most, s.Median)
		c.bar(name+", "+v.say.T("dashboard.p90"), took(v.say, s.P90), most, 0, s.P90)
	}
	return c
}
