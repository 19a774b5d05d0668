package store

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

// since asks for the week of the test's day and the two before.
func (b *bundle) since(within []string) DashboardQuery {
	monday := models.DateOf(testNow())
	zone := agencyZone()
	return DashboardQuery{Agency: models.DefaultAgency, Within: within, Now: b.caseNow().Add(time.Second),
		Begins: []time.Time{monday.AddDays(-14).At(zone), monday.AddDays(-7).At(zone), monday.At(zone)}}
}

func TestDashboardFigures(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		b.everyStage(t, o)
		t.Run("count what is open, and neither drafts nor what ended", func(t *testing.T) {
			b.wall.pass(8 * 24 * time.Hour)
			defer b.wall.pass(-8 * 24 * time.Hour)
			open, err := b.OpenCounts(b.ctx(), b.since(nil))
			require.NoError(t, err)
			require.Equal(t, map[models.Status]models.OpenCount{
				models.StatusApproval:     {Status: models.StatusApproval, Days14: 1, Total: 1},
				models.StatusVerification: {Status: models.StatusVerification, Days14: 1, Total: 1},
				models.StatusProvisioning: {Status: models.StatusProvisioning, Days14: 1, Total: 1}}, open)
		})
		t.Run("leave out what lies elsewhere", func(t *testing.T) {
			elsewhere := b.since([]string{"/KEM/KEM.2/"})
			open, err := b.OpenCounts(b.ctx(), elsewhere)
			require.NoError(t, err)
			require.Empty(t, open)
			ended, err := b.EndedCounts(b.ctx(), elsewhere)
			require.NoError(t, err)
			require.Empty(t, ended)
			spans, err := b.StageSpans(b.ctx(), elsewhere)
			require.NoError(t, err)
			require.Empty(t, spans)
		})
		t.Run("count decisions in their week, once though two scopes hold them", func(t *testing.T) {
			ended, err := b.EndedCounts(b.ctx(), b.since([]string{"/KEM/", "/KEM/KEM.1/"}))
			require.NoError(t, err)
			require.ElementsMatch(t, []EndedCount{
				{Week: 2, Stage: models.StageHead, Outcome: "approved", N: 2, InTime: 2},
				{Week: 2, Stage: models.StageHead, Outcome: "refused", N: 1, InTime: 1},
				{Week: 2, Stage: models.StageOfficer, Outcome: "verified", N: 1, InTime: 1}}, ended)
		})
		t.Run("measure a stage from its first asking, and call what was escalated late", func(t *testing.T) {
			id := b.memo(o.head, "KEM.1.2", recap(t, "recap-clean.csv")[:1])
			c := b.record(b.sending(id, o.head, models.Candidate{Role: models.RoleHead, Unit: "KEM.1"})).Change
			asked := b.caseNow()
			b.wall.pass(time.Hour)
			c = b.follow(c, models.EventEscalated, models.StatusApproval)
			c.Item = &models.WorkItem{Stage: models.StageHead, Round: 1, Step: 1, Queue: "approval", Candidate: models.Candidate{Role: models.RoleHead, Unit: "KEM"},
				Due: b.caseNow().Add(time.Hour)}
			c = b.record(c).Change
			b.wall.pass(time.Minute)
			c = b.follow(c, models.EventRefused, models.StatusRefused)
			c.Outcome = "refused"
			b.record(c)
			spans, err := b.StageSpans(b.ctx(), b.since(nil))
			require.NoError(t, err)
			require.True(t, spans[0].Opened.Equal(asked))
			require.Equal(t, 61*time.Minute, spans[0].Closed.Sub(spans[0].Opened))
			require.Equal(t, c.After.Unit, spans[0].Unit)
			ended, err := b.EndedCounts(b.ctx(), b.since(nil))
			require.NoError(t, err)
			require.Contains(t, ended, EndedCount{Week: 2, Stage: models.StageHead, Outcome: "escalated", N: 1, InTime: 1})
			require.Contains(t, ended, EndedCount{Week: 2, Stage: models.StageHead, Outcome: "refused", N: 2, InTime: 1})
		})
		t.Run("read nothing but a range of an index", func(t *testing.T) {
			b.planned(t, "work_items_by_end", `select w.stage, w.outcome, count(*) from work_items w
				where w.agency_id = 'main' and w.closed >= '2026-01-01 00:00:00+00:00' and w.closed < '2026-01-08 00:00:00+00:00' group by w.stage, w.outcome`)
		})
	})
}

