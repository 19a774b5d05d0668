package desk

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/store"
	"loket/models"
)

// TestDeniedClaims: the trail names what somebody wanted to claim by its kind; what is not there is a case.
func TestDeniedClaims(t *testing.T) {
	d := lonely(t)
	id, err := d.store.AskActivation(t.Context(), models.ActivationForm{NIP: "199711152021052699"}, "id", models.Origin{Channel: "portal"})
	require.NoError(t, err)
	stranger := models.Actor{Agency: models.DefaultAgency, AccountID: "stranger"}
	for action, deny := range map[string]func(caseID string) error{
		"claim": func(caseID string) error {
			_, err := d.Claim(t.Context(), stranger, caseID, false)
			return err
		},
		"release": func(caseID string) error { return d.Release(t.Context(), stranger, caseID) },
	} {
		for caseID, object := range map[string]string{id: "activation:" + id, "nowhere": "case:nowhere"} {
			require.ErrorIs(t, deny(caseID), models.ErrNotFound)
			trail, err := d.store.AuditEntries(t.Context(), models.DefaultAgency, store.AuditQuery{Action: action})
			require.NoError(t, err)
			require.Equal(t, []string{object, models.ErrNotFound.Code}, []string{trail.Items[0].Object, trail.Items[0].Outcome})
		}
	}
}
