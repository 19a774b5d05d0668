package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"loket/internal/audit"
	"loket/models"
)

// Outcome of what succeeded; anything else is a problem code.
const outcomeOK = "ok"

type auditRow struct {
	ID                           int64 `gorm:"primaryKey"`
	AgencyID, Stream             string
	StreamSeq                    int64
	At                           time.Time
	Actor, ActorName, OnBehalfOf string
	Action, Object, Origin       string
	Was, Became, Outcome         string
	KeyID, PrevMAC, MAC          string
	Seq                          *int64
	SealKey, SealPrev            string
	SealMAC                      string
}

// TableName is the table's name.
func (auditRow) TableName() string { return "audit_entries" }

// AppendAudit writes entries that belong to no change of the store's own, such as sign-ins and denials. A zero instant
// is filled in; an empty outcome is "ok".
func (s *Store) AppendAudit(ctx context.Context, entries ...models.AuditEntry) error {
	return s.transact(ctx, "append to the audit trail", func(tx *gorm.DB) error {
		return s.appendAudit(tx, models.DefaultAgency, entries...)
	})
}

// appendAudit chains the entries to their streams. It comes last in a transaction and goes through the streams in one
// order, so that two transactions never wait for each other in a circle.
func (s *Store) appendAudit(tx *gorm.DB, agency string, entries ...models.AuditEntry) error {
	slices.SortStableFunc(entries, func(a, b models.AuditEntry) int { return cmp.Compare(a.Stream, b.Stream) })
	for _, e := range entries {
		if err := s.appendOne(tx, agency, e); err != nil {
			return fmt.Errorf("append to audit stream %s: %w", e.Stream, err)
		}
	}
	return nil
}

func (s *Store) appendOne(tx *gorm.DB, agency string, e models.AuditEntry) error {
	e = audit.Mask(s.complete(e))
	var head struct {
		Seq int64
		MAC string
	}
	// One statement both locks the stream's head and tells where it stands.
	err := tx.Raw(`insert into audit_heads (agency_id, stream, seq, mac) values (?, ?, 1, '')
		on conflict (agency_id, stream) do update set seq = audit_heads.seq + 1 returning seq, mac`, agency, e.Stream).Scan(&head).Error
	if err != nil {
		return err
	}
	code, err := audit.Link(s.keys, agency, head.MAC, e)
	if err != nil {
		return err
	}
	row, err := newAuditRow(agency, e)
	if err != nil {
		return err
	}
	row.StreamSeq, row.KeyID, row.PrevMAC, row.MAC = head.Seq, code.KeyID, code.Prev, code.MAC
	if err := tx.Omit("id").Create(&row).Error; err != nil {
		return err
	}
	return tx.Exec("update audit_heads set mac = ? where agency_id = ? and stream = ?", code.MAC, agency, e.Stream).Error
}

func (s *Store) complete(e models.AuditEntry) models.AuditEntry {
	if e.At.IsZero() {
		e.At = s.caseNow()
	}
	e.At, e.Origin.UserAgent = micro(e.At), plain(e.Origin.UserAgent)
	if e.Outcome == "" {
		e.Outcome = outcomeOK
	}
	if e.Actor == "" {
		e.Actor = "system"
	}
	if e.Stream == "" {
		e.Stream = "system"
	}
	return e
}

func newAuditRow(agency string, e models.AuditEntry) (auditRow, error) {
	origin, err := json.Marshal(e.Origin)
	if err != nil {
		return auditRow{}, fmt.Errorf("write an origin: %w", err)
	}
	return auditRow{
		AgencyID: agency, Stream: e.Stream, At: e.At, Actor: e.Actor, ActorName: e.ActorName, OnBehalfOf: e.OnBehalfOf,
		Action: e.Action, Object: e.Object, Origin: string(origin), Was: e.Before, Became: e.After, Outcome: e.Outcome,
	}, nil
}

func (r auditRow) entry() (models.AuditEntry, error) {
	e := models.AuditEntry{
		Stream: r.Stream, StreamSeq: r.StreamSeq, At: r.At, Actor: r.Actor, ActorName: r.ActorName, OnBehalfOf: r.OnBehalfOf,
		Action: r.Action, Object: r.Object, Before: r.Was, After: r.Became, Outcome: r.Outcome,
	}
	if r.Seq != nil {
		e.Seq = *r.Seq
	}
	if err := json.Unmarshal([]byte(r.Origin), &e.Origin); err != nil {
		return e, fmt.Errorf("read the origin of audit entry %d: %w", r.ID, err)
	}
	return e, nil
}

// deed is an entry about what an actor did to an object, with its states before and after (nil for none).
type deed struct {
	stream, action, object string
	before, after          map[string]any
	at                     time.Time
	onBehalfOf, actorName  string
}

func (d deed) by(a models.Actor) (models.AuditEntry, error) {
	e := models.AuditEntry{
		Stream: d.stream, At: d.at, Actor: a.AccountID, ActorName: d.actorName, OnBehalfOf: d.onBehalfOf, Action: d.action,
		Object: d.object, Origin: a.Origin,
	}
	if e.Actor == "" && a.Origin.Channel == "clock" {
		e.Actor = "clock"
	}
	var err error
	if e.Before, err = audit.State(d.before); err != nil {
		return e, err
	}
	e.After, err = audit.State(d.after)
	return e, err
}

// note appends one deed as the last act of a transaction.
func (s *Store) note(tx *gorm.DB, a models.Actor, d deed) error {
	if d.actorName == "" && a.AccountID != "" {
		err := tx.Raw("select name from accounts where id = ?", a.AccountID).Scan(&d.actorName).Error
		if err != nil {
			return err
		}
	}
	e, err := d.by(a)
	if err != nil {
		return err
	}
	return s.appendAudit(tx, agencyOf(a), e)
}

func accountStream(id string) string { return "account:" + id }

func caseStream(id string) string { return "case:" + id }
