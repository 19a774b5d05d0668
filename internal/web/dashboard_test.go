package web_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/internal/sheet"
	"loket/models"
)

func dashboardScenes() []scene {
	return []scene{
		{name: "dashboard", path: "/dashboard"},
		{name: "dashboard-year", path: "/dashboard?weeks=52&unit=KEM.1"},
		{name: "dashboard-empty", path: "/dashboard", set: func(c *counter) { c.empty = true }},
		{name: "audit-export-period", path: "/audit/export.csv?from=01-11-2026", status: 422},
	}
}

func (c *counter) DashboardUnits(ctx context.Context, a models.Actor) ([]models.UnitView, error) {
	tree, err := c.Units(ctx, a)
	return []models.UnitView{tree}, err
}

func (c *counter) Dashboard(_ context.Context, _ models.Actor, q models.DashboardQuery) (models.Dashboard, error) {
	monday := models.Date{Year: 2026, Month: 11, Day: 23}
	view := models.Dashboard{Unit: q.Unit, From: monday.AddDays(-7 * (q.Weeks - 1)).At(wib()), Until: noon(),
		Stages: []models.StageCount{{Stage: models.StageHead}, {Stage: models.StageOfficer}}}
	if q.Unit != "" {
		view.UnitName = "Direktorat Jenderal Perencanaan"
	}
	for i := range q.Weeks {
		w := models.WeekCount{Begins: monday.AddDays(-7 * (q.Weeks - 1 - i))}
		if !c.empty {
			w.Outcomes = models.Outcomes{Approved: 21 + i*7%13, Verified: 18 + i*5%11, Refused: i % 4, Returned: 2 + i%5, Expired: i % 7 / 6, Escalated: i % 3}
			w.InTime = w.Decided() - 2 - i%3
		}
		view.Weeks = append(view.Weeks, w)
	}
	for i, s := range []models.Status{models.StatusApproval, models.StatusReturned, models.StatusVerification, models.StatusProvisioning, models.StatusActivation} {
		o := models.OpenCount{Status: s}
		if !c.empty {
			o.Days2, o.Days7, o.Days14, o.Older = 12-2*i, 7+i, 3*i%5, i
			o.Total = o.Days2 + o.Days7 + o.Days14 + o.Older
		}
		view.Open = append(view.Open, o)
	}
	if !c.empty {
		view.Stages[0].Outcomes, view.Stages[0].Measured, view.Stages[0].Median, view.Stages[0].P90 = models.Outcomes{Approved: 312, Refused: 9, Returned: 21, Expired: 2, InTime: 318, Escalated: 12}, 342, 305, 870
		view.Stages[1].Outcomes, view.Stages[1].Measured, view.Stages[1].Median, view.Stages[1].P90 = models.Outcomes{Verified: 290, Refused: 5, Returned: 8, InTime: 291}, 303, 420, 1360
	}
	return view, c.ask(q)
}

// file makes an export of one line.
func (c *counter) file(name string, as desk.FileStyle, what any) (desk.Export, error) {
	return desk.Export{Name: name + ".csv", Type: "text/csv; charset=utf-8", Lines: 1, Write: func(_ context.Context, w io.Writer) error {
		out := sheet.NewCSV(w, ';')
		if err := out.Write([]string{"=1+1", as.Lang}); err != nil {
			return err
		}
		return out.Close()
	}}, c.ask(what)
}

func (c *counter) ExportMemos(_ context.Context, _ models.Actor, q desk.CaseQuery, as desk.FileStyle) (desk.Export, error) {
	return c.file("memo", as, q)
}

func (c *counter) ExportRows(_ context.Context, _ models.Actor, id string, s models.RowState, as desk.FileStyle) (desk.Export, error) {
	return c.file("rows", as, id+" "+string(s))
}

func (c *counter) ExportAudit(_ context.Context, _ models.Actor, q desk.AuditQuery, as desk.FileStyle) (desk.Export, error) {
	if q.From.IsZero() || q.Until.IsZero() {
		return desk.Export{}, models.Invalid(models.Fault("until", "required"))
	}
	return c.file("audit", as, q)
}

func TestListsAsFiles(t *testing.T) {
	t.Run("carry the list's own filter, and the language", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, body := ask(t, server, http.MethodGet, "/memos/export.csv?box=unit&status=approval&q="+url.QueryEscape(" LKT "), nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, "attachment; filename=memo.csv", res.Header.Get("Content-Disposition"))
		require.Equal(t, "\xef\xbb\xbf'=1+1;id\r\n", body)
		require.Equal(t, desk.CaseQuery{Box: "unit", Kind: models.KindMemo, Status: models.StatusApproval, Text: "LKT"}, c.asked[0])
	})
	t.Run("of the trail ask for a period, on the page itself", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, body := ask(t, server, http.MethodGet, "/audit/export.xlsx?from=01-11-2026&action=sent", nil)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
		require.Contains(t, body, `value="01-11-2026"`)
		require.Contains(t, body, `id="until-error"`)
		res, _ = ask(t, server, http.MethodGet, "/audit/export.xlsx?from=01-11-2026&until=02-11-2026", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		q, ok := c.asked[0].(desk.AuditQuery)
		require.True(t, ok)
		require.Equal(t, 48*time.Hour, q.Until.Sub(q.From), "both days are in it")
	})
	t.Run("of the trail are refused to whoever may not read it", func(t *testing.T) {
		c := newCounter()
		c.who.Actor.Grants = grants(models.RoleOfficer)
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodGet, "/audit/export.csv?from=01-11-2026&until=02-11-2026", nil)
		require.Equal(t, http.StatusForbidden, res.StatusCode)
	})
	t.Run("are linked from a memo's rows", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		_, body := ask(t, server, http.MethodGet, "/memos/memo-1", nil)
		require.Contains(t, body, `href="/memos/memo-1/rows.xlsx"`)
		res, _ := ask(t, server, http.MethodGet, "/memos/memo-1/rows.csv?state=rejected", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, "memo-1 rejected", c.asked[len(c.asked)-1])
	})
}

func TestTheDashboard(t *testing.T) {
	t.Run("draws each figure that its tables tell", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		res, body := ask(t, server, http.MethodGet, "/dashboard?weeks=4&unit=KEM.1", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, models.DashboardQuery{Unit: "KEM.1", Weeks: 4}, c.asked[0])
		require.Equal(t, 3, strings.Count(body, `role="img"`))
		require.Equal(t, 3, strings.Count(body, "<details class"))
		require.Contains(t, body, "5 jam 5 menit")
		require.NotContains(t, body, "style=")
	})
	t.Run("falls back on the usual period", func(t *testing.T) {
		c := newCounter()
		server, _ := serve(t, c)
		_, _ = ask(t, server, http.MethodGet, "/dashboard?weeks=13", nil)
		require.Equal(t, models.DashboardQuery{Weeks: 12}, c.asked[0])
	})
	t.Run("is refused to whoever overlooks nobody's work", func(t *testing.T) {
		c := newCounter()
		c.who.Actor.Grants = grants(models.RoleDrafter)
		server, _ := serve(t, c)
		res, _ := ask(t, server, http.MethodGet, "/dashboard", nil)
		require.Equal(t, http.StatusForbidden, res.StatusCode)
	})
}
