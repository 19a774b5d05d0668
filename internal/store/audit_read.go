package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// AuditQuery narrows the trail; zero values do not narrow. From and Until are instants, Until is left out itself.
type AuditQuery struct {
	Stream, Actor, Action string
	From, Until           time.Time
	models.PageQuery
}

// AuditEntries lists the trail, the newest first. Seq is 0 while an entry awaits its seal.
func (s *Store) AuditEntries(ctx context.Context, agency string, q AuditQuery) (models.Page[models.AuditEntry], error) {
	limit, after, err := page(q.PageQuery, "audit")
	if err != nil {
		return models.Page[models.AuditEntry]{}, err
	}
	db := auditWhere(s.reader(ctx), agency, q)
	if after != nil {
		db = db.Where("id < ?", after.No)
	}
	var rows []auditRow
	if err := db.Order("id desc").Limit(limit + 1).Find(&rows).Error; err != nil {
		return models.Page[models.AuditEntry]{}, wrap(err, "read the audit trail")
	}
	var faults error
	p := cut(rows, limit, func(r auditRow) models.AuditEntry {
		e, err := r.entry()
		faults = errors.Join(faults, err)
		return e
	}, func(r auditRow) cursor { return cursor{List: "audit", No: r.ID} })
	return p, faults
}

// auditWhere narrows the trail to what a query asks for.
func auditWhere(db *gorm.DB, agency string, q AuditQuery) *gorm.DB {
	db = db.Where("agency_id = ?", agency)
	for column, value := range map[string]string{"stream": q.Stream, "actor": q.Actor, "action": q.Action} {
		if value != "" {
			db = db.Where(column+" = ?", value)
		}
	}
	if !q.From.IsZero() {
		db = db.Where("at >= ?", micro(q.From))
	}
	if !q.Until.IsZero() {
		db = db.Where("at < ?", micro(q.Until))
	}
	return db
}
