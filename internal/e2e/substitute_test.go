package e2e_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// TestSubstituteForTheRoot appoints a substitute for the head of the root, who decides what is that head's own.
func TestSubstituteForTheRoot(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	as := s.counter(t)
	root, stand := s.joins(t, ministerNIP), s.joins(t, s.rows[len(s.rows)-1].NIP)
	chief := s.joins(t, adminNIP)
	admin := as(chief)
	admin.Call(t, http.MethodPost, "/api/v1/step-up", map[string]string{"password": password}).Is(t, http.StatusOK)
	var grants struct{ Items []models.RoleGrant }
	admin.Call(t, http.MethodGet, "/api/v1/grants?unit=KEM.1", nil).Into(t, http.StatusOK, &grants)
	at := slices.IndexFunc(grants.Items, func(g models.RoleGrant) bool { return g.Role == models.RoleHead })
	admin.Call(t, http.MethodDelete, "/api/v1/grants/"+grants.Items[at].ID, nil).Is(t, http.StatusNoContent)

	today := models.DateOf(time.Now().In(s.paper.Zone))
	var made models.DelegationView
	admin.Call(t, http.MethodPost, "/api/v1/delegations", map[string]any{"kind": "substitute", "role": "unit_head", "unit": "KEM", "delegate_id": stand.EmployeeID,
		"from": today.String(), "until": today.AddDays(3).String(), "reason": "Perkara pimpinan sendiri", "overlap": true}).Into(t, http.StatusCreated, &made)
	require.Equal(t, models.ActingSubstitute, made.Kind)
	require.Empty(t, made.PrincipalID, "a substitute stands for nobody")

	minister, substitute := as(root), as(stand)
	body := draft(recap(t, "recap-clean.csv")[:2])
	body["unit"] = "KEM"
	var m memo
	minister.Call(t, http.MethodPost, "/api/v1/memos", body).Into(t, http.StatusCreated, &m)
	minister.attaches(t, m.ID)
	path := "/api/v1/memos/" + m.ID
	minister.Call(t, http.MethodPost, path+"/send", nil).Is(t, http.StatusOK)
	minister.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true}).Refused(t, http.StatusForbidden, "not_yours")
	substitute.Call(t, http.MethodPost, path+"/decision", map[string]any{"approve": true}).Is(t, http.StatusOK)
	require.Equal(t, "verification", minister.memo(t, m.ID).Status)
	as(chief).Call(t, http.MethodDelete, "/api/v1/delegations/"+made.ID, nil).Refused(t, http.StatusForbidden, "step_up_required")
	admin.Call(t, http.MethodDelete, "/api/v1/delegations/"+made.ID, nil).Is(t, http.StatusNoContent)
}
