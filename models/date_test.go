package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestParseFormDate(t *testing.T) {
	for typed, want := range map[string]string{"01-10-2016": "2016-10-01", "1-10-2016": "2016-10-01", "1-1-2016": "2016-01-01", "29-02-2024": "2024-02-29"} {
		day, err := models.ParseFormDate(typed)
		require.NoError(t, err, typed)
		require.Equal(t, want, day.String(), typed)
		require.True(t, models.FormDateShaped(typed), typed)
	}
	for typed, shaped := range map[string]bool{"31-02-2016": true, "32-1-2016": true, "1-13-2016": true, "01-01-0000": true,
		"": false, "1-10-16": false, "001-10-2016": false, "1-10-20160": false, "2016-10-01": false, "1 Oktober 2016": false, " 1-10-2016": false} {
		_, err := models.ParseFormDate(typed)
		require.Error(t, err, typed)
		require.Equal(t, shaped, models.FormDateShaped(typed), typed)
	}
}
