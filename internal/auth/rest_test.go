package auth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestPasswordRests(t *testing.T) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	s := &Service{cfg: Config{Policy: models.AgencyPolicy(), Now: func() time.Time { return now }}}
	hours := func(n int) *time.Time { at := now.Add(time.Duration(-n) * time.Hour); return &at }
	require.Equal(t, now.Add(23*time.Hour), s.PasswordRests(models.AccountView{PasswordChangedAt: hours(1)}))
	require.Zero(t, s.PasswordRests(models.AccountView{PasswordChangedAt: hours(24)}))
	require.Zero(t, s.PasswordRests(models.AccountView{PasswordChangedAt: hours(1), MustChangePassword: true}), "one that is owed is changed at any time")
	require.Zero(t, s.PasswordRests(models.AccountView{}))
}
