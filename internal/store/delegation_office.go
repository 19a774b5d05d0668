package store

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"loket/models"
)

// givenSQL finds who acts for the holder of an office by a delegation, once nothing holds them in it any more.
// Appointments from the registry are left to the registry.
const givenSQL = `
	select g.id from role_grants g
	where g.agency_id = @agency and g.source <> 'import' and g.on_behalf_of = @principal and g.unit_code = @unit and g.role in @roles
		and (g.valid_until is null or g.valid_until > @at)
		and not exists (select 1 from role_grants q where q.agency_id = g.agency_id and q.employee_id = g.on_behalf_of
			and q.unit_code = g.unit_code and q.role = @office and q.on_behalf_of is null and (q.valid_until is null or q.valid_until > @at))
	order by g.valid_from, g.id`

// endGiven ends the delegations of an office that its holder has lost: nobody acts by what nobody holds.
func (s *Store) endGiven(tx *gorm.DB, a models.Actor, office grantRow, cal models.Calendar) error {
	if office.EmployeeID == nil || office.acting() != "" {
		return nil
	}
	var ids []string
	err := tx.Raw(givenSQL, map[string]any{"agency": office.AgencyID, "principal": *office.EmployeeID, "unit": office.UnitCode, "office": office.Role,
		"roles": actingRoles(office.Role), "at": s.caseNow()}).Scan(&ids).Error
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.endGrant(tx, a, id, cal, "delegation_ended"); err != nil {
			return err
		}
	}
	return nil
}

// actingRoles are those by which somebody acts in an office.
func actingRoles(office string) []string {
	if office == string(models.RoleHead) {
		return []string{office, string(models.RoleActingHead), string(models.RoleSubstitute)}
	}
	return []string{office, string(models.RoleSubstitute)}
}

// endLost ends the delegations of the offices that an import took away or ended. Its days are those of the registry.
func (im *importer) endLost(s *Store, a models.Actor) error {
	_, offset := im.at.In(agencyZone()).Zone()
	cal := models.Calendar{UTCOffset: models.Offset(offset / 60)}
	for _, office := range im.lost {
		if err := s.endGiven(im.tx, a, office, cal); err != nil {
			return err
		}
	}
	return nil
}

// lostOffices are those that are stored and no longer hold at an instant by what comes next.
func lostOffices(stored []grantRow, next map[string]grantRow, at time.Time) []grantRow {
	return slices.DeleteFunc(slices.Clone(stored), func(old grantRow) bool {
		g, named := next[old.ID]
		return old.Ended != nil || named && (g.ValidUntil == nil || g.ValidUntil.After(at))
	})
}
