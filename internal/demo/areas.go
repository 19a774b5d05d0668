package demo

import (
	"context"
	"fmt"

	"loket/internal/store"
	"loket/models"
)

// giveAreas has whoever answers for a company begin with areas of their own; their colleagues have none yet.
func (s *Seeder) giveAreas(ctx context.Context, account string) error {
	owner, err := s.Store.AccountByID(ctx, account)
	if err != nil || !owner.Responsible || owner.CompanyID == nil {
		return err
	}
	by := models.Actor{Agency: models.DefaultAgency, AccountID: owner.ID, Company: *owner.CompanyID, Responsible: true, Origin: operator().Origin}
	var areas []models.AreaGrant
	for _, a := range []models.Area{models.AreaPermits, models.AreaImports, models.AreaManifest} {
		areas = append(areas, models.AreaGrant{Area: a, Level: models.LevelSend})
	}
	if err := s.Store.SetAreas(ctx, by, store.PersonChange{Company: by.Company, Person: owner.ID}, areas); err != nil {
		return fmt.Errorf("give areas to %s: %w", owner.Username, err)
	}
	return nil
}
