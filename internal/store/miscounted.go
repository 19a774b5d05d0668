package store

import (
	"context"

	"loket/models"
)

// Miscounted lists the cases whose business time runs by another calendar than their unit works by now: a version has
// followed, or the unit has moved or was given another one. By is which calendars units work by, whose change calls for a
// look at once.
func (s *Store) Miscounted(ctx context.Context) (ids []string, by string, err error) {
	var k calendars
	var going []struct{ UnitCode, Calendar string }
	args := map[string]any{"agency": models.DefaultAgency}
	wants := append(k.wants("u.code is not null", args), want{`select distinct unit_code, calendar from cases
		where agency_id = @agency and closed is null and calendar <> '' order by 1, 2`, args, &going})
	if err := s.together(ctx, wants...); err != nil {
		return nil, "", wrap(err, "look for cases of another calendar")
	}
	for _, c := range k.all {
		by += c.Path + " " + models.Calendar{ID: c.Row.ID, Version: c.Row.Version}.Ref() + "\n"
	}
	for _, g := range going {
		if now, err := k.of(g.UnitCode); err != nil || now.Ref() == g.Calendar {
			continue // what cannot be read is no reason to leave out the others
		}
		var some []string
		err := s.reader(ctx).Raw("select id from cases where agency_id = ? and closed is null and calendar = ? and unit_code = ? order by id",
			models.DefaultAgency, g.Calendar, g.UnitCode).Scan(&some).Error
		if err != nil {
			return nil, "", wrap(err, "look for cases of another calendar")
		}
		ids = append(ids, some...)
	}
	return ids, by, nil
}