// planned makes sure that a statement can be answered from an index; small tables are otherwise read whole.
func (b *bundle) planned(t *testing.T, index, statement string) {
	t.Helper()
	var plan []string
	if b.sqlite {
		var rows []struct{ Detail string }
		require.NoError(t, b.read.Raw("explain query plan "+statement).Scan(&rows).Error)
		for _, r := range rows {
			plan = append(plan, r.Detail)
		}
	} else {
		tx := b.write.Begin()
		defer tx.Rollback()
		require.NoError(t, tx.Exec("set local enable_seqscan = off").Error)
		require.NoError(t, tx.Raw("explain "+statement).Scan(&plan).Error)
	}
	require.Contains(t, strings.Join(plan, "\n"), index)
}

func TestUnitCalendars(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		for _, id := range []string{"id-wib", "id-wit"} {
			require.NoError(t, b.SeedCalendar(b.ctx(), models.Calendar{ID: id, Name: id, Version: 1}))
		}
		b.tamper("update units set calendar_id = 'id-wit' where code = 'KEM.1'")
		all, err := b.UnitCalendars(b.ctx(), models.DefaultAgency)
		require.NoError(t, err)
		for _, unit := range []string{"KEM", "KEM.1", "KEM.1.2", "KEM.2.1"} {
			one, err := b.UnitCalendar(b.ctx(), models.DefaultAgency, unit)
			require.NoError(t, err)
			require.Equal(t, one.ID, all[unit].ID, unit)
		}
		require.Equal(t, "id-wit", all["KEM.1.2"].ID)
	})
}

func TestExportsSeeWhatListsSee(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		o := b.office(t)
		b.everyStage(t, o)
		actors := map[string]models.Actor{"head": o.head, "above": o.above, "elsewhere": o.elsewhere, "officer": o.officer, "support": o.support,
			"auditor": o.auditor, "ppk": o.ppk, "listed": o.listed}
		for name, a := range actors {
			t.Run("the same cases in the same order: "+name, func(t *testing.T) {
				for _, q := range []CaseQuery{{}, {Box: "mine"}, {Box: "decided"}, {Box: "unit"}, {Status: models.StatusApproval}, {Text: "akun"}} {
					list, err := b.Cases(b.ctx(), a, CaseQuery{Box: q.Box, Status: q.Status, Text: q.Text, PageQuery: models.PageQuery{Limit: 200}})
					require.NoError(t, err)
					ids, err := b.CaseIDs(b.ctx(), a, q, 1000)
					require.NoError(t, err)
					lines, err := b.CaseLines(b.ctx(), ids)
					require.NoError(t, err)
					require.Equal(t, list.Items, append([]models.CaseSummary{}, lines...))
				}
			})
		}
		t.Run("no more than asked for", func(t *testing.T) {
			ids, err := b.CaseIDs(b.ctx(), o.auditor, CaseQuery{}, 2)
			require.NoError(t, err)
			require.Len(t, ids, 2)
		})
		t.Run("the trail of a period, and an entry of its own", func(t *testing.T) {
			q := AuditQuery{Action: "sent", From: testNow().Add(-time.Hour), Until: testNow().Add(time.Hour)}
			list, err := b.AuditEntries(b.ctx(), models.DefaultAgency, AuditQuery{Action: "sent", PageQuery: models.PageQuery{Limit: 200}})
			require.NoError(t, err)
			ids, err := b.AuditIDs(b.ctx(), models.DefaultAgency, q, 1000)
			require.NoError(t, err)
			entries, err := b.AuditLines(b.ctx(), models.DefaultAgency, ids)
			require.NoError(t, err)
			require.Equal(t, list.Items, entries)
			q.From, q.Until = testNow().Add(time.Hour), testNow().Add(2*time.Hour)
			ids, err = b.AuditIDs(b.ctx(), models.DefaultAgency, q, 1000)
			require.NoError(t, err)
			require.Empty(t, ids)
			require.NoError(t, b.NoteExport(b.ctx(), o.auditor, "audit", map[string]any{"lines": 4}))
			list, err = b.AuditEntries(b.ctx(), models.DefaultAgency, AuditQuery{Action: "exported"})
			require.NoError(t, err)
			require.Len(t, list.Items, 1)
			require.Equal(t, o.auditor.AccountID, list.Items[0].Actor)
			require.JSONEq(t, `{"lines":4}`, list.Items[0].After)
		})
	})
}
