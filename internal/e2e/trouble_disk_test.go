package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"loket/api/apitest"
	"loket/internal/pgtest"
)

// smallDisk is a file system of its own, which a test fills and empties. It answers false where this machine lets
// nobody mount one.
func smallDisk(t *testing.T, megabytes int) (dir string, ok bool) {
	t.Helper()
	dir = t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=0777", megabytes))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) {
		return "", false
	}
	require.NoError(t, err)
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755)) // PostgreSQL's user passes
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir, true
}

func ballast(dir string) string { return filepath.Join(dir, "ballast") }

// fill leaves not a byte.
func fill(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(ballast(dir))
	require.NoError(t, err)
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC)
			size /= 2
		}
	}
}

func empty(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.Remove(ballast(dir)))
}

// limit bounds how large a file the process may write.
func (o *office) limit(bytes string) {
	o.t.Helper()
	out, err := exec.Command("prlimit", "--pid", strconv.Itoa(o.process.Process.Pid), "--fsize="+bytes+":").CombinedOutput()
	require.NoError(o.t, err, "%s", out)
}

// TestDiskFull takes the room from beneath a running office, and gives it back. Writes are refused for a while, at worst,
// and what was acknowledged is there.
func TestDiskFull(t *testing.T) {
	t.Run("no file of SQLite's may grow", func(t *testing.T) {
		o := newOffice(t, "").trustsUs().start()
		o.withoutRoom(func() { o.limit("4096") }, func() { o.limit("unlimited") })
	})
	if _, may := smallDisk(t, 1); !may {
		t.Log("this machine lets nobody mount a small disk to fill")
		return
	}
	t.Run("the disk beneath SQLite and the engine is full", func(t *testing.T) {
		dir, _ := smallDisk(t, 96)
		o := newOffice(t, "").trustsUs()
		data := filepath.Join(dir, "data")
		out, err := exec.Command("cp", "-a", filepath.Join(o.dir, "data"), data).CombinedOutput()
		require.NoError(t, err, "%s", out)
		o.env = append(o.env, "LOKET_DATA_DIR="+data)
		o.start()
		o.withoutRoom(func() { fill(t, dir) }, func() { empty(t, dir) })
	})
	t.Run("the disk beneath PostgreSQL's tables is full", func(t *testing.T) {
		dir, _ := smallDisk(t, 96)
		o := newOffice(t, onDisk(t, dir)).trustsUs().start()
		o.withoutRoom(func() { fill(t, dir) }, func() { empty(t, dir) })
	})
}

// onDisk makes a database whose tables lie on the disk; the engine's databases and the server's own log do not.
func onDisk(t *testing.T, dir string) string {
	t.Helper()
	server := pgtest.Own(t)
	tables := filepath.Join(dir, "tables")
	require.NoError(t, os.Mkdir(tables, 0o700))
	database := server.NewDatabase(t)
	conn, err := pgx.Connect(t.Context(), server.URL(t))
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(context.Background())) }()
	owner := exec.Command("chown", "--reference", dataFolder(t, conn), tables)
	out, err := owner.CombinedOutput()
	require.NoError(t, err, "%s", out)
	name := database[strings.LastIndex(database, "/")+1:]
	name, _, _ = strings.Cut(name, "?")
	for _, statement := range []string{"create tablespace small location '" + tables + "'", `alter database "` + name + `" set tablespace small`} {
		_, err = conn.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	return database
}

func dataFolder(t *testing.T, conn *pgx.Conn) (dir string) {
	t.Helper()
	require.NoError(t, conn.QueryRow(t.Context(), "show data_directory").Scan(&dir))
	return dir
}

// withoutRoom writes and reads while there is no room, and finishes everything when there is.
func (o *office) withoutRoom(take, give func()) {
	t := o.t
	c := apitest.NewClient(t, o.base)
	senders, heads := o.appoint(c, 4, "unit_head", "KEM.1.2"), o.appoint(c, 3, "unit_head", "KEM")
	w := &workload{t: t, rows: staff(t), pace: time.Second, senders: senders[1:], heads: heads[1:], officers: o.appoint(c, 2, "officer", "KEM.5.1")}
	writer, reader := senders[0], heads[0] // those who insist use up what an account may ask in a minute
	extra := w.rows[len(w.rows)-1:]
	waiting := asked(t, writer, "Nota", extra)
	w.begin(8)
	<-time.After(3 * time.Second)
	take()
	refused := 0
	for end := time.Now().Add(scaled(8*time.Second, time.Minute)); time.Now().Before(end); {
		reader.Call(t, http.MethodGet, "/api/v1/memos/"+waiting, nil).Is(t, http.StatusOK)
		began := time.Now()
		a := writer.Call(t, http.MethodPost, "/api/v1/memos", draft(nil))
		if a.Status != http.StatusCreated { // a page that was free already
			away(t, a)
			require.Less(t, time.Since(began), soon)
			refused++
		}
		<-time.After(scaled(200*time.Millisecond, 2*time.Second))
	}
	require.Positive(t, refused)
	give()
	began := time.Now()
	finished(t, writer, reader, w.officers[0], waiting)
	t.Logf("%d writes refused; healed %s after", refused, time.Since(began).Round(time.Millisecond))
	w.end()
	for i, id := range w.ids {
		w.senders[i%len(w.senders)].await(t, id, "activation")
	}
	t.Logf("%d memos", len(w.ids))
	require.Eventually(t, o.ready, 10*time.Second, 100*time.Millisecond)
	o.stop()
	o.sound()
}
