package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestLocale(t *testing.T) {
	for asked, want := range map[string]string{"id": "id", "en": "en", "": "id", "EN": "id", "de": "id"} {
		require.Equal(t, want, models.Locale(asked), asked)
	}
}
