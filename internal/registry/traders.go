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

// ImportTraders checks every line of a list and, when nothing at all is wrong, makes companies and accounts in one
// transaction. Running it again with the same list makes nothing twice. The error is Faulty when lines are to be corrected.
// A dry run counts what would be made. today is the first day on which an account may end.
func ImportTraders(ctx context.Context, s TraderStore, a models.Actor, file Source, today models.Date, dry bool, progress func(done, total int)) (store.TraderImport, error) {
	b := &batch{agency: agencyOf(a)}
	rows, err := readTraders(b, file, today)
	if err != nil {
		return store.TraderImport{}, err
	}
	if !b.unread {
		b.found(file.Name, models.CheckTraders(rows))
		known, err := s.TraderFaults(ctx, b.agency, rows)
		if err != nil {
			return store.TraderImport{}, fmt.Errorf("compare with the accounts that are there: %w", err)
		}
		b.found(file.Name, known)
	}
	if len(b.faults) > 0 {
		return store.TraderImport{}, b.faults.sorted()
	}
	result, err := s.ImportTraders(ctx, a, rows, dry, progress)
	if err != nil {
		return result, fmt.Errorf("write traders: %w", err)
	}
	return result, nil
}

// readTraders reads the list. Rows whose number, address or username is wrong are left out of comparing.
func readTraders(b *batch, file Source, today models.Date) ([]models.TraderRow, error) {
	table, err := sheet.Read(file.Name, file.Body, sheet.RegistryLimits())
	if err == nil {
		err = table.Require(traderColumns(table.Header))
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
	var rows []models.TraderRow
	for _, r := range table.Rows {
		row, faults := models.ParseTraderRow(r.Cells, today)
		row.Line = r.Line
		b.add(file.Name, r.Line, r.Faults...)
		b.add(file.Name, r.Line, without(faults, r.Faults)...)
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
