package models_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

func calendar2026(t testing.TB) models.Calendar {
	t.Helper()
	data, err := os.ReadFile("testdata/calendar-id-2026.json")
	require.NoError(t, err)
	c, err := models.ParseCalendar(data)
	require.NoError(t, err)
	return c
}

func TestBusinessTimeVectors(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/business-time-vectors.json")
	require.NoError(t, err)
	type vector struct {
		Why               string
		From, To, Due, At time.Time
		Minutes           int
	}
	var vectors struct{ Add, Before, Between []vector }
	require.NoError(t, json.Unmarshal(data, &vectors))
	require.Len(t, vectors.Add, 16)
	require.Len(t, vectors.Before, 3)
	require.Len(t, vectors.Between, 4)

	c := calendar2026(t)
	same := func(t *testing.T, want, got time.Time) {
		t.Helper()
		require.Truef(t, want.Equal(got), "want %s, got %s", want, got)
	}
	for _, v := range vectors.Add {
		t.Run("add: "+v.Why, func(t *testing.T) { same(t, v.Due, c.Add(v.From, v.Minutes)) })
	}
	for _, v := range vectors.Before {
		t.Run("before: "+v.Why, func(t *testing.T) { same(t, v.At, c.Before(v.Due, v.Minutes)) })
	}
	for _, v := range vectors.Between {
		t.Run("between: "+v.Why, func(t *testing.T) { require.Equal(t, v.Minutes, c.Between(v.From, v.To)) })
	}
}

func TestCalendarWorkedExamples(t *testing.T) {
	t.Parallel()
	c := calendar2026(t)
	june := func(day, hour, minute int) time.Time {
		return time.Date(2026, time.June, day, hour, minute, 0, 0, c.Location())
	}
	start := june(8, 8, 0)
	require.Equal(t, june(9, 8, 0), c.Add(start, 450))
	require.Equal(t, june(9, 11, 45), c.Add(start, 675))
	require.Equal(t, june(10, 8, 0), c.Add(start, 900))
	require.Equal(t, june(11, 14, 0), c.Add(june(9, 20, 0), 900-c.Between(start, june(8, 10, 0))))
	require.Equal(t, 570, c.Between(start, june(9, 10, 0)))
	require.Equal(t, june(9, 11, 0), c.Add(june(9, 10, 0), 60))
	require.Equal(t, june(15, 10, 0), c.Add(june(12, 14, 0), 300))
}

func TestCalendarBeyondTheListedYears(t *testing.T) {
	t.Parallel()
	c := calendar2026(t)
	from := time.Date(2031, time.January, 1, 8, 0, 0, 0, c.Location()) // a Wednesday
	require.Equal(t, from.AddDate(0, 0, 1), c.Add(from, 450))
	require.Equal(t, "WIB", c.Location().String())
}

func TestCalendarSpansAreBounded(t *testing.T) {
	t.Parallel()
	c := calendar2026(t)
	from := time.Date(2026, time.June, 8, 8, 0, 0, 0, c.Location())
	const most = int(^uint(0) >> 1)
	require.Equal(t, 2126, c.Add(from, most).Year())
	require.Equal(t, 1926, c.Before(from, most).Year())
	require.Equal(t, 1926, c.Add(from, -most-1).Year())
	require.Positive(t, c.Between(time.Time{}, from))
	require.Equal(t, 2126, models.Calendar{}.Add(from, 1).Year(), "an unchecked calendar must not spin")
}

