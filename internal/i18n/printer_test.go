package i18n

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMessages(t *testing.T) {
	t.Parallel()
	t.Run("arguments come as pairs or as a map", func(t *testing.T) {
		t.Parallel()
		c := setup(t)
		p := c.For("id")
		require.Equal(t, "3 dari 20", p.T("ui.of", "done", 3, "total", 20))
		require.Equal(t, "3 dari 20", p.T("ui.of", map[string]string{"done": "3", "total": "20"}))
		require.Equal(t, "3 of 20", c.For("en").T("ui.of", map[string]any{"done": 3, "total": "20"}))
		require.Empty(t, c.Missing())
	})
	t.Run("a missing key comes back and is noted", func(t *testing.T) {
		t.Parallel()
		c := setup(t)
		require.Equal(t, "no.such", c.For("en").T("no.such"))
		require.Equal(t, "no.such", c.For("en").N("no.such", 2))
		require.Equal(t, []string{"no.such"}, c.Missing())
		require.False(t, c.Has("no.such"))
	})
	t.Run("a missing argument is left empty and is noted", func(t *testing.T) {
		t.Parallel()
		c := setup(t)
		require.Equal(t, "3 of ", c.For("en").T("ui.of", "done", 3))
		require.Equal(t, []string{"ui.of:total"}, c.Missing())
	})
	t.Run("counts agree in number and are grouped", func(t *testing.T) {
		t.Parallel()
		c := setup(t)
		require.Equal(t, "1 employee", c.For("en").N("ui.employees", 1))
		require.Equal(t, "20,000 employees", c.For("en").N("ui.employees", 20000))
		require.Equal(t, "20.000 pegawai", c.For("id").N("ui.employees", 20000))
		require.Equal(t, "1 pegawai", c.For("id").N("ui.employees", 1))
	})
	t.Run("an unknown language is answered in Indonesian", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "id", setup(t).For("fr").Lang())
	})
	t.Run("wrong look-ups are bounded", func(t *testing.T) {
		t.Parallel()
		c := setup(t)
		for n := range 3 * maxMissing {
			c.For("en").T("wrong." + time.Duration(n).String())
		}
		require.Len(t, c.Missing(), maxMissing)
	})
}

func TestDates(t *testing.T) {
	t.Parallel()
	c := setup(t)
	id, en := c.For("id"), c.For("en")
	zone := func(hours int) *time.Location { return time.FixedZone("", hours*3600) }
	at := time.Date(2026, time.November, 22, 7, 5, 0, 0, time.UTC)

	t.Run("a day reads alike in both languages", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "22 November 2026", id.Date(at))
		require.Equal(t, "22 November 2026", en.Date(at))
	})
	t.Run("each month and weekday has its name", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "17 Agustus 2026", id.Date(time.Date(2026, 8, 17, 0, 0, 0, 0, time.UTC)))
		require.Equal(t, "17 August 2026", en.Date(time.Date(2026, 8, 17, 0, 0, 0, 0, time.UTC)))
		require.Equal(t, "Minggu, 22 November 2026", id.DateLong(at))
		require.Equal(t, "Sunday, 22 November 2026", en.DateLong(at))
	})
	t.Run("each zone has its name", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "14.05 WIB", id.Time(at.In(zone(7))))
		require.Equal(t, "15:05 WITA", en.Time(at.In(zone(8))))
		require.Equal(t, "16.05 WIT", id.In(zone(9)).Time(at))
		require.Equal(t, "07:05 UTC", en.Time(at))
		require.Equal(t, "12:35 UTC+05:30", en.Time(at.In(time.FixedZone("", 5*3600+1800))))
	})
	t.Run("the zone moves the day too", func(t *testing.T) {
		t.Parallel()
		late := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
		require.Equal(t, "23 November 2026, 03.00 WIB", id.In(zone(7)).DateTime(late))
		require.Equal(t, "23 November 2026, 03:00 WIB", en.In(zone(7)).DateTime(late))
	})
}

func TestWorkingTimeLeft(t *testing.T) {
	t.Parallel()
	c := setup(t)
	tests := []struct {
		minutes int
		id, en  string
	}{
		{900, "2 hari kerja tersisa", "2 working days left"},
		{890, "2 hari kerja tersisa", "2 working days left"},
		{674, "1 hari kerja tersisa", "1 working day left"},
		{450, "1 hari kerja tersisa", "1 working day left"},
		{449, "7 jam kerja tersisa", "7 working hours left"},
		{60, "1 jam kerja tersisa", "1 working hour left"},
		{59, "59 menit kerja tersisa", "59 working minutes left"},
		{1, "1 menit kerja tersisa", "1 working minute left"},
		{0, "jatuh tempo sekarang", "due now"},
		{-5, "terlambat 5 menit kerja", "5 working minutes late"},
		{-450, "terlambat 1 hari kerja", "1 working day late"},
	}
	for _, test := range tests {
		t.Run(test.en, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.id, c.For("id").WorkingTimeLeft(test.minutes))
			require.Equal(t, test.en, c.For("en").WorkingTimeLeft(test.minutes))
		})
	}
}
