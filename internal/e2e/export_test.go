package e2e_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/desk"
	"loket/internal/sheet"
	"loket/models"
)

// taken writes an export.
func taken(t *testing.T, e desk.Export, err error) []byte {
	t.Helper()
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, e.Write(t.Context(), &out))
	return out.Bytes()
}

// TestExports takes lists out as files and finds in them what the lists say, to whom they say it; and reads a dashboard.
func TestExports(t *testing.T) {
	s := newStage(t)
	d := s.on(models.Clock{Speed: 1})
	asked, verified := s.sent(t, d), s.verified(t, d, desk.Verification{Rows: []models.RowDecision{{No: 1, Accept: true}, {No: 2, Reason: "=NIP keliru"}}})
	people, plain := desk.FileStyle{Lang: "id"}, desk.FileStyle{Lang: "en", Plain: true}
	auditor := models.Actor{Agency: models.DefaultAgency, AccountID: s.support.AccountID, Grants: []models.Grant{{Role: models.RoleAuditor, Unit: "KEM", UnitPath: "/KEM/"}}}

	t.Run("memos come in words for people, and in codes for programs", func(t *testing.T) {
		e, err := d.ExportMemos(t.Context(), s.sender, desk.CaseQuery{Status: models.StatusApproval}, people)
		lines := strings.Split(strings.TrimSpace(string(taken(t, e, err))), "\r\n")
		require.Equal(t, 1, e.Lines)
		require.True(t, strings.HasPrefix(lines[0], "\ufeffNomor;Perihal;Jenis;Keadaan;"), lines[0])
		require.Contains(t, lines[1], s.view(t, asked).Number+";Akses Flexiwork;Akses Flexiwork;Menunggu persetujuan;KEM.1.2;")
		e, err = d.ExportMemos(t.Context(), s.sender, desk.CaseQuery{Status: models.StatusApproval}, plain)
		lines = strings.Split(strings.TrimSpace(string(taken(t, e, err))), "\r\n")
		require.True(t, strings.HasPrefix(lines[0], "\ufeffNumber,Subject,Kind,State,"), lines[0])
		require.Contains(t, lines[1], ",flexiwork,approval,KEM.1.2,")
		require.Contains(t, lines[1], time.Now().In(s.paper.Zone).Format("2006-01-02T"))
	})
	t.Run("whoever sees nothing gets nothing, and a wrong question is refused", func(t *testing.T) {
		stranger := models.Actor{Agency: models.DefaultAgency, AccountID: "nobody"}
		e, err := d.ExportMemos(t.Context(), stranger, desk.CaseQuery{}, people)
		require.NoError(t, err)
		require.Zero(t, e.Lines)
		_, err = d.ExportMemos(t.Context(), s.sender, desk.CaseQuery{Box: "theirs"}, people)
		require.ErrorIs(t, err, models.ErrInvalid)
		_, err = d.ExportRows(t.Context(), stranger, asked, "", people)
		require.ErrorIs(t, err, models.ErrNotFound)
	})
	t.Run("rows bear their state and reason, and nothing that runs", func(t *testing.T) {
		e, err := d.ExportRows(t.Context(), s.sender, verified, "", desk.FileStyle{Lang: "id", XLSX: true})
		table, err := sheet.Read("rows.xlsx", bytes.NewReader(taken(t, e, err)), sheet.RecapLimits())
		require.NoError(t, err)
		require.Len(t, table.Rows, 2)
		require.Equal(t, "Ditolak", table.Rows[1].Cells["keadaan"])
		e, err = d.ExportRows(t.Context(), s.sender, verified, models.RowRejected, people)
		text := string(taken(t, e, err))
		require.Contains(t, text, ";'=NIP keliru;")
		require.Equal(t, 1, e.Lines)
	})
	t.Run("the trail comes to auditors, a period at a time", func(t *testing.T) {
		today := desk.AuditQuery{From: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour)}
		_, err := d.ExportAudit(t.Context(), s.sender, today, people)
		require.ErrorIs(t, err, models.ErrForbidden)
		_, err = d.ExportAudit(t.Context(), auditor, desk.AuditQuery{}, people)
		require.ErrorIs(t, err, models.ErrInvalid)
		_, err = d.ExportAudit(t.Context(), auditor, desk.AuditQuery{From: time.Now().AddDate(-2, 0, 0), Until: time.Now()}, people)
		require.ErrorIs(t, err, models.ErrInvalid)
		today.Action = "exported"
		e, err := d.ExportAudit(t.Context(), auditor, today, people)
		text := string(taken(t, e, err))
		require.Contains(t, text, "Mengunduh data;exported;memos;Berhasil;")
		require.Contains(t, text, "exported;memo:"+verified+";")
		require.Contains(t, text, "exported;audit;Anda tidak berwenang melakukan ini;", "the denial too")
	})
	t.Run("a file that cannot be written to its end says so", func(t *testing.T) {
		e, err := d.ExportMemos(t.Context(), s.sender, desk.CaseQuery{}, people)
		require.NoError(t, err)
		_, broken := io.Pipe()
		require.NoError(t, broken.Close())
		require.Error(t, e.Write(t.Context(), broken))
	})
	t.Run("the dashboard tells heads of their units, and auditors of all", func(t *testing.T) {
		view, err := d.Dashboard(t.Context(), s.head, models.DashboardQuery{Weeks: 4})
		require.NoError(t, err)
		require.Len(t, view.Weeks, 4)
		require.Equal(t, models.Outcomes{Approved: 1, Verified: 1, InTime: 2}, view.Weeks[3].Outcomes)
		require.Equal(t, 1, view.Stages[0].Measured)
		for _, o := range view.Open {
			if o.Status == models.StatusApproval {
				require.Equal(t, 1, o.Total)
			}
		}
		_, err = d.Dashboard(t.Context(), s.head, models.DashboardQuery{Unit: "KEM.2"})
		require.ErrorIs(t, err, models.ErrNotFound)
		view, err = d.Dashboard(t.Context(), auditor, models.DashboardQuery{Unit: "KEM.2"})
		require.NoError(t, err)
		require.Zero(t, view.Weeks[11].Decided())
		_, err = d.Dashboard(t.Context(), models.Actor{AccountID: s.sender.AccountID}, models.DashboardQuery{})
		require.ErrorIs(t, err, models.ErrForbidden)
	})
	t.Run("an account has the language in which its owner opened it", func(t *testing.T) {
		s.awaits(t, verified, models.StatusActivation)
		notices, err := s.store.ClaimNotices(t.Context(), 100, time.Minute)
		require.NoError(t, err)
		for _, n := range notices {
			if n.SecretFor == "" || n.CaseID != verified {
				continue
			}
			link, err := s.store.Mint(t.Context(), n)
			require.NoError(t, err)
			_, token, _ := strings.Cut(link["link"], "/password/")
			require.NoError(t, d.SetPassword(t.Context(), token, password, password, "en", models.Origin{Channel: "portal"}))
			account, err := d.Account(t.Context(), models.Actor{AccountID: n.SecretFor})
			require.NoError(t, err)
			require.Equal(t, "en", account.Locale)
		}
	})
}
