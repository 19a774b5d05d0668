package store

import (
	"context"

	"loket/models"
)

// OpenCases gives the rules' view of up to limit cases that a workflow must be carrying, in the order of their ids,
// from the one after a given id on.
func (s *Store) OpenCases(ctx context.Context, after string, limit int) ([]models.Case, error) {
	var ids []string
	err := s.reader(ctx).Raw("select id from cases where id > ? and status <> ? and status not in ? order by id limit ?",
		after, models.StatusDraft, finalStatuses(), limit).Scan(&ids).Error
	if err != nil {
		return nil, wrap(err, "list the open cases")
	}
	cases := make([]models.Case, 0, len(ids))
	for _, id := range ids {
		c, err := s.AnyCase(ctx, id)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// AnyCase is Case whatever the agency.
func (s *Store) AnyCase(ctx context.Context, id string) (models.Case, error) {
	var f caseFacts
	err := s.reader(ctx).Raw(caseFactsSQL, map[string]any{"id": id}).Take(&f).Error
	return f.rules(), wrap(err, "read a case")
}

// CountSent counts the cases that were ever sent.
func (s *Store) CountSent(ctx context.Context) (int, error) {
	var n int
	err := s.reader(ctx).Raw("select count(*) from cases where status not in ?", []models.Status{models.StatusDraft, models.StatusDiscarded}).
		Scan(&n).Error
	return n, wrap(err, "count the cases")
}
