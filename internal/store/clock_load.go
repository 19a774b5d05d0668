package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"loket/models"
)

type settingRow struct {
	AgencyID, Name, Content string
}

// TableName is the table's name.
func (settingRow) TableName() string { return "settings" }

// LoadClock gives the clock of this data folder: the one stored at the first start, else one that begins at wall with
// the given speed and is stored now. A later speed changes nothing, since due times would move. The store lives by it
// from now on.
func (s *Store) LoadClock(ctx context.Context, speed int, wall time.Time) (models.Clock, error) {
	clock := models.Clock{Epoch: micro(wall), Speed: max(speed, 1)}
	err := s.transact(ctx, "load the clock", func(tx *gorm.DB) error {
		content, err := json.Marshal(clock)
		if err != nil {
			return fmt.Errorf("write the clock: %w", err)
		}
		row := settingRow{AgencyID: models.DefaultAgency, Name: "clock", Content: string(content)}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return err
		}
		if err := tx.Where("agency_id = ? and name = ?", row.AgencyID, row.Name).Take(&row).Error; err != nil {
			return err
		}
		return json.Unmarshal([]byte(row.Content), &clock)
	})
	if err != nil {
		return models.Clock{}, err
	}
	s.clock.Store(&clock)
	return clock, nil
}
