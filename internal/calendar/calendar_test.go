package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/calendar"
	"loket/models"
)

func TestBuiltIn(t *testing.T) {
	cal, err := calendar.BuiltIn()
	require.NoError(t, err)
	require.Equal(t, "id-2026", cal.ID, "what LOKET_CALENDAR names unless it is told otherwise")
	require.Equal(t, 1, cal.Version)
	require.Equal(t, "WIB", cal.Location().String())
	friday := time.Date(2026, 6, 12, 15, 0, 0, 0, cal.Location())
	require.Equal(t, time.Date(2026, 6, 15, 9, 0, 0, 0, cal.Location()), cal.Add(friday, 180))
	require.Equal(t, models.HolidayNational, cal.Holidays[0].Kind)
}
