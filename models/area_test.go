package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

func TestAreas(t *testing.T) {
	t.Parallel()
	t.Run("a level holds those before it, and none holds nothing", func(t *testing.T) {
		for i, l := range models.AreaLevels() {
			for j, least := range models.AreaLevels() {
				require.Equal(t, i >= j, l.Holds(least), "%s %s", l, least)
			}
			require.False(t, models.AreaLevel("").Holds(l))
		}
		require.False(t, models.AreaLevel("").Holds(""))
	})
	t.Run("every area has entries for each level", func(t *testing.T) {
		for _, a := range models.Areas() {
			for _, l := range models.AreaLevels() {
				require.Condition(t, func() bool {
					for _, e := range models.AreaMenu(a) {
						if e.Level == l && e.Area == a {
							return true
						}
					}
					return false
				}, "%s %s", a, l)
			}
		}
		require.Empty(t, models.AreaMenu("unknown"))
	})
	t.Run("what is given is read in the order of the menu, and no level is no area", func(t *testing.T) {
		got, faults := models.ParseAreas([]models.AreaGrant{{models.AreaTreasury, models.LevelView}, {models.AreaRush, ""}, {models.AreaPermits, models.LevelSend}})
		require.Empty(t, faults)
		require.Equal(t, []models.AreaGrant{{models.AreaPermits, models.LevelSend}, {models.AreaTreasury, models.LevelView}}, got)
	})
	t.Run("what is unknown or said twice is a fault of its field", func(t *testing.T) {
		_, faults := models.ParseAreas([]models.AreaGrant{{"gudang", models.LevelView}, {models.AreaRush, "own"}, {models.AreaRush, models.LevelView}})
		require.Equal(t, []string{"areas choice_unknown", "rush choice_unknown", "areas area_twice"}, fieldCodes(faults))
	})
	t.Run("a preview opens and takes away exactly the difference", func(t *testing.T) {
		levels := append([]models.AreaLevel{""}, models.AreaLevels()...)
		draw := func(rt *rapid.T, name string) []models.AreaGrant {
			var list []models.AreaGrant
			for _, a := range models.Areas() {
				list = append(list, models.AreaGrant{Area: a, Level: rapid.SampledFrom(levels).Draw(rt, name)})
			}
			list, _ = models.ParseAreas(list)
			return list
		}
		rapid.Check(t, func(rt *rapid.T) {
			was, is := draw(rt, "was"), draw(rt, "is")
			v := models.PreviewAreas(models.CompanyPerson{Areas: was}, is, []models.AreaApplication{{ID: "a", Area: models.AreaRush}})
			after := map[models.AreaEntry]bool{}
			for _, e := range models.OpenedBy(was) {
				after[e] = true
			}
			for _, e := range v.Opens {
				require.False(rt, after[e], "opens what was open")
				after[e] = true
			}
			for _, e := range v.Closes {
				require.True(rt, after[e], "takes what was not there")
				delete(after, e)
			}
			require.Len(rt, models.OpenedBy(is), len(after))
			had, has := models.LevelIn(was, models.AreaRush) != "", models.LevelIn(is, models.AreaRush) != ""
			require.Equal(rt, has && !had, len(v.Gains) == 1)
			require.Equal(rt, had && !has, len(v.Loses) == 1)
			require.Equal(rt, v.Same(), len(v.Opens)+len(v.Closes) == 0)
		})
	})
}

func fieldCodes(faults []models.FieldFault) []string {
	list := make([]string, len(faults))
	for i, f := range faults {
		list[i] = f.Field + " " + f.Code
	}
	return list
}

func TestTraderRows(t *testing.T) {
	t.Parallel()
	today, err := models.ParseDate("2026-11-22")
	require.NoError(t, err)
	good := func() map[string]string {
		return map[string]string{"npwp": "01.234.567.8-901.000", "company": "PT Sumber Rezeki", "name": "Rina Sari", "username": "Rina.Sari", "email": "Rina@Niaga.example",
			"phone": "021 555 0101", "responsible": "Ya", "ends": "31-12-2026"}
	}
	t.Run("a line is read in the way in which it is kept", func(t *testing.T) {
		row, faults := models.ParseTraderRow(good(), today)
		require.Empty(t, faults)
		require.Equal(t, "012345678901000", row.NPWP)
		require.Equal(t, "rina.sari", row.Username)
		require.Equal(t, "rina@niaga.example", row.Email)
		require.True(t, row.Responsible)
		require.Equal(t, "2026-12-31", row.Ends.String())
	})
	t.Run("what may be left out is no fault", func(t *testing.T) {
		row, faults := models.ParseTraderRow(map[string]string{"npwp": "0012345678901000", "company": "PT X", "name": "Rina", "email": "r@niaga.example"}, today)
		require.Empty(t, faults)
		require.False(t, row.Responsible)
		require.True(t, row.Ends.IsZero())
	})
	for field, c := range map[string]struct{ text, code string }{
		"npwp": {"12", "npwp_length"}, "company": {"", "required"}, "name": {"<b>", "text_markup"}, "username": {"1rina", "username_invalid"}, "email": {"rina", "email_invalid"},
		"phone": {"kosong", ""}, "responsible": {"mungkin", "choice_unknown"}, "ends": {"21-11-2026", "date_past"},
	} {
		t.Run("a wrong "+field+" is told", func(t *testing.T) {
			cells := good()
			cells[field] = c.text
			_, faults := models.ParseTraderRow(cells, today)
			require.Len(t, faults, 1)
			require.Equal(t, field, faults[0].Field)
			if c.code != "" {
				require.Equal(t, c.code, faults[0].Code)
			}
		})
	}
	t.Run("lines are compared with each other", func(t *testing.T) {
		rows := []models.TraderRow{{Line: 2, NPWP: "012345678901000", Company: "PT A", Email: "a@x.example", Username: "a"},
			{Line: 3, NPWP: "0012345678901000", Company: "PT B", Email: "a@x.example", Username: "a"}, {Line: 4, NPWP: "012345678901000", Company: "pt a", Email: "b@x.example"}}
		var got []string
		for _, f := range models.CheckTraders(rows) {
			require.Equal(t, 3, f.Line)
			require.Equal(t, "2", f.Params["line"])
			got = append(got, f.Field+" "+f.Code)
		}
		require.Equal(t, []string{"email email_twice", "username username_twice", "company company_differs"}, got)
	})
}
