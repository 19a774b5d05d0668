package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

type grantRow struct {
	ID         string `gorm:"primaryKey"`
	AgencyID   string
	EmployeeID *string
	AccountID  *string
	Role       string
	UnitCode   string
	ValidFrom  time.Time
	ValidUntil *time.Time
	OnBehalfOf *string
	Reason     string
	Source     string
	Ended      *time.Time // by hand, before its time
}

// TableName is the table's name.
func (grantRow) TableName() string { return "role_grants" }

func newGrantRow(agency, source string, g models.RoleGrant) *grantRow {
	if g.ID == "" {
		g.ID = newID()
	}
	return &grantRow{ID: g.ID, AgencyID: agency, EmployeeID: optional(g.EmployeeID), AccountID: optional(g.AccountID),
		Role: string(g.Role), UnitCode: g.Unit, ValidFrom: micro(g.From), ValidUntil: microPointer(g.Until),
		OnBehalfOf: optional(g.OnBehalfOf), Reason: g.Reason, Source: source}
}

func (r grantRow) grant() models.RoleGrant {
	return models.RoleGrant{ID: r.ID, EmployeeID: text(r.EmployeeID), AccountID: text(r.AccountID), Role: models.Role(r.Role),
		Unit: r.UnitCode, From: r.ValidFrom, Until: r.ValidUntil, OnBehalfOf: text(r.OnBehalfOf), Reason: r.Reason}
}

// Grant gives a role for a period; it counts at once. Who is to act for another is told, and so are they.
// models.ErrNotFound when person or unit do not exist.
func (s *Store) Grant(ctx context.Context, a models.Actor, g models.RoleGrant) (models.RoleGrant, error) {
	row := newGrantRow(agencyOf(a), "admin", g)
	cal, err := s.calendarOfActing(ctx, *row)
	if err != nil {
		return g, err
	}
	err = s.transact(ctx, "grant a role", func(tx *gorm.DB) error {
		if err := tx.Create(row).Error; err != nil {
			return absent(err)
		}
		if row.acting() != "" {
			return s.enrol(tx, a, *row, cal, "role_granted")
		}
		return s.note(tx, a, deed{stream: "system", action: "role_granted", object: "grant:" + row.ID, after: grantState(row.grant())})
	})
	return row.grant(), err
}

// calendarOfActing is the calendar by which delegations of the grant's unit begin and end; the zero one where no calendar
// has been brought yet.
func (s *Store) calendarOfActing(ctx context.Context, g grantRow) (models.Calendar, error) {
	cal, err := s.UnitCalendar(ctx, g.AgencyID, g.UnitCode)
	if errors.Is(err, models.ErrNotFound) {
		return models.Calendar{}, nil
	}
	return cal, err
}

// RevokeGrant ends a grant now; it counts at once. models.ErrNotFound when there is none or it is over.
func (s *Store) RevokeGrant(ctx context.Context, a models.Actor, id string) error {
	var row grantRow
	if err := s.reader(ctx).Where("id = ? and agency_id = ?", id, agencyOf(a)).Take(&row).Error; err != nil {
		return wrap(err, "revoke a role")
	}
	cal, err := s.calendarOfActing(ctx, row)
	if err != nil {
		return err
	}
	return s.transact(ctx, "revoke a role", func(tx *gorm.DB) error { return s.endGrant(tx, a, id, cal, "role_revoked") })
}

// Grants lists the roles of a unit that are not over, the office holders first.
func (s *Store) Grants(ctx context.Context, agency, unit string) ([]models.RoleGrant, error) {
	var rows []grantRow
	err := s.reader(ctx).Where("agency_id = ? and unit_code = ? and (valid_until is null or valid_until > ?)", agency, unit, s.caseNow()).
		Order("role, valid_from, id").Find(&rows).Error
	grants := make([]models.RoleGrant, len(rows))
	for i, r := range rows {
		grants[i] = r.grant()
	}
	return grants, wrap(err, "list grants")
}

func grantState(g models.RoleGrant) map[string]any {
	return map[string]any{"role": g.Role, "unit": g.Unit, "employee_id": g.EmployeeID, "account_id": g.AccountID, "from": g.From,
		"until": g.Until, "on_behalf_of": g.OnBehalfOf, "reason": g.Reason}
}
