package models_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

func TestNoDeadEndOfAnyKind(t *testing.T) {
	for _, kind := range models.Kinds() {
		table, exits := models.TransitionsOf(kind), map[models.Status]bool{}
		reached := map[models.Status]bool{table[0].From: true}
		for _, tr := range table {
			require.NotEmpty(t, tr.By)
			for _, to := range tr.To {
				reached[to] = true
				if to != tr.From {
					exits[tr.From] = true
				}
			}
		}
		for _, s := range models.StatusesOf(kind) {
			require.True(t, reached[s], "%s: nothing leads to %s", kind, s)
			require.Equal(t, !s.Final(), exits[s], "%s: %s", kind, s)
		}
	}
}

// anyRequest draws a request for the archive in any state, asked of anybody.
func anyRequest(t *rapid.T) models.Case {
	c := models.Case{ID: "c", Kind: models.KindAccess, Status: rapid.SampledFrom(models.AccessStatuses()).Draw(t, "status"), Requester: "a", About: "arsip", UnitPath: "/KEM/KEM.1/"}
	if c.Status != models.StatusDraft {
		c.Sender = "a"
	}
	if c.Status == models.StatusOwner {
		c.Candidates = []models.Candidate{{Role: models.RoleOwner, Unit: "arsip"}}
	} else if rapid.Bool().Draw(t, "asked") {
		c.Candidates = []models.Candidate{{Role: models.RoleHead, Unit: rapid.SampledFrom(roleUnits[:4]).Draw(t, "unit")}}
	}
	if rapid.Bool().Draw(t, "question") {
		c.Asked = &time.Time{}
	}
	return c
}

// anyOwner draws somebody who may also answer for an application.
func anyOwner(t *rapid.T) models.Actor {
	a := anyActor(t, people)
	if rapid.Bool().Draw(t, "owns") {
		a.Grants = append(a.Grants, models.Grant{Role: models.RoleOwner, Unit: rapid.SampledFrom([]string{"arsip", "gaji"}).Draw(t, "application")})
	}
	return a
}

func TestNobodyDecidesOnTheirOwnRequest(t *testing.T) {
	decisions := []models.Action{models.ActionApprove, models.ActionRefuse, models.ActionAsk}
	rapid.Check(t, func(t *rapid.T) {
		c, a := anyRequest(t), anyOwner(t)
		allowed := models.Allowed(c, a, time.Time{})
		for _, act := range allowed {
			require.Equal(t, a.AccountID == c.Requester, !slices.Contains(decisions, act), "%s by %s", act, a.AccountID)
			require.NoError(t, models.May(c, a, act, time.Time{}))
		}
		if len(allowed) > 0 {
			require.True(t, models.Sees(c, a, false), "whoever may act sees it")
		}
		if c.Status == models.StatusOwner && slices.Contains(allowed, models.ActionApprove) {
			require.True(t, a.Holds(models.RoleOwner, "arsip"), "only its owner decides, and no other application's")
		}
	})
}

// TestARequestAlwaysEnds walks the table at random: every way comes to one end, and to no second.
func TestARequestAlwaysEnds(t *testing.T) {
	table := models.TransitionsOf(models.KindAccess)
	rapid.Check(t, func(t *rapid.T) {
		at, approvals := models.StatusDraft, 0
		for range 500 {
			var ways []models.Transition
			for _, tr := range table {
				if tr.From == at && tr.Action != models.ActionCopy {
					ways = append(ways, tr)
				}
			}
			if at.Final() {
				require.Empty(t, ways)
				break
			}
			tr := rapid.SampledFrom(ways).Draw(t, "way")
			if tr.Action == models.ActionApprove {
				approvals++
			}
			at = rapid.SampledFrom(tr.To).Draw(t, "to")
		}
		require.True(t, !at.Final() || (at == models.StatusGranted) == (approvals == 2), "granted by two approvals, and by nothing else")
	})
}

func TestCheckAccess(t *testing.T) {
	today := models.DateOf(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	for name, c := range map[string]struct {
		in     models.AccessRequest
		faults []string
	}{
		"for good":          {models.AccessRequest{Reason: "Arsip."}, nil},
		"for today":         {models.AccessRequest{Reason: "Arsip.", Ends: "2026-11-23"}, nil},
		"until yesterday":   {models.AccessRequest{Reason: "Arsip.", Ends: "2026-11-22"}, []string{"date_past"}},
		"until no day":      {models.AccessRequest{Reason: "Arsip.", Ends: "31-12-2026"}, []string{"date_invalid"}},
		"without a reason":  {models.AccessRequest{Ends: "2026-12-31"}, []string{"required"}},
		"with nothing well": {models.AccessRequest{Ends: "besok"}, []string{"required", "date_invalid"}},
	} {
		t.Run(name, func(t *testing.T) {
			var codes []string
			for _, f := range models.CheckAccess(c.in, today) {
				codes = append(codes, f.Code)
			}
			require.Equal(t, c.faults, codes)
		})
	}
}
