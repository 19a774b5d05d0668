//go:build unix

// Package pgserver starts a private PostgreSQL server from the binaries that Debian installs: for tests, and for
// `loket bench` where no server is named. It owns finding them, a data folder that is thrown away, and the process; it
// leaves databases and schemas to those who ask.
package pgserver

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

// Server is a PostgreSQL process of ours with its data in a temporary folder.
type Server struct {
	dir      string
	port     int
	settings []string
	process  *os.Process
	exited   chan struct{}
	log      *journal
}

// Forgetful are settings for data that need not outlive a power cut, as those of tests.
func Forgetful() []string {
	return []string{"fsync=off", "full_page_writes=off", "max_connections=300"}
}

// Launch initialises a data folder and starts a server on a free loopback port, with settings as name=value. The port
// is only probably free, so a server that exits at once is tried anew. Whoever launches stops.
func Launch(ctx context.Context, settings ...string) (*Server, error) {
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
		s := &Server{dir: dir, settings: settings}
		if s.port, err = freePort(); err != nil {
			break
		}
		if err = s.run(ctx, bin, who); err == nil {
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
		return "", fmt.Errorf("PostgreSQL 15 or newer is missing: initdb is neither under /usr/lib/postgresql/*/bin nor in PATH; the Debian package 'postgresql' brings it")
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

func (s *Server) run(ctx context.Context, bin string, who *syscall.Credential) error {
	s.exited, s.log = make(chan struct{}), new(journal)
	args := []string{"-D", s.dir, "-c", "listen_addresses=127.0.0.1", "-c", "port=" + strconv.Itoa(s.port), "-c", "unix_socket_directories="}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	cmd := exec.Command(filepath.Join(bin, "postgres"), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, s.log, s.log
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
		return fmt.Errorf("starting postgres: %w", err)
	}
	if err := s.awaitReady(ctx); err != nil {
		s.halt()
		return err
	}
	return nil
}

func (s *Server) awaitReady(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := pgx.Connect(ctx, s.URL()); err == nil {
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

// URL is the address of the database "postgres", as the superuser.
func (s *Server) URL() string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", s.port)
}

// Stop ends the server and removes its files.
func (s *Server) Stop() {
	s.halt()
	_ = os.RemoveAll(s.dir)
}

// halt asks for an immediate shutdown, since the data are thrown away.
func (s *Server) halt() {
	_ = s.process.Signal(syscall.SIGQUIT)
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		_ = s.process.Kill()
		<-s.exited
	}
}

// Kill ends the server as a power cut would; its files stay.
func (s *Server) Kill() error {
	err := s.process.Kill()
	<-s.exited
	return err
}

// Revive starts a killed server again, with its data and at its address.
func (s *Server) Revive(ctx context.Context) error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	who, err := credential()
	if err != nil {
		return err
	}
	return s.run(ctx, bin, who)
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
