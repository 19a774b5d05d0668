package store

import (
	"context"
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

// Grant gives a role for a period; it counts at once. models.ErrNotFound when person or unit do not exist.
func (s *Store) Grant(ctx context.Context, a models.Actor, g models.RoleGrant) (models.RoleGrant, error) {
	row := newGrantRow(agencyOf(a), "admin", g)
	err := s.transact(ctx, "grant a role", func(tx *gorm.DB) error {
		if err := tx.Create(row).Error; err != nil {
			return absent(err)
		}
		return s.note(tx, a, deed{stream: "system", action: "role_granted", object: "grant:" + row.ID, after: grantState(row.grant())})
	})
	return row.grant(), err
}

// RevokeGrant ends a grant now; it counts at once. models.ErrNotFound when there is none or it is over.
func (s *Store) RevokeGrant(ctx context.Context, a models.Actor, id string) error {
	return s.transact(ctx, "revoke a role", func(tx *gorm.DB) error {
		now := s.caseNow()
		var row grantRow
		err := tx.Clauses(forUpdate()).Where("id = ? and agency_id = ? and (valid_until is null or valid_until > ?)", id, agencyOf(a), now).
			Take(&row).Error
		if err != nil {
			return err
		}
		if err := tx.Model(&row).Update("valid_until", now).Error; err != nil {
			return err
		}
		return s.note(tx, a, deed{stream: "system", action: "role_revoked", object: "grant:" + id, before: grantState(row.grant())})
	})
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
