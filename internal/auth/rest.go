package auth

import (
	"time"

	"loket/models"
)

// PasswordRests tells from when the owner of an account may change its password again by free will; the zero time where
// that is now.
func (s *Service) PasswordRests(acc models.AccountView) time.Time {
	if acc.MustChangePassword || acc.PasswordChangedAt == nil {
		return time.Time{}
	}
	if from := acc.PasswordChangedAt.Add(s.cfg.Policy.MinAge); from.After(s.cfg.Now()) {
		return from
	}
	return time.Time{}
}
