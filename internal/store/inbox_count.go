package store

import (
	"context"
	"strings"

	"loket/models"
)

// TabCounts counts each tab of the actor's inbox up to models.CountedMost, in one statement.
func (s *Store) TabCounts(ctx context.Context, a models.Actor) (map[models.Tab]int, error) {
	b := s.inboxOf(a)
	b.args["limit"] = models.CountedMost
	lists := map[string]string{}
	for _, tab := range models.Tabs() {
		switch tab {
		case models.TabReturned:
			lists[string(tab)] = b.returned(false)
		case models.TabDecided:
			lists[string(tab)] = b.decided(false)
		default:
			lists[string(tab)] = b.first(tab)
		}
	}
	found, err := s.counted(ctx, b, lists)
	counts := map[models.Tab]int{}
	for _, tab := range models.Tabs() {
		counts[tab] = found[string(tab)]
	}
	return counts, err
}

// QueueCounts counts what the actor may decide per queue, up to models.CountedMost; empty queues are left out.
func (s *Store) QueueCounts(ctx context.Context, a models.Actor) (map[string]int, error) {
	b := s.inboxOf(a)
	b.args["limit"] = models.CountedMost
	lists := map[string]string{}
	for i, queue := range models.Queues() {
		at := name("queue", i)
		b.args[at], b.narrow = queue, " and w.queue = @"+at
		lists[queue] = b.first(models.TabAll)
	}
	return s.counted(ctx, b, lists)
}

// first selects as many items of a tab as are counted.
func (b *inbox) first(tab models.Tab) string {
	var parts []string
	for _, part := range b.asked(tab) {
		parts = append(parts, b.items("w.id", part, " order by w.due, w.id limit @limit"))
	}
	return strings.Join(parts, " union ")
}

// counted counts the rows of each list that has a query; those without any are left out.
func (s *Store) counted(ctx context.Context, b *inbox, lists map[string]string) (map[string]int, error) {
	var parts []string
	for key, query := range lists {
		if query != "" {
			parts = append(parts, "select '"+key+"' as list, count(*) as n from (select 1 from ("+query+") f limit @most) g")
		}
	}
	counts := map[string]int{}
	if len(parts) == 0 {
		return counts, nil
	}
	var rows []struct {
		List string
		N    int
	}
	err := s.reader(ctx).Raw(strings.Join(parts, " union all "), b.args).Scan(&rows).Error
	for _, r := range rows {
		if r.N > 0 {
			counts[r.List] = r.N
		}
	}
	return counts, wrap(err, "count an inbox")
}
