package desk

import (
	"context"
	"errors"
	"strconv"

	"loket/models"
)

// CheckMemo checks a draft as sending would.
func (d *Desk) CheckMemo(ctx context.Context, a models.Actor, id string) (models.RecapReport, error) {
	c, a, err := d.may(ctx, a, id, models.ActionEdit)
	if err != nil {
		return models.RecapReport{}, err
	}
	return d.report(ctx, a, c)
}

// ready refuses a draft that is not the one the sender saw, or that the check finds fault with.
func (d *Desk) ready(ctx context.Context, a models.Actor, id string, version int) error {
	v, err := d.store.Memo(ctx, id)
	if err != nil {
		return err
	}
	if version != 0 && version != v.Version {
		return models.ErrStale.With("status", string(v.Status))
	}
	r, err := d.report(ctx, a, v.Case)
	if err != nil || r.Errors == 0 {
		return err
	}
	faults := r.Faults
	for _, row := range r.Rows {
		for _, f := range row.Findings {
			if f.Severity == models.SeverityError {
				f.Field = "rows[" + strconv.Itoa(row.No-1) + "]." + f.Field
				faults = append(faults, f.FieldFault)
			}
		}
	}
	if len(faults) == 0 {
		return models.ErrNoApprover.With("unit", v.Unit)
	}
	return models.Invalid(faults...)
}

func (d *Desk) report(ctx context.Context, a models.Actor, c models.Case) (models.RecapReport, error) {
	draft, err := d.store.DraftOf(ctx, c.ID)
	if err != nil {
		return models.RecapReport{}, err
	}
	entries, err := d.store.RegistryEntries(ctx, a.Agency, c.ID, draft.Kind, draft.Rows)
	if err != nil {
		return models.RecapReport{}, err
	}
	known, err := d.store.UnitCodes(ctx, a.Agency)
	if err != nil {
		return models.RecapReport{}, err
	}
	today, err := d.today(ctx, a.Agency, c.Unit)
	if err != nil {
		return models.RecapReport{}, err
	}
	r := models.RecapReport{Faults: models.CheckMemo(draft, today)}
	r.Errors = len(r.Faults)
	next := 0
	lookup := func(models.RecapRow) *models.RegistryEntry { next++; return entries[next-1] }
	findings := models.CheckRecap(draft.Rows, draft.Kind, lookup, models.RecapContext{Today: today, KnownUnit: func(u string) bool { return known[u] }})
	for i, row := range draft.Rows {
		r.Rows = append(r.Rows, rowView(i+1, row, findings[i], entries[i]))
		if models.HasErrors(findings[i]) {
			r.Errors++
		}
	}
	return d.withSteps(ctx, a, c, r)
}

func rowView(no int, row models.RecapRow, findings []models.RowFinding, e *models.RegistryEntry) models.RowView {
	v := models.RowView{No: no, RecapRow: row, State: models.RowPending, Findings: findings}
	if e != nil {
		v.Registry = &models.RecapRow{NIP: e.NIP, NIK: models.MaskNIK(e.NIK), Name: e.Name, UnitCode: e.UnitCode, Position: e.Position,
			ExternalEmail: e.ExternalEmail}
	}
	return v
}

// withSteps adds who would be asked; that nobody could decide is an error of its own.
func (d *Desk) withSteps(ctx context.Context, a models.Actor, c models.Case, r models.RecapReport) (models.RecapReport, error) {
	facts, err := d.store.ApprovalFacts(ctx, c.ID)
	if err != nil {
		return r, err
	}
	steps, err := models.PlanHead(facts, a.AccountID, c.Requester)
	if errors.Is(err, models.ErrNoApprover) {
		r.Errors++
		r.Faults = append(r.Faults, models.Fault("unit", "no_approver"))
		return r, nil
	}
	r.Steps, err = d.store.NameSteps(ctx, c, append(steps, models.PlanOfficers(facts, a.AccountID, c.Requester)...))
	return r, err
}

// today is the civil day where the unit works.
func (d *Desk) today(ctx context.Context, agency, unit string) (models.Date, error) {
	cal, err := d.store.UnitCalendar(ctx, agency, unit)
	if err != nil {
		return models.Date{}, err
	}
	return models.DateOf(d.now().In(cal.Location())), nil
}
