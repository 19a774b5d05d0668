package demo

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/calendar"
	"loket/internal/i18n"
	"loket/internal/registry"
	"loket/internal/sheet"
	"loket/models"
)

func seeder(t *testing.T) *Seeder {
	t.Helper()
	s, err := New(Config{Clock: models.Clock{Epoch: time.Now(), Speed: 1}, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return s
}

func TestCast(t *testing.T) {
	s := seeder(t)
	t.Run("everybody has an office or serves, and a username of their own", func(t *testing.T) {
		seen := map[string]bool{}
		for _, in := range s.signIns {
			require.True(t, models.ValidUsername(in.Username), in.Username)
			require.False(t, seen[in.Username], in.Username)
			require.NotEmpty(t, in.Unit)
			require.Contains(t, groups(), in.Group)
			seen[in.Username] = true
		}
	})
	t.Run("the registry gives each the role that the start page names", func(t *testing.T) {
		appointments, err := table("ministry/appointments.csv")
		require.NoError(t, err)
		for _, p := range cast() {
			held := slices.ContainsFunc(appointments.Rows, func(r sheet.Row) bool {
				return r.Cells["nip"] == p.nip && r.Cells["unit_code"] == p.unit && models.Office(r.Cells["office"]).Role() == p.role
			})
			require.True(t, held, "%s is no %s of %s", p.nip, p.role, p.unit)
		}
	})
	t.Run("nobody of the list to try out has an account", func(t *testing.T) {
		clean, err := table("ministry/recap-clean.csv")
		require.NoError(t, err)
		require.Len(t, clean.Rows, 25)
		for _, r := range clean.Rows {
			require.False(t, slices.ContainsFunc(cast(), func(p part) bool { return p.nip == r.Cells["nip"] }), r.Cells["nip"])
			for _, sc := range plot() {
				require.False(t, slices.ContainsFunc(s.listed(sc), func(p person) bool { return p.nip == r.Cells["nip"] }), sc.key)
			}
		}
	})
	t.Run("the password meets the rules and holds nobody's name", func(t *testing.T) {
		for _, in := range s.signIns {
			require.Empty(t, models.AgencyPolicy().Check(Password, models.PasswordContext{Username: in.Username, Name: in.Name}))
		}
	})
}

func TestPlot(t *testing.T) {
	s := seeder(t)
	t.Run("every state that people can look at has a case", func(t *testing.T) {
		for _, status := range []models.Status{models.StatusDraft, models.StatusApproval, models.StatusVerification, models.StatusActivation,
			models.StatusDone, models.StatusRefused, models.StatusWithdrawn, models.StatusExpired} {
			require.True(t, slices.ContainsFunc(plot(), func(sc scene) bool { return sc.target == status }), string(status))
		}
	})
	t.Run("each scene has all its people, and nobody is listed twice", func(t *testing.T) {
		seen := map[string]bool{}
		for _, sc := range plot() {
			list := s.listed(sc)
			require.Len(t, list, sc.rows, sc.key)
			for _, p := range list {
				require.False(t, seen[p.nip], p.nip)
				require.True(t, within(p.unit, sc.below))
				seen[p.nip] = true
			}
		}
	})
	t.Run("each sender may send that kind for that unit", func(t *testing.T) {
		for _, sc := range plot() {
			i := slices.IndexFunc(cast(), func(p part) bool { return p.nip == sc.sender })
			require.Contains(t, models.DraftCandidates(sc.kind, sc.unit), models.Candidate{Role: cast()[i].role, Unit: cast()[i].unit}, sc.key)
		}
	})
	t.Run("a memo written again at the next start is the same", func(t *testing.T) {
		cal, err := calendar.BuiltIn()
		require.NoError(t, err)
		today := models.DateOf(time.Now().In(cal.Location()))
		for _, sc := range plot() {
			p := &player{Seeder: s, scene: sc}
			first, err := p.draft()
			require.NoError(t, err)
			second, err := p.draft()
			require.NoError(t, err)
			require.Equal(t, first, second)
			written := models.NormalizeMemo(first)
			written.Attachments = []models.Attachment{{Kind: models.RequiredAttachment(sc.kind)}}
			require.Empty(t, models.CheckMemo(written, today), sc.key)
		}
	})
}

func TestMinistry(t *testing.T) {
	t.Run("appointments for a time hold on whatever day the demo begins", func(t *testing.T) {
		for _, day := range []string{"2026-01-05", "2031-08-17"} {
			first, err := time.Parse(time.DateOnly, day)
			require.NoError(t, err)
			f, err := files(first)
			require.NoError(t, err)
			require.Empty(t, lapsed(t, f, models.DateOf(first)))
		}
	})
	t.Run("a list that nobody offers is not found", func(t *testing.T) {
		_, err := Recap("salaries")
		require.Error(t, err)
	})
}

// lapsed lists the lines of the appointments that do not hold on a day.
func lapsed(t *testing.T, f registry.Files, day models.Date) []int {
	t.Helper()
	table, err := sheet.Read(f.Appointments.Name, f.Appointments.Body, sheet.RegistryLimits())
	require.NoError(t, err)
	require.Len(t, table.Rows, 149)
	var lines []int
	for _, r := range table.Rows {
		row, faults := models.ParseAppointmentRow(r.Cells)
		require.Empty(t, faults)
		if row.ValidFrom.After(day) || !row.ValidUntil.IsZero() && row.ValidUntil.Before(day) {
			lines = append(lines, r.Line)
		}
	}
	return lines
}

func TestPage(t *testing.T) {
	words, err := i18n.New()
	require.NoError(t, err)
	s := seeder(t)
	page, err := NewPage(s, words, func(name string) string { return "/static/" + name },
		Facts{Agency: "Kementerian Contoh", Folder: "loket-data", Temporal: "http://127.0.0.1:8233", Speed: 600})
	require.NoError(t, err)
	get := func(t *testing.T, path, lang string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.AddCookie(&http.Cookie{Name: i18n.LanguageCookie, Value: lang})
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		return w
	}
	for _, lang := range i18n.Languages() {
		t.Run("shows every sign-in and where everything is, in "+lang, func(t *testing.T) {
			body := get(t, "/demo", lang).Body.String()
			require.Contains(t, body, `<html lang="`+lang+`">`)
			for _, in := range s.signIns {
				require.Contains(t, body, `value="`+in.Username+`"`)
			}
			for _, part := range []string{Password, "/mailbox", "/docs", "http://127.0.0.1:8233", "loket-data", "600", "/demo/recap-clean.csv"} {
				require.Contains(t, body, part)
			}
			require.NotContains(t, body, "style=")
			require.Empty(t, words.Missing())
		})
	}
	t.Run("asks again until the demo is set up, and not after", func(t *testing.T) {
		require.Contains(t, get(t, "/demo/progress", "en").Body.String(), "hx-get")
		s.mu.Lock()
		s.progress.Over, s.progress.Failed = true, []string{"done"}
		s.mu.Unlock()
		body := get(t, "/demo/progress", "en").Body.String()
		require.NotContains(t, body, "hx-get")
		require.Contains(t, body, "1 of the prepared cases")
	})
	t.Run("hands out the lists to try", func(t *testing.T) {
		w := get(t, "/demo/recap-clean.csv", "id")
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Body.String(), "nip,nik,name")
		require.Equal(t, http.StatusNotFound, get(t, "/demo/units.csv", "id").Code)
	})
}
