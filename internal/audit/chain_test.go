package audit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/keyring"
	"loket/models"
)

func keys(t *testing.T) *keyring.Ring {
	t.Helper()
	ring, err := keyring.Open(t.TempDir() + "/keyring.json")
	require.NoError(t, err)
	return ring
}

func entry() models.AuditEntry {
	return models.AuditEntry{Stream: "case:1", At: time.Date(2026, 6, 8, 1, 2, 3, 4000, time.UTC), Actor: "a", Action: "sent",
		Object: "memo:1", Origin: models.Origin{Channel: "api"}, Before: `{"status":"draft"}`, After: `{"status":"approval"}`, Outcome: "ok"}
}

func TestLink(t *testing.T) {
	ring := keys(t)
	code, err := Link(ring, "main", "before", entry())
	require.NoError(t, err)
	t.Run("an entry as it was written holds", func(t *testing.T) {
		ok, err := Linked(ring, "main", code, entry())
		require.NoError(t, err)
		require.True(t, ok)
	})
	changes := map[string]func(*models.AuditEntry){
		"actor":   func(e *models.AuditEntry) { e.Actor = "b" },
		"action":  func(e *models.AuditEntry) { e.Action = "approved" },
		"instant": func(e *models.AuditEntry) { e.At = e.At.Add(time.Microsecond) },
		"origin":  func(e *models.AuditEntry) { e.Origin.IP = "192.0.2.1" },
		"after":   func(e *models.AuditEntry) { e.After = "" },
		"text moved from one field to the next": func(e *models.AuditEntry) {
			e.Object, e.Action = e.Object+e.Action, ""
		},
	}
	for name, change := range changes {
		t.Run("a changed "+name+" shows", func(t *testing.T) {
			e := entry()
			change(&e)
			ok, err := Linked(ring, "main", code, e)
			require.NoError(t, err)
			require.False(t, ok)
		})
	}
	t.Run("an entry proves nothing for another agency or under a key that is gone", func(t *testing.T) {
		ok, err := Linked(ring, "other", code, entry())
		require.NoError(t, err)
		require.False(t, ok)
		code.KeyID = "gone"
		ok, err = Linked(ring, "main", code, entry())
		require.NoError(t, err)
		require.False(t, ok)
	})
	t.Run("what an older key wrote still holds", func(t *testing.T) {
		code, err := Link(ring, "main", "", entry())
		require.NoError(t, err)
		require.NoError(t, ring.Rotate(keyring.Audit))
		ok, err := Linked(ring, "main", code, entry())
		require.NoError(t, err)
		require.True(t, ok)
	})
}

func TestSeal(t *testing.T) {
	ring := keys(t)
	code := Seal(ring, "", "case:1", "mac")
	require.True(t, Sealed(ring, code, "case:1", "mac"))
	require.False(t, Sealed(ring, code, "case:2", "mac"))
	require.False(t, Sealed(ring, code, "case:1", "other"))
}

func TestMask(t *testing.T) {
	e := entry()
	e.Before = `{"nik":"3174010101900001","nip":"199012312015011001","password":"x","rows":[{"token":"y","reason":"NIK 3174010101900001 salah"}]}`
	masked := Mask(e)
	t.Run("citizen numbers and secrets go, employee numbers stay", func(t *testing.T) {
		require.JSONEq(t, `{"nik":"3174********0001","nip":"199012312015011001","password":"***",
			"rows":[{"token":"***","reason":"NIK 3174********0001 salah"}]}`, masked.Before)
	})
	t.Run("text that is no JSON is masked as text", func(t *testing.T) {
		e.After = "NIK 3174010101900001"
		require.Equal(t, "NIK 3174********0001", Mask(e).After)
	})
}

func TestCheckpoint(t *testing.T) {
	ring := keys(t)
	line, err := Checkpoint{Seq: 7, At: time.Now(), SealMAC: "mac"}.Sign(ring).Line()
	require.NoError(t, err)
	t.Run("a line as it was written is read", func(t *testing.T) {
		c, err := ReadCheckpoint(ring, line)
		require.NoError(t, err)
		require.EqualValues(t, 7, c.Seq)
	})
	t.Run("a line of another ring is refused", func(t *testing.T) {
		_, err := ReadCheckpoint(keys(t), line)
		require.ErrorIs(t, err, ErrCheckpoint)
	})
	t.Run("half a line is refused", func(t *testing.T) {
		_, err := ReadCheckpoint(ring, line[:len(line)/2])
		require.ErrorIs(t, err, ErrCheckpoint)
	})
}
