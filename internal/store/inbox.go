package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"loket/models"
)

// mayDecideSQL leaves out what the actor sent, wrote, had sent in their stead, is listed in, or is kept from (PRODUCT
// 3.1.4).
func mayDecideSQL() string {
	return ` and c.requester_id <> @account and (c.sender_id is null or c.sender_id <> @account)
	and not ` + listedSQL + ` and not ` + sentByActor() + `
	and not exists (select 1 from work_item_people p where p.item_id = w.id and p.account_id = @account and p.kind = 'excluded')`
}

// Inbox lists the open work items that the actor may decide, the one due first at the top, and counts them per queue up
// to models.CountedMost. queue "" means all. Remaining is left to whoever holds the calendars.
func (s *Store) Inbox(ctx context.Context, a models.Actor, queue string, q models.PageQuery) (WorkPage, error) {
	var counts tally
	page, err := s.work(ctx, a, models.WorkQuery{WorkFilter: models.WorkFilter{Queue: queue}, PageQuery: q}, s.countQueues(a, &counts))
	page.Counts = counts.queues()
	return page, err
}

// WorkPage is a page of an inbox.
type WorkPage struct {
	models.WorkPage
	due calendars
}

// Calendar is the one by which a line is due that waits for a unit.
func (p *WorkPage) Calendar(unit string) (models.Calendar, error) { return p.due.of(unit) }

// Work lists one tab of the actor's inbox: what asks for a decision by when it is due, the rest newest first. All tabs
// and queues are counted beside it. It takes two round trips: the second reads what the lines say.
func (s *Store) Work(ctx context.Context, a models.Actor, q models.WorkQuery) (WorkPage, error) {
	var queues, tabs tally
	page, err := s.work(ctx, a, q, s.countQueues(a, &queues), s.countTabs(a, &tabs))
	page.Counts, page.Tabs = queues.queues(), tabs.tabs()
	return page, err
}

// work lists a tab, and asks beside it what else is wanted.
func (s *Store) work(ctx context.Context, a models.Actor, q models.WorkQuery, beside ...want) (WorkPage, error) {
	empty := WorkPage{WorkPage: models.WorkPage{Page: models.Page[models.WorkItemView]{Items: []models.WorkItemView{}, Total: -1}}}
	limit, after, err := page(q.PageQuery, "inbox:"+string(q.Tab))
	if err != nil {
		return empty, err
	}
	b := s.inboxOf(a)
	b.args["limit"] = limit + 1
	if !q.Tab.Asks() { // what asks for nothing stands in no queue and is due at no time
		q.Queue, q.Due = "", ""
	}
	if err := s.narrow(ctx, b, q.WorkFilter); err != nil {
		return empty, err
	}
	var rows []inboxRow
	if err := s.together(ctx, append(beside, want{b.tab(q.Tab, after), b.args, &rows})...); err != nil {
		return empty, wrap(err, "list an inbox")
	}
	lines, due, err := s.itemViews(ctx, b, rows)
	return WorkPage{models.WorkPage{Page: cut(lines, limit, func(l inboxLine) models.WorkItemView { return l.view },
		func(l inboxLine) cursor { return mark(q.Tab, l) })}, due}, err
}

// mark is where a page ends: what waits is ordered by when it is due, after it that whose clock stands, the rest by when it
// came.
func mark(tab models.Tab, l inboxLine) cursor {
	c := cursor{List: "inbox:" + string(tab), At: l.view.Since, ID: l.view.ID}
	if tab.Asks() {
		c.No, c.At, c.ID = l.row.Stands, l.row.Due, l.row.ID
	}
	return c
}

// inbox is what the statements behind one reader's inbox have in common. Each rule that the reader satisfies is a
// query of its own with its own index; a list is the first of their union.
type inbox struct {
	standings []models.Standing
	args      map[string]any
	narrow    string
	cameBack  []branch // what the reader may send again
}

func (s *Store) inboxOf(a models.Actor) *inbox {
	b := &inbox{standings: a.Standings(), args: standingArgs(a, map[string]any{"agency": agencyOf(a), "now": s.caseNow(), "most": models.CountedMost})}
	b.cameBack = cameBack(a, b.args)
	for i, st := range b.standings {
		b.args[name("role", i)], b.args[name("unit", i)] = st.Rule.Role, st.Rule.Unit
	}
	return b
}

// rule is the condition on an item w that the i-th standing satisfies. Nobody acts for a party to the case: delegation
// is no way around the rule that nobody decides on their own.
func (b *inbox) rule(i int) string {
	return "w.candidate_role = @" + name("role", i) + " and w.candidate_unit = @" + name("unit", i) + unbarredSQL(b.standings[i].Grant, i, b.args)
}

