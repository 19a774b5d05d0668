package desk

import (
	"context"
	"slices"

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
	mine, err := d.awaited(ctx, a, few)
	if err != nil {
		return models.Home{}, err
	}
	drafts, trouble, err := d.store.HomeCounts(ctx, a)
	return models.Home{WaitsForMe: waits, IWaitFor: mine, Drafts: drafts, Trouble: trouble}, err
}

// awaited lists what the actor sent that is still open. What came back comes first, however old it is, since it goes no
// further without them.
func (d *Desk) awaited(ctx context.Context, a models.Actor, q models.PageQuery) (models.Page[models.CaseSummary], error) {
	back, err := d.store.Cases(ctx, a, store.CaseQuery{Box: boxMine, Status: models.StatusReturned, PageQuery: q})
	if err != nil {
		return back, err
	}
	open, err := d.store.Cases(ctx, a, store.CaseQuery{Box: boxMine, Open: true, PageQuery: q})
	rest := slices.DeleteFunc(open.Items, func(c models.CaseSummary) bool { return c.Status == models.StatusReturned })
	open.Items = append(back.Items, rest...)
	return open, err
}

// Inbox lists the open work items for the actor with the business time that is left.
func (d *Desk) Inbox(ctx context.Context, a models.Actor, queue string, q models.PageQuery) (models.Page[models.WorkItemView], map[string]int, error) {
	page, err := d.store.Inbox(ctx, a, queue, q)
	if err != nil {
		return page.Page, nil, err
	}
	return page.Page, page.Counts, d.timed(page)
}

// The boxes of a list of cases.
const (
	boxMine    = "mine"
	boxDecided = "decided"
	boxUnit    = "unit"
	boxAll     = "all"
)

// Cases lists the cases the actor may see.
func (d *Desk) Cases(ctx context.Context, a models.Actor, q CaseQuery) (models.Page[models.CaseSummary], error) {
	in, err := q.stored()
	if err != nil {
		return models.Page[models.CaseSummary]{}, err
	}
	return d.store.Cases(ctx, a, in)
}

// stored is the query as the store takes it.
func (q CaseQuery) stored() (store.CaseQuery, error) {
	in := store.CaseQuery{Box: q.Box, Kind: q.Kind, Status: q.Status, Text: models.SearchText(q.Text), PageQuery: q.PageQuery}
	switch q.Box {
	case boxMine, boxDecided, boxUnit:
	case boxAll, "":
		in.Box = ""
	default:
		return in, models.Invalid(models.Fault("box", "choice_unknown"))
	}
	return in, nil
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
		unit, err := d.store.Unit(ctx, a.Agency, g.Unit, d.now())
		if err != nil {
			return nil, err
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

// Units is the whole tree; everybody signed in may look at how the agency is made up, but for companies' people, who are
// none of it.
func (d *Desk) Units(ctx context.Context, a models.Actor) (models.UnitView, error) {
	if a.Company != "" {
		return models.UnitView{}, models.ErrForbidden
	}
	return d.store.UnitTree(ctx, a.Agency, d.now())
}

// Unit is one unit with its office holders and the units right below it.
func (d *Desk) Unit(ctx context.Context, a models.Actor, code string) (models.UnitView, error) {
	if a.Company != "" {
		return models.UnitView{}, models.ErrForbidden
	}
	return d.store.Unit(ctx, a.Agency, code, d.now())
}

// Employees lists the people of the registry whom the actor may see.
func (d *Desk) Employees(ctx context.Context, a models.Actor, q EmployeeQuery) (models.Page[models.EmployeeView], error) {
	within, ok := models.RegistryScope(a)
	if !ok {
		return models.Page[models.EmployeeView]{}, models.ErrForbidden
	}
	if q.Unit != "" {
		u, err := d.store.Unit(ctx, a.Agency, q.Unit, d.now())
		if err != nil {
			return models.Page[models.EmployeeView]{}, err
		}
		if !models.Within(u.Path, within) {
			return models.Page[models.EmployeeView]{}, models.ErrNotFound
		}
		within = []string{u.Path}
	}
	return d.store.Employees(ctx, a.Agency, store.EmployeeQuery{Text: models.SearchText(q.Text), Paths: within, PageQuery: q.PageQuery})
}

// Employee is one person of the registry; everybody may look at themselves.
func (d *Desk) Employee(ctx context.Context, a models.Actor, id string) (models.EmployeeView, error) {
	e, err := d.store.Employee(ctx, a.Agency, id)
	if err != nil || id == a.EmployeeID {
		return e, err
	}
	within, ok := models.RegistryScope(a)
	if !ok {
		return models.EmployeeView{}, models.ErrNotFound
	}
	u, err := d.store.Unit(ctx, a.Agency, e.Unit, d.now())
	if err == nil && !models.Within(u.Path, within) {
		err = models.ErrNotFound
	}
	if err != nil {
		return models.EmployeeView{}, err
	}
	return e, nil
}
