package store

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
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
