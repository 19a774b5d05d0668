package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// CaseQuery narrows a list of cases. Box is "mine" (wrote or sent), "decided", "unit" (of units that the actor heads)
// or "" for whatever the actor may see. Open leaves out what is final, Drafts what is no draft. Text searches number,
// subject, names and NIP.
type CaseQuery struct {
	Box    string
	Kind   models.Kind // "" means every kind that has pages
	Status models.Status
	Text   string
	Open   bool
	models.PageQuery
}

// Cases lists the cases that the actor may see, the newest first.
func (s *Store) Cases(ctx context.Context, a models.Actor, q CaseQuery) (models.Page[models.CaseSummary], error) {
	empty := models.Page[models.CaseSummary]{Items: []models.CaseSummary{}, Total: -1}
	limit, after, err := page(q.PageQuery, "cases")
	if err != nil {
		return empty, err
	}
	args := map[string]any{"agency": agencyOf(a), "limit": limit + 1}
	parts, err := s.caseBranches(ctx, a, q, after, args)
	if err != nil {
		return empty, err
	}
	if len(parts) == 0 {
		return empty, nil
	}
	var found []struct{ ID string }
	err = s.reader(ctx).Raw("select id from ("+strings.Join(parts, " union ")+") u order by opened desc, id desc limit @limit", args).
		Scan(&found).Error
	if err != nil {
		return empty, wrap(err, "list cases")
	}
	ids := make([]string, len(found))
	for i, f := range found {
		ids[i] = f.ID
	}
	rows, err := s.summaries(ctx, ids)
	return cut(rows, limit, func(c models.CaseSummary) models.CaseSummary { return c },
		func(c models.CaseSummary) cursor { return cursor{List: "cases", At: c.Opened, ID: c.ID} }), err
}

// narrowing is what every branch's condition ends with.
func narrowing(q CaseQuery, after *cursor, args map[string]any) string {
	sql := " and (c.kind = 'memo' or c.kind = 'access' and c.status not in ('draft', 'discarded') or c.kind = 'registration' and c.stage <> '')"
	if q.Kind != "" {
		sql, args["caseKind"] = sql+" and c.kind = @caseKind", q.Kind
	}
	if q.Status != "" {
		sql, args["status"] = sql+" and c.status = @status", q.Status
	}
	if q.Open {
		sql += " and c.closed is null and c.status <> 'draft'"
	}
	if after != nil {
		sql, args["afterAt"], args["afterID"] = sql+" and (c.opened, c.id) < (@afterAt, @afterID)", after.At, after.ID
	}
	return sql
}

// summaries reads the lines of a list in one round trip and keeps the order of the ids.
func (s *Store) summaries(ctx context.Context, ids []string) ([]models.CaseSummary, error) {
	l := caseLines{ids: ids}
	err := s.together(ctx, l.wants()...)
	return l.list(), wrap(err, "read the lines of a list")
}

// CaseLine is a case as a list shows it; models.ErrNotFound when there is none.
func (s *Store) CaseLine(ctx context.Context, id string) (models.CaseSummary, error) {
	lines, err := s.summaries(ctx, []string{id})
	if err == nil && len(lines) == 0 {
		err = models.ErrNotFound
	}
	if err != nil {
		return models.CaseSummary{}, err
	}
	return lines[0], nil
}

// HomeCounts are the figures of the first page: the actor's drafts, and for the service desk what keeps failing (cases
// that need an operator and messages that were given up).
func (s *Store) HomeCounts(ctx context.Context, a models.Actor) (drafts, trouble int, err error) {
	var row struct{ Drafts, Trouble int }
	err = s.reader(ctx).Raw(`select
		(select count(*) from cases where agency_id = @agency and requester_id = @account and status = 'draft' and kind = 'memo') as drafts,
		(select count(*) from cases where agency_id = @agency and trouble <> '')
			+ (select count(*) from notices where agency_id = @agency and state = 'failed') as trouble`,
		map[string]any{"agency": agencyOf(a), "account": a.AccountID}).Scan(&row).Error
	if !a.Support() {
		row.Trouble = 0
	}
	return row.Drafts, row.Trouble, wrap(err, "count for the first page")
}

// Changed is one case that has changed: Version grows with every change, rows that are activated included.
type Changed struct {
	CaseID   string
	AgencyID string
	Seq      int
	Version  int
	Touched  time.Time
}

// changesAtOnce is how many changes one statement reads.
const changesAtOnce = 1000

// ChangesSince lists the cases that changed after an instant of the database's clock, the oldest change first. Ask
// again from a few seconds before the newest answer, since a transaction may commit late; the same (case, version) is
// then seen twice. The zero instant gives nothing but the newest change, to begin from.
func (s *Store) ChangesSince(ctx context.Context, since time.Time) ([]Changed, error) {
	if since.IsZero() {
		return s.changes(s.changed(ctx).Order("touched desc").Limit(1))
	}
	list, err := s.changes(s.changed(ctx).Where("touched > ?", micro(since)).Order("touched, id").Limit(changesAtOnce))
	for n := len(list); err == nil && n == changesAtOnce; {
		last, more := list[len(list)-1], []Changed(nil)
		more, err = s.changes(s.changed(ctx).Where("(touched, id) > (?, ?)", last.Touched, last.CaseID).Order("touched, id").Limit(changesAtOnce))
		list, n = append(list, more...), len(more)
	}
	return list, err
}

func (s *Store) changed(ctx context.Context) *gorm.DB {
	return s.reader(ctx).Table("cases").Select("id as case_id, agency_id, seq, version, touched")
}

func (s *Store) changes(db *gorm.DB) ([]Changed, error) {
	var rows []Changed
	return rows, wrap(db.Find(&rows).Error, "read what changed")
}
