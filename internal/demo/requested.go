package demo

import (
	"context"
	"errors"
	"time"

	"loket/models"
)

// RequestedApp is the demo's application that is given by request. It is registered before there are people, so that
// somebody comes to answer for it only when the ministry is filled.
const RequestedApp = "kinerja"

// The people of the demo's open request: who asks, of the unit whose head decides next, and who answers for the application.
const (
	staffOfPlanning = "199401152019121137" // KEM.1, whose head is headOfPlanning
	ownerOfRequest  = headOfTreasury
)

// request has somebody answer for the application, and somebody ask for it.
func (s *Seeder) request(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, scenePatience)
	defer cancel()
	app, err := s.Store.Application(ctx, models.DefaultAgency, RequestedApp)
	if errors.Is(err, models.ErrNotFound) {
		return nil // a demo without its applications
	}
	if err != nil {
		return err
	}
	if err := s.own(ctx, app); err != nil {
		return err
	}
	staff, err := s.actor(ctx, staffOfPlanning)
	if err != nil {
		return err
	}
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		_, err = s.Desk.AskAccess(ctx, staff, models.AccessRequest{Application: RequestedApp, Reason: "Menyusun laporan kinerja triwulan IV unit kerja."}, "demo-access")
		if err == nil || !passing(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-tick.C:
		}
	}
}

// own names the owner, unless somebody has named one already.
func (s *Seeder) own(ctx context.Context, app models.Application) error {
	if app.Owner != "" {
		return nil
	}
	owner, err := s.actor(ctx, ownerOfRequest)
	if err != nil {
		return err
	}
	account, err := s.Store.AccountByID(ctx, owner.AccountID)
	if err != nil {
		return err
	}
	app.Owner, app.Access = account.Username, models.AccessByRequest
	return s.Store.SaveApplication(ctx, operator(), app)
}
