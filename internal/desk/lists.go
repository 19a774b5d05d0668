package desk

import (
	"context"
	"time"

	"loket/internal/store"
	"loket/models"
)

// Home is what waits for the actor, and what the actor waits for.
func (d *Desk) Home(ctx context.Context, a models.Actor) (models.Home, error) {
	few := models.PageQuery{Limit: 5}
	waits, _, err := d.Inbox(ctx, a, "", few)
	if err != nil {
		return models.Home{}, err
	}
	mine, err := d.Cases(ctx, a, CaseQuery{Box: "open", PageQuery: few})
	if err != nil {
		return models.Home{}, err
	}
	h := models.Home{WaitsForMe: waits, IWaitFor: mine}
	counts, err := d.store.HomeCounts(ctx, a)
	if err != nil {
		return h, fault(err)
	}
	h.Drafts, h.IWaitFor.Total = counts.Drafts, counts.Open
	if a.Support() {
		h.Trouble = counts.Trouble
	}
	return h, nil
}

// Inbox lists the open work items for the actor with the business time that is left.
func (d *Desk) Inbox(ctx context.Context, a models.Actor, queue string, q models.PageQuery) (models.Page[models.WorkItemView], map[string]int, error) {
	page, counts, err := d.store.Inbox(ctx, a, queue, q)
	if err != nil {
		return page, nil, fault(err)
	}
	now := d.now()
	for i := range page.Items {
		cal, err := d.store.UnitCalendar(ctx, a.Agency, page.Items[i].Unit)
		if err != nil {
			return page, nil, fault(err)
		}
		page.Items[i].Remaining = cal.Between(now, page.Items[i].ItemDue)
	}
	return page, counts, nil
}

// Cases lists the cases the actor may see.
func (d *Desk) Cases(ctx context.Context, a models.Actor, q CaseQuery) (models.Page[models.CaseSummary], error) {
	return answer(d.store.Cases(ctx, a, store.CaseQuery{Box: q.Box, Status: q.Status, Text: q.Text, PageQuery: q.PageQuery}))
}

// SendingUnits lists the units for which the actor may write: those where a grant lets them send or draft.
func (d *Desk) SendingUnits(ctx context.Context, a models.Actor) ([]SendingUnit, error) {
	var units []SendingUnit
	at := map[string]int{}
	for _, g := range a.Grants {
		if _, seen := at[g.Unit]; seen {
			continue
		}
		u := SendingUnit{Code: g.Unit}
		for _, k := range models.MemoKinds() {
			if sends(a, k, g.Unit) {
				u.Kinds, u.MaySend = append(u.Kinds, k), append(u.MaySend, k)
			} else if a.Holds(models.RoleDrafter, g.Unit) {
				u.Kinds = append(u.Kinds, k)
			}
		}
		if len(u.Kinds) == 0 {
			continue
		}
		unit, err := d.store.Unit(ctx, a.Agency, g.Unit)
		if err != nil {
			return nil, fault(err)
		}
		u.Name, at[g.Unit] = unit.Name, len(units)
		units = append(units, u)
	}
	return units, nil
}

func sends(a models.Actor, k models.MemoKind, unit string) bool {
	for _, c := range models.DraftCandidates(k, unit) {
		if _, ok := c.Admits(a); ok {
			return true
		}
	}
	return false
}

// Units is the whole tree; everybody signed in may look at how the agency is made up.
func (d *Desk) Units(ctx context.Context, a models.Actor) (models.UnitView, error) {
	return answer(d.store.UnitTree(ctx, a.Agency))
}

// Unit is one unit with its office holders and the units right below it.
func (d *Desk) Unit(ctx context.Context, a models.Actor, code string) (models.UnitView, error) {
	return answer(d.store.Unit(ctx, a.Agency, code))
}

// Employees lists the people of the registry whom the actor may see.
func (d *Desk) Employees(ctx context.Context, a models.Actor, q EmployeeQuery) (models.Page[models.EmployeeView], error) {
	within, ok := models.RegistryScope(a)
	if !ok {
		return models.Page[models.EmployeeView]{}, models.ErrForbidden
	}
	return answer(d.store.Employees(ctx, a.Agency, store.EmployeeQuery{Text: q.Text, Unit: q.Unit, Within: within, PageQuery: q.PageQuery}))
}

// Employee is one person of the registry.
func (d *Desk) Employee(ctx context.Context, a models.Actor, id string) (models.EmployeeView, error) {
	within, ok := models.RegistryScope(a)
	if !ok && id != a.EmployeeID {
		return models.EmployeeView{}, models.ErrNotFound
	}
	if id == a.EmployeeID {
		within = nil
	}
	return answer(d.store.Employee(ctx, a.Agency, id, within))
}

// Calendar is one calendar, in its newest version.
func (d *Desk) Calendar(ctx context.Context, id string) (models.Calendar, error) {
	return answer(d.store.Calendar(ctx, models.DefaultAgency, id))
}

// Due reckons with the code that the workflows use.
func (d *Desk) Due(ctx context.Context, calendarID string, from time.Time, minutes int) (time.Time, error) {
	cal, err := d.Calendar(ctx, calendarID)
	if err != nil {
		return time.Time{}, err
	}
	return cal.Add(from, minutes), nil
}
