package auth

import (
	"context"

	"loket/models"
)

// Browsers are the browsers that an account's owner signed in from, and the tries at its door.
type Browsers interface {
	SignIns(ctx context.Context, agency, accountID string) ([]models.SignInView, error)
	Devices(ctx context.Context, accountID string) ([]models.DeviceView, error)
	ForgetDevice(ctx context.Context, a models.Actor, id, keepSession string) error
}

// SignIns lists the last 50 tries to sign in to the person's account, the newest first.
func (s *Service) SignIns(ctx context.Context, id Identity) ([]models.SignInView, error) {
	return s.cfg.Store.SignIns(ctx, models.DefaultAgency, id.Actor.AccountID)
}

// Devices lists the browsers that are known for the person's account; the one that asks is marked.
func (s *Service) Devices(ctx context.Context, id Identity) ([]models.DeviceView, error) {
	all, err := s.cfg.Store.Devices(ctx, id.Actor.AccountID)
	for i := range all {
		all[i].Current = all[i].ID == id.DeviceID
	}
	return all, err
}

// ForgetDevice makes a browser a stranger to the person's account and signs it out, unless it is the one that asks;
// ErrNotFound when it is not known.
func (s *Service) ForgetDevice(ctx context.Context, id Identity, deviceID string) error {
	return s.cfg.Store.ForgetDevice(ctx, id.Actor, deviceID, id.SessionID)
}
