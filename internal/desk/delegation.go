package desk

import (
	"context"
	"errors"

	"loket/internal/store"
	"loket/models"
)

// defaultActingDays is how many days a daily acting head may act for, unless the installation says otherwise.
const defaultActingDays = 30

// The boxes of a list of delegations.
const (
	BoxGiven    = "given"    // somebody acts for the actor, or by their word
	BoxReceived = "received" // the actor acts for somebody
	BoxUnits    = "units"    // offices of the units that the actor heads; everywhere for admins and auditors
)

// Delegations lists who acts for whom in one box.
func (d *Desk) Delegations(ctx context.Context, a models.Actor, box string) ([]models.DelegationView, error) {
	q := store.DelegationQuery{Agency: a.Agency, Account: a.AccountID, EmployeeID: a.EmployeeID}
	switch box {
	case BoxGiven:
		q.Given = true
	case BoxReceived:
		q.Received = true
	case BoxUnits:
		paths, ok := oversees(a)
		if !ok {
			return []models.DelegationView{}, nil
		}
		q.Paths = paths
	default:
		return nil, models.Invalid(models.Fault("box", "choice_unknown"))
	}
	list, err := d.store.Delegations(ctx, q)
	for i := range list {
		list[i].Revocable = list[i].MayRevoke(a, d.now())
	}
	return list, err
}

// oversees gives the unit paths whose offices the actor looks after; nil with true means all.
func oversees(a models.Actor) ([]string, bool) {
	if a.Has(models.RoleAdmin, models.RoleAuditor) {
		return nil, true
	}
	var paths []string
	for _, g := range a.Grants {
		if g.Role == models.RoleHead || g.Role == models.RoleActingHead {
			paths = append(paths, g.UnitPath)
		}
	}
	return paths, len(paths) > 0
}

// Delegation is one delegation that concerns the actor: theirs, or of an office they look after.
func (d *Desk) Delegation(ctx context.Context, a models.Actor, id string) (models.DelegationView, error) {
	v, err := d.store.Delegation(ctx, a.Agency, id)
	if err != nil {
		return v, err
	}
	v.Revocable = v.MayRevoke(a, d.now())
	if a.EmployeeID != "" && (v.PrincipalID == a.EmployeeID || v.DelegateID == a.EmployeeID) {
		return v, nil
	}
	if paths, ok := oversees(a); !ok || !models.Within(v.UnitPath, paths) {
		return models.DelegationView{}, models.ErrNotFound
	}
	return v, nil
}

// Delegate has somebody act in an office for a period; it counts at once for what is pending, too.
func (d *Desk) Delegate(ctx context.Context, a models.Actor, in models.Delegation) (models.DelegationView, error) {
	if in.Unit == "" {
		return models.DelegationView{}, models.Invalid(models.MissingInDelegation(in)...)
	}
	in, err := d.forWhom(ctx, a, in)
	if err != nil {
		return models.DelegationView{}, err
	}
	cal, err := d.store.UnitCalendar(ctx, a.Agency, in.Unit)
	if err != nil {
		return models.DelegationView{}, err
	}
	id, err := d.store.Delegate(ctx, a, in, cal, func(f models.DelegationFacts) error {
		if !models.MayDelegate(a, in, f) {
			return models.ErrForbidden
		}
		if faults := models.CheckDelegation(in, f, a, d.actingDays()); len(faults) > 0 {
			return models.Invalid(faults...)
		}
		return nil
	})
	if errors.Is(err, models.ErrNotFound) {
		err = models.Invalid(models.Fault("unit", "unit_unknown", "code", in.Unit))
	}
	if err != nil {
		return models.DelegationView{}, d.denied(ctx, a, "delegated", "unit:"+in.Unit, err)
	}
	d.officesChanged()
	return d.delegated(ctx, a, id)
}

// forWhom fills in who is represented by a daily acting head where nobody is named: whoever asks, or for an admin whoever holds the office.
func (d *Desk) forWhom(ctx context.Context, a models.Actor, in models.Delegation) (models.Delegation, error) {
	if in.Principal != "" || in.Kind != models.ActingDaily {
		return in, nil
	}
	in.Principal = a.EmployeeID
	if a.Has(models.RoleAdmin) && !heldIn(a, in.Unit) {
		holder, err := d.store.OfficeHolder(ctx, a.Agency, in.Role, in.Unit)
		in.Principal = holder
		return in, err
	}
	return in, nil
}

// delegated answers what stands, which whoever made it may always see.
func (d *Desk) delegated(ctx context.Context, a models.Actor, id string) (models.DelegationView, error) {
	v, err := d.store.Delegation(ctx, a.Agency, id)
	v.Revocable = v.MayRevoke(a, d.now())
	return v, err
}

func (d *Desk) actingDays() int {
	if d.acting > 0 {
		return d.acting
	}
	return defaultActingDays
}

// EndDelegation ends a delegation before its time; it counts at the delegate's next request.
func (d *Desk) EndDelegation(ctx context.Context, a models.Actor, id string) error {
	err := d.endDelegation(ctx, a, id)
	if err == nil {
		d.officesChanged()
	}
	return d.denied(ctx, a, "delegation_ended", "grant:"+id, err)
}

