package store

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"loket/models"
)

// CaseIDs lists the cases of a query that the actor may see, the newest first, whatever page it asks for: as many as
// most, by the rules of Cases.
func (s *Store) CaseIDs(ctx context.Context, a models.Actor, q CaseQuery, most int) ([]string, error) {
	args := map[string]any{"agency": agencyOf(a), "limit": most}
	parts, err := s.caseBranches(ctx, a, q, nil, args)
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, nil
	}
	var found []struct{ ID string }
	err = s.reader(ctx).Raw("select id from ("+strings.Join(parts, " union ")+") u order by opened desc, id desc limit @limit", args).
		Scan(&found).Error
	ids := make([]string, len(found))
	for i, f := range found {
		ids[i] = f.ID
	}
	return ids, wrap(err, "list cases to export")
}

// CaseLines reads the lines of a list, in the order of the ids; for a few hundred at a time.
func (s *Store) CaseLines(ctx context.Context, ids []string) ([]models.CaseSummary, error) {
	return s.summaries(ctx, ids)
}

// AuditIDs lists the entries of a query, the newest first, whatever page it asks for: as many as most.
func (s *Store) AuditIDs(ctx context.Context, agency string, q AuditQuery, most int) ([]int64, error) {
	var ids []int64
	err := auditWhere(s.reader(ctx), agency, q).Model(&auditRow{}).Order("id desc").Limit(most).Pluck("id", &ids).Error
	return ids, wrap(err, "list audit entries to export")
}

// AuditLines reads entries by their ids, the newest first; for a few hundred at a time.
func (s *Store) AuditLines(ctx context.Context, agency string, ids []int64) ([]models.AuditEntry, error) {
	var rows []auditRow
	if err := s.reader(ctx).Where("agency_id = ? and id in ?", agency, ids).Order("id desc").Find(&rows).Error; err != nil {
		return nil, wrap(err, "read audit entries to export")
	}
	entries := make([]models.AuditEntry, len(rows))
	for i, r := range rows {
		var err error
		if entries[i], err = r.entry(); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// NoteExport audits, in the actor's own stream, that they take data out.
func (s *Store) NoteExport(ctx context.Context, a models.Actor, object string, what map[string]any) error {
	return s.transact(ctx, "audit an export", func(tx *gorm.DB) error {
		return s.note(tx, a, deed{stream: accountStream(a.AccountID), action: "exported", object: object, at: s.caseNow(), after: what})
	})
}
