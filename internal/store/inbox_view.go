package store

import (
	"context"
	"errors"
	"time"

	"loket/models"
)

// narrow fills in what a filter leaves out. What it asks of the memo are values, not joins: the planner then looks at the
// items' memos one by one instead of at all there are.
func (s *Store) narrow(ctx context.Context, b *inbox, f models.WorkFilter) error {
	switch {
	case f.Kind == models.WorkAccess, f.Kind == models.WorkRegistration:
		b.args["kind"] = f.Kind
		b.narrow += " and c.kind = @kind"
	case f.Kind != "":
		b.args["kind"] = f.Kind
		b.narrow += " and (select f.memo_kind from memos f where f.case_id = c.id) = @kind"
	}
	if f.Queue != "" {
		b.args["queue"] = f.Queue
		b.narrow += " and w.queue = @queue"
	}
	if f.Unit != "" {
		var unit unitRow
		err := s.reader(ctx).Where("agency_id = ? and code = ?", b.args["agency"], f.Unit).Take(&unit).Error
		if err := wrap(err, "find a unit"); errors.Is(err, models.ErrNotFound) {
			return models.Invalid(models.Fault("unit", "unit_unknown", "code", f.Unit))
		} else if err != nil {
			return err
		}
		b.args["below"], b.args["beyond"] = unit.Path, unit.Path[:len(unit.Path)-1]+"0"
		b.narrow += ` and coalesce((select u.path >= @below and u.path < @beyond from memos f join units u on u.agency_id = f.agency_id and u.code = f.sending_unit
			where f.case_id = c.id), c.unit_path >= @below and c.unit_path < @beyond)`
	}
	if f.Due != "" {
		from, until := f.Due.Bounds(s.caseNow().In(agencyZone()))
		b.args["dueFrom"], b.args["dueUntil"] = micro(from), micro(until)
		b.narrow += " and w.stands = 0 and w.due >= @dueFrom and w.due < @dueUntil"
	}
	b.narrow += branch{}.textual(f.Text, b.args)
	return nil
}

// itemViews says what the lines of a page say, in one round trip, and gives the calendars by which they are due.
func (s *Store) itemViews(ctx context.Context, b *inbox, rows []inboxRow) ([]inboxLine, calendars, error) {
	var due calendars
	if len(rows) == 0 {
		return nil, due, nil
	}
	l := caseLines{ids: make([]string, len(rows))}
	for i, r := range rows {
		l.ids[i] = r.CaseID
	}
	who := b.whose(rows)
	asks := append(l.wants(), who.people.ofPeople(), who.units.ofUnits())
	asks = append(asks, due.wants("u.code in (select c.unit_code from cases c where c.id in @ids)", map[string]any{"agency": b.args["agency"], "ids": l.ids})...)
	if err := s.together(ctx, asks...); err != nil {
		return nil, due, wrap(err, "read the lines of an inbox")
	}
	byID, now := l.byID(), s.caseNow()
	lines := make([]inboxLine, len(rows))
	for i, r := range rows {
		view := models.WorkItemView{CaseSummary: byID[r.CaseID], ItemID: r.ID, Queue: r.Queue, Since: r.Opened, ItemDue: r.Due,
			Decision: models.EventType(r.Type), InsteadOf: who.insteadOf(r)}
		if r.Assignee != nil && r.ClaimedUntil != nil && r.ClaimedUntil.After(now) {
			view.Claim = &models.Claim{By: who.people.name(*r.Assignee), Mine: *r.Assignee == b.args["account"], Until: *r.ClaimedUntil}
		}
		if r.Stands != 0 {
			view.ItemDue = time.Time{}
		}
		lines[i] = inboxLine{r, view}
	}
	return lines, due, nil
}

// whose are the names on the lines of an inbox: in whose stead the reader would decide, and who works on what.
type whose struct {
	grants        map[models.Candidate]models.Grant
	people, units nameList
}

// whose gathers what has to be named.
func (b *inbox) whose(rows []inboxRow) *whose {
	w := &whose{grants: map[models.Candidate]models.Grant{}}
	for _, st := range b.standings {
		if _, known := w.grants[st.Rule]; !known {
			w.grants[st.Rule] = st.Grant
		}
	}
	for _, r := range rows {
		if g := w.grants[r.rule()]; g.OnBehalfOf != "" {
			w.people.ids = append(w.people.ids, g.OnBehalfOf)
		} else if g.ActingAs() != "" {
			w.units.ids = append(w.units.ids, g.Unit)
		}
		if r.Assignee != nil {
			w.people.ids = append(w.people.ids, *r.Assignee)
		}
	}
	return w
}

func (w *whose) insteadOf(r inboxRow) string {
	if g := w.grants[r.rule()]; g.OnBehalfOf != "" {
		return w.people.name(g.OnBehalfOf)
	} else if g.ActingAs() != "" {
		return w.units.name(g.Unit)
	}
	return ""
}

func (r inboxRow) rule() models.Candidate {
	return models.Candidate{Role: models.Role(r.CandidateRole), Unit: r.CandidateUnit}
}

// Beside gives the cases before and after one in a list that asks for decisions, "" for none. The case itself may have
// left the list: its newest item says where it stood.
func (s *Store) Beside(ctx context.Context, a models.Actor, q models.WorkQuery, caseID string) (before, after string, err error) {
	b := s.inboxOf(a)
	b.args["limit"] = 1
	if err := s.narrow(ctx, b, q.WorkFilter); err != nil {
		return "", "", err
	}
	var here []inboxRow
	err = s.reader(ctx).Raw(`select id, stands, due from work_items where agency_id = @agency and case_id = @id
		order by case when state = 'open' then 0 else 1 end, opened desc limit 1`, map[string]any{"agency": agencyOf(a), "id": caseID}).Scan(&here).Error
	if err != nil || len(here) == 0 {
		return "", "", wrap(err, "find an item's place")
	}
	b.args["afterStands"], b.args["afterAt"], b.args["afterID"] = here[0].Stands, here[0].Due, here[0].ID
	for _, back := range []bool{true, false} {
		query := b.waiting(q.Tab, true, back)
		var found []inboxRow
		if query != "" {
			err = s.reader(ctx).Raw(query, b.args).Scan(&found).Error
		}
		switch {
		case err != nil:
			return "", "", wrap(err, "find an item's neighbour")
		case len(found) > 0 && back:
			before = found[0].CaseID
		case len(found) > 0:
			after = found[0].CaseID
		}
	}
	return before, after, nil
}
