package store

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestSavedViews(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		save := func(a models.Actor, v models.SavedView) models.SavedView {
			v, err := b.SaveView(b.ctx(), a, v)
			require.NoError(t, err)
			return v
		}
		first := save(o.head, models.SavedView{Name: "Terlambat", Query: "due=late&tab=mine", Opens: true})
		second := save(o.head, models.SavedView{Name: "Flexiwork", Query: "kind=flexiwork&tab=mine", Opens: true})
		t.Run("one view opens the inbox, the last that was told to", func(t *testing.T) {
			views, err := b.SavedViews(b.ctx(), o.head)
			require.NoError(t, err)
			first.Opens = false
			require.Equal(t, []models.SavedView{second, first}, views)
		})
		t.Run("a name is taken once, by one person", func(t *testing.T) {
			_, err := b.SaveView(b.ctx(), o.head, models.SavedView{Name: "Terlambat"})
			require.ErrorIs(t, err, models.ErrInvalid)
			save(o.above, models.SavedView{Name: "Terlambat"})
		})
		t.Run("renamed and dropped by its owner alone", func(t *testing.T) {
			first.Name = "Lewat waktu"
			require.Equal(t, first, save(o.head, first))
			_, err := b.SaveView(b.ctx(), o.above, first)
			require.ErrorIs(t, err, models.ErrNotFound)
			require.ErrorIs(t, b.DropView(b.ctx(), o.above, first.ID), models.ErrNotFound)
			require.NoError(t, b.DropView(b.ctx(), o.head, first.ID))
			require.Equal(t, 3, b.count("select count(*) from audit_entries where action like 'view_%' and stream = ? and action <> 'view_changed'", accountStream(o.head.AccountID)))
		})
		t.Run("only so many", func(t *testing.T) {
			var err error
			for i := 0; err == nil && i <= models.MaxViews; i++ {
				_, err = b.SaveView(b.ctx(), o.head, models.SavedView{Name: fmt.Sprint(i)})
			}
			require.ErrorIs(t, err, models.ErrInvalid)
		})
	})
}

func TestPhrases(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		own, err := b.SavePhrase(b.ctx(), o.head, models.Phrase{Text: "NIP tidak cocok."})
		require.NoError(t, err)
		shared, err := b.SavePhrase(b.ctx(), o.root, models.Phrase{Text: "Lampiran belum lengkap.", Shared: true})
		require.NoError(t, err)
		t.Run("one's own come first, the agency's are everybody's", func(t *testing.T) {
			list, err := b.Phrases(b.ctx(), o.head)
			require.NoError(t, err)
			require.Equal(t, []models.Phrase{own, shared}, list)
			list, err = b.Phrases(b.ctx(), o.above)
			require.NoError(t, err)
			require.Equal(t, []models.Phrase{shared}, list)
		})
		t.Run("nobody changes another's, nor the agency's as their own", func(t *testing.T) {
			require.ErrorIs(t, b.DropPhrase(b.ctx(), o.above, own.ID, false), models.ErrNotFound)
			require.ErrorIs(t, b.DropPhrase(b.ctx(), o.above, shared.ID, false), models.ErrNotFound)
			require.ErrorIs(t, b.DropPhrase(b.ctx(), o.above, own.ID, true), models.ErrNotFound)
			own.Text = "NIP dan nama tidak cocok."
			changed, err := b.SavePhrase(b.ctx(), o.head, own)
			require.NoError(t, err)
			require.Equal(t, own, changed)
			require.NoError(t, b.DropPhrase(b.ctx(), o.head, own.ID, false))
			require.NoError(t, b.DropPhrase(b.ctx(), o.root, shared.ID, true))
		})
		t.Run("only so many", func(t *testing.T) {
			var err error
			for i := 0; err == nil && i <= models.MaxPhrases; i++ {
				_, err = b.SavePhrase(b.ctx(), o.head, models.Phrase{Text: fmt.Sprint(i)})
			}
			require.ErrorIs(t, err, models.ErrInvalid)
		})
	})
}
