package store

import "gorm.io/gorm"

// next takes the next number of a series and year. The counter's row stays locked until the transaction ends, so that
// numbers have no gaps: one that is rolled back is given again.
func next(tx *gorm.DB, agency, series string, year int) (int64, error) {
	var value int64
	err := tx.Raw(`insert into counters (agency_id, series, year, value) values (?, ?, ?, 1)
		on conflict (agency_id, series, year) do update set value = counters.value + 1 returning value`, agency, series, year).
		Scan(&value).Error
	return value, err
}
