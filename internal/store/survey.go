package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"loket/models"
)

// Finding is one place where the database contradicts itself: what it is about ("case <id>"), and what is wrong there.
type Finding struct{ Where, What string }

// Survey is how many things were looked at, and what is wrong with some of them. More than mostFindings of one kind
// are cut off: the first hundred tell the story.
type Survey struct {
	Checked  int
	Findings []Finding
}

const mostFindings = 100

// question is one thing that must not be: a statement that selects as "id" where it is, and optionally as "more" what
// a reader wants to know besides.
type question struct {
	about, what, sql string
}

// ask counts what there is and asks each question. Each statement sees one instant of the database.
func (s *Store) ask(ctx context.Context, what, count string, args map[string]any, questions ...question) (Survey, error) {
	var found Survey
	db := s.reader(ctx)
	if err := bound(db, count, args).Scan(&found.Checked).Error; err != nil {
		return found, wrap(err, what)
	}
	for _, q := range questions {
		var rows []struct{ ID, More string }
		err := bound(db, fmt.Sprintf("select * from (%s) q order by id limit %d", q.sql, mostFindings), args).Scan(&rows).Error
		if err != nil {
			return found, wrap(err, what+": "+q.what)
		}
		for _, r := range rows {
			found.Findings = append(found.Findings, Finding{Where: q.about + " " + r.ID, What: strings.TrimSpace(q.what + " " + r.More)})
		}
	}
	return found, nil
}

// bound gives a statement its named arguments, if it names any.
func bound(db *gorm.DB, sql string, args map[string]any) *gorm.DB {
	if !strings.Contains(sql, "@") {
		return db.Raw(sql)
	}
	return db.Raw(sql, args)
}

// finalStatuses lists the statuses without a way out, for an 'in' of SQL.
func finalStatuses() []string {
	var list []string
	for _, s := range models.FinalStatuses() {
		list = append(list, string(s))
	}
	return list
}
