package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestForgetRegistrations(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		r, _ := b.registers("dewi@niaga.example")
		proven, _ := b.registers("eko@niaga.example")
		proven.written("eko.prasetyo")
		ended := func(r registering) {
			r.must(models.EventExpired, models.StatusExpired, func(c *models.Change) { c.After.Due = nil })
		}
		written := func(to string) int {
			return b.count("select count(*) from notices where to_address = ? and to_name <> '' and data <> '{}'", to)
		}
		ended(r)
		ended(proven)
		require.NoError(t, b.ForgetRegistrations(t.Context()))
		require.Equal(t, 1, written("dewi@niaga.example"), "it still counts for the pace of messages")

		b.wall.pass(24*time.Hour + time.Second)
		require.NoError(t, b.ForgetRegistrations(t.Context()))
		require.Equal(t, 1, written("dewi@niaga.example"), "a message waits")
		b.waiting("registration_link", "dewi@niaga.example")
		b.waiting("registration_link", "eko@niaga.example")
		require.NoError(t, b.ForgetRegistrations(t.Context()))
		require.Zero(t, b.count("select count(*) from registrations where email = 'dewi@niaga.example'"))
		require.Equal(t, 1, b.count("select count(*) from notices where case_id = ? and to_address = '' and to_name = '' and data = '{}'", r.id))
		require.Zero(t, b.count("select count(*) from notices where data like '%Dewi%' and case_id = ?", r.id))
		require.Equal(t, 1, written("eko@niaga.example"), "who proved an address is kept")
	})
}
