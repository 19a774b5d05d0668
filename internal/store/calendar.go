package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
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

func newCalendarRow(agency string, c models.Calendar) (calendarRow, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return calendarRow{}, fmt.Errorf("write calendar %s: %w", c.ID, err)
	}
	return calendarRow{AgencyID: agency, ID: c.ID, Version: c.Version, Body: string(body)}, nil
}

// SeedCalendar stores a calendar as its own first version, where there is none: what an office has brought is left as it is.
func (s *Store) SeedCalendar(ctx context.Context, c models.Calendar) error {
	if _, err := s.Calendar(ctx, c.ID); !errors.Is(err, models.ErrNotFound) {
		return err
	}
	c.Version = 1
	row, err := newCalendarRow(models.DefaultAgency, c)
	if err != nil {
		return err
	}
	return wrap(s.write.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "seed calendar "+c.ID)
}

// ImportCalendar brings a calendar as the next version of its id, whatever version it bears itself; what says the same as
// the newest version changes nothing. It answers what stands now, and whether that is new. Versions never change.
func (s *Store) ImportCalendar(ctx context.Context, a models.Actor, c models.Calendar) (models.Calendar, bool, error) {
	fresh := false
	err := s.transact(ctx, "import calendar "+c.ID, func(tx *gorm.DB) error {
		agency := agencyOf(a)
		// One import at a time; whoever opens a case meanwhile is not kept waiting.
		if err := tx.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Table("agencies").Where("id = ?", agency).Select("id").Find(&[]string{}).Error; err != nil {
			return err
		}
		var newest calendarRow
		if err := tx.Where("agency_id = ? and id = ?", agency, c.ID).Order("version desc").Limit(1).Find(&newest).Error; err != nil {
			return err
		}
		c.Version = max(newest.Version, 1)
		row, err := newCalendarRow(agency, c)
		if err != nil || row.Body == newest.Body {
			return err
		}
		fresh, c.Version = true, newest.Version+1
		if row, err = newCalendarRow(agency, c); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: "system", action: "calendar_imported", object: "calendar:" + c.ID,
			before: map[string]any{"version": newest.Version}, after: map[string]any{"version": c.Version}})
	})
	return c, fresh, err
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

// CalendarVersion gives one version of a calendar; models.ErrNotFound when there is none.
func (s *Store) CalendarVersion(ctx context.Context, id string, version int) (models.Calendar, error) {
	var row calendarRow
	err := s.reader(ctx).Where("agency_id = ? and id = ? and version = ?", models.DefaultAgency, id, version).Take(&row).Error
	if err != nil {
		return models.Calendar{}, wrap(err, "read calendar "+id)
	}
	return row.calendar()
}

// UnitCalendar gives the calendar by which a unit works: its own, else that of the nearest unit above, else the
// agency's first.
func (s *Store) UnitCalendar(ctx context.Context, agency, unit string) (models.Calendar, error) {
	var k calendars
	err := s.together(ctx, k.wants("u.code = @unit", map[string]any{"agency": agency, "unit": unit})...)
	if err != nil {
		return models.Calendar{}, wrap(err, "read the calendar of unit "+unit)
	}
	return k.of(unit)
}

// calendars are the newest version of each calendar with the units whose own it is, and the places of the units that
// are asked about.
type calendars struct {
	all    []ownCalendar
	places []unitPlace
	read   map[string]models.Calendar
}

type ownCalendar struct {
	Row  calendarRow `gorm:"embedded"`
	Path string      // of the unit whose own it is; "" for none
}

type unitPlace struct{ Code, Path string }

// wants asks about the units u that a condition holds for.
func (k *calendars) wants(where string, args map[string]any) []want {
	return []want{{`select c.*, coalesce(u.path, '') as path from calendars c left join units u on u.agency_id = c.agency_id and u.calendar_id = c.id
		where c.agency_id = @agency and not exists (select 1 from calendars n where n.agency_id = c.agency_id and n.id = c.id and n.version > c.version)
		order by c.id`, args, &k.all}, {"select u.code, u.path from units u where u.agency_id = @agency and " + where, args, &k.places}}
}

// of gives the calendar by which a unit works; the agency's first for one that is unknown.
func (k *calendars) of(unit string) (models.Calendar, error) {
	if len(k.all) == 0 {
		return models.Calendar{}, wrap(models.ErrNotFound, "read the calendar of unit "+unit)
	}
	path, best := "", k.all[0]
	best.Path = ""
	for _, p := range k.places {
		if p.Code == unit {
			path = p.Path
		}
	}
	for _, c := range k.all {
		if strings.HasPrefix(path, c.Path) && len(c.Path) > len(best.Path) {
			best = c
		}
	}
	if c, known := k.read[best.Row.ID]; known {
		return c, nil
	}
	c, err := best.Row.calendar()
	if k.read == nil {
		k.read = map[string]models.Calendar{}
	}
	k.read[best.Row.ID] = c
	return c, err
}

func (r calendarRow) calendar() (models.Calendar, error) {
	var c models.Calendar
	if err := json.Unmarshal([]byte(r.Body), &c); err != nil {
		return c, fmt.Errorf("read calendar %s: %w", r.ID, err)
	}
	return c, nil
}
