//go:build unix

package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is a PostgreSQL process of ours with its data in a temporary folder.
type server struct {
	dir     string
	port    int
	process *os.Process
	exited  chan struct{}
	log     *journal
}

// launch initialises a data folder and starts a server on a free loopback port.
// The port is only probably free, so a server that exits at once is tried anew.
func launch(ctx context.Context) (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	who, err := credential()
	if err != nil {
		return nil, err
	}
	dir, err := dataFolder(who)
	if err != nil {
		return nil, err
	}
	if err := initialise(ctx, bin, dir, who); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	for range 3 {
		var s *server
		var port int
		if port, err = freePort(); err != nil {
			break
		}
		if s, err = run(ctx, bin, dir, who, port); err == nil {
			return s, nil
		}
	}
	return nil, errors.Join(err, os.RemoveAll(dir))
}

// binaries finds the folder that holds initdb and postgres; Debian keeps it out
// of PATH, one folder per version, of which the newest is taken.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	sort.Slice(found, func(i, j int) bool { return version(found[i]) < version(found[j]) })
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", fmt.Errorf("these tests need PostgreSQL 15 or newer: install the Debian package 'postgresql' (initdb is neither under /usr/lib/postgresql/*/bin nor in PATH), or set %s", SharedURLVariable)
	}
	return filepath.Dir(path), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// credential is the user to run as: PostgreSQL refuses root.
func credential() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL refuses to run as root and there is no user 'postgres'; the Debian package 'postgresql' creates it: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("reading the id of user postgres: %w", err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("reading the group of user postgres: %w", err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func dataFolder(who *syscall.Credential) (string, error) {
	dir, err := os.MkdirTemp("", "loket-postgres-")
	if err != nil {
		return "", fmt.Errorf("making a folder for PostgreSQL: %w", err)
	}
	if who == nil {
		return dir, nil
	}
	if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
		return "", errors.Join(fmt.Errorf("giving %s to user postgres: %w", dir, err), os.RemoveAll(dir))
	}
	return dir, nil
}

func initialise(ctx context.Context, bin, dir string, who *syscall.Credential) error {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"),
		"-D", dir, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb in %s: %w: %s", dir, err, bytes.TrimSpace(out))
	}
	return nil
}

func run(ctx context.Context, bin, dir string, who *syscall.Credential, port int) (*server, error) {
	s := &server{dir: dir, port: port, exited: make(chan struct{}), log: new(journal)}
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", dir,
		"-c", "listen_addresses=127.0.0.1", "-c", "port="+strconv.Itoa(port), "-c", "unix_socket_directories=",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, s.log, s.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who, Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	started := make(chan error)
	go func() {
		// The death signal is tied to the thread that forked: keep it alive.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		s.process = cmd.Process
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(s.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting postgres: %w", err)
	}
	if err := s.awaitReady(ctx); err != nil {
		s.halt()
		return nil, err
	}
	return s, nil
}

func (s *server) awaitReady(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := pgx.Connect(ctx, s.url()); err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.exited:
			return fmt.Errorf("postgres ended before it answered: %s", s.log)
		case <-ctx.Done():
			return fmt.Errorf("waiting for postgres: %w: %s", ctx.Err(), s.log)
		case <-tick.C:
		}
	}
}

func (s *server) url() string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", s.port)
}

func (s *server) stop() {
	s.halt()
	_ = os.RemoveAll(s.dir)
}

// halt asks for an immediate shutdown, since the data are thrown away.
func (s *server) halt() {
	_ = s.process.Signal(syscall.SIGQUIT)
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		_ = s.process.Kill()
		<-s.exited
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// journal keeps what the server wrote, to be shown when it does not start.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
