package registry

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/keyring"
	"loket/internal/sheet"
	"loket/internal/store"
	"loket/models"
)

// database is a real one, empty but for its tables.
func database(t *testing.T) *store.Store {
	t.Helper()
	dir := t.TempDir()
	ring, err := keyring.Open(filepath.Join(dir, "keyring.json"))
	require.NoError(t, err)
	s, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(dir, "loket.db"), AuditKeys: ring,
		TokenKey: ring.Current(keyring.Token).Secret, PublicURL: "http://localhost:8080"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	return s
}

func TestImportIntoTheDatabase(t *testing.T) {
	s := database(t)
	t.Run("the ministry is imported once, however often", func(t *testing.T) {
		first, err := Import(t.Context(), s, models.Actor{}, ministry(t), time.Now(), nil)
		require.NoError(t, err)
		require.Equal(t, 79, first.Units.Added)
		require.Equal(t, 900, first.Employees.Added)
		again, err := Import(t.Context(), s, models.Actor{}, ministry(t), time.Now(), nil)
		require.NoError(t, err)
		require.Equal(t, store.ImportCount{Unchanged: 900}, again.Employees)
		require.Equal(t, store.ImportCount{Unchanged: 149}, again.Appointments)
	})
	t.Run("appointments alone name people and units of the registry", func(t *testing.T) {
		_, err := Import(t.Context(), s, models.Actor{}, Files{Appointments: source("seats.csv", seatHead+"KEM.1,head,199101222013042559,2024-01-01,\n")}, time.Now(), nil)
		require.NoError(t, err)
		_, err = Import(t.Context(), s, models.Actor{}, Files{Appointments: source("seats.csv", seatHead+"KEM.1,head,199901222013042559,2024-01-01,\n")}, time.Now(), nil)
		require.ErrorContains(t, err, "seats.csv:2: nip: employee_unknown")
	})
	t.Run("20,000 employees go in within seconds, with progress to the last", func(t *testing.T) {
		var body bytes.Buffer
		require.NoError(t, sheet.WriteCSV(&body, strings.Split(strings.TrimSpace(staffHead), ","), crowd(20_000)))
		last, began := 0, time.Now()
		result, err := Import(t.Context(), database(t), models.Actor{}, Files{Units: source("units.csv", unitHead+"KEM,,Kementerian,ministry,\n"),
			Employees: &Source{Name: "employees.csv", Body: &body}}, time.Now(), func(done, _ int) { last = done })
		require.NoError(t, err)
		require.Equal(t, 20_000, result.Employees.Added)
		require.Equal(t, 20_001, last)
		require.Less(t, time.Since(began), time.Minute) // on a busy machine
		t.Log(time.Since(began))
	})
}