func (d *Desk) endDelegation(ctx context.Context, a models.Actor, id string) error {
	v, err := d.Delegation(ctx, a, id)
	if err != nil {
		return err
	}
	calendar := func(unit string) (models.Calendar, error) { return d.store.UnitCalendar(ctx, a.Agency, unit) }
	return d.store.EndDelegation(ctx, a, v.ID, calendar, func(v models.DelegationView) error {
		switch {
		case v.State(d.now()) == models.DelegationOver:
			return models.ErrNotNow
		case !v.MayRevoke(a, d.now()):
			return models.ErrForbidden
		}
		return nil
	})
}

// Delegates searches the people among whom a delegate for an office of the unit is found: active, with an account, of
// the same branch of the tree; for admins of the whole agency. Too short a text finds nobody.
func (d *Desk) Delegates(ctx context.Context, a models.Actor, unit, text string) ([]models.EmployeeView, error) {
	text = models.SearchText(text)
	if len(text) < 2 {
		return []models.EmployeeView{}, nil
	}
	u, err := d.store.Unit(ctx, a.Agency, unit, d.now())
	if err != nil {
		return nil, err
	}
	q := store.EmployeeQuery{Text: text, Paths: []string{models.Branch(u.Path)}, PageQuery: models.PageQuery{Limit: 50}}
	switch {
	case a.Has(models.RoleAdmin):
		q.Paths = nil
	case !a.HeadsAbove(u.Path) && !heldIn(a, unit):
		return nil, d.denied(ctx, a, "delegates_read", "unit:"+unit, models.ErrForbidden)
	}
	page, err := d.store.Employees(ctx, a.Agency, q)
	found := []models.EmployeeView{}
	for _, e := range page.Items {
		if e.Username != "" && e.Status == string(models.EmployeeActive) && e.ID != a.EmployeeID {
			found = append(found, models.EmployeeView{ID: e.ID, NIP: e.NIP, Name: e.Name, Unit: e.Unit, UnitName: e.UnitName, Position: e.Position,
				EmploymentType: e.EmploymentType, Status: e.Status})
		}
	}
	return found, err
}

func heldIn(a models.Actor, unit string) bool {
	for _, g := range a.HeldOffices() {
		if g.Unit == unit {
			return true
		}
	}
	return false
}

// Absences lists the offices that the actor looks after whose holder is away without a delegate: their own first.
func (d *Desk) Absences(ctx context.Context, a models.Actor) ([]models.Absence, error) {
	list := []models.Absence{}
	if a.EmployeeID != "" {
		own, err := d.store.Absences(ctx, a.Agency, nil, a.EmployeeID)
		if err != nil {
			return nil, err
		}
		list = append(list, own...)
	}
	if paths, ok := oversees(a); ok {
		below, err := d.store.Absences(ctx, a.Agency, paths, "")
		if err != nil {
			return nil, err
		}
		for _, x := range below {
			if a.EmployeeID == "" || x.EmployeeID != a.EmployeeID {
				list = append(list, x)
			}
		}
	}
	for i, x := range list {
		facts := models.DelegationFacts{UnitPath: x.UnitPath, Holds: true, Principal: x.Status}
		list[i].Fillable = models.MayDelegate(a, models.Delegation{Role: x.Role, Unit: x.Unit, Principal: x.EmployeeID}, facts)
	}
	return list, nil
}

// Grants lists who holds which role in a unit; "" means everywhere.
func (d *Desk) Grants(ctx context.Context, a models.Actor, unit string) ([]models.RoleGrant, error) {
	if err := d.only(ctx, a, "grants_read", "unit:"+unit, models.RoleAdmin, models.RoleAuditor); err != nil {
		return nil, err
	}
	return d.store.Grants(ctx, a.Agency, unit)
}

// Grant appoints somebody. Nobody appoints themselves.
func (d *Desk) Grant(ctx context.Context, a models.Actor, g models.RoleGrant) (models.RoleGrant, error) {
	if err := d.only(ctx, a, "granted", "unit:"+g.Unit, models.RoleAdmin); err != nil {
		return g, err
	}
	if faults := models.CheckGrant(g); len(faults) > 0 {
		return g, models.Invalid(faults...)
	}
	if g.AccountID == a.AccountID || g.EmployeeID != "" && g.EmployeeID == a.EmployeeID {
		return g, d.denied(ctx, a, "granted", "unit:"+g.Unit, models.ErrForbidden)
	}
	given, err := d.store.Grant(ctx, a, g)
	if err == nil {
		d.officesChanged()
	}
	return given, err
}

// RevokeGrant ends an appointment now; it counts at the next request of whoever held it.
func (d *Desk) RevokeGrant(ctx context.Context, a models.Actor, id string) error {
	if err := d.only(ctx, a, "grant_revoked", "grant:"+id, models.RoleAdmin); err != nil {
		return err
	}
	err := d.store.RevokeGrant(ctx, a, id)
	if err == nil {
		d.officesChanged()
	}
	return err
}
