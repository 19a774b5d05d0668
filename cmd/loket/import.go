package main

import (
	"fmt"
	"os"
	"path/filepath"

	"loket/internal/registry"
	"loket/internal/store"
	"loket/models"
)

type importCommand struct {
	Registry importRegistry `cmd:"" help:"Import units, employees and appointments from CSV or XLSX files."`
	Traders  importTraders  `cmd:"" help:"Import traders' accounts of an old system from a CSV or XLSX file."`
	Calendar importCalendar `cmd:"" help:"Bring a business calendar, or a new version of one, from a JSON file."`
}

type importRegistry struct {
	Units        string `type:"existingfile" placeholder:"FILE" help:"Columns: code, parent_code, name, kind, head_nip."`
	Employees    string `type:"existingfile" placeholder:"FILE" help:"Columns: nip, nik, name, birth_place, birth_date, sex, employment_type, rank, rank_effective_date, unit_code, position, official_email, external_email, status."`
	Appointments string `type:"existingfile" placeholder:"FILE" help:"Columns: unit_code, office, nip, valid_from, valid_until."`
}

// Help tells more than one line.
func (importRegistry) Help() string {
	return `Every row of every file is checked first and each fault told as FILE:LINE: FIELD: CODE. With a single fault nothing is imported. Importing the same files again changes nothing. People and units that a file leaves out stay; appointments that it leaves out end.

  loket import registry --units units.csv --employees employees.xlsx --appointments appointments.csv
  loket import registry --appointments appointments.csv            the rest as it is`
}

// Run imports.
func (c *importRegistry) Run(p *process) error {
	if c.Units == "" && c.Employees == "" && c.Appointments == "" {
		return misuse("name at least one file: --units, --employees, --appointments")
	}
	return p.withHouse(func(h *house) (err error) {
		if err := h.settle(p.ctx, 1); err != nil {
			return err
		}
		var files registry.Files
		for _, part := range []struct {
			path string
			to   **registry.Source
		}{{c.Units, &files.Units}, {c.Employees, &files.Employees}, {c.Appointments, &files.Appointments}} {
			if part.path == "" {
				continue
			}
			f, err := os.Open(part.path)
			if err != nil {
				return err
			}
			defer func() { _ = f.Close() }()
			*part.to = &registry.Source{Name: filepath.Base(part.path), Body: f}
		}
		result, err := registry.Import(p.ctx, h.store, fromTerminal(), files, h.now(), p.counting("rows"))
		if err != nil {
			return err
		}
		p.counted("units", result.Units)
		p.counted("employees", result.Employees)
		p.counted("appointments", result.Appointments)
		return nil
	})
}

func (p *process) counted(what string, c store.ImportCount) {
	p.printf("%-13s %6d new, %6d changed, %6d as before, %6d ended", what, c.Added, c.Changed, c.Unchanged, c.Removed)
}

type importCalendar struct {
	File string `arg:"" type:"existingfile" help:"The calendar: fixed offset, working week, overrides, holidays."`
}

// Help tells more than one line.
func (importCalendar) Help() string {
	return `A file that says the same as the newest version of its calendar changes nothing; any other becomes the next version, whatever version it names. Units work by the newest. Open cases reckon what is due anew within seconds where loket serve runs, else when it starts; what was sent or escalated stays so.`
}

// Run imports a calendar.
func (c *importCalendar) Run(p *process) error {
	body, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	calendar, err := models.ParseCalendar(body)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return p.withStore(func(s *store.Store) error {
		stands, fresh, err := s.ImportCalendar(p.ctx, fromTerminal(), calendar)
		if err != nil {
			return err
		}
		if fresh {
			p.printf("calendar %s, version %d", stands.ID, stands.Version)
		} else {
			p.printf("calendar %s, version %d as before", stands.ID, stands.Version)
		}
		return nil
	})
}
