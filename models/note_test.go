package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestPlaceNotes(t *testing.T) {
	row := func(nip, name string) models.RecapRow { return models.RecapRow{NIP: nip, Name: name} }
	list := func(names string) []models.RecapRow {
		var rows []models.RecapRow
		for _, n := range strings.Fields(names) {
			rows = append(rows, row("nip-"+n, n))
		}
		return rows
	}
	was := list("Ani Budi Citra Dewi Eko")
	fifth := []models.FieldNote{{Field: "rows[4].unit_code", Note: "Sudah pindah"}, {Field: "subject", Note: "Singkat"}}
	at := func(is []models.RecapRow) models.FieldNote {
		placed := models.PlaceNotes(fifth, was, is)
		require.Equal(t, fifth[1], placed[1])
		require.Equal(t, "Eko", placed[0].Person)
		require.Equal(t, "Sudah pindah", placed[0].Note)
		require.Equal(t, "rows[4].unit_code", fifth[0].Field, "what was given stays as it was")
		return placed[0]
	}
	require.Equal(t, "rows[4].unit_code", at(was).Field)
	require.Equal(t, "rows[3].unit_code", at(list("Ani Citra Dewi Eko")).Field, "one before was taken out")
	require.Equal(t, "rows[0].unit_code", at(list("Eko Ani Budi Citra Dewi")).Field, "the list was sorted")
	require.Equal(t, "rows", at(list("Ani Budi Citra Dewi")).Field, "the person was left out")
	require.Equal(t, "rows[4].unit_code", at(append(list("Ani Budi Citra Dewi"), row("nip-other", " eko "))).Field, "the number was corrected")
	require.Equal(t, "rows[4].unit_code", at(append(list("Ani Budi Citra Dewi"), row("other", "Another"))).Field, "number and name were corrected")
	require.Equal(t, "rows", at(append(list("Ani Budi Citra"), row("other", "Another"))).Field, "nobody stands there for certain")
	require.Equal(t, "rows", at(nil).Field)
	t.Run("a note on a row that never was stays as it is", func(t *testing.T) {
		notes := []models.FieldNote{{Field: "rows[9]", Note: "x"}, {Field: "rows[-1]", Note: "x"}, {Field: "rows[x]", Note: "x"}, {Field: "rows", Note: "x"}}
		require.Equal(t, notes, models.PlaceNotes(notes, was, was))
	})
	t.Run("a person without a name is called by the number, a NIK masked", func(t *testing.T) {
		rows := []models.RecapRow{{NIK: "3174011402900001"}, {NIP: "199002142015031002"}}
		named := models.NameNotes([]models.FieldNote{{Field: "rows[0]"}, {Field: "rows[1]"}}, rows)
		require.Equal(t, models.MaskNIK("3174011402900001"), named[0].Person)
		require.Equal(t, "199002142015031002", named[1].Person)
	})
}