func TestParseCalendarRefusals(t *testing.T) {
	t.Parallel()
	const good = `{"id":"x","utc_offset":"+07:00","week":{"mon":[["07:30","12:00"],["13:00","16:00"]]},` +
		`"overrides":[{"name":"a","from":"2026-02-01","to":"2026-02-10","week":{}}],"holidays":[{"date":"2026-01-01","kind":"national"}]}`
	c, err := models.ParseCalendar([]byte(good))
	require.NoError(t, err)
	require.Equal(t, 1, c.Version)

	cases := []struct{ name, old, new, fault string }{
		{"without an id", `"id":"x"`, `"id":""`, "id: required"},
		{"of version zero", `"id":"x"`, `"id":"x","version":0`, "version: calendar_version"},
		{"without a working day", `[["07:30","12:00"],["13:00","16:00"]]`, `[]`, "week: calendar_no_work"},
		{"with overlapping segments", `"13:00"`, `"11:00"`, "week.mon[1]: calendar_segments_overlap"},
		{"with segments out of order", `["07:30","12:00"],["13:00","16:00"]`, `["13:00","16:00"],["07:30","12:00"]`, "week.mon[1]: calendar_segments_overlap"},
		{"with a segment that ends before it starts", `"12:00"`, `"07:00"`, "week.mon[0]: calendar_segment_reversed"},
		{"with an empty segment", `"12:00"`, `"07:30"`, "week.mon[0]: calendar_segment_reversed"},
		{"with an override that ends before it starts", `"to":"2026-02-10"`, `"to":"2026-01-10"`, "overrides[0].to: calendar_period_reversed"},
		{"with an override of years", `"to":"2026-02-10"`, `"to":"2028-02-10"`, "overrides[0].to: calendar_period_too_long"},
		{"with an override without an end", `,"to":"2026-02-10"`, ``, "overrides[0].to: date_invalid"},
		{"with overlapping overrides", `"overrides":[`, `"overrides":[{"name":"b","from":"2026-02-10","to":"2026-02-12","week":{}},`, "overrides[1].from: calendar_overrides_overlap"},
		{"with a holiday twice", `"holidays":[`, `"holidays":[{"date":"2026-01-01","kind":"local"},`, "holidays[1].date: calendar_holiday_twice"},
		{"with an unknown kind of holiday", `"national"`, `"party"`, "holidays[0].kind: calendar_holiday_kind"},
		{"with a holiday without a date", `"date":"2026-01-01",`, ``, "holidays[0].date: date_invalid"},
		{"with a day that does not exist", `"2026-01-01"`, `"2026-02-30"`, "not a date"},
		{"with an hour that does not exist", `"16:00"`, `"24:01"`, "not a time of day"},
		{"with a minute that does not exist", `"16:00"`, `"15:60"`, "not a time of day"},
		{"with a segment of three times", `["13:00","16:00"]`, `["13:00","15:00","16:00"]`, "a start and an end"},
		{"with a segment of one time", `["13:00","16:00"]`, `["13:00"]`, "a start and an end"},
		{"with a named zone", `"+07:00"`, `"Asia/Jakarta"`, "not an offset"},
		{"with a far offset", `"+07:00"`, `"+14:01"`, "not an offset"},
		{"with an unknown weekday", `"mon"`, `"senin"`, "unknown field"},
		{"followed by more", `"kind":"national"}]}`, `"kind":"national"}]} {}`, "more than one value"},
	}
	for _, tc := range cases {
		t.Run("refuses one "+tc.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, good, tc.old)
			_, err := models.ParseCalendar([]byte(strings.Replace(good, tc.old, tc.new, 1)))
			require.ErrorContains(t, err, tc.fault)
		})
	}
}

func TestCalendarSurvivesJSON(t *testing.T) {
	t.Parallel()
	c := calendar2026(t)
	data, err := json.Marshal(c)
	require.NoError(t, err)
	again, err := models.ParseCalendar(data)
	require.NoError(t, err)
	require.Equal(t, c, again)
}

func drawInstant(t *rapid.T, name string) time.Time {
	start := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	return start.Add(time.Duration(rapid.Int64Range(0, 500*24*3600).Draw(t, name)) * time.Second)
}

func TestCalendarArithmeticAgrees(t *testing.T) {
	t.Parallel()
	c := calendar2026(t)
	rapid.Check(t, func(t *rapid.T) {
		from := drawInstant(t, "from")
		n := rapid.IntRange(0, 9000).Draw(t, "n")
		due := c.Add(from, n)
		require.False(t, due.Before(from), "due never lies before its start")
		require.Equal(t, n, c.Between(from, due), "between undoes add")
		require.False(t, c.Add(from, n+1).Before(due), "more minutes never end earlier")
		require.False(t, c.Add(from.Add(time.Minute), n).Before(due), "a later start never ends earlier")
		require.Equal(t, n, c.Between(c.Before(due, n), due), "before goes back as far as add went on")
		require.Equal(t, -n, c.Between(due, c.Before(due, n)))
		if n > 0 {
			require.True(t, c.Add(c.Before(due, n), n).Equal(due), "before undoes add")
		}
	})
}

func TestCalendarCountsAddUp(t *testing.T) {
	t.Parallel()
	c := calendar2026(t)
	rapid.Check(t, func(t *rapid.T) {
		a := drawInstant(t, "a").Truncate(time.Minute)
		b := a.Add(time.Duration(rapid.IntRange(0, 40_000).Draw(t, "ab")) * time.Minute)
		d := b.Add(time.Duration(rapid.IntRange(0, 40_000).Draw(t, "bd")) * time.Minute)
		require.Equal(t, c.Between(a, d), c.Between(a, b)+c.Between(b, d))
	})
}

func FuzzParseCalendar(f *testing.F) {
	data, err := os.ReadFile("testdata/calendar-id-2026.json")
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte(`{"id":"x","utc_offset":"-03:30","week":{"sun":[["00:00","24:00"]]}}`))
	from := time.Date(2026, time.June, 8, 8, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := models.ParseCalendar(data)
		if err != nil {
			return
		}
		require.Equal(t, 60, c.Between(from, c.Add(from, 60)))
	})
}
