package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
)

// TestSecondFactor takes an officer, of whose role the agency requires a second factor, through adding and using it.
func TestSecondFactor(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL)
		o.start()
		c := apitest.NewClient(t, o.base)
		officer := o.hire(c, officerNIP)
		o.stop()
		o.env = append(o.env, "LOKET_SECOND_FACTOR=required")
		o.start()
		officer.Call(t, http.MethodGet, "/api/v1/me", nil).Refused(t, http.StatusForbidden, "second_factor_required")
		officer.Call(t, http.MethodPost, "/api/v1/me/second-factor", nil).Refused(t, http.StatusForbidden, "step_up_required")
		officer.Call(t, http.MethodGet, "/api/v1/me/second-factor", nil).Is(t, http.StatusOK)

		code := func(key string, ahead time.Duration) string {
			text, err := totp.GenerateCode(key, time.Now().Add(ahead))
			require.NoError(t, err)
			return text
		}
		var offer struct{ Key string }
		officer.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": password}).Is(t, http.StatusOK)
		officer.Call(t, http.MethodPost, "/api/v1/me/second-factor", nil).Into(t, http.StatusCreated, &offer)
		confirmation := "/api/v1/me/second-factor/confirmation"
		officer.Call(t, http.MethodPost, confirmation, map[string]string{"code": "000000"}).Refused(t, http.StatusUnprocessableEntity, "invalid")
		var done struct {
			RecoveryCodes []string `json:"recovery_codes"`
		}
		officer.Call(t, http.MethodPost, confirmation, map[string]string{"code": code(offer.Key, 0)}).Into(t, http.StatusCreated, &done)
		require.Len(t, done.RecoveryCodes, 10)
		officer.Call(t, http.MethodGet, "/api/v1/me", nil).Is(t, http.StatusOK)

		in := map[string]any{"username": officer.username, "password": password, "token_name": "x", "scopes": []string{"read", "write"}, "days": 1}
		c.Call(t, http.MethodPost, "/api/v1/sign-in", in).Refused(t, http.StatusUnauthorized, "code_required")
		in["code"] = code(offer.Key, 30*time.Second)
		var signed struct {
			Token string
			Owes  bool `json:"must_add_second_factor"`
		}
		c.Call(t, http.MethodPost, "/api/v1/sign-in", in).Into(t, http.StatusCreated, &signed)
		require.False(t, signed.Owes)
		c.Call(t, http.MethodPost, "/api/v1/sign-in", in).Refused(t, http.StatusUnauthorized, "wrong_credentials")
		in["code"] = done.RecoveryCodes[0]
		c.Call(t, http.MethodPost, "/api/v1/sign-in", in).Is(t, http.StatusCreated)
		c.Call(t, http.MethodPost, "/api/v1/sign-in", in).Refused(t, http.StatusUnauthorized, "wrong_credentials")

		var tries struct {
			Items []struct{ Outcome, Address string }
		}
		c.As(signed.Token).Call(t, http.MethodGet, "/api/v1/me/sign-ins", nil).Into(t, http.StatusOK, &tries)
		require.Equal(t, "wrong_credentials", tries.Items[0].Outcome)
		require.Equal(t, "ok", tries.Items[1].Outcome)
		require.Equal(t, "127.0.0.x", tries.Items[0].Address)

		for _, secret := range append(done.RecoveryCodes, offer.Key) {
			require.NotContains(t, o.output.String(), secret, "the log holds none")
		}
		o.stop()
		o.command("admin", "remove-second-factor", officer.username)
		o.command("check", "--strict")
	})
}
