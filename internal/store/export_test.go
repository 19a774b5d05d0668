package store

import (
	"context"

	"loket/models"
)

// EmployeeByNIP gives one person of the registry, the NIK masked.
func (s *Store) EmployeeByNIP(ctx context.Context, agency, nip string) (models.EmployeeView, error) {
	var row employeeFacts
	err := s.employeeFacts(ctx).Where("e.agency_id = ? and e.nip = ?", agency, nip).Take(&row).Error
	return row.view(), err
}

// TabCounts counts each tab of the actor's inbox, as Work does beside its lines.
func (s *Store) TabCounts(ctx context.Context, a models.Actor) (map[models.Tab]int, error) {
	var found tally
	err := s.together(ctx, s.countTabs(a, &found))
	return found.tabs(), err
}

// QueueCounts counts what the actor may decide per queue, as Work does beside its lines.
func (s *Store) QueueCounts(ctx context.Context, a models.Actor) (map[string]int, error) {
	var found tally
	err := s.together(ctx, s.countQueues(a, &found))
	return found.queues(), err
}
