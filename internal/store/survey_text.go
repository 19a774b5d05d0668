package store

import (
	"context"
	"fmt"
	"strings"
)

// TextColumn is a column that can bear text.
type TextColumn struct{ Table, Column string }

// TextColumns lists every column of every table in which text stands.
func (s *Store) TextColumns(ctx context.Context) ([]TextColumn, error) {
	query := `select table_name as "table", column_name as "column" from information_schema.columns
		where table_schema = current_schema() and data_type in ('text', 'character varying', 'character', 'json', 'jsonb')
		order by table_name, ordinal_position`
	if s.sqlite {
		query = `select m.name as "table", c.name as "column" from sqlite_master m join pragma_table_info(m.name) c
			where m.type = 'table' and m.name not like 'sqlite_%' order by m.name, c.cid`
	}
	var columns []TextColumn
	err := s.reader(ctx).Raw(query).Scan(&columns).Error
	return columns, wrap(err, "list the columns")
}

// TextWith gives up to a hundred texts of a column that contain one of the parts, each with the value of its table's
// first column to find it by.
func (s *Store) TextWith(ctx context.Context, c TextColumn, parts []string) ([]Finding, error) {
	var conditions []string
	var args []any
	for _, p := range parts {
		conditions = append(conditions, fmt.Sprintf(`cast(%s as text) like ? escape '!'`, quote(c.Column)))
		args = append(args, "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(p)+"%")
	}
	columns, err := s.firstColumn(ctx, c.Table)
	if err != nil {
		return nil, err
	}
	var rows []struct{ ID, Body string }
	err = s.reader(ctx).Raw(fmt.Sprintf("select cast(%s as text) as id, cast(%s as text) as body from %s where %s limit %d",
		quote(columns), quote(c.Column), quote(c.Table), strings.Join(conditions, " or "), mostFindings), args...).Scan(&rows).Error
	found := make([]Finding, len(rows))
	for i, r := range rows {
		found[i] = Finding{Where: r.ID, What: r.Body}
	}
	return found, wrap(err, "search "+c.Table+"."+c.Column)
}

func (s *Store) firstColumn(ctx context.Context, table string) (string, error) {
	all, err := s.TextColumns(ctx)
	for _, c := range all {
		if c.Table == table {
			return c.Column, err
		}
	}
	return "", err
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
