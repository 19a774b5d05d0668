package main

import "loket/internal/store"

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
