package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"loket/internal/sheet"
	"loket/internal/store"
	"loket/models"
)

// batch is one import on its way: the rows that could be read, the keys that its files name (even in rows with other
// faults, so that one slip is told once and not again in every row that refers to it), and what is wrong.
type batch struct {
	agency string
	store  Store
	rows   store.Registry
	units  map[string]bool
	nips   map[string]bool
	faults Faulty
	unread bool // a file is missing, so that comparing would blame the others
}

// read reads and parses every file.
func (b *batch) read(_ context.Context, files Files) (err error) {
	b.units, b.nips = map[string]bool{}, map[string]bool{}
	if b.rows.Units, err = parsed(b, files.Units, models.UnitColumns(), b.unit); err != nil {
		return err
	}
	if b.rows.Employees, err = parsed(b, files.Employees, models.EmployeeColumns(), b.employee); err != nil {
		return err
	}
	b.rows.Appointments, err = parsed(b, files.Appointments, models.AppointmentColumns(), b.appointment)
	return err
}

func (b *batch) unit(r sheet.Row) (models.UnitRow, []models.FieldFault, bool) {
	b.units[r.Cells["code"]] = true
	row, faults := models.ParseUnitRow(r.Cells)
	row.Line = r.Line
	if touched(faults, "head_nip") {
		row.HeadNIP = ""
	}
	return row, faults, !touched(faults, "code", "parent_code")
}

func (b *batch) employee(r sheet.Row) (models.EmployeeRow, []models.FieldFault, bool) {
	b.nips[models.NormalizeNIP(r.Cells["nip"])] = true
	row, faults := models.ParseEmployeeRow(r.Cells)
	row.Line = r.Line
	return row, faults, !touched(faults, "nip", "nik", "unit_code", "official_email")
}

func (b *batch) appointment(r sheet.Row) (models.AppointmentRow, []models.FieldFault, bool) {
	row, faults := models.ParseAppointmentRow(r.Cells)
	row.Line = r.Line
	return row, faults, len(faults) == 0
}

// touched tells whether one of the fields has a fault.
func touched(faults []models.FieldFault, fields ...string) bool {
	return slices.ContainsFunc(faults, func(f models.FieldFault) bool { return slices.Contains(fields, f.Field) })
}

// parsed reads one file into rows; nil where it is not given. Rows that cannot be compared with others are left out:
// parse says which can.
func parsed[R any](b *batch, file *Source, columns []string, parse func(sheet.Row) (R, []models.FieldFault, bool)) ([]R, error) {
	if file == nil {
		return nil, nil
	}
	table, err := sheet.Read(file.Name, file.Body, sheet.RegistryLimits())
	if err == nil {
		err = table.Require(columns)
	}
	var refused *models.Problem
	if errors.As(err, &refused) {
		b.add(file.Name, 0, refused.Faults...)
		b.unread = true
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name, err)
	}
	rows := make([]R, 0, len(table.Rows))
	for _, r := range table.Rows {
		row, faults, comparable := parse(r)
		if comparable {
			rows = append(rows, row)
		}
		b.add(file.Name, r.Line, r.Faults...)
		b.add(file.Name, r.Line, without(faults, r.Faults)...)
	}
	return rows, nil
}

// without leaves out faults of fields that could not even be read.
func without(faults, read []models.FieldFault) []models.FieldFault {
	return slices.DeleteFunc(faults, func(f models.FieldFault) bool { return touched(read, f.Field) })
}

func (b *batch) add(file string, line int, faults ...models.FieldFault) {
	for _, f := range faults {
		b.faults = append(b.faults, Fault{File: file, RowFault: models.RowFault{Line: line, FieldFault: f}})
	}
}

// check compares the rows with each other and with the registry.
func (b *batch) check(ctx context.Context, files Files) error {
	if b.unread {
		return nil
	}
	if err := b.learn(ctx); err != nil {
		return err
	}
	unit := func(code string) bool { return b.units[code] }
	nip := func(n string) bool { return b.nips[n] }
	if files.Units != nil {
		b.found(files.Units.Name, models.CheckUnits(b.rows.Units, nip))
	}
	if files.Employees != nil {
		b.found(files.Employees.Name, models.CheckEmployees(b.rows.Employees, unit))
	}
	if files.Appointments != nil {
		b.found(files.Appointments.Name, models.CheckAppointments(b.rows.Appointments, unit, nip))
	}
	return nil
}

func (b *batch) found(file string, faults []models.RowFault) {
	for _, f := range faults {
		b.add(file, f.Line, f.FieldFault)
	}
}

// askedAtOnce keeps one question within what a database takes as parameters.
const askedAtOnce = 1000

// learn adds the units of the registry, and those employees of it whom the files name without bringing them.
func (b *batch) learn(ctx context.Context) error {
	units, err := b.store.UnitCodes(ctx, b.agency)
	if err != nil {
		return fmt.Errorf("read the units of the registry: %w", err)
	}
	for code := range units {
		b.units[code] = true
	}
	var missing []models.RecapRow
	ask := func(nip string) {
		if nip != "" && !b.nips[nip] {
			missing = append(missing, models.RecapRow{NIP: nip})
		}
	}
	for _, u := range b.rows.Units {
		ask(u.HeadNIP)
	}
	for _, a := range b.rows.Appointments {
		ask(a.NIP)
	}
	for some := range slices.Chunk(missing, askedAtOnce) {
		entries, err := b.store.RegistryEntries(ctx, b.agency, "", models.MemoSSOActivation, some)
		if err != nil {
			return fmt.Errorf("read the employees of the registry: %w", err)
		}
		for i, e := range entries {
			b.nips[some[i].NIP] = e != nil
		}
	}
	return nil
}
