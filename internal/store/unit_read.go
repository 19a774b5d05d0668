package store

import (
	"context"
	"time"

	"loket/models"
)

type unitFacts struct {
	Row   unitRow `gorm:"embedded"`
	Count int
}

// UnitTree gives the root unit with all units below it, their office holders and how many employees each has itself.
func (s *Store) UnitTree(ctx context.Context, agency string, at time.Time) (models.UnitView, error) {
	views, err := s.unitsUnder(ctx, agency, "/", at)
	if err != nil {
		return models.UnitView{}, err
	}
	for _, v := range views {
		if v.Parent == "" {
			return v, nil
		}
	}
	return models.UnitView{}, wrap(models.ErrNotFound, "read the units")
}

// Unit gives one unit with what lies below it.
func (s *Store) Unit(ctx context.Context, agency, code string, at time.Time) (models.UnitView, error) {
	var row unitRow
	if err := s.reader(ctx).Where("agency_id = ? and code = ?", agency, code).Take(&row).Error; err != nil {
		return models.UnitView{}, wrap(err, "read unit "+code)
	}
	views, err := s.unitsUnder(ctx, agency, row.Path, at)
	return views[code], err
}

// unitsUnder gives the units of a path by code, each with its children.
func (s *Store) unitsUnder(ctx context.Context, agency, path string, at time.Time) (map[string]models.UnitView, error) {
	args := map[string]any{"agency": agency, "path": path, "beyond": path[:len(path)-1] + "0", "at": micro(at)}
	var units []unitFacts
	err := s.reader(ctx).Raw(`
		select u.*, (select count(*) from employees e where e.agency_id = u.agency_id and e.unit_code = u.code) as count
		from units u where u.agency_id = @agency and u.path >= @path and u.path < @beyond order by u.path desc`, args).Scan(&units).Error
	if err != nil {
		return nil, wrap(err, "read the units")
	}
	offices, err := s.offices(ctx, args)
	if err != nil {
		return nil, err
	}
	children := map[string][]models.UnitView{}
	views := make(map[string]models.UnitView, len(units))
	for _, facts := range units { // deepest first, so that children are whole when their parent takes them
		u := facts.Row
		v := models.UnitView{Code: u.Code, Name: u.Name, Kind: u.Kind, Parent: text(u.ParentCode), Path: u.Path, Count: facts.Count,
			Offices: offices[u.Code], Children: children[u.Code]}
		views[u.Code] = v
		children[v.Parent] = append([]models.UnitView{v}, children[v.Parent]...)
	}
	return views, nil
}

func (s *Store) offices(ctx context.Context, args map[string]any) (map[string][]models.OfficeView, error) {
	var rows []struct {
		UnitCode, Role, Name string
		ValidFrom            time.Time
		ValidUntil           *time.Time
	}
	err := s.reader(ctx).Raw(`
		select g.unit_code, g.role, coalesce(e.name, a.name) as name, g.valid_from, g.valid_until
		from role_grants g
		join units u on u.agency_id = g.agency_id and u.code = g.unit_code
		left join employees e on e.id = g.employee_id
		left join accounts a on a.id = g.account_id
		where g.agency_id = @agency and u.path >= @path and u.path < @beyond
			and g.valid_from <= @at and (g.valid_until is null or g.valid_until > @at)
		order by g.role, g.valid_from, g.id`, args).Scan(&rows).Error
	offices := map[string][]models.OfficeView{}
	for _, role := range models.Roles() {
		for _, r := range rows {
			if r.Role == string(role) {
				offices[r.UnitCode] = append(offices[r.UnitCode], models.OfficeView{Role: role, Name: r.Name, From: r.ValidFrom, Until: r.ValidUntil})
			}
		}
	}
	return offices, wrap(err, "read office holders")
}
