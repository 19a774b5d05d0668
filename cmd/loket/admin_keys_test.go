package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ringOf gives the ids of the keys that an installation has for a purpose.
func ringOf(t *testing.T, environ []string, purpose string) []string {
	t.Helper()
	folder, _ := strings.CutPrefix(environ[0], "LOKET_DATA_DIR=")
	body, err := os.ReadFile(filepath.Join(folder, "keyring.json"))
	require.NoError(t, err)
	var ring struct {
		Keys []struct{ ID, Purpose string }
	}
	require.NoError(t, json.Unmarshal(body, &ring))
	var ids []string
	for _, k := range ring.Keys {
		if k.Purpose == purpose {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

func TestRotateKey(t *testing.T) {
	environ := inFolder(t)
	opens := func(username string) {
		t.Helper()
		got := loket(t, environ, "admin", "create-account", username, "--name", "Uji", "--email", username+"@kem.example", "--plain")
		require.Zero(t, got.code, got.errors)
	}
	opens("uji.satu")
	t.Run("the trail verifies over both keys", func(t *testing.T) {
		got := loket(t, environ, "admin", "rotate-key", "audit")
		require.Zero(t, got.code, got.errors)
		ids := ringOf(t, environ, "audit")
		require.Len(t, ids, 2)
		require.Contains(t, got.out, ids[1])
		opens("uji.dua")
		checked := loket(t, environ, "check", "audit")
		require.Zero(t, checked.code, checked.errors+checked.out)
	})
	t.Run("the engine's key too", func(t *testing.T) {
		require.Zero(t, loket(t, environ, "admin", "rotate-key", "codec").code)
		require.Len(t, ringOf(t, environ, "codec"), 2)
		checked := loket(t, environ, "check", "audit")
		require.Zero(t, checked.code, checked.errors+checked.out)
	})
	for purpose, says := range map[string]string{"token": "would be lost", "ca": "would be lost", "yeast": "audit or codec"} {
		t.Run(purpose+" is misuse", func(t *testing.T) {
			got := loket(t, environ, "admin", "rotate-key", purpose)
			require.Equal(t, exitMisused, got.code)
			require.Contains(t, got.errors, says)
		})
	}
	require.Len(t, ringOf(t, environ, "token"), 1)
}
