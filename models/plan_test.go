package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func holds(account string, r models.Role, unit string) models.Holder {
	return models.Holder{AccountID: account, EmployeeID: "e-" + account, Role: r, Unit: unit}
}

func candidates(steps []models.Step) []models.Candidate {
	var cs []models.Candidate
	for _, s := range steps {
		cs = append(cs, s.Candidate)
	}
	return cs
}

func TestPlanHead(t *testing.T) {
	chain := []string{"A.1.1", "A.1", "A"}
	heads := []models.Holder{holds("low", models.RoleHead, "A.1.1"), holds("mid", models.RoleHead, "A.1"), holds("top", models.RoleHead, "A")}
	at := func(r models.Role, unit string) models.Candidate { return models.Candidate{Role: r, Unit: unit} }
	tests := []struct {
		name    string
		holders []models.Holder
		listed  map[string]bool
		sender  string
		want    []models.Candidate
	}{
		{"the head of the smallest unit, then up the tree", heads, nil, "x",
			[]models.Candidate{at(models.RoleHead, "A.1.1"), at(models.RoleHead, "A.1"), at(models.RoleHead, "A")}},
		{"the parent's head when the head is the sender", heads, nil, "low",
			[]models.Candidate{at(models.RoleHead, "A.1"), at(models.RoleHead, "A")}},
		{"the parent's head when the head is listed", heads, map[string]bool{"e-low": true}, "x",
			[]models.Candidate{at(models.RoleHead, "A.1"), at(models.RoleHead, "A")}},
		{"the acting head stands in after the head", append(heads, holds("plh", models.RoleActingHead, "A.1.1")), nil, "x",
			[]models.Candidate{at(models.RoleHead, "A.1.1"), at(models.RoleActingHead, "A.1.1"), at(models.RoleHead, "A.1"), at(models.RoleHead, "A")}},
		{"the acting head is no way around the parent's head", append(heads, holds("plh", models.RoleActingHead, "A.1.1")), nil, "low",
			[]models.Candidate{at(models.RoleHead, "A.1"), at(models.RoleHead, "A")}},
		{"the acting head of a vacancy decides first", append(heads[1:], holds("plt", models.RoleActingHead, "A.1.1")), nil, "x",
			[]models.Candidate{at(models.RoleActingHead, "A.1.1"), at(models.RoleHead, "A.1"), at(models.RoleHead, "A")}},
		{"at the root the substitute whom an admin appointed", append(heads[2:], holds("sub", models.RoleSubstitute, "A")), nil, "top",
			[]models.Candidate{at(models.RoleSubstitute, "A")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			steps, err := models.PlanHead(models.ApprovalFacts{Unit: "A.1.1", Chain: chain, Holders: tt.holders, Listed: tt.listed}, tt.sender, tt.sender)
			require.NoError(t, err)
			require.Equal(t, tt.want, candidates(steps))
			require.Equal(t, models.StageMinutes, steps[0].Minutes)
			for _, s := range steps[1:] {
				require.Equal(t, models.EscalationMinutes, s.Minutes)
				require.Equal(t, models.EscalationRemind, s.RemindAt)
			}
		})
	}
	_, err := models.PlanHead(models.ApprovalFacts{Unit: "A", Chain: []string{"A"}, Holders: heads}, "top", "top")
	require.ErrorIs(t, err, models.ErrNoApprover)
}

func TestPlanOfficers(t *testing.T) {
	require.Equal(t, []models.Candidate{{Role: models.RoleOfficer}, {Role: models.RoleOfficerLead}, {Role: models.RoleHead, Unit: "A.5"}},
		candidates(models.PlanOfficers(models.ApprovalFacts{OfficersUnit: "A.5"})))
	require.Len(t, models.PlanOfficers(models.ApprovalFacts{}), 2)
}

func TestCommonPath(t *testing.T) {
	require.Equal(t, "/A/A.1/", models.CommonPath([]string{"/A/A.1/A.1.1/", "/A/A.1/A.1.2/", "/A/A.1/"}))
	require.Equal(t, "/A/", models.CommonPath([]string{"/A/A.1/", "/A/A.10/"}), "a prefix of a code is not a unit")
	require.Equal(t, "/A/A.1/", models.CommonPath([]string{"/A/A.1/"}))
	require.Equal(t, "/", models.CommonPath(nil))
}
