package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"loket/models"
)

func TestReopenedByRegistration(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		officer, old := b.holder(models.RoleOfficer, ""), b.trades("lama", "087654321098000", true)
		id, agency, now := old.AccountID, models.DefaultAgency, b.caseNow()
		require.NoError(t, b.SaveApplication(t.Context(), models.Actor{}, licences()))
		_, err := b.LinkApplication(t.Context(), old, "rekomendasi", provedUser("P-1"))
		require.NoError(t, err)
		b.tamper("insert into directorate_choices (session_id, application, agency_id, account_id, code, chosen) values ('s', 'rekomendasi', ?, ?, 'D1', ?)", agency, id, now)
		b.tamper("insert into openid_consents (agency_id, account_id, application, scopes, given) values (?, ?, 'rekomendasi', '[]', ?)", agency, id, now)
		b.tamper("insert into account_applications (agency_id, account_id, application, created) values (?, ?, 'rekomendasi', ?)", agency, id, now)
		b.tamper("insert into role_grants (id, agency_id, account_id, role, unit_code, valid_from, source) select 'g', agency_id, ?, 'auditor', code, ?, 'admin' from units limit 1", id, now)
		b.tamper("update accounts set status = 'disabled', password_hash = 'old', ends_at = ? where id = ?", b.wallNow().Add(-31*24*time.Hour), id)
		seen := b.count("select people_version from accounts where id = ?", id)

		r, _ := b.registers("lama@niaga.example")
		r.sent("lama")
		b.wall.pass(time.Minute)
		require.NoError(t, r.accepts(officer))
		require.Equal(t, id, b.accountOf(r.id).ID)
		for _, table := range []string{"application_links", "directorate_choices", "openid_consents"} {
			require.Zero(t, b.count("select count(*) from "+table+" where account_id = ?", id), table)
		}
		require.Zero(t, b.count("select count(*) from account_applications where account_id = ? and ended_at is null", id))
		require.Zero(t, b.count("select count(*) from role_grants where account_id = ? and valid_until is null", id))
		require.Equal(t, []string{"old"}, b.earlier(id))
		require.Equal(t, seen+1, b.count("select people_version from accounts where id = ?", id), "whoever saw it closed sees another now")

		t.Run("not where it opened meanwhile", func(t *testing.T) {
			b.tamper("update accounts set status = 'active', password_hash = 'set' where id = ?", id)
			err := b.transact(t.Context(), "open an account again", func(tx *gorm.DB) error {
				a := &accepting{s: b.Store, tx: tx, c: models.Change{At: b.caseNow(), Actor: officer}}
				company, ends := old.Company, b.wallNow()
				return a.reopen(traderFound{ID: id, Status: AccountDisabled}, Account{CompanyID: &company, EndsAt: &ends, Locale: "id"})
			})
			require.ErrorContains(t, err, "email: email_taken")
			require.Equal(t, 1, b.count("select count(*) from accounts where id = ? and status = 'active' and password_hash = 'set'", id))
		})
	})
}

func TestRegistrationOfClosedAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		r, _ := b.registers("dewi@niaga.example")
		r.sent("dewi.kartika")
		require.NoError(t, r.accepts(b.holder(models.RoleOfficer, "")))
		for status, set := range map[string]bool{AccountPending: false, AccountDisabled: false, AccountActive: true} {
			b.tamper("update accounts set status = ? where id = ?", status, b.accountOf(r.id).ID)
			used, err := b.RegistrationLinkUsed(t.Context(), r.id)
			require.NoError(t, err)
			require.Equal(t, set, used, status)
		}
	})
}
