package web

import (
	"strings"
	"time"

	"loket/internal/desk"
	"loket/models"
)

func (v *visit) unitsPage() error {
	tree, err := v.portal.Desk.Units(v.Request.Context(), v.actor())
	if err != nil {
		return err
	}
	body := unitsBody{Text: strings.TrimSpace(v.Query("q")), Tree: tree}
	if body.Text != "" {
		body.Found = findUnits(tree, strings.ToLower(body.Text))
	}
	return v.show("units", frame{Title: v.say.T("portal.units.title"), Lead: v.say.T("portal.units.lead"), Body: body})
}

// unitsBody is the tree of units, or those found in it.
type unitsBody struct {
	Text  string
	Tree  models.UnitView
	Found []models.UnitView
}

// findUnits gathers the units whose name or code holds the text, in the tree's order.
func findUnits(u models.UnitView, text string) []models.UnitView {
	var found []models.UnitView
	if strings.Contains(strings.ToLower(u.Name), text) || strings.Contains(strings.ToLower(u.Code), text) {
		found = append(found, u)
	}
	for _, child := range u.Children {
		found = append(found, findUnits(child, text)...)
	}
	return found
}

func (v *visit) unitPage() error {
	unit, err := v.portal.Desk.Unit(v.Request.Context(), v.actor(), v.Param("code"))
	if err != nil {
		return err
	}
	crumbs := []link{{v.say.T("portal.units.title"), "/units"}}
	if unit.Parent != "" {
		crumbs = append(crumbs, link{unit.Parent, "/units/" + unit.Parent})
	}
	return v.show("unit", frame{Title: unit.Name, Crumbs: append(crumbs, link{Text: unit.Code}), Body: unit})
}

type employeesBody struct {
	Items      []models.EmployeeView
	Text, Unit string
	Total      int
	Pages      pager
}

func (v *visit) employeesPage() error {
	q := desk.EmployeeQuery{Text: strings.TrimSpace(v.Query("q")), Unit: strings.TrimSpace(v.Query("unit")), PageQuery: v.pageQuery()}
	page, err := v.portal.Desk.Employees(v.Request.Context(), v.actor(), q)
	if err != nil {
		return err
	}
	return v.show("employees", frame{Title: v.say.T("portal.employees.title"), Lead: v.say.T("portal.employees.lead"),
		Body: employeesBody{page.Items, q.Text, q.Unit, page.Total, v.pager(page.Next)}})
}

func (v *visit) employeePage() error {
	person, err := v.portal.Desk.Employee(v.Request.Context(), v.actor(), v.Param("id"))
	if err != nil {
		return err
	}
	crumbs := []link{{v.say.T("portal.employees.title"), "/employees"}, {person.UnitName, "/units/" + person.Unit}, {Text: person.Name}}
	return v.show("employee", frame{Title: person.Name, Lead: person.Position, Crumbs: crumbs, Body: person})
}

// calendarForm reckons a due time; Result is nil until asked for.
type calendarForm struct {
	Date, Clock, Days string
	Result            *time.Time
	Lines             []faultLine
}

// Error is the sentence beside one field.
func (f calendarForm) Error(field string) string { return of(f.Lines, field) }

func (v *visit) calendarPage() error {
	now := v.portal.Now().In(v.portal.Zone)
	form := calendarForm{Date: now.Format("02-01-2006"), Clock: now.Format("15.04"), Days: "2"}
	f := frame{Title: v.say.T("portal.calendar.title"), Lead: v.say.T("portal.calendar.lead")}
	if v.Query("date") != "" {
		form.Date, form.Clock, form.Days = v.Query("date"), v.Query("clock"), v.Query("days")
		due, err := v.reckon(form)
		if p, ok := formProblem(err); ok {
			form.Lines = v.faultLines(p)
		} else if err != nil {
			return err
		}
		form.Result = due
	}
	f.Body, f.Faults = form, form.Lines
	return v.show("calendar", f)
}

func (v *visit) reckon(form calendarForm) (*time.Time, error) {
	from, err := time.ParseInLocation("2006-01-02 15.04", storedDate(form.Date)+" "+strings.ReplaceAll(form.Clock, ":", "."), v.portal.Zone)
	if err != nil {
		return nil, models.Invalid(models.Fault("date", "date_invalid"))
	}
	days := atoi(form.Days)
	if days < 1 || days > 60 {
		return nil, models.Invalid(models.Fault("days", "days_range", "max", "60"))
	}
	due, err := v.portal.Desk.Due(v.Request.Context(), v.portal.Calendar, from, days*models.WorkingDayMinutes)
	if err != nil {
		return nil, err
	}
	return &due, nil
}
