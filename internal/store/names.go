package store

import (
	"context"
	"slices"

	"loket/models"
)

// nameList is what has to be named, by id or code, and the names that were found.
type nameList struct {
	ids  []string
	rows []nameRow
}

type nameRow struct{ ID, Name string }

// ofPeople asks for the names of accounts and employees.
func (l *nameList) ofPeople() want {
	return l.want("select id, name from accounts where id in @ids union all select id, name from employees where id in @ids")
}

// ofUnits asks for the names of units by code.
func (l *nameList) ofUnits() want {
	return l.want("select code as id, name from units where agency_id = @agency and code in @ids")
}

func (l *nameList) want(sql string) want {
	slices.Sort(l.ids)
	if l.ids = slices.Compact(l.ids); len(l.ids) == 0 {
		sql = ""
	}
	return want{sql, map[string]any{"agency": models.DefaultAgency, "ids": l.ids}, &l.rows}
}

// name gives one of the names; "" for what is unknown.
func (l *nameList) name(id string) string {
	for _, r := range l.rows {
		if r.ID == id {
			return r.Name
		}
	}
	return ""
}

func (l *nameList) byID() map[string]string {
	names := make(map[string]string, len(l.rows))
	for _, r := range l.rows {
		names[r.ID] = r.Name
	}
	return names
}

// Names gives the names of accounts and employees by id; unknown ids are left out.
func (s *Store) Names(ctx context.Context, ids []string) (map[string]string, error) {
	l := nameList{ids: slices.Clone(ids)}
	err := s.together(ctx, l.ofPeople())
	return l.byID(), wrap(err, "read names")
}

// UnitNames gives the names of units by code; unknown codes are left out.
func (s *Store) UnitNames(ctx context.Context, codes []string) (map[string]string, error) {
	l := nameList{ids: slices.Clone(codes)}
	err := s.together(ctx, l.ofUnits())
	return l.byID(), wrap(err, "read the names of units")
}