// asked are the conditions on an item w, one for each index to be used, under which it stands on a tab.
func (b *inbox) asked(tab models.Tab) []string {
	var parts, shared []string
	for i, st := range b.standings {
		rule, on := b.rule(i), st.On()
		if on == models.TabClaimable {
			shared = append(shared, "("+rule+")")
		}
		switch {
		case tab == models.TabAll, tab == on && on != models.TabClaimable:
			parts = append(parts, rule)
		case tab == on:
			parts = append(parts, rule+" and (w.assignee is null or w.assignee <> @account or w.claimed_until <= @now)")
		}
	}
	if tab == models.TabMine && len(shared) > 0 {
		parts = append(parts, "w.assignee = @account and w.claimed_until > @now and ("+strings.Join(shared, " or ")+")")
	}
	return parts
}

// items selects the open items of one condition that the actor may decide.
func (b *inbox) items(columns, part, more string) string {
	return "select * from (select " + columns + " from work_items w join cases c on c.id = w.case_id where w.agency_id = @agency and w.state = 'open' and " +
		part + mayDecideSQL() + b.narrow + more + ") b"
}

type inboxRow struct {
	ID, CaseID, Queue            string
	CandidateRole, CandidateUnit string
	Assignee                     *string
	ClaimedUntil                 *time.Time
	Stands                       int64 // 1 while no clock runs, which puts it after what is due
	Opened, Due                  time.Time
	Type                         string
}

// inboxLine is a row with what its line says.
type inboxLine struct {
	row  inboxRow
	view models.WorkItemView
}

const itemColumns = "w.id, w.case_id, w.queue, w.candidate_role, w.candidate_unit, w.assignee, w.claimed_until, w.stands, w.opened, w.due"

// tab selects the rows of a tab from a mark on; "" where it can hold none.
func (b *inbox) tab(tab models.Tab, after *cursor) string {
	if after != nil {
		b.args["afterStands"], b.args["afterAt"], b.args["afterID"] = after.No, after.At, after.ID
	}
	switch tab {
	case models.TabReturned:
		return b.returned(after != nil)
	case models.TabDecided:
		return b.decided(after != nil)
	}
	return b.waiting(tab, after != nil, false)
}

// waiting lists what asks for a decision: from a mark on, or backwards before it.
func (b *inbox) waiting(tab models.Tab, marked, back bool) string {
	more, order := "", " order by %[1]sstands, %[1]sdue, %[1]sid limit @limit"
	if marked {
		more = " and (w.stands, w.due, w.id) > (@afterStands, @afterAt, @afterID)"
	}
	if back {
		more, order = " and (w.stands, w.due, w.id) < (@afterStands, @afterAt, @afterID)", " order by %[1]sstands desc, %[1]sdue desc, %[1]sid desc limit @limit"
	}
	var parts []string
	for _, part := range b.asked(tab) {
		parts = append(parts, b.items(itemColumns, part, more+fmt.Sprintf(order, "w.")))
	}
	if len(parts) == 0 {
		return ""
	}
	return "select * from (" + strings.Join(parts, " union ") + ") i" + fmt.Sprintf(order, "")
}

// returned lists the cases that came back and are the actor's own or theirs to send again; the status is a literal, as the
// index has it.
func (b *inbox) returned(marked bool) string {
	more := ""
	if marked {
		more = " and (c.updated, c.id) < (@afterAt, @afterID)"
	}
	var parts []string
	for _, own := range append([]branch{{where: "c.sender_id = @account"}, {where: "c.requester_id = @account"}}, b.cameBack...) {
		parts = append(parts, "select * from (select c.id as case_id, c.updated as opened from cases c where c.agency_id = @agency and c.status = 'returned' and "+
			own.where+b.narrow+more+" order by c.updated desc, c.id desc limit @limit) b")
	}
	return "select case_id, opened from (" + strings.Join(parts, " union ") + ") r order by opened desc, case_id desc limit @limit"
}

// decided lists the cases on which the actor had a word, each once, by the newest word.
func (b *inbox) decided(marked bool) string {
	more := ""
	if marked {
		more = " and (d.at, d.case_id) < (@afterAt, @afterID)"
	}
	return `select d.case_id, d.type, d.at as opened from events d join cases c on c.id = d.case_id
		where d.actor_id = @account and d.type in ` + decisions + ` and c.agency_id = @agency
			and not exists (select 1 from events l where l.actor_id = @account and l.case_id = d.case_id and l.seq > d.seq and l.type in ` + decisions + ")" +
		b.narrow + more + " order by d.at desc, d.case_id desc limit @limit"
}
