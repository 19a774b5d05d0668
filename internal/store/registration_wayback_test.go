package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// TestNoCompanyKeepsAnAddress has people register whom a company closed out, or invited in vain.
func TestNoCompanyKeepsAnAddress(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		officer, f := b.holder(models.RoleOfficer, ""), b.firm("019999999901000", 2, 1)
		boss := f.people[0]
		t.Run("by closing an account whose end is far", func(t *testing.T) {
			require.NoError(t, b.CloseColleague(b.ctx(), boss, f.change(1)))
			r, turned := b.registers(b.account(f.people[1]).Email)
			require.Empty(t, turned)
			r.sent("orang.baru")
			require.NoError(t, r.accepts(officer))
			require.Equal(t, f.people[1].AccountID, b.accountOf(r.id).ID)
			require.NotEqual(t, f.id, *b.accountOf(r.id).CompanyID)
		})
		t.Run("by an invitation that nobody followed", func(t *testing.T) {
			b := &bundle{Store: b.Store, t: t, url: b.url, wall: b.wall}
			require.NoError(t, b.InviteColleague(b.ctx(), boss, f.id, models.Colleague{Name: "Rina Sari", Email: "rina@niaga.example"}))
			invited := b.withAddress("rina@niaga.example")
			b.waiting("trader_invited", "rina@niaga.example")
			_, turned := b.registers("rina@niaga.example")
			require.Equal(t, models.RegisteredAccount, turned, "the link works")
			b.wall.pass(models.InvitationLife + time.Minute)
			r, turned := b.registers("rina@niaga.example")
			require.Empty(t, turned)
			r.sent("rina.baru")
			require.NoError(t, r.accepts(officer))
			require.Equal(t, invited, b.accountOf(r.id).ID)
			require.NotEqual(t, f.id, *b.accountOf(r.id).CompanyID)
		})
		t.Run("and nobody comes to answer for people who are there already", func(t *testing.T) {
			b := &bundle{Store: b.Store, t: t, url: b.url, wall: b.wall}
			f := b.firm(firmNPWP, 2, 0)
			b.tamper("update accounts set responsible = ? where company_id = ?", false, f.id)
			r, _ := b.registers("orang.ketiga@niaga.example")
			r.sent("orang.ketiga")
			require.NoError(t, r.accepts(officer))
			require.Equal(t, f.id, *b.accountOf(r.id).CompanyID)
			require.False(t, b.accountOf(r.id).Responsible)
		})
		t.Run("one that was brought from an old system waits for its owner", func(t *testing.T) {
			b := &bundle{Store: b.Store, t: t, url: b.url, wall: b.wall}
			_, err := b.AddTrader(b.ctx(), models.Actor{}, NewTrader{Company: models.Company{NPWP: "019999999901000"}, Username: "lama", Name: "Orang Lama",
				Email: "lama@niaga.example", Ends: b.wall.Now().AddDate(1, 0, 0)})
			require.NoError(t, err)
			_, turned := b.registers("lama@niaga.example")
			require.Equal(t, models.RegisteredAccount, turned)
		})
	})
}
