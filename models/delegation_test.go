package models_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"loket/models"
)

func delegate(id string, grants ...models.Grant) models.Actor {
	return models.Actor{Agency: models.DefaultAgency, AccountID: id, EmployeeID: "e-" + id, Grants: grants}
}

func asking(rule models.Candidate, sender, writer string) models.Case {
	return models.Case{ID: "c", Kind: models.KindMemo, Status: models.StatusApproval, Stage: models.StageHead, Unit: "A.1", UnitPath: "/A/A.1/",
		Sender: sender, Requester: writer, Candidates: []models.Candidate{rule}}
}

func TestActingHeadDecidesForTheHead(t *testing.T) {
	rule := models.Candidate{Role: models.RoleHead, Unit: "A.1"}
	c := asking(rule, "sender", "writer")
	acting := models.Grant{Role: models.RoleActingHead, Unit: "A.1", UnitPath: "/A/A.1/", OnBehalfOf: "e-head"}
	t.Run("what is asked of the head already, too", func(t *testing.T) {
		g, ok := c.Decides(delegate("plh", acting))
		require.True(t, ok)
		require.Equal(t, "e-head", g.OnBehalfOf)
		require.Equal(t, models.ActingDaily, g.ActingAs())
		require.Equal(t, "e-head", models.ActsBy(c, delegate("plh", acting)).OnBehalfOf)
	})
	t.Run("in that unit alone", func(t *testing.T) {
		_, ok := asking(models.Candidate{Role: models.RoleHead, Unit: "A"}, "sender", "writer").Decides(delegate("plh", acting))
		require.False(t, ok)
	})
	t.Run("an office of one's own comes first", func(t *testing.T) {
		g, ok := c.Decides(delegate("head", acting, models.Grant{Role: models.RoleHead, Unit: "A.1"}))
		require.True(t, ok)
		require.Empty(t, g.OnBehalfOf)
	})
	t.Run("who acts for a vacancy acts for nobody", func(t *testing.T) {
		g, ok := c.Decides(delegate("plt", models.Grant{Role: models.RoleActingHead, Unit: "A.1"}))
		require.True(t, ok)
		require.Equal(t, models.ActingVacancy, g.ActingAs())
	})
	t.Run("and sends for them as well", func(t *testing.T) {
		draft := models.Case{Status: models.StatusDraft, Requester: "plh", Candidates: models.DraftCandidates(models.MemoFlexiwork, "A.1")}
		require.Contains(t, models.Allowed(draft, delegate("plh", acting), time.Time{}), models.ActionSend)
		require.Equal(t, "e-head", models.ActsBy(draft, delegate("plh", acting)).OnBehalfOf)
	})
	t.Run("what they sent and came back is the unit's", func(t *testing.T) {
		back := models.Case{Status: models.StatusReturned, Requester: "writer", Sender: "plh", UnitPath: "/A/A.1/", Candidates: models.DraftCandidates(models.MemoFlexiwork, "A.1")}
		head, ppk := delegate("head", models.Grant{Role: models.RoleHead, Unit: "A.1"}), delegate("ppk", models.Grant{Role: models.RolePPK, Unit: "A.1"})
		for _, a := range []models.Actor{head, ppk, delegate("plt", acting)} {
			require.Equal(t, []models.Action{models.ActionEdit, models.ActionResubmit}, models.Allowed(back, a, time.Time{}))
			require.True(t, models.Sees(back, a, false))
		}
		require.Equal(t, "e-head", models.ActsBy(back, delegate("plt", acting)).OnBehalfOf)
		require.NotContains(t, models.Allowed(back, delegate("plh"), time.Time{}), models.ActionResubmit, "not after the delegation ended")
		require.Contains(t, models.Allowed(back, delegate("plh"), time.Time{}), models.ActionWithdraw)
		require.Empty(t, models.Allowed(back, delegate("x", models.Grant{Role: models.RoleHead, Unit: "A.2"}), time.Time{}))
	})
	t.Run("the rules of a grant and the roles of a rule are two sides of one", func(t *testing.T) {
		for _, role := range models.Roles() {
			g := models.Grant{Role: role, Unit: "A.1"}
			for _, asked := range models.Roles() {
				rule := models.Candidate{Role: asked, Unit: "A.1"}
				require.Equal(t, slices.Contains(g.Rules(), rule), slices.Contains(rule.Roles(), role), "%s asked as %s", role, asked)
			}
		}
	})
}

