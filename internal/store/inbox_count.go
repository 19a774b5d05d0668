package store

import (
	"maps"
	"slices"
	"strings"

	"loket/models"
)

// tally is a count of lists.
type tally []struct {
	List string
	N    int
}

func (t tally) of(list string) int {
	for _, r := range t {
		if r.List == list {
			return r.N
		}
	}
	return 0
}

// tabs counts every tab.
func (t tally) tabs() map[models.Tab]int {
	counts := map[models.Tab]int{}
	for _, tab := range models.Tabs() {
		counts[tab] = t.of(string(tab))
	}
	return counts
}

// queues counts per queue; empty ones are left out.
func (t tally) queues() map[string]int {
	counts := map[string]int{}
	for _, r := range t {
		if r.N > 0 {
			counts[r.List] = r.N
		}
	}
	return counts
}

func (s *Store) countTabs(a models.Actor, into *tally) want {
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
	return b.counting(lists, into)
}

func (s *Store) countQueues(a models.Actor, into *tally) want {
	b := s.inboxOf(a)
	b.args["limit"] = models.CountedMost
	lists := map[string]string{}
	for i, queue := range models.Queues() {
		at := name("queue", i)
		b.args[at], b.narrow = queue, " and w.queue = @"+at
		lists[queue] = b.first(models.TabAll)
	}
	return b.counting(lists, into)
}

// first selects as many items of a tab as are counted.
func (b *inbox) first(tab models.Tab) string {
	var parts []string
	for _, part := range b.asked(tab) {
		parts = append(parts, b.items("w.id", part, " order by w.stands, w.due, w.id limit @limit"))
	}
	return strings.Join(parts, " union ")
}

// counting counts the rows of each list that has a query; those without any are left out. The order is always the same,
// so that PostgreSQL knows the statement again.
func (b *inbox) counting(lists map[string]string, into *tally) want {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		if query := lists[key]; query != "" {
			parts = append(parts, "select '"+key+"' as list, count(*) as n from (select 1 from ("+query+") f limit @most) g")
		}
	}
	return want{strings.Join(parts, " union all "), b.args, into}
}
