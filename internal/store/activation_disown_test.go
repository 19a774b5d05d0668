package store

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// stolen has a stranger activate somebody's account, and gives its id with the token of the warning.
func (b *bundle) stolen(form models.ActivationForm) (account, token string) {
	b.t.Helper()
	form.Email = "pencuri@mail.example"
	id, _ := b.asks(form)
	require.NoError(b.t, b.completes(completion(b.letter(id, "activation"))))
	require.Equal(b.t, models.StatusDone, b.ended(id, false))
	_, token, _ = strings.Cut(b.letter(id, "activation_warning")["link"], "/disown/")
	require.NoError(b.t, b.read.Raw("select id from accounts where created_by_case = ?", id).Scan(&account).Error)
	return account, token
}

func TestDisownedAccounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		forms := b.applicants(2)
		t.Run("nothing is left of what opened one", func(t *testing.T) {
			account, token := b.stolen(forms[0])
			now := micro(b.wall.Now())
			_, err := b.CreateSession(b.ctx(), b.actor(account), NewSession{Expires: b.wall.Now().Add(time.Hour)})
			require.NoError(t, err)
			b.tamper("insert into second_factors (account_id, agency_id, sealed_by, sealed, created, confirmed) values (?, 'main', 'k', 's', ?, ?)", account, now, now)
			b.tamper("insert into recovery_codes (id, agency_id, account_id, digest, created) values ('kode', 'main', ?, 'd', ?)", account, now)
			require.NoError(t, b.DisownActivation(b.ctx(), token, models.Origin{Channel: "portal"}))
			require.Equal(t, 1, b.count("select count(*) from accounts where id = ? and status = 'disabled' and password_hash = ''", account))
			require.Len(t, b.earlier(account), 1, "nor does its password come back with it")
			for _, table := range []string{"sessions", "known_devices", "second_factors", "recovery_codes"} {
				require.Zero(t, b.count("select count(*) from "+table+" where account_id = ?", account), table)
			}
		})
		t.Run("one that came back to its owner meanwhile stays theirs", func(t *testing.T) {
			account, token := b.stolen(forms[1])
			b.tamper("update accounts set status = 'pending', password_hash = '' where id = ?", account)
			b.tamper("insert into one_use_links (id, agency_id, purpose, account_id, digest, created, expires) values ('kembali', 'main', 'set_password', ?, ?, ?, ?)",
				account, b.digest(purposeSetPassword, "kembali"), b.caseNow(), b.caseNow().Add(time.Hour))
			_, err := b.SpendLink(b.ctx(), "kembali", "$argon2id$own", models.Origin{})
			require.NoError(t, err)
			require.NoError(t, b.DisownActivation(b.ctx(), token, models.Origin{Channel: "portal"}))
			require.Equal(t, 1, b.count("select count(*) from accounts where id = ? and status = 'active' and password_hash = '$argon2id$own'", account))
		})
	})
}
