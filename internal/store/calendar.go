package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm/clause"

	"loket/models"
)

type calendarRow struct {
	AgencyID, ID string
	Version      int
	Body         string
}

// TableName is the table's name.
func (calendarRow) TableName() string { return "calendars" }

// SeedCalendar stores a version of a calendar; a version that stands already is left as it is.
func (s *Store) SeedCalendar(ctx context.Context, c models.Calendar) error {
	c.Version = max(c.Version, 1)
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write calendar %s: %w", c.ID, err)
	}
	row := calendarRow{AgencyID: models.DefaultAgency, ID: c.ID, Version: c.Version, Body: string(body)}
	return wrap(s.write.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "seed calendar "+c.ID)
}

// Calendar gives the newest version of a calendar; models.ErrNotFound when there is none.
func (s *Store) Calendar(ctx context.Context, id string) (models.Calendar, error) {
	var row calendarRow
	err := s.reader(ctx).Where("agency_id = ? and id = ?", models.DefaultAgency, id).Order("version desc").Take(&row).Error
	if err != nil {
		return models.Calendar{}, wrap(err, "read calendar "+id)
	}
	return row.calendar()
}

// UnitCalendar gives the calendar by which a unit works: its own, else that of the nearest unit above, else the
// agency's first.
func (s *Store) UnitCalendar(ctx context.Context, agency, unit string) (models.Calendar, error) {
	var row calendarRow
	err := s.reader(ctx).Raw(`
		select c.* from calendars c
		left join units own on own.agency_id = c.agency_id and own.code = @unit
		left join units u on u.agency_id = c.agency_id and u.calendar_id = c.id
			and substr(own.path, 1, length(u.path)) = u.path
		where c.agency_id = @agency
		order by coalesce(length(u.path), 0) desc, c.id, c.version desc
		limit 1`, map[string]any{"agency": agency, "unit": unit}).Take(&row).Error
	if err != nil {
		return models.Calendar{}, wrap(err, "read the calendar of unit "+unit)
	}
	return row.calendar()
}

func (r calendarRow) calendar() (models.Calendar, error) {
	var c models.Calendar
	if err := json.Unmarshal([]byte(r.Body), &c); err != nil {
		return c, fmt.Errorf("read calendar %s: %w", r.ID, err)
	}
	return c, nil
}
