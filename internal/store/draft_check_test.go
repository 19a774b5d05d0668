package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestCheckDraft(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		_, _, err := b.ImportCalendar(b.ctx(), models.Actor{}, aCalendar("a-wib", "pertama"))
		require.NoError(t, err)
		rows := recap(t, "recap-clean.csv")
		id := b.memo(b.holder(models.RoleHead, "KEM.1.2"), "KEM.1.2", rows)
		c, err := b.Case(b.ctx(), models.DefaultAgency, id)
		require.NoError(t, err)
		k, err := b.CheckDraft(b.ctx(), c)
		require.NoError(t, err)
		require.Equal(t, "a-wib", k.Calendar.ID)
		require.Len(t, k.Draft.Rows, len(rows))
		entries, err := b.RegistryEntries(b.ctx(), models.DefaultAgency, id, models.MemoFlexiwork, k.Draft.Rows)
		require.NoError(t, err)
		require.Equal(t, entries, k.Entries, "it reads of each person what a check of the list does")
	})
}
