package store

import (
	"context"
	"time"
)

// SurveyTrail looks for gaps in the timelines, and for events of which the audit trail says nothing. The trail's own
// chains are VerifyAudit's.
func (s *Store) SurveyTrail(ctx context.Context) (Survey, error) {
	return s.ask(ctx, "survey the timelines", "select count(*) from events", nil,
		question{"case", "has a gap in its timeline: highest number, events and the row's own number are", `
			select c.id, cast(coalesce(max(e.seq), 0) as text) || ', ' || cast(count(e.seq) as text) || ', ' || cast(c.seq as text) as more
			from cases c left join events e on e.case_id = c.id group by c.id, c.seq
			having count(e.seq) <> c.seq or coalesce(max(e.seq), 0) <> c.seq`},
		question{"case", "has events that the audit trail does not tell of:", `
			select case_id as id, type as more from (
				select e.case_id, e.type, count(*) as events, (
					select count(*) from audit_entries a where a.agency_id = e.agency_id and a.stream = 'case:' || e.case_id and a.outcome = 'ok'
						and (a.action = e.type or e.type = 'drafted' and a.action = 'discarded')) as entries
				from events e group by e.agency_id, e.case_id, e.type) n where entries < events`},
	)
}

// UnsealedSince tells how many entries that were written by an earlier look, as LastEntry gave it, have no seal yet.
func (s *Store) UnsealedSince(ctx context.Context, lastID int64) (int, error) {
	var n int
	err := s.reader(ctx).Raw("select count(*) from audit_entries where seq is null and id <= ?", lastID).Scan(&n).Error
	return n, wrap(err, "count what awaits its seal")
}

// LastEntry is the id of the entry written last, 0 in an empty trail.
func (s *Store) LastEntry(ctx context.Context) (int64, error) {
	var id int64
	err := s.reader(ctx).Raw("select coalesce(max(id), 0) from audit_entries").Scan(&id).Error
	return id, wrap(err, "look for the last audit entry")
}

// SealTime is how long an entry may await its seal while somebody seals.
const SealTime = 5 * time.Second
