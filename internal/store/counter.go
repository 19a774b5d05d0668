package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// next takes the next number of a series and year. The counter's row stays locked until the transaction ends, so that
// numbers have no gaps: one that is rolled back is given again.
func next(tx *gorm.DB, agency, series string, year int) (int64, error) {
	var value int64
	err := tx.Raw(`insert into counters (agency_id, series, year, value) values (?, ?, ?, 1)
		on conflict (agency_id, series, year) do update set value = counters.value + 1 returning value`, agency, series, year).
		Scan(&value).Error
	return value, err
}

// newCase gives the row of a case that begins at an instant of case time, with the next number of that year in the agency's
// zone. Whoever asked for it, and where it belongs, is for the caller to fill in.
func (s *Store) newCase(tx *gorm.DB, agency string, kind models.Kind, id string, status models.Status, at time.Time) (caseRow, error) {
	year := at.In(agencyZone()).Year()
	n, err := next(tx, agency, "case", year)
	return caseRow{ID: id, AgencyID: agency, Kind: string(kind), Number: fmt.Sprintf("LKT-%d-%06d", year, n), DefinitionVersion: definitionVersion,
		Status: string(status), Seq: 1, Version: 1, Opened: at, Updated: at, Touched: s.wallNow()}, err
}
