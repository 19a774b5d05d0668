package registry

import (
	"context"
	"fmt"
	"io"
	"time"

	"loket/internal/store"
	"loket/models"
)

// Source is one file: its name, by which faults are told, and its content.
type Source struct {
	Name string
	Body io.Reader
}

// Files are the parts of an import; nil parts are left as they are in the registry.
type Files struct {
	Units, Employees, Appointments *Source
}

// Store is what an import needs of the database.
type Store interface {
	UnitCodes(ctx context.Context, agency string) (map[string]bool, error)
	// RegistryEntries answers nil for whoever the registry does not know.
	RegistryEntries(ctx context.Context, agency, exceptCase string, kind models.MemoKind, rows []models.RecapRow) ([]*models.RegistryEntry, error)
	ImportRegistry(ctx context.Context, a models.Actor, r store.Registry, at time.Time, progress func(done, total int)) (store.ImportResult, error)
}

// Import checks every row of every file and, when nothing at all is wrong, writes them in one transaction. Running it
// again with the same files changes nothing. The error is Faulty when rows are to be corrected. at is case time, and
// progress (may be nil) counts the rows written.
func Import(ctx context.Context, s Store, a models.Actor, files Files, at time.Time, progress func(done, total int)) (store.ImportResult, error) {
	b := &batch{agency: agencyOf(a), store: s}
	for _, step := range []func(context.Context, Files) error{b.read, b.check} {
		if err := step(ctx, files); err != nil {
			return store.ImportResult{}, err
		}
	}
	if len(b.faults) > 0 {
		return store.ImportResult{}, b.faults.sorted()
	}
	result, err := s.ImportRegistry(ctx, a, b.rows, at, progress)
	if err != nil {
		return result, fmt.Errorf("write the registry: %w", err)
	}
	return result, nil
}

func agencyOf(a models.Actor) string {
	if a.Agency == "" {
		return models.DefaultAgency
	}
	return a.Agency
}
