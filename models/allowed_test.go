package models_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

var roleUnits = []string{"KEM", "KEM.1", "KEM.1.1", "KEM.2", ""}

// anyActor draws somebody with up to three grants.
func anyActor(t *rapid.T, accounts []string) models.Actor {
	a := models.Actor{Agency: models.DefaultAgency, AccountID: rapid.SampledFrom(accounts).Draw(t, "account"), Listed: rapid.Bool().Draw(t, "listed")}
	for range rapid.IntRange(0, 3).Draw(t, "grants") {
		a.Grants = append(a.Grants, models.Grant{Role: rapid.SampledFrom(models.Roles()).Draw(t, "role"),
			Unit: rapid.SampledFrom(roleUnits[:4]).Draw(t, "unit")})
	}
	return a
}

// anyCase draws a case in any state, asked of anybody.
func anyCase(t *rapid.T, accounts []string) models.Case {
	c := models.Case{ID: "c", Kind: models.KindMemo, Status: rapid.SampledFrom(models.Statuses()).Draw(t, "status"),
		Requester: rapid.SampledFrom(accounts).Draw(t, "requester"), UnitPath: "/KEM/KEM.1/"}
	if c.Status != models.StatusDraft {
		c.Sender = rapid.SampledFrom(accounts).Draw(t, "sender")
	}
	if c.Status == models.StatusProvisioning && rapid.Bool().Draw(t, "trouble") {
		c.Trouble = "provisioning"
	}
	if rapid.Bool().Draw(t, "asked something") {
		c.Asked = &time.Time{}
	}
	for range rapid.IntRange(0, 2).Draw(t, "candidates") {
		c.Candidates = append(c.Candidates, models.Candidate{Role: rapid.SampledFrom(models.Roles()).Draw(t, "asked"),
			Unit: rapid.SampledFrom(roleUnits).Draw(t, "asked unit")})
	}
	return c
}

var people = []string{"a", "b", "c"}

func TestNobodyDecidesOnTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a := anyCase(t, people), anyActor(t, people)
		for _, act := range models.Allowed(c, a, time.Time{}) {
			if act != models.ActionApprove && act != models.ActionRefuse && act != models.ActionVerify && act != models.ActionReturn && act != models.ActionAsk {
				continue
			}
			require.NotEqual(t, c.Sender, a.AccountID)
			require.NotEqual(t, c.Requester, a.AccountID)
			require.False(t, a.Listed)
		}
	})
}

func TestNoActionWithoutARole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a := anyCase(t, people), anyActor(t, []string{"stranger"})
		a.Grants = nil
		require.Empty(t, models.Allowed(c, a, time.Time{}))
	})
}

func TestWhoeverMayActSeesTheCase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a := anyCase(t, people), anyActor(t, append(people, "d"))
		if len(models.Allowed(c, a, time.Time{})) > 0 {
			require.True(t, models.Sees(c, a, false), "%+v may act on %+v", a, c)
		}
	})
}

func TestMayAgreesWithAllowed(t *testing.T) {
	actions := []models.Action{models.ActionEdit, models.ActionDiscard, models.ActionSend, models.ActionApprove, models.ActionRefuse,
		models.ActionVerify, models.ActionReturn, models.ActionResubmit, models.ActionNudge, models.ActionCopy, models.ActionWithdraw, models.ActionRetry,
		models.ActionAsk, models.ActionAnswer, models.ActionReissue, models.ActionSkip}
	rapid.Check(t, func(t *rapid.T) {
		c, a, act := anyCase(t, people), anyActor(t, people), rapid.SampledFrom(actions).Draw(t, "action")
		err := models.May(c, a, act, time.Time{})
		require.Equal(t, slices.Contains(models.Allowed(c, a, time.Time{}), act), err == nil)
		var p *models.Problem
		if err != nil {
			require.True(t, errors.As(err, &p))
		}
	})
}

func TestNoDeadEnd(t *testing.T) {
	exits, reached := map[models.Status]bool{}, map[models.Status]bool{models.StatusDraft: true}
	for _, tr := range models.Transitions() {
		require.NotEmpty(t, tr.By)
		require.Equal(t, tr.Action == "", tr.By == models.PartyClock || tr.By == models.PartySystem, "%v", tr)
		for _, to := range tr.To {
			reached[to] = true
			if to != tr.From {
				exits[tr.From] = true
			}
		}
	}
	for _, s := range models.Statuses() {
		require.True(t, reached[s], "nothing leads to %s", s)
		require.Equal(t, !s.Final(), exits[s], "%s: a final state has no way out, every other has one", s)
	}
}

func TestARowOfTheTableForEachPartyOfALiveCase(t *testing.T) {
	head := models.Actor{AccountID: "head", Grants: []models.Grant{{Role: models.RoleHead, Unit: "KEM.1", UnitPath: "/KEM/KEM.1/"}}}
	c := models.Case{Status: models.StatusApproval, Requester: "w", Sender: "s", UnitPath: "/KEM/KEM.1/KEM.1.1/",
		Candidates: []models.Candidate{{Role: models.RoleHead, Unit: "KEM.1"}}}
	require.Equal(t, []models.Action{models.ActionApprove, models.ActionRefuse, models.ActionReturn, models.ActionAsk}, models.Allowed(c, head, time.Time{}))
	require.Equal(t, []models.Action{models.ActionNudge, models.ActionWithdraw}, models.Allowed(c, models.Actor{AccountID: "s"}, time.Time{}))
	require.Empty(t, models.Allowed(c, models.Actor{AccountID: "w"}, time.Time{}))
	require.True(t, models.Sees(c, head, false), "a head sees what lies below the unit")
	require.False(t, models.Sees(c, models.Actor{AccountID: "x", Grants: []models.Grant{{Role: models.RoleHead, Unit: "KEM.2", UnitPath: "/KEM/KEM.2/"}}}, false))
	require.ErrorIs(t, models.May(c, models.Actor{AccountID: "x"}, models.ActionApprove, time.Time{}), models.ErrNotYours)
	c.Status = models.StatusVerification
	require.ErrorIs(t, models.May(c, head, models.ActionApprove, time.Time{}), models.ErrAlreadyDecided)
	require.ErrorIs(t, models.May(c, head, models.ActionEdit, time.Time{}), models.ErrNotNow)
}
