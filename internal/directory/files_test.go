package directory

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func writing(t testing.TB, folder string, now *time.Time) *Files {
	t.Helper()
	f, err := NewFiles(folder, time.FixedZone("WIB", 7*3600), func() time.Time { return *now })
	require.NoError(t, err)
	return f
}

func TestFiles(t *testing.T) {
	folder, now := t.TempDir(), time.Date(2026, 11, 23, 16, 59, 0, 0, time.UTC)
	set := now.Add(-time.Hour)
	f := writing(t, folder, &now)
	put := func(e models.DirectoryEntry) {
		t.Helper()
		require.NoError(t, f.Put(t.Context(), e))
		differences, err := f.Differences(t.Context(), e)
		require.NoError(t, err)
		require.Empty(t, differences)
	}
	e := dewi()
	put(e)
	put(e) // a repeat says nothing new
	e.PasswordSet, e.PasswordHash = &set, "$argon2id$secret"
	put(e)
	put(models.DirectoryEntry{AccountID: "0193-x", Username: "uji", Name: `=HYPERLINK("http://x.example","klik")`, Email: "@sum", Kind: models.AccountOfContract})
	put(models.DirectoryEntry{AccountID: "0193-y", Username: "baris", Name: "dua\r\nbaris", Kind: models.AccountOfCompany})
	now = now.Add(2 * time.Minute) // another day in Jakarta
	gone := dewi()
	gone.Disabled, gone.Applications = true, nil
	f = writing(t, folder, &now) // another process
	put(gone)
	put(gone)
	for _, day := range []string{"accounts-2026-11-23.csv", "accounts-2026-11-24.csv"} {
		golden, err := os.ReadFile(filepath.Join("testdata", day))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(folder, day))
		require.NoError(t, err)
		require.Equal(t, string(golden), string(got))
		require.NotContains(t, string(got), "argon2")
	}
	known, err := f.Known(t.Context())
	require.NoError(t, err)
	require.Equal(t, []Known{{"0193-dewi", "dewi.lestari"}, {"0193-x", "uji"}, {"0193-y", "baris"}}, known)
	differences, err := f.Differences(t.Context(), dewi())
	require.NoError(t, err)
	require.Equal(t, []string{"has another status", "has another applications"}, differences)
	missing := dewi()
	missing.AccountID = "0193-z"
	differences, err = f.Differences(t.Context(), missing)
	require.NoError(t, err)
	require.Equal(t, []string{"is missing"}, differences)
}

func TestFilesAfterAPowerCut(t *testing.T) {
	for _, half := range []string{"2026-11-23T10", "\"2026-11-23T10:00:00+07:00\",\"0193", "x,y,\"dua\r\nbaris", "\""} {
		folder, now := t.TempDir(), time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
		require.NoError(t, writing(t, folder, &now).Put(t.Context(), dewi()))
		path := filepath.Join(folder, "accounts-2026-11-23.csv")
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, append(whole, half...), 0o600))
		f := writing(t, folder, &now)
		other := dewi()
		other.AccountID, other.Username = "0193-putri", "putri"
		require.NoError(t, f.Put(t.Context(), dewi()))
		require.NoError(t, f.Put(t.Context(), other))
		body, err := os.ReadFile(path)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(body), string(whole)), "%q", half)
		require.Equal(t, 3, strings.Count(string(body), "\r\n"))
	}
}

func TestFilesOnABadDisk(t *testing.T) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	t.Run("the folder cannot be made", func(t *testing.T) {
		inTheWay := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(inTheWay, nil, 0o600))
		_, err := NewFiles(inTheWay, time.UTC, time.Now)
		require.Error(t, err)
	})
	t.Run("what cannot be written is tried again, and stands once", func(t *testing.T) {
		folder := t.TempDir()
		f := writing(t, folder, &now)
		path := filepath.Join(folder, "accounts-2026-11-23.csv")
		require.NoError(t, os.Mkdir(path, 0o700))
		fault := faultOf(f.Put(t.Context(), dewi()))
		require.True(t, fault.Away)
		require.NotContains(t, fault.Reason, folder)
		require.NoError(t, os.Remove(path))
		require.NoError(t, f.Put(t.Context(), dewi()))
		body, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(string(body), "0193-dewi"))
	})
	t.Run("half a line that no longer fitted is taken back", func(t *testing.T) {
		folder := t.TempDir()
		f := writing(t, folder, &now)
		require.NoError(t, f.Put(t.Context(), dewi()))
		path := filepath.Join(folder, "accounts-2026-11-23.csv")
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		other := dewi()
		other.AccountID = "0193-putri"
		full(t, uint64(len(whole)+20), func() { require.True(t, faultOf(f.Put(t.Context(), other)).Away) })
		left, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(whole), string(left))
		require.NoError(t, f.Put(t.Context(), other))
		left, err = os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(string(left), "0193-putri"))
	})
	t.Run("the folder is gone", func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "changes")
		f := writing(t, folder, &now)
		require.NoError(t, os.RemoveAll(folder))
		require.True(t, faultOf(f.Put(t.Context(), dewi())).Away)
	})
}

// full lets no file of this process grow past size meanwhile, as a disk does that is full.
func full(t *testing.T, size uint64, do func()) {
	t.Helper()
	var before syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: before.Max}))
	defer func() { require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before)) }()
	do()
}

func TestFilesOfManyProcesses(t *testing.T) {
	folder, now := t.TempDir(), time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	var all sync.WaitGroup
	for p := range 4 {
		f := writing(t, folder, &now)
		all.Go(func() {
			for i := range 50 {
				e := dewi()
				e.AccountID = fmt.Sprintf("account-%d-%d", p, i)
				require.NoError(t, f.Put(t.Context(), e))
			}
		})
	}
	all.Wait()
	body, err := os.ReadFile(filepath.Join(folder, "accounts-2026-11-23.csv"))
	require.NoError(t, err)
	rows, err := readRows(body)
	require.NoError(t, err)
	require.Len(t, rows, 201)
}
