package store

import (
	"context"
	"strings"
	"time"

	"loket/models"
)

// mayDecideSQL leaves out what the actor sent, wrote, is listed in, or is kept from (PRODUCT 3.1.4).
const mayDecideSQL = ` and c.requester_id <> @account and (c.sender_id is null or c.sender_id <> @account)
	and not ` + listedSQL + `
	and not exists (select 1 from work_item_people p where p.item_id = w.id and p.account_id = @account and p.kind = 'excluded')`

// Inbox lists the open work items that the actor may decide, the one due first at the top, and counts them per queue.
// queue "" means all. Remaining is left to whoever holds the calendars.
func (s *Store) Inbox(ctx context.Context, a models.Actor, queue string, q models.PageQuery) (models.Page[models.WorkItemView], map[string]int, error) {
	empty := models.Page[models.WorkItemView]{Items: []models.WorkItemView{}, Total: -1}
	limit, after, err := page(q, "inbox")
	if err != nil {
		return empty, nil, err
	}
	args := standingArgs(a, map[string]any{"agency": agencyOf(a), "limit": limit + 1, "queue": queue})
	pairs := candidatePairs(a, args)
	if len(pairs) == 0 {
		return empty, map[string]int{}, nil
	}
	counts, err := s.inboxCounts(ctx, pairs, args)
	if err != nil {
		return empty, nil, err
	}
	rows, err := s.inboxRows(ctx, pairs, after, args)
	if err != nil {
		return empty, nil, err
	}
	views, err := s.itemViews(ctx, rows)
	return cut(views, limit, func(v models.WorkItemView) models.WorkItemView { return v },
		func(v models.WorkItemView) cursor { return cursor{List: "inbox", At: v.ItemDue, ID: v.ItemID} }), counts, err
}

type inboxRow struct {
	ID, CaseID, Queue string
	Opened, Due       time.Time
}

// inboxRows takes each pair's items by its own index, and the first of them all.
func (s *Store) inboxRows(ctx context.Context, pairs []string, after *cursor, args map[string]any) ([]inboxRow, error) {
	narrow := " and (@queue = '' or w.queue = @queue)"
	if after != nil {
		narrow, args["afterAt"], args["afterID"] = narrow+" and (w.due, w.id) > (@afterAt, @afterID)", after.At, after.ID
	}
	var parts []string
	for _, pair := range pairs {
		parts = append(parts, "select * from (select w.id, w.case_id, w.queue, w.opened, w.due from work_items w join cases c on c.id = w.case_id "+
			"where w.agency_id = @agency and w.state = 'open' and "+pair+mayDecideSQL+narrow+" order by w.due, w.id limit @limit) b")
	}
	var rows []inboxRow
	err := s.reader(ctx).Raw("select id, case_id, queue, opened, due from ("+strings.Join(parts, " union ")+") i order by due, id limit @limit", args).
		Scan(&rows).Error
	return rows, wrap(err, "list an inbox")
}

func (s *Store) inboxCounts(ctx context.Context, pairs []string, args map[string]any) (map[string]int, error) {
	var rows []struct {
		Queue string
		N     int
	}
	err := s.reader(ctx).Raw(`select w.queue, count(*) as n from work_items w join cases c on c.id = w.case_id
		where w.agency_id = @agency and w.state = 'open' and (`+strings.Join(pairs, " or ")+")"+mayDecideSQL+" group by w.queue", args).
		Scan(&rows).Error
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.Queue] = r.N
	}
	return counts, wrap(err, "count an inbox")
}

// candidatePairs are the rules that the actor's grants satisfy: each role in its unit, and in any.
func candidatePairs(a models.Actor, args map[string]any) []string {
	var pairs []string
	seen := map[models.Candidate]bool{}
	for _, g := range a.Grants {
		for _, unit := range []string{g.Unit, ""} {
			c := models.Candidate{Role: g.Role, Unit: unit}
			if seen[c] {
				continue
			}
			seen[c] = true
			role, at := name("role", len(pairs)), name("unit", len(pairs))
			args[role], args[at] = c.Role, c.Unit
			pairs = append(pairs, "(w.candidate_role = @"+role+" and w.candidate_unit = @"+at+")")
		}
	}
	return pairs
}

func (s *Store) itemViews(ctx context.Context, rows []inboxRow) ([]models.WorkItemView, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.CaseID
	}
	list, err := s.summaries(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]models.CaseSummary, len(list))
	for _, c := range list {
		byID[c.ID] = c
	}
	views := make([]models.WorkItemView, len(rows))
	for i, r := range rows {
		views[i] = models.WorkItemView{CaseSummary: byID[r.CaseID], ItemID: r.ID, Queue: r.Queue, Since: r.Opened, ItemDue: r.Due}
	}
	return views, nil
}
