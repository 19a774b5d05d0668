package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func holds(account string, r models.Role, unit string) models.Holder {
	return models.Holder{AccountID: account, EmployeeID: "e-" + account, Role: r, Unit: unit}
}

// acts is somebody who holds the role on behalf of another.
func acts(account string, r models.Role, unit, principal string) models.Holder {
	h := holds(account, r, unit)
	h.OnBehalfOf, h.ForAccount = "e-"+principal, principal
	return h
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
		{"the acting head is asked with the head, and alone at the deadline", append(heads, acts("plh", models.RoleActingHead, "A.1.1", "low")), nil, "x",
			[]models.Candidate{at(models.RoleHead, "A.1.1"), at(models.RoleActingHead, "A.1.1"), at(models.RoleHead, "A.1"), at(models.RoleHead, "A")}},
		{"nobody is asked twice who acts for the parent's head too", []models.Holder{heads[0], acts("low", models.RoleActingHead, "A.1", "gone")}, nil, "x",
			[]models.Candidate{at(models.RoleHead, "A.1.1")}},
		{"who acts for the sender decides for nobody", append(heads, acts("plh", models.RoleActingHead, "A.1.1", "ppk")), nil, "ppk",
			[]models.Candidate{at(models.RoleHead, "A.1.1"), at(models.RoleHead, "A.1"), at(models.RoleHead, "A")}},
		{"who acts for the sender does not make up for a missing head", []models.Holder{acts("plh", models.RoleActingHead, "A.1.1", "ppk"), heads[1]}, nil, "ppk",
			[]models.Candidate{at(models.RoleHead, "A.1")}},
		{"who acts for somebody listed does not either", []models.Holder{acts("plh", models.RoleActingHead, "A.1.1", "low"), heads[1]},
			map[string]bool{"e-low": true}, "x", []models.Candidate{at(models.RoleHead, "A.1")}},
		{"a head is passed over whose delegate sent it", append(heads, acts("plh", models.RoleActingHead, "A.1.1", "low")), nil, "plh",
			[]models.Candidate{at(models.RoleHead, "A.1"), at(models.RoleHead, "A")}},
		{"the acting head is no way around the parent's head", append(heads, holds("plh", models.RoleActingHead, "A.1.1")), nil, "low",
			[]models.Candidate{at(models.RoleHead, "A.1"), at(models.RoleHead, "A")}},
		{"the acting head of a vacancy decides first", append(heads[1:], holds("plt", models.RoleActingHead, "A.1.1")), nil, "x",
			[]models.Candidate{at(models.RoleHead, "A.1.1"), at(models.RoleHead, "A.1"), at(models.RoleHead, "A")}},
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
	officer := models.Holder{Role: models.RoleOfficer, Unit: "A.5", AccountID: "o"}
	lead := models.Holder{Role: models.RoleOfficerLead, Unit: "A.5", AccountID: "l"}
	own := models.Candidate{Role: models.RoleHead, Unit: "A.5"}
	for name, tt := range map[string]struct {
		holders []models.Holder
		unit    string
		want    []models.Candidate
	}{
		"an officer, the lead, the head of their unit": {[]models.Holder{officer, lead}, "A.5",
			[]models.Candidate{{Role: models.RoleOfficer}, {Role: models.RoleOfficerLead}, own}},
		"the lead first, where the officer wrote the memo": {[]models.Holder{{Role: models.RoleOfficer, AccountID: "w"}, lead}, "A.5",
			[]models.Candidate{{Role: models.RoleOfficerLead}, own}},
		"the head of their unit, where there is nobody":   {nil, "A.5", []models.Candidate{own}},
		"whoever becomes officer, where there is no unit": {nil, "", []models.Candidate{{Role: models.RoleOfficer}}},
	} {
		t.Run(name, func(t *testing.T) {
			steps := models.PlanOfficers(models.ApprovalFacts{OfficersUnit: tt.unit, Holders: tt.holders}, "s", "w")
			require.Equal(t, tt.want, candidates(steps))
			require.Equal(t, models.StageMinutes, steps[0].Minutes)
		})
	}
}

func TestReplan(t *testing.T) {
	step := func(unit string) models.Step {
		return models.Step{Stage: models.StageHead, Candidate: models.Candidate{Role: models.RoleHead, Unit: unit}}
	}
	steps, ok := models.Replan([]models.Step{step("A.1"), step("A"), step("R")}, 1, []models.Step{step("A.1"), step("B"), step("R")})
	require.True(t, ok)
	require.Equal(t, []models.Step{step("A.1"), step("B"), step("R")}, steps, "who was asked already is not asked again")
	_, ok = models.Replan([]models.Step{step("A"), step("R")}, 1, []models.Step{step("A")})
	require.False(t, ok, "nobody is left")
}

func TestCommonPath(t *testing.T) {
	require.Equal(t, "/A/A.1/", models.CommonPath([]string{"/A/A.1/A.1.1/", "/A/A.1/A.1.2/", "/A/A.1/"}))
	require.Equal(t, "/A/", models.CommonPath([]string{"/A/A.1/", "/A/A.10/"}), "a prefix of a code is not a unit")
	require.Equal(t, "/A/A.1/", models.CommonPath([]string{"/A/A.1/"}))
	require.Equal(t, "/", models.CommonPath(nil))
}
