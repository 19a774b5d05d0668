package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// office is the cast of a unit's memos.
type office struct {
	head, above, root, elsewhere, officer, lead, support, auditor, ppk, listed models.Actor
}

func (b *bundle) office(t *testing.T) office {
	t.Helper()
	return office{
		head: b.holder(models.RoleHead, "KEM.1.2"), above: b.holder(models.RoleHead, "KEM.1"), root: b.holder(models.RoleHead, "KEM"),
		elsewhere: b.holder(models.RoleHead, "KEM.2.1"), officer: b.holder(models.RoleOfficer, ""), lead: b.holder(models.RoleOfficerLead, ""),
		support: b.holder(models.RoleSupport1, ""), auditor: b.holder(models.RoleAuditor, ""), ppk: b.holder(models.RolePPK, ""),
		listed: b.employee(recap(t, "recap-clean.csv")[0].NIP),
	}
}

// everyStage leaves one memo in each of several states.
func (b *bundle) everyStage(t *testing.T, o office) []string {
	t.Helper()
	rows := recap(t, "recap-clean.csv")
	send := func() models.Change {
		id := b.memo(o.head, "KEM.1.2", rows[:2])
		return b.record(b.sending(id, o.head, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
	}
	verify := func(c models.Change) models.Change {
		c = b.follow(c, models.EventApproved, models.StatusVerification)
		c.Actor, c.After.Stage = o.above, models.StageOfficer
		c.Item = &models.WorkItem{Stage: models.StageOfficer, Round: 1, Queue: "verification", Candidate: models.Candidate{Role: models.RoleOfficer},
			Due: b.caseNow().Add(time.Hour)}
		return b.record(c).Change
	}
	draft := b.memo(o.head, "KEM.1.2", rows[:1])
	others := b.memo(o.ppk, o.ppk.Grants[0].Unit, rows[1:2])
	discarded := b.memo(o.head, "KEM.1.2", rows[:1])
	require.NoError(t, b.DiscardDraft(b.ctx(), o.head, discarded))
	approval, verification := send(), verify(send())
	trouble := b.follow(verify(send()), models.EventTrouble, models.StatusProvisioning)
	trouble.Outcome, trouble.After.Trouble = "verified", "provisioning"
	b.record(trouble)
	refused := b.follow(send(), models.EventRefused, models.StatusRefused)
	refused.Actor, refused.Outcome, refused.Reason = o.above, "refused", "Belum perlu."
	b.record(refused)
	return []string{draft, others, discarded, approval.CaseID, verification.CaseID, trouble.CaseID, refused.CaseID}
}

func TestCasesShowWhatSeesAllows(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		ids := b.everyStage(t, o)
		cast := map[string]models.Actor{"head": o.head, "head above": o.above, "root": o.root, "head elsewhere": o.elsewhere, "officer": o.officer,
			"lead": o.lead, "support": o.support, "auditor": o.auditor, "ppk": o.ppk, "listed": o.listed, "nobody": {Agency: models.DefaultAgency, AccountID: "x"}}
		for name, actor := range cast {
			t.Run("to the "+name, func(t *testing.T) {
				page, err := b.Cases(b.ctx(), actor, CaseQuery{PageQuery: models.PageQuery{Limit: 100}})
				require.NoError(t, err)
				shown := map[string]bool{}
				for _, c := range page.Items {
					shown[c.ID] = true
				}
				for i, id := range ids {
					c, err := b.Case(b.ctx(), models.DefaultAgency, id)
					require.NoError(t, err)
					listed, decided, err := b.Standing(b.ctx(), id, actor)
					require.NoError(t, err)
					asking := actor
					asking.Listed = listed
					require.Equal(t, models.Sees(c, asking, decided), shown[id], "case %d (%s)", i, c.Status)
				}
			})
		}
	})
}