func TestOnlyADailyActingHeadActsForTheHolder(t *testing.T) {
	for kind, want := range map[models.ActingKind]string{models.ActingDaily: "e-head", models.ActingVacancy: "", models.ActingSubstitute: ""} {
		g := models.Delegation{Kind: kind, Role: models.RoleHead, Unit: "A", Principal: "e-head", Delegate: "e-sub"}.Grant(time.Now(), time.UTC)
		require.Equal(t, want, g.OnBehalfOf, kind)
	}
}

func TestASubstituteStandsForNobody(t *testing.T) {
	until := time.Now().Add(time.Hour)
	g := models.RoleGrant{EmployeeID: "e", Role: models.RoleSubstitute, Unit: "A", Until: &until, Reason: "Perkara pimpinan sendiri"}
	require.Empty(t, models.CheckGrant(g))
	g.OnBehalfOf = "e-head"
	require.Equal(t, []models.FieldFault{models.Fault("on_behalf_of", "stands_for_nobody")}, models.CheckGrant(g))
	g.Role = models.RoleActingHead
	require.Empty(t, models.CheckGrant(g))
}

func TestNoDetour(t *testing.T) {
	rule := models.Candidate{Role: models.RoleHead, Unit: "A.1"}
	plh := delegate("plh", models.Grant{Role: models.RoleActingHead, Unit: "A.1", OnBehalfOf: "e-head"})
	tests := []struct {
		name    string
		actor   models.Actor
		parties models.Parties
		sender  string
		may     bool
	}{
		{"a delegate decides", plh, models.Parties{}, "x", true},
		{"not on what they sent", plh, models.Parties{}, "plh", false},
		{"not for the sender", plh, models.Parties{Employees: []string{"e-head"}}, "head", false},
		{"not for somebody listed", plh, models.Parties{Employees: []string{"e-head"}}, "x", false},
		{"not for whom another delegate sent it", plh, models.Parties{Principals: []string{"e-head"}}, "x", false},
		{"nor does the head, for whom a delegate sent it", delegate("head", models.Grant{Role: models.RoleHead, Unit: "A.1"}),
			models.Parties{Principals: []string{"e-head"}}, "plh", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, ok := asking(rule, tt.sender, "writer").Decides(tt.actor.Facing(tt.parties))
			require.Equal(t, tt.may, ok)
		})
	}
}

// A small office in which everybody may be anything to a case and hold any grants.
func TestNoGrantsDecideOnTheirOwn(t *testing.T) {
	people := []string{"a", "b", "c", "d"}
	units := []string{"A", "A.1"}
	rapid.Check(t, func(t *rapid.T) {
		some := func(label string) string { return rapid.SampledFrom(people).Draw(t, label) }
		several := func(label string) []string { return rapid.SliceOfN(rapid.SampledFrom(people), 0, 2).Draw(t, label) }
		rule := models.Candidate{Role: rapid.SampledFrom(models.Roles()).Draw(t, "role"), Unit: rapid.SampledFrom(append(units, "")).Draw(t, "unit")}
		c := asking(rule, some("sender"), some("writer"))
		c.Status = rapid.SampledFrom([]models.Status{models.StatusApproval, models.StatusVerification}).Draw(t, "status")
		listed, principals := several("listed"), several("sent for")
		parties := models.Parties{Employees: []string{"e-" + c.Sender, "e-" + c.Requester}}
		for _, id := range listed {
			parties.Employees = append(parties.Employees, "e-"+id)
		}
		for _, id := range principals {
			parties.Principals = append(parties.Principals, "e-"+id)
		}
		actor := delegate(some("actor"))
		for i := range rapid.IntRange(0, 4).Draw(t, "grants") {
			g := models.Grant{Role: rapid.SampledFrom(models.Roles()).Draw(t, fmt.Sprint("role", i)), Unit: rapid.SampledFrom(units).Draw(t, fmt.Sprint("unit", i))}
			if rapid.Bool().Draw(t, fmt.Sprint("delegated", i)) {
				g.OnBehalfOf = "e-" + some(fmt.Sprint("principal", i))
			}
			actor.Grants = append(actor.Grants, g)
		}
		actor.Listed = slices.Contains(listed, actor.AccountID)
		actor = actor.Facing(parties)
		own := actor.AccountID == c.Sender || actor.AccountID == c.Requester || actor.Listed || slices.Contains(principals, actor.AccountID)
		g, decides := c.Decides(actor)
		if decides && (own || slices.Contains(parties.Employees, g.OnBehalfOf) || slices.Contains(parties.Principals, g.OnBehalfOf)) {
			t.Fatalf("%s decides by %+v on what is their own, or their principal's", actor.AccountID, g)
		}
		for _, act := range models.Allowed(c, actor, time.Now()) {
			switch act {
			case models.ActionApprove, models.ActionRefuse, models.ActionReturn, models.ActionVerify, models.ActionAsk:
				if !decides {
					t.Fatalf("%s may %s without deciding", actor.AccountID, act)
				}
			}
		}
	})
}

