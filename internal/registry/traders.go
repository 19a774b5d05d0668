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

// TraderStore is what an import of old traders' accounts needs of the database.
type TraderStore interface {
	TraderFaults(ctx context.Context, agency string, rows []models.TraderRow) ([]models.RowFault, error)
	ImportTraders(ctx context.Context, a models.Actor, rows []models.TraderRow, dry bool, progress func(done, total int)) (store.TraderImport, error)
}

// Traders is a list of old accounts. Today is the first day on which an account may end; a dry run counts what would be
// made. Progress may be nil.
type Traders struct {
	Source
	Today    models.Date
	Dry      bool
	Progress func(done, total int)
}

// ImportTraders checks every line of a list and, when nothing at all is wrong, makes companies and accounts in one
// transaction. Running it again with the same list makes nothing twice. The error is Faulty when lines are to be corrected.
func ImportTraders(ctx context.Context, s TraderStore, a models.Actor, list Traders) (store.TraderImport, error) {
	b := &batch{agency: agencyOf(a)}
	rows, err := readTraders(b, list)
	if err != nil {
		return store.TraderImport{}, err
	}
	if !b.unread {
		b.found(list.Name, models.CheckTraders(rows))
		known, err := s.TraderFaults(ctx, b.agency, rows)
		if err != nil {
			return store.TraderImport{}, fmt.Errorf("compare with the accounts that are there: %w", err)
		}
		b.found(list.Name, known)
	}
	if len(b.faults) > 0 {
		return store.TraderImport{}, b.faults.sorted()
	}
	result, err := s.ImportTraders(ctx, a, rows, list.Dry, list.Progress)
	if err != nil {
		return result, fmt.Errorf("write traders: %w", err)
	}
	return result, nil
}

// readTraders reads the list. Rows whose number, address or username is wrong are left out of comparing.
func readTraders(b *batch, list Traders) ([]models.TraderRow, error) {
	table, err := sheet.Read(list.Name, list.Body, sheet.RegistryLimits())
	if err == nil {
		err = table.Require(traderColumns(table.Header))
	}
	var refused *models.Problem
	if errors.As(err, &refused) {
		b.add(list.Name, 0, refused.Faults...)
		b.unread = true
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", list.Name, err)
	}
	var rows []models.TraderRow
	for _, r := range table.Rows {
		row, faults := models.ParseTraderRow(r.Cells, list.Today)
		row.Line = r.Line
		b.add(list.Name, r.Line, r.Faults...)
		b.add(list.Name, r.Line, without(faults, r.Faults)...)
		if !touched(faults, "npwp", "company", "email", "username") {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// traderColumns are the columns that a list must have: those that it cannot do without, and of the rest those that it has.
func traderColumns(header []string) []string {
	return slices.DeleteFunc(models.TraderColumns(), func(c string) bool {
		return !slices.Contains(models.TraderColumnsNeeded(), c) && !slices.Contains(header, c)
	})
}
