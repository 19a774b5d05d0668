package files_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"loket/internal/files"
	"loket/internal/files/filestest"
	"loket/models"
)

// bucket is as much of S3 as keeping files takes.
type bucket struct {
	mu    sync.Mutex
	kept  map[string][]byte
	asked []string
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, r.Method+" "+r.URL.Path)
	body, known := b.kept[r.URL.Path]
	switch {
	case !strings.Contains(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256"):
		w.WriteHeader(http.StatusForbidden)
	case r.Method == http.MethodPut:
		b.kept[r.URL.Path], _ = io.ReadAll(r.Body)
	case r.Method == http.MethodDelete:
		delete(b.kept, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	case !known:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodGet:
		_, _ = w.Write(body)
	}
}

func TestVault(t *testing.T) {
	cloud := &bucket{kept: map[string][]byte{}}
	server := httptest.NewServer(cloud)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	s3 := "s3://loket?region=ap-southeast-3&use_path_style=true&request_checksum_calculation=when_required&response_checksum_validation=when_required&endpoint=" + server.URL
	for name, address := range map[string]string{"a folder": "file:" + filepath.Join(t.TempDir(), "deep", "files"), "S3": s3} {
		t.Run("in "+name, func(t *testing.T) {
			v, err := files.Open(t.Context(), address)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, v.Close()) })
			body := filestest.PDF(name)
			sum := files.Sum(body)
			_, err = v.Get(t.Context(), sum)
			require.ErrorContains(t, err, "is lost")
			require.NoError(t, v.Put(t.Context(), sum, body))
			require.NoError(t, v.Put(t.Context(), sum, body), "twice is once")
			got, err := v.Get(t.Context(), sum)
			require.NoError(t, err)
			require.Equal(t, body, got)
			require.NoError(t, v.Delete(t.Context(), sum))
			require.NoError(t, v.Delete(t.Context(), sum), "gone is gone")
			_, err = v.Get(t.Context(), sum)
			require.ErrorContains(t, err, "is lost")
		})
	}
	require.NotEmpty(t, cloud.asked)
}

func folder(t *testing.T) (*files.Vault, string) {
	t.Helper()
	dir := t.TempDir()
	v, err := files.Open(t.Context(), "file:"+dir)
	require.NoError(t, err)
	return v, dir
}

func TestVaultInAFolder(t *testing.T) {
	v, dir := folder(t)
	body := filestest.PDF("satu")
	sum := files.Sum(body)
	require.NoError(t, v.Put(t.Context(), sum, body))
	path := filepath.Join(dir, sum[:2], sum)
	t.Run("a content lies under its own sum alone, closed to others", func(t *testing.T) {
		var found []string
		require.NoError(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
			if !info.IsDir() {
				found = append(found, path)
				return err
			}
			require.True(t, path == dir || info.Mode().Perm()&0o077 == 0, path)
			return err
		}))
		require.Equal(t, []string{path}, found)
	})
	t.Run("a content that was changed where it lies is not given out", func(t *testing.T) {
		require.NoError(t, os.WriteFile(path, filestest.PDF("dua"), 0o600))
		_, err := v.Get(t.Context(), sum)
		require.ErrorContains(t, err, "was changed")
	})
	t.Run("a store that is away is something to wait out", func(t *testing.T) {
		require.NoError(t, os.RemoveAll(dir))
		require.NoError(t, os.WriteFile(dir, nil, 0o600))
		require.ErrorIs(t, v.Put(t.Context(), sum, body), models.ErrUnavailable)
	})
}

// ledger gives up what it is told to.
type ledger struct{ doomed, gone []string }

func (l *ledger) DoomBlobs(context.Context) ([]string, error) { return l.doomed, nil }

func (l *ledger) BlobGone(_ context.Context, sum string) error {
	l.gone = append(l.gone, sum)
	return nil
}

func TestSweep(t *testing.T) {
	v, _ := folder(t)
	old, kept := filestest.PDF("lama"), filestest.PDF("dipakai")
	for _, body := range [][]byte{old, kept} {
		require.NoError(t, v.Put(t.Context(), files.Sum(body), body))
	}
	missing := files.Sum([]byte("never written"))
	l := &ledger{doomed: []string{files.Sum(old), missing}}
	require.NoError(t, v.Sweep(t.Context(), l))
	require.Equal(t, l.doomed, l.gone)
	_, err := v.Get(t.Context(), files.Sum(old))
	require.Error(t, err)
	_, err = v.Get(t.Context(), files.Sum(kept))
	require.NoError(t, err)
}