func TestCaseLists(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		ids := b.everyStage(t, o)
		list := func(a models.Actor, q CaseQuery) []models.CaseSummary {
			p, err := b.Cases(b.ctx(), a, q)
			require.NoError(t, err)
			return p.Items
		}
		t.Run("boxes, status and text narrow", func(t *testing.T) {
			require.Len(t, list(o.head, CaseQuery{Box: "mine"}), len(ids)-1)
			require.Len(t, list(o.head, CaseQuery{Box: "mine", Open: true}), 3)
			require.Len(t, list(o.above, CaseQuery{Box: "decided"}), 3)
			require.Empty(t, list(o.elsewhere, CaseQuery{Box: "unit"}))
			require.Len(t, list(o.auditor, CaseQuery{Status: models.StatusRefused}), 1)
			number := list(o.auditor, CaseQuery{Status: models.StatusRefused})[0].Number
			require.Len(t, list(o.auditor, CaseQuery{Text: number}), 1)
			require.NotEmpty(t, list(o.auditor, CaseQuery{Text: "FLEXI"}))
			require.NotEmpty(t, list(o.auditor, CaseQuery{Text: recap(t, "recap-clean.csv")[0].NIP}))
			require.Empty(t, list(o.auditor, CaseQuery{Text: "%"}))
		})
		t.Run("whoever is merely listed finds themselves by name and NIP, and no colleague", func(t *testing.T) {
			rows := recap(t, "recap-clean.csv")
			for _, text := range []string{rows[0].Name, rows[0].NIP, "FLEXI"} {
				require.NotEmpty(t, list(o.listed, CaseQuery{Text: text}), text)
			}
			for _, text := range []string{rows[1].Name, rows[1].NIP} {
				require.NotEmpty(t, list(o.above, CaseQuery{Text: text}), text)
				require.Empty(t, list(o.listed, CaseQuery{Text: text}), text)
				exported, err := b.CaseIDs(b.ctx(), o.listed, CaseQuery{Text: text}, 10)
				require.NoError(t, err)
				require.Empty(t, exported, text)
			}
		})
		t.Run("pages hold each case once, in order", func(t *testing.T) {
			var seen []string
			q := CaseQuery{PageQuery: models.PageQuery{Limit: 2}}
			for {
				p, err := b.Cases(b.ctx(), o.auditor, q)
				require.NoError(t, err)
				for _, c := range p.Items {
					require.NotContains(t, seen, c.ID)
					seen = append(seen, c.ID)
				}
				if p.Next == "" {
					break
				}
				q.Cursor = p.Next
			}
			require.Len(t, seen, len(ids)-2)
		})
		t.Run("a cursor of another list and a broken one are refused", func(t *testing.T) {
			for _, bad := range []string{"zzz", cursor{List: "inbox"}.encode()} {
				_, err := b.Cases(b.ctx(), o.auditor, CaseQuery{PageQuery: models.PageQuery{Cursor: bad}})
				require.ErrorIs(t, err, models.ErrInvalid)
				require.ErrorContains(t, err, "cursor_invalid")
			}
		})
		t.Run("rows are counted by state", func(t *testing.T) {
			for _, c := range list(o.auditor, CaseQuery{}) {
				require.Equal(t, c.Rows.Total, c.Rows.Pending+c.Rows.Accepted+c.Rows.Rejected)
				require.NotZero(t, c.Rows.Total)
			}
		})
		t.Run("the first page counts drafts, and trouble for support alone", func(t *testing.T) {
			drafts, trouble, err := b.HomeCounts(b.ctx(), o.head)
			require.NoError(t, err)
			require.Equal(t, []int{1, 0}, []int{drafts, trouble})
			_, trouble, err = b.HomeCounts(b.ctx(), o.support)
			require.NoError(t, err)
			require.Equal(t, 1, trouble)
		})
	})
}

func TestInbox(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		ids := b.everyStage(t, o)
		inbox := func(a models.Actor, queue string) ([]string, map[string]int) {
			p, err := b.Inbox(b.ctx(), a, queue, models.PageQuery{})
			require.NoError(t, err)
			var found []string
			for _, item := range p.Items {
				require.NotEmpty(t, item.Number)
				require.False(t, item.ItemDue.IsZero())
				found = append(found, item.ID)
			}
			return found, p.Counts
		}
		t.Run("a head is asked for approvals, an officer for verifications", func(t *testing.T) {
			found, counts := inbox(o.above, "")
			require.Equal(t, []string{ids[3]}, found)
			require.Equal(t, map[string]int{"approval": 1}, counts)
			found, counts = inbox(o.officer, "verification")
			require.Equal(t, []string{ids[4]}, found)
			require.Equal(t, map[string]int{"verification": 1}, counts)
			found, _ = inbox(o.officer, "approval")
			require.Empty(t, found)
		})
		t.Run("a line names the unit that sends, and whose calendar it is due by", func(t *testing.T) {
			p, err := b.Inbox(b.ctx(), o.above, "", models.PageQuery{})
			require.NoError(t, err)
			memo, err := b.Memo(b.ctx(), ids[3])
			require.NoError(t, err)
			for _, c := range []models.CaseSummary{p.Items[0].CaseSummary, memo.CaseSummary} {
				require.Equal(t, []string{"KEM.1.2", "Direktorat Perencanaan 2", "KEM.1"}, []string{c.Unit, c.UnitName, c.DueUnit})
			}
		})
		t.Run("a role that was revoked counts at once", func(t *testing.T) {
			b.tamper("update role_grants set valid_until = ? where employee_id = ?", b.caseNow(), o.above.EmployeeID)
			found, _ := inbox(b.actor(o.above.AccountID), "")
			require.Empty(t, found)
		})
		t.Run("nobody is asked about a memo they sent, wrote or are listed in", func(t *testing.T) {
			rows := recap(t, "recap-clean.csv")
			listed := b.employee(rows[0].NIP)
			for _, a := range []models.Actor{o.head, listed} {
				_, err := b.Grant(b.ctx(), models.Actor{}, models.RoleGrant{EmployeeID: a.EmployeeID, Role: models.RoleSubstitute, Unit: "KEM.1", From: b.caseNow()})
				require.NoError(t, err)
			}
			id := b.memo(o.head, "KEM.1.2", rows[:1])
			b.record(b.sending(id, o.head, models.Candidate{Role: models.RoleSubstitute, Unit: "KEM.1"}))
			for _, a := range []models.Actor{o.head, listed} {
				found, _ := inbox(b.actor(a.AccountID), "")
				require.NotContains(t, found, id)
				require.Zero(t, b.count("select count(*) from notices where case_id = ? and account_id = ?", id, a.AccountID))
			}
		})
		t.Run("the one due first comes first, page by page", func(t *testing.T) {
			for i := range 5 {
				id := b.memo(o.head, "KEM.1.2", recap(t, "recap-clean.csv")[:1])
				c := b.sending(id, o.head, models.Candidate{Role: models.RoleHead, Unit: "KEM"})
				c.Item.Due = b.caseNow().Add(time.Duration(7*i%5) * time.Hour)
				b.record(c)
			}
			var dues []int64
			q := models.PageQuery{Limit: 2}
			for {
				p, err := b.Inbox(b.ctx(), o.root, "", q)
				require.NoError(t, err)
				require.Equal(t, 5, p.Counts["approval"])
				for _, item := range p.Items {
					dues = append(dues, item.ItemDue.UnixMicro())
				}
				if q.Cursor = p.Next; p.Next == "" {
					break
				}
			}
			require.Len(t, dues, 5)
			require.IsIncreasing(t, dues)
		})
	})
}

