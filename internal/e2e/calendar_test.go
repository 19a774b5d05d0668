package e2e_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/calendar"
	"loket/models"
)

// TestCalendarIsEdited imports a calendar in which the day on which a memo falls due has become a holiday, beside a process
// that serves: the memo falls due later, and at its old time once the holiday is taken back.
func TestCalendarIsEdited(t *testing.T) {
	onBoth(t, func(t *testing.T, databaseURL string) {
		o := newOffice(t, databaseURL).start()
		c := apitest.NewClient(t, o.base)
		sender, head := o.hire(c, senderNIP), o.hire(c, headNIP)
		id := write(t, sender, recap(t, "recap-clean.csv"))
		sender.Call(t, http.MethodPost, "/api/v1/memos/"+id+"/send", nil).Is(t, http.StatusOK)
		first := sender.due(t, id)
		builtIn, err := calendar.BuiltIn()
		require.NoError(t, err)
		edited := builtIn
		edited.Holidays = append([]models.Holiday{{Date: models.DateOf(first.In(builtIn.Location())), Kind: models.HolidayLocal}}, builtIn.Holidays...)

		require.Contains(t, o.command("import", "calendar", o.calendarFile(builtIn)), "calendar id-2026, version 1 as before")
		require.Contains(t, o.command("import", "calendar", o.calendarFile(edited)), "calendar id-2026, version 2\n")
		sender.fallsDue(t, id, edited.Add(builtIn.Before(first, models.StageMinutes), models.StageMinutes))
		require.Equal(t, "calendar_changed", sender.conversation(t, id).last())
		var inbox struct {
			Items []struct{ Due time.Time }
		}
		head.Call(t, http.MethodGet, "/api/v1/inbox", nil).Into(t, http.StatusOK, &inbox)
		require.Len(t, inbox.Items, 1)
		require.True(t, sender.due(t, id).Equal(inbox.Items[0].Due), "whoever is asked reads the same")

		for query, holidays := range map[string]int{"": len(edited.Holidays), "?version=2": len(edited.Holidays), "?version=1": len(builtIn.Holidays)} {
			var is models.Calendar
			sender.Call(t, http.MethodGet, "/api/v1/calendars/id-2026"+query, nil).Into(t, http.StatusOK, &is)
			require.Len(t, is.Holidays, holidays, query)
		}
		sender.Call(t, http.MethodGet, "/api/v1/calendars/id-2026?version=3", nil).Refused(t, http.StatusNotFound, "not_found")

		require.Contains(t, o.command("import", "calendar", o.calendarFile(builtIn)), "calendar id-2026, version 3\n")
		sender.fallsDue(t, id, first)
		head.Call(t, http.MethodPost, "/api/v1/memos/"+id+"/decision", map[string]any{"approve": true}).Is(t, http.StatusOK)
		o.stop()
		o.command("check", "--strict")
	})
}

// calendarFile writes a calendar as an office would bring it.
func (o *office) calendarFile(c models.Calendar) string {
	o.t.Helper()
	body, err := json.Marshal(c)
	require.NoError(o.t, err)
	path := filepath.Join(o.dir, "calendar.json")
	require.NoError(o.t, os.WriteFile(path, body, 0o600))
	return path
}

// due is when a memo falls due.
func (p person) due(t *testing.T, id string) time.Time {
	t.Helper()
	var m struct{ Due time.Time }
	p.Call(t, http.MethodGet, "/api/v1/memos/"+id, nil).Into(t, http.StatusOK, &m)
	return m.Due
}

// fallsDue waits until a memo falls due then, to the minute.
func (p person) fallsDue(t *testing.T, id string, at time.Time) {
	t.Helper()
	require.Eventually(t, func() bool { return p.due(t, id).Sub(at).Abs() < time.Minute }, 30*time.Second, 250*time.Millisecond, "never due at %s", at)
}
