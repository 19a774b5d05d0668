package keyring_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/keyring"
)

func open(t *testing.T) (*keyring.Ring, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys", "keyring.json")
	ring, err := keyring.Open(path)
	require.NoError(t, err)
	return ring, path
}

func TestOpen(t *testing.T) {
	t.Run("makes a private file with a key for each purpose and reads it back", func(t *testing.T) {
		ring, path := open(t)
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		again, err := keyring.Open(path)
		require.NoError(t, err)
		for _, p := range keyring.Purposes() {
			require.Len(t, ring.Current(p).Secret, 32)
			require.Equal(t, ring.All(p), again.All(p))
		}
		left, err := os.ReadDir(filepath.Dir(path))
		require.NoError(t, err)
		require.Len(t, left, 1, "no draft stays behind")
	})

	t.Run("gives all who start at once the same keys", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "keyring.json")
		rings := make([]*keyring.Ring, 8)
		var all sync.WaitGroup
		for i := range rings {
			all.Go(func() { rings[i], _ = keyring.Open(path) })
		}
		all.Wait()
		for _, r := range rings {
			require.NotNil(t, r)
			require.Equal(t, rings[0].Current(keyring.Codec), r.Current(keyring.Codec))
		}
	})

	t.Run("refuses a file that others may read", func(t *testing.T) {
		_, path := open(t)
		require.NoError(t, os.Chmod(path, 0o644))
		_, err := keyring.Open(path)
		require.ErrorContains(t, err, "is open to others (mode 0644): run chmod 600")
	})

	t.Run("reads one mounted for a group", func(t *testing.T) {
		_, path := open(t)
		require.NoError(t, os.Chmod(path, 0o440))
		_, err := keyring.Open(path)
		require.NoError(t, err)
	})

	t.Run("refuses an empty file and leaves it alone", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "keyring.json")
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		_, err := keyring.Open(path)
		require.ErrorContains(t, err, "not a keyring")
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Empty(t, content)
	})
}

func TestParse(t *testing.T) {
	secret := base64.StdEncoding.EncodeToString(make([]byte, 32))
	key := func(id, purpose string) string {
		return fmt.Sprintf(`{"id":%q,"purpose":%q,"secret":%q}`, id, purpose, secret)
	}
	file := func(keys ...string) string { return `{"version":1,"keys":[` + strings.Join(keys, ",") + `]}` }
	whole := []string{key("a", "audit"), key("c", "codec"), key("t", "token"), key("x", "ca")}

	ring, err := keyring.Parse([]byte(file(whole...)))
	require.NoError(t, err)
	require.Equal(t, "c", ring.Current(keyring.Codec).ID)
	require.ErrorContains(t, ring.Rotate(keyring.Codec), "do not come from a file")

	for name, c := range map[string]struct{ content, says string }{
		"an unknown version":       {`{"version":2,"keys":[]}`, "version 2"},
		"a missing purpose":        {file(whole[:3]...), `no key for purpose "ca"`},
		"an unknown purpose":       {file(append(whole, key("y", "yeast"))...), "unknown purpose"},
		"an id there twice":        {file(append(whole, key("a", "audit"))...), "there twice"},
		"a short secret":           {file(append(whole, `{"id":"s","purpose":"ca","secret":"AAAA"}`)...), "3 bytes instead of 32"},
		"a field it does not know": {`{"version":1,"keys":[],"extra":1}`, "unknown field"},
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			_, err := keyring.Parse([]byte(c.content))
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestRotate(t *testing.T) {
	t.Run("adds a current key and keeps the old for reading", func(t *testing.T) {
		ring, path := open(t)
		old := ring.Current(keyring.Codec)
		audit := ring.Current(keyring.Audit)
		require.NoError(t, ring.Rotate(keyring.Codec))
		require.NotEqual(t, old.ID, ring.Current(keyring.Codec).ID)
		require.Equal(t, audit, ring.Current(keyring.Audit))
		again, err := keyring.Open(path)
		require.NoError(t, err)
		found, ok := again.ByID(keyring.Codec, old.ID)
		require.True(t, ok)
		require.Equal(t, old, found)
		_, ok = again.ByID(keyring.Audit, old.ID)
		require.False(t, ok, "a key serves one purpose only")
	})

	t.Run("shows in another process when it meets the new id", func(t *testing.T) {
		ring, path := open(t)
		other, err := keyring.Open(path)
		require.NoError(t, err)
		require.NoError(t, ring.Rotate(keyring.Codec))
		_, ok := other.ByID(keyring.Codec, ring.Current(keyring.Codec).ID)
		require.True(t, ok)
	})

	t.Run("loses no key of another process", func(t *testing.T) {
		ring, path := open(t)
		other, err := keyring.Open(path)
		require.NoError(t, err)
		require.NoError(t, ring.Rotate(keyring.Codec))
		require.NoError(t, other.Rotate(keyring.Codec))
		require.Len(t, other.All(keyring.Codec), 3)
	})

	t.Run("waits for nobody: a rotation under way is an error", func(t *testing.T) {
		ring, path := open(t)
		require.NoError(t, os.WriteFile(path+".lock", nil, 0o600))
		require.ErrorContains(t, ring.Rotate(keyring.Audit), "another rotation")
	})

	t.Run("refuses what would be lost with the old key", func(t *testing.T) {
		ring, _ := open(t)
		old := ring.Current(keyring.Token)
		require.ErrorIs(t, ring.Rotate(keyring.Token), keyring.ErrFixed)
		require.Equal(t, old, ring.Current(keyring.Token))
	})

	t.Run("refuses an unknown purpose", func(t *testing.T) {
		ring, _ := open(t)
		require.ErrorIs(t, ring.Rotate("yeast"), keyring.ErrUnknownPurpose)
	})
}

func TestNothingPrintsASecret(t *testing.T) {
	ring, _ := open(t)
	key := ring.Current(keyring.Audit)
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+"\n", ring)
		fmt.Fprintf(&out, verb+"\n", struct{ K keyring.Key }{key})
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("keys", "key", key, "ring", ring, "all", ring.All(keyring.Audit))
	slog.New(slog.NewTextHandler(&out, nil)).Info("keys", "key", key, "ring", ring, "all", ring.All(keyring.Audit))
	require.NoError(t, json.NewEncoder(&out).Encode(map[string]any{"key": key, "ring": ring}))
	for _, shape := range []string{
		base64.StdEncoding.EncodeToString(key.Secret),
		hex.EncodeToString(key.Secret), strings.ToUpper(hex.EncodeToString(key.Secret)),
		strings.Trim(fmt.Sprint(key.Secret), "[]"), fmt.Sprintf("%#v", key.Secret),
	} {
		require.NotContains(t, out.String(), shape)
	}
	require.Contains(t, out.String(), key.ID)
}
