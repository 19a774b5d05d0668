package store

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// TestCodesAreNotListedInTheSchema: which events and statuses there are is for models to say.
func TestCodesAreNotListedInTheSchema(t *testing.T) {
	s, err := openAt(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "loket.db"), testNow)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	p, err := s.migrator()
	require.NoError(t, err)
	_, err = p.UpTo(t.Context(), 1)
	require.NoError(t, err)
	require.NoError(t, s.Migrate(t.Context()))
	var lists []string
	require.NoError(t, s.reader(t.Context()).Raw(`select name from sqlite_schema where type = 'table' and
		name in ('cases', 'events', 'work_items', 'one_use_links', 'role_grants', 'memo_rows', 'letters', 'attachments')
		and replace(sql, 'in (''open'', ''closed'')', '') like '% in (''%'`).Scan(&lists).Error)
	require.Empty(t, lists)
	var fine string
	require.NoError(t, s.reader(t.Context()).Raw("pragma integrity_check").Scan(&fine).Error)
	require.Equal(t, "ok", fine)
	for range 2 { // down and up again
		_, err = p.DownTo(t.Context(), 1)
		require.NoError(t, err)
		require.NoError(t, s.Migrate(t.Context()))
	}
}

// TestEndsOfEarlierAccess: access that was given before its end was known takes the one that lasts longest.
func TestEndsOfEarlierAccess(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		prolonged, open := "3174010101900001", "3174010101900002"
		b.contracted(models.MemoFlexiwork, contract(prolonged, "Sari Melati", "2026-12-31"), contract(open, "Dewi Lestari", "2026-12-31"))
		b.contracted(models.MemoSSOActivation, contract(prolonged, "Sari Melati", "2028-12-31"))
		b.contracted(models.MemoFlexiwork, contract(prolonged, "Sari Melati", "2027-06-30"), contract(open, "Dewi Lestari", ""))
		b.tamper("update account_applications set case_id = (select min(r.case_id) from memo_rows r where r.contract_end = '2026-12-31') where application = 'flexiwork'")
		p, err := b.migrator()
		require.NoError(t, err)
		_, err = p.DownTo(t.Context(), 7)
		require.NoError(t, err)
		require.NoError(t, b.Migrate(t.Context()))
		ends := func(nik, application string) (found []string) {
			require.NoError(t, b.read.Raw(`select x.ends from account_applications x join accounts a on a.id = x.account_id
				where a.nik = ? and x.application = ?`, nik, application).Scan(&found).Error)
			return found
		}
		require.Equal(t, []string{"2027-06-30"}, ends(prolonged, "flexiwork"))
		require.Equal(t, []string{"2028-12-31"}, ends(prolonged, "sso"))
		require.Equal(t, []string{""}, ends(open, "flexiwork"))
	})
}
