package main

import (
	"fmt"

	"loket/internal/store"
)

type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Apply what is missing; safe to run again, and from many processes at once."`
	Status migrateStatus `cmd:"" help:"List every migration and whether this database has it."`
}

type migrateUp struct{}

// Run migrates.
func (migrateUp) Run(p *process) error {
	return p.withStore(func(s *store.Store) error {
		if err := s.Migrate(p.ctx); err != nil {
			return err
		}
		return printMigrations(p, s)
	})
}

type migrateStatus struct{}

// Run lists.
func (migrateStatus) Run(p *process) error {
	return p.withStore(func(s *store.Store) error { return printMigrations(p, s) })
}

func printMigrations(p *process, s *store.Store) error {
	list, err := s.MigrationStatus(p.ctx)
	if err != nil {
		return err
	}
	for _, m := range list {
		state := "missing"
		if m.Applied {
			state = "applied"
		}
		p.printf("%s  %05d  %s", state, m.Version, m.Name)
	}
	return nil
}

// withStore opens the database of the settings for one piece of work.
func (p *process) withStore(do func(*store.Store) error) (err error) {
	return p.withHouse(func(h *house) error { return do(h.store) })
}

// withHouse opens keys and database for one piece of work.
func (p *process) withHouse(do func(*house) error) (err error) {
	cfg, err := p.settings()
	if err != nil {
		return err
	}
	h, err := open(p.ctx, cfg, newLog(cfg, p.stderr))
	if err != nil {
		return err
	}
	defer h.close(&err)
	if err := h.store.Ping(p.ctx); err != nil {
		return fmt.Errorf("LOKET_DATABASE_URL: %w", err)
	}
	return do(h)
}