func TestChangesSince(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		first := b.memo(o.head, "KEM.1.2", recap(t, "recap-clean.csv")[:1])
		newest, err := b.ChangesSince(b.ctx(), time.Time{})
		require.NoError(t, err)
		require.Len(t, newest, 1)
		b.wall.pass(time.Second)
		require.NoError(t, b.SaveDraft(b.ctx(), o.head, first, draftOf("KEM.1.2", nil), 0))
		second := b.memo(o.head, "KEM.1.2", nil)
		changes, err := b.ChangesSince(b.ctx(), newest[0].Touched)
		require.NoError(t, err)
		found := map[string]int{}
		for _, c := range changes {
			found[c.CaseID] = c.Version
		}
		require.Equal(t, map[string]int{first: 2, second: 1}, found)
	})
}

func TestApprovalFacts(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		rows := recap(t, "recap-clean.csv")
		id := b.memo(o.head, "KEM.1.2", rows)
		facts, err := b.ApprovalFacts(b.ctx(), id)
		require.NoError(t, err)
		t.Run("the smallest unit that holds all rows is asked, and those above it", func(t *testing.T) {
			require.Equal(t, facts.Chain[0], facts.Unit)
			require.Equal(t, "KEM", facts.Chain[len(facts.Chain)-1])
			for _, r := range rows {
				require.Contains(t, r.UnitCode+".", facts.Unit+".")
			}
			require.Len(t, facts.Listed, len(rows))
			require.Equal(t, o.officer.Grants[0].Unit, facts.OfficersUnit)
		})
		t.Run("it plans without the sender", func(t *testing.T) {
			steps, err := models.PlanHead(facts, o.head.AccountID, o.head.AccountID)
			require.NoError(t, err)
			require.NotEmpty(t, steps)
			for _, h := range facts.Holders {
				require.NotEmpty(t, h.AccountID, fmt.Sprint(h))
			}
		})
	})
}

// TestChangesSinceGoesOn: what one statement touched has one instant, and is told of whole however much it is.
func TestChangesSinceGoesOn(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		newest, err := b.ChangesSince(b.ctx(), time.Time{})
		require.NoError(t, err)
		require.Empty(t, newest)
		from := b.caseNow().Truncate(time.Second)
		b.tamper(`insert into cases (id, agency_id, kind, number, definition_version, status, stage, seq, version, round, step, requester_id, unit_code, unit_path,
				opened, updated, touched)
			with recursive n (no) as (select 1 union all select no + 1 from n where no < 2500)
			select 'touched-' || no, 'main', 'memo', 'LKT-' || no, 1, 'draft', '', 1, 1, 0, 0, @account, 'KEM.1', '/KEM/KEM.1/', @at, @at, @at from n`,
			map[string]any{"account": o.head.AccountID, "at": from})
		b.tamper("update cases set touched = @late where id = 'touched-77'", map[string]any{"late": from.Add(time.Second)})
		changes, err := b.ChangesSince(b.ctx(), from.Add(-time.Second))
		require.NoError(t, err)
		require.Equal(t, 2500, len(changes)) //nolint:testifylint // thousands of lines would say no more
		told := map[string]bool{}
		for _, c := range changes {
			told[c.CaseID] = true
		}
		require.Equal(t, 2500, len(told), "each once") //nolint:testifylint // as above
		require.Equal(t, "touched-77", changes[2499].CaseID, "the oldest first")
		changes, err = b.ChangesSince(b.ctx(), from)
		require.NoError(t, err)
		require.Len(t, changes, 1)
	})
}
