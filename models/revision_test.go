package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestDiffMemo(t *testing.T) {
	one := models.RecapRow{NIP: "199711152021052699", Name: "Fajar Lubis", Position: "Staf"}
	two := models.RecapRow{NIK: "3333304302856461", Name: "Nyoman Rahayu"}
	moved := one
	moved.Position = "Analis"
	before := models.MemoDraft{Subject: "Akses", Rows: []models.RecapRow{one, two}}
	after := models.MemoDraft{Subject: "Akses Flexiwork", Rows: []models.RecapRow{{NIP: "197406291997051964", Name: "Tri Wijaya"}, moved}}
	require.Equal(t, []models.FieldChange{
		{Field: "subject", Before: "Akses", After: "Akses Flexiwork"},
		{Field: "rows", Person: "Tri Wijaya", After: "197406291997051964"},
		{Field: "position", Person: "Fajar Lubis", Before: "Staf", After: "Analis"},
		{Field: "rows", Person: "Nyoman Rahayu", Before: "3333********6461"},
	}, models.DiffMemo(before, after))
	require.Empty(t, models.DiffMemo(before, before))
	require.Empty(t, models.DiffMemo(before, models.MemoDraft{Subject: "Akses", Rows: []models.RecapRow{two, one}}), "a moved row is no change")
	alike := models.RecapRow{NIK: "3333304302996461", Name: "Putu Rahayu"} // masked as row two is
	require.Equal(t, []models.FieldChange{{Field: "rows", Person: "Putu Rahayu", After: "3333********6461"}},
		models.DiffMemo(models.MemoDraft{Rows: []models.RecapRow{two}}, models.MemoDraft{Rows: []models.RecapRow{alike, two}}))
}

func TestJudgedChanged(t *testing.T) {
	base := models.MemoDraft{Subject: "s", Body: "b", Rows: []models.RecapRow{{NIP: "1"}}}
	for name, change := range map[string]func(*models.MemoDraft){"subject": func(d *models.MemoDraft) { d.Subject = "x" },
		"body": func(d *models.MemoDraft) { d.Body = "x" }, "rows": func(d *models.MemoDraft) { d.Rows = nil }} {
		d := base
		change(&d)
		require.True(t, models.JudgedChanged(base, d), name)
	}
	d := base
	d.Contact, d.Reference, d.Copies = "x", "y", []string{"z"}
	require.False(t, models.JudgedChanged(base, d))
}

func TestCheckReturn(t *testing.T) {
	require.Empty(t, models.CheckReturn("sebab", []models.FieldNote{{Field: "subject", Note: "perjelas"}}))
	require.Len(t, models.CheckReturn("", []models.FieldNote{{Field: "", Note: strings.Repeat("x", models.MaxReason+1)}}), 3)
}
