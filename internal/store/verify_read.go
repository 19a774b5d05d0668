package store

import (
	"context"

	"loket/models"
)

// DecidedRows gives those of the rows that are decided, by number, with whoever did.
func (s *Store) DecidedRows(ctx context.Context, caseID string, nos []int) ([]models.DecidedRow, error) {
	var rows []models.DecidedRow
	err := s.reader(ctx).Raw(`select r.no, r.state, coalesce(r.decided_by, '') as by_id, coalesce(a.name, '') as "by", r.decided_at as at
		from memo_rows r left join accounts a on a.id = r.decided_by
		where r.case_id = ? and r.no in ? and r.state <> ? order by r.no`, caseID, nos, models.RowPending).Scan(&rows).Error
	return rows, wrap(err, "look for decided rows")
}

// RoundBegunSince tells whether the memo was sent again after seq: its rows are then not the ones that were seen.
func (s *Store) RoundBegunSince(ctx context.Context, caseID string, seq int) (bool, error) {
	var n int64
	err := s.reader(ctx).Raw("select count(*) from events where case_id = ? and seq > ? and type in ?", caseID, seq,
		[]models.EventType{models.EventSent, models.EventResent}).Scan(&n).Error
	return n > 0, wrap(err, "look for a new round")
}