func TestCheckDelegation(t *testing.T) {
	day := func(n int) models.Date {
		return models.DateOf(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)).AddDays(n)
	}
	head := delegate("head", models.Grant{Role: models.RoleHead, Unit: "A.1", UnitPath: "/A/A.1/"})
	admin := delegate("admin", models.Grant{Role: models.RoleAdmin, Unit: "A"})
	facts := models.DelegationFacts{Today: day(0), UnitPath: "/A/A.1/", Holds: true, Principal: models.EmployeeActive,
		Delegate: &models.EmployeeView{ID: "e-plh", Status: "active"}, DelegatePath: "/A/A.1/A.1.1/", DelegateSignsIn: true}
	sound := models.Delegation{Kind: models.ActingDaily, Role: models.RoleHead, Unit: "A.1", Principal: "e-head", Delegate: "e-plh", From: day(0),
		Until: day(9), Reason: "Cuti tahunan"}
	tests := []struct {
		name   string
		change func(d *models.Delegation, f *models.DelegationFacts)
		by     models.Actor
		want   string // code of the one fault, "" for none
	}{
		{"ten days to a colleague", nil, head, ""},
		{"to nobody", func(d *models.Delegation, _ *models.DelegationFacts) { d.Delegate = "" }, head, "required"},
		{"to a stranger", func(_ *models.Delegation, f *models.DelegationFacts) { f.Delegate = nil }, head, "person_unknown"},
		{"to oneself", func(d *models.Delegation, _ *models.DelegationFacts) { d.Delegate = "e-head" }, head, "delegate_self"},
		{"by an admin to themselves", func(d *models.Delegation, _ *models.DelegationFacts) { d.Delegate = "e-admin" }, admin, "delegate_appoints_self"},
		{"to another holder of the office", func(_ *models.Delegation, f *models.DelegationFacts) { f.DelegateHolds = true }, head, "delegate_self"},
		{"to somebody without an account", func(_ *models.Delegation, f *models.DelegationFacts) { f.DelegateSignsIn = false }, head, "delegate_no_account"},
		{"to somebody on leave", func(_ *models.Delegation, f *models.DelegationFacts) {
			f.Delegate = &models.EmployeeView{Status: "leave"}
		}, head, "delegate_not_active"},
		{"to somebody who has given their own office away", func(_ *models.Delegation, f *models.DelegationFacts) { f.DelegateAway = true }, head, "delegate_away"},
		{"to somebody beside", func(_ *models.Delegation, f *models.DelegationFacts) { f.DelegatePath = "/A/A.2/" }, head, ""},
		{"to another branch", func(_ *models.Delegation, f *models.DelegationFacts) {
			f.UnitPath, f.DelegatePath = "/A/A.1/A.1.1/", "/A/A.2/"
		}, head, "delegate_elsewhere"},
		{"to another branch, by an admin", func(_ *models.Delegation, f *models.DelegationFacts) {
			f.UnitPath, f.DelegatePath = "/A/A.1/A.1.1/", "/A/A.2/"
		}, admin, ""},
		{"without a reason", func(d *models.Delegation, _ *models.DelegationFacts) { d.Reason = " " }, head, "required"},
		{"from yesterday", func(d *models.Delegation, _ *models.DelegationFacts) { d.From = day(-1) }, head, "date_past"},
		{"that ends before it begins", func(d *models.Delegation, _ *models.DelegationFacts) { d.From, d.Until = day(3), day(2) }, head, "period_reversed"},
		{"for thirty days", func(d *models.Delegation, _ *models.DelegationFacts) { d.Until = day(29) }, head, ""},
		{"for longer", func(d *models.Delegation, _ *models.DelegationFacts) { d.Until = day(30) }, head, "period_long"},
		{"in more than a year", func(d *models.Delegation, _ *models.DelegationFacts) { d.From, d.Until = day(400), day(401) }, head, "date_far"},
		{"while somebody acts already", func(_ *models.Delegation, f *models.DelegationFacts) { f.Others = []string{"Ayu"} }, head, "delegation_overlaps"},
		{"while somebody acts already, on purpose", func(d *models.Delegation, f *models.DelegationFacts) { f.Others, d.Overlap = []string{"Ayu"}, true }, head, ""},
		{"of what the principal does not hold", func(_ *models.Delegation, f *models.DelegationFacts) { f.Holds = false }, admin, "office_not_held"},
		{"of an office that decides nothing", func(d *models.Delegation, _ *models.DelegationFacts) { d.Role = models.RoleDrafter }, head, "choice_unknown"},
		{"for a vacancy, by a head", func(d *models.Delegation, f *models.DelegationFacts) { d.Kind, f.Holds = models.ActingVacancy, false }, head, "acting_by_admin"},
		{"for a vacancy, by an admin, for longer", func(d *models.Delegation, f *models.DelegationFacts) {
			d.Kind, f.Holds, d.Until = models.ActingVacancy, false, day(90)
		}, admin, ""},
		{"for a vacancy that is none", func(d *models.Delegation, _ *models.DelegationFacts) { d.Kind = models.ActingVacancy }, admin, "office_not_vacant"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, f := sound, facts
			if tt.change != nil {
				tt.change(&d, &f)
			}
			faults := models.CheckDelegation(d, f, tt.by, 30)
			if tt.want == "" {
				require.Empty(t, faults)
				return
			}
			require.Len(t, faults, 1, "%v", faults)
			require.Equal(t, tt.want, faults[0].Code)
		})
	}
}

