package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestEachOf(t *testing.T) {
	t.Parallel()
	away, bad := context.DeadlineExceeded, errors.New("bad")
	for name, c := range map[string]struct {
		errs        []error
		done, tried int
	}{
		"one that fails keeps nobody behind it waiting":    {[]error{nil, bad, bad, bad, bad, nil}, 2, 6},
		"nor does one that takes too long":                 {[]error{away, away, nil, away, nil}, 2, 5},
		"where nothing answers the rest is left for later": {[]error{nil, away, away, away, nil, nil}, 1, 4},
	} {
		t.Run(name, func(t *testing.T) {
			tried := 0
			done, err := EachOf(c.errs, Unavailable, func(err error) error { tried++; return err })
			require.Equal(t, []int{c.done, c.tried}, []int{done, tried})
			require.Error(t, err)
		})
	}
}

// TestOneBadItem has the first of those who wait be one that cannot be looked at.
func TestOneBadItem(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, b *bundle) {
		oldest := func(table string) string {
			var id string
			require.NoError(t, b.read.Raw("select id from "+table+" where looked_at is null order by created limit 1").Scan(&id).Error)
			return id
		}
		t.Run("among requests for passwords", func(t *testing.T) {
			for range 2 {
				require.NoError(t, b.AskReset(b.ctx(), ResetRequest{Form: models.ForgottenForm{Username: "siapa.saja"}, Lang: "id", Nonce: newToken(), NonceExpires: b.wallNow().Add(time.Hour)}))
				b.wall.pass(time.Second)
			}
			bad := oldest("password_resets")
			b.refusing("audit_entries", "object", "password_reset:"+bad)
			n, err := b.LookAtResets(b.ctx(), 10)
			require.Error(t, err)
			require.Equal(t, 1, n)
			require.Equal(t, bad, oldest("password_resets"))
		})
		t.Run("among requests for old accounts", func(t *testing.T) {
			for range 2 {
				require.NoError(t, b.AskOldAccount(b.ctx(), OldAccountRequest{Lang: "id", Nonce: newToken(), NonceExpires: b.wallNow().Add(time.Hour)}))
				b.wall.pass(time.Second)
			}
			bad := oldest("old_account_requests")
			b.refusing("audit_entries", "object", "old_account:"+bad)
			n, err := b.LookAtOldAccounts(b.ctx(), 10)
			require.Error(t, err)
			require.Equal(t, 1, n)
			require.Equal(t, bad, oldest("old_account_requests"))
		})
		t.Run("among contracts that end", func(t *testing.T) {
			var people []string
			for _, nik := range []string{"3174010101900001", "3174010101900002", "3174010101900003"} {
				_, accounts := b.contracted(models.MemoFlexiwork, contract(nik, "Sari Melati", "2026-12-31"))
				people = append(people, accounts...)
			}
			b.tamper("update account_applications set ends = '2026-02-31' where account_id = ?", people[0]) // a day that never was
			b.refusing("notices", "account_id", people[1])
			b.on("2026-12-30", "08:00:00")
			done, err := b.KeepEndings(b.ctx())
			require.ErrorContains(t, err, people[0])
			require.Equal(t, Endings{Noticed: 1}, done)
			b.refusing("audit_entries", "stream", accountStream(people[1]))
			b.on("2027-01-01", "08:00:00")
			done, err = b.KeepEndings(b.ctx())
			require.Error(t, err)
			require.Equal(t, Endings{Ended: 1}, done, "though both are taken away together")
			require.Equal(t, 1, b.count("select count(*) from accounts where id = ? and status = 'disabled'", people[2]))
			b.refusing("audit_entries", "stream", "")
		})
		t.Run("among messages, which is given up for the service desk to see", func(t *testing.T) {
			b.refusing("notices", "account_id", "")
			b.tamper("delete from notices")
			a := b.holder(models.RoleAuditor, "")
			for range 3 {
				b.setPassword(a, PasswordSet{Account: a.AccountID, Hash: newToken()})
			}
			b.tamper("update notices set data = '{' where id = (select min(id) from notices)")
			for range 2 {
				notices, err := b.ClaimNotices(b.ctx(), 10, time.Second)
				require.NoError(t, err)
				require.Len(t, notices, 2)
				b.wall.pass(2 * time.Second)
			}
			failed, err := b.FailedNotices(b.ctx(), models.DefaultAgency, models.PageQuery{})
			require.NoError(t, err)
			require.Len(t, failed.Items, 1)
			require.Contains(t, failed.Items[0].Reason, "read the data of notice")
		})
	})
}
