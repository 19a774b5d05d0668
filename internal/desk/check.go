package desk

import (
	"context"
	"strconv"

	"loket/internal/store"
	"loket/models"
)

// CheckMemo checks a draft as sending would.
func (d *Desk) CheckMemo(ctx context.Context, a models.Actor, id string) (models.RecapReport, error) {
	c, a, err := d.may(ctx, a, id, models.ActionEdit)
	if err != nil {
		return models.RecapReport{}, err
	}
	k, err := d.store.CheckDraft(ctx, c)
	if err != nil {
		return models.RecapReport{}, err
	}
	r, steps := d.report(a, c, k)
	r.Steps, err = d.store.NameSteps(ctx, c, steps)
	return r, err
}

// ready refuses a draft that is not the one the sender saw, or that the check finds fault with.
func (d *Desk) ready(ctx context.Context, a models.Actor, c models.Case, version int) error {
	k, err := d.store.CheckDraft(ctx, c)
	if err != nil {
		return err
	}
	if version != 0 && version != k.Version {
		return models.ErrStale.With("status", string(c.Status))
	}
	r, _ := d.report(a, c, k)
	if r.Errors == 0 {
		return nil
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
		return models.ErrNoApprover.With("unit", k.Draft.Unit)
	}
	return models.Invalid(faults...)
}

// report says what the check finds, and who would be asked; that nobody could decide is an error of its own.
func (d *Desk) report(a models.Actor, c models.Case, k store.DraftCheck) (models.RecapReport, []models.Step) {
	today := models.DateOf(d.now().In(k.Calendar.Location()))
	r := models.RecapReport{Faults: models.CheckMemo(k.Draft, today)}
	r.Errors = len(r.Faults)
	next := 0
	lookup := func(models.RecapRow) *models.RegistryEntry { next++; return k.Entries[next-1] }
	findings := models.CheckRecap(k.Draft.Rows, k.Draft.Kind, lookup, models.RecapContext{Today: today, KnownUnit: func(u string) bool { return k.Known[u] }})
	for i, row := range k.Draft.Rows {
		r.Rows = append(r.Rows, rowView(i+1, row, findings[i], k.Entries[i]))
		if models.HasErrors(findings[i]) {
			r.Errors++
		}
	}
	steps, err := models.PlanHead(k.Facts, a.AccountID, c.Requester)
	if err != nil {
		r.Errors++
		r.Faults = append(r.Faults, models.Fault("unit", "no_approver"))
		return r, nil
	}
	return r, append(steps, models.PlanOfficers(k.Facts, a.AccountID, c.Requester)...)
}

func rowView(no int, row models.RecapRow, findings []models.RowFinding, e *models.RegistryEntry) models.RowView {
	v := models.RowView{No: no, RecapRow: row, State: models.RowPending, Findings: findings}
	if e != nil {
		v.Registry = &models.RecapRow{NIP: e.NIP, NIK: models.MaskNIK(e.NIK), Name: e.Name, UnitCode: e.UnitCode, Position: e.Position,
			ExternalEmail: e.ExternalEmail}
	}
	return v
}

// today is the civil day where the unit works.
func (d *Desk) today(ctx context.Context, agency, unit string) (models.Date, error) {
	cal, err := d.store.UnitCalendar(ctx, agency, unit)
	if err != nil {
		return models.Date{}, err
	}
	return models.DateOf(d.now().In(cal.Location())), nil
}
