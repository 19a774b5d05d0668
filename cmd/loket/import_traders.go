package main

import (
	"os"
	"path/filepath"
	"time"

	"loket/internal/registry"
	"loket/models"
)

type importTraders struct {
	File   string `arg:"" type:"existingfile" help:"Columns: npwp, company, name, email; if you like username, phone, responsible (ya or tidak), ends (the account's last day)."`
	DryRun bool   `help:"Check every line and count what would be made; nothing is kept."`
}

// Help tells more than one line.
func (importTraders) Help() string {
	return `Brings accounts of traders from an old system, without passwords: their owners ask for a link under /activate-trader with NPWP and e-mail. Nobody is written to. Every line is checked first and each fault told as FILE:LINE: FIELD: CODE. With a single fault nothing is imported. Importing the same list again makes nothing twice: a company is known by its NPWP, a person by the address. CSV with commas or semicolons, or XLSX.

  loket import traders traders.csv --dry-run
  loket import traders traders.csv`
}

// Run imports.
func (c *importTraders) Run(p *process) error {
	return p.withHouse(func(h *house) error {
		if err := h.settle(p.ctx, 1); err != nil {
			return err
		}
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		result, err := registry.ImportTraders(p.ctx, h.store, fromTerminal(), registry.Traders{
			Source: registry.Source{Name: filepath.Base(c.File), Body: f}, Today: models.DateOf(time.Now().In(h.zone)),
			Dry: c.DryRun, Progress: p.counting("accounts")})
		if err != nil {
			return err
		}
		p.counted("companies", result.Companies)
		p.counted("people", result.People)
		if result.Unanswered > 0 {
			p.printf("for %d companies nobody is responsible: an admin appoints somebody once one of their people is active", result.Unanswered)
		}
		if c.DryRun {
			p.printf("a dry run: nothing was kept")
		}
		return nil
	})
}