func TestWhoDelegates(t *testing.T) {
	d := models.Delegation{Kind: models.ActingDaily, Role: models.RoleHead, Unit: "A.1", Principal: "e-head"}
	held := models.DelegationFacts{UnitPath: "/A/A.1/", Holds: true, Principal: models.EmployeeActive}
	leave := models.DelegationFacts{UnitPath: "/A/A.1/", Holds: true, Principal: models.EmployeeOnLeave}
	head := delegate("head", models.Grant{Role: models.RoleHead, Unit: "A.1", UnitPath: "/A/A.1/"})
	plh := delegate("plh", models.Grant{Role: models.RoleActingHead, Unit: "A.1", UnitPath: "/A/A.1/", OnBehalfOf: "e-head"})
	above := delegate("above", models.Grant{Role: models.RoleHead, Unit: "A", UnitPath: "/A/"})
	for name, tt := range map[string]struct {
		actor models.Actor
		facts models.DelegationFacts
		may   bool
	}{
		"the holder": {head, held, true}, "not a delegate of theirs: no chain": {plh, held, false}, "not the head above": {above, held, false},
		"the head above, of somebody on leave": {above, leave, true}, "an admin": {delegate("x", models.Grant{Role: models.RoleAdmin}), held, true},
		"not somebody else": {delegate("x"), leave, false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tt.may, models.MayDelegate(tt.actor, d, tt.facts)) })
	}
}

func TestDelegationInTime(t *testing.T) {
	zone := time.FixedZone("WIB", 7*3600)
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, zone)
	today := models.DateOf(now)
	d := models.Delegation{Kind: models.ActingDaily, Role: models.RoleHead, Unit: "A.1", Principal: "e-head", Delegate: "e-plh", From: today, Until: today}
	g := d.Grant(now, zone)
	require.Equal(t, models.RoleActingHead, g.Role)
	require.Equal(t, "e-head", g.OnBehalfOf)
	require.Equal(t, now, g.From, "what begins today begins at once")
	require.Equal(t, time.Date(2026, 11, 24, 0, 0, 0, 0, zone), *g.Until, "the last day is part of it")
	d.Role = models.RoleOfficerLead
	require.Equal(t, models.RoleOfficerLead, d.Grant(now, zone).Role)
	d.Kind, d.Role = models.ActingVacancy, models.RoleHead
	require.Empty(t, d.Grant(now, zone).OnBehalfOf, "who acts for a vacancy acts for nobody")

	v := models.DelegationView{From: g.From, Until: g.Until, PrincipalID: "e-head", UnitPath: "/A/A.1/"}
	for at, want := range map[time.Time]models.DelegationState{
		now.Add(-time.Second): models.DelegationToCome, now: models.DelegationInForce,
		g.Until.Add(-time.Second): models.DelegationInForce, *g.Until: models.DelegationOver,
	} {
		require.Equal(t, want, v.State(at))
	}
	require.True(t, v.MayRevoke(delegate("head"), now))
	require.False(t, v.MayRevoke(delegate("head"), *g.Until), "what is over")
	require.False(t, v.MayRevoke(delegate("plh"), now))
}
