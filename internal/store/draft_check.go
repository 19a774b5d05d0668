package store

import (
	"context"

	"gorm.io/gorm"

	"loket/models"
)

// DraftCheck is what checking a draft is read from. Entries has one for each row; Known are those units of the rows
// that there are; Calendar is that of the case's unit.
type DraftCheck struct {
	Version  int
	Draft    models.MemoDraft
	Entries  []*models.RegistryEntry
	Known    map[string]bool
	Calendar models.Calendar
	Facts    models.ApprovalFacts
}

// CheckDraft reads a draft and all that it is checked against, in three round trips. Its rows are normalised already.
func (s *Store) CheckDraft(ctx context.Context, c models.Case) (DraftCheck, error) {
	var parts draftParts
	var plan approval
	err := s.together(ctx, append(parts.wants(c.ID), plan.wants(c.ID)...)...)
	if err == nil && len(plan.cases) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return DraftCheck{}, wrap(err, "read a draft to be checked")
	}
	k := DraftCheck{Version: plan.cases[0].Version, Facts: plan.facts()}
	if k.Draft, err = parts.draft(); err != nil {
		return k, wrap(err, "read a draft to be checked")
	}
	var due calendars
	agency := plan.cases[0].AgencyID
	who, units := s.peopleOf(agency, c.ID, k.Draft.Kind, k.Draft.Rows), unitsOf(k.Draft)
	asks := append(who.wants(), units.ofUnits(), plan.deciders(k.Facts, s.caseNow()))
	asks = append(asks, due.wants("u.code = @unit", map[string]any{"agency": agency, "unit": c.Unit})...)
	if err = s.together(ctx, asks...); err == nil {
		err = s.together(ctx, who.heldBack())
	}
	if err != nil {
		return k, wrap(err, "read what a draft is checked against")
	}
	k.Entries, k.Facts, k.Known = who.entries(), plan.withDeciders(k.Facts), map[string]bool{}
	for code := range units.byID() {
		k.Known[code] = true
	}
	k.Calendar, err = due.of(c.Unit)
	return k, err
}

// unitsOf lists the units of a draft's rows.
func unitsOf(d models.MemoDraft) nameList {
	var l nameList
	for _, r := range d.Rows {
		l.ids = append(l.ids, r.UnitCode)
	}
	return l
}
