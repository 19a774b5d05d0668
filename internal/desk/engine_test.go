package desk

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"loket/models"
)

// TestEndedOfTheAskersAgency: whoever hears that the engine knows no such case is told how it stands in their own agency.
func TestEndedOfTheAskersAgency(t *testing.T) {
	d := lonely(t)
	id, err := d.store.AskActivation(t.Context(), models.ActivationForm{NIP: "199711152021052699"}, "id", models.Origin{Channel: "portal"})
	require.NoError(t, err)
	for agency, want := range map[string]error{models.DefaultAgency: models.ErrUnavailable, "another": models.ErrNotFound} {
		require.ErrorIs(t, d.refusal(t.Context(), ask{agency: agency, caseID: id}, serviceerror.NewNotFound("no such workflow")), want)
	}
}
