package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/mail/mailbox"
	"loket/internal/pgtest"
)

var (
	postgres pgtest.Cluster
	built    = sync.OnceValues(build)
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(engineDir); dir != "" {
		os.Exit(beEngine(dir, os.Getenv(enginePort)))
	}
	os.Exit(postgres.Main(m))
}

// build gives the program under test: LOKET_TEST_BINARY where `make test` built it, else one built here.
func build() (string, error) {
	if path := os.Getenv("LOKET_TEST_BINARY"); path != "" {
		return path, nil
	}
	dir, err := os.MkdirTemp("", "loket-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "loket")
	cmd := exec.Command("go", "build", "-o", path, "loket/cmd/loket")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build loket: %w\n%s", err, out)
	}
	return path, nil
}

// office is one installation: a folder, a database, a mail server that catches, and the process that may be killed
// and started again over all of it.
type office struct {
	t       *testing.T
	binary  string
	dir     string
	base    string // http://127.0.0.1:port
	env     []string
	mail    *mailbox.Mailbox
	smtp    string // where the mail server listens
	process *exec.Cmd
	ended   chan struct{} // closed when the process is over; exit then says how
	exit    error
	output  *lockedBuffer
}

// lockedBuffer gathers what the process prints.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// tail gives the last lines.
func (l *lockedBuffer) tail(lines int) string {
	all := strings.SplitAfter(l.String(), "\n")
	return strings.Join(all[max(0, len(all)-lines-1):], "")
}

// newOffice prepares an installation on the database ("" is SQLite) with the synthetic ministry imported.
func newOffice(t *testing.T, databaseURL string) *office {
	t.Helper()
	binary, err := built()
	require.NoError(t, err)
	o := &office{t: t, binary: binary, dir: t.TempDir(), output: &lockedBuffer{}}
	o.mail, err = mailbox.Open(filepath.Join(o.dir, "mail"))
	require.NoError(t, err)
	smtp, err := o.mail.Listen("127.0.0.1:0", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, smtp.Close()) })
	o.smtp = smtp.Addr().String()
	address := freeAddress(t)
	o.base = "http://" + address
	o.env = append(outside(), "LOKET_DATA_DIR="+filepath.Join(o.dir, "data"), "LOKET_LISTEN="+address, "LOKET_PUBLIC_URL="+o.base,
		"LOKET_SMTP_URL=smtp://"+o.smtp+"?tls=none", "LOKET_MAIL_FROM=loket@kem.example", "LOKET_LOG_FORMAT=json")
	if databaseURL != "" {
		o.env = append(o.env, "LOKET_DATABASE_URL="+databaseURL)
	}
	o.command("migrate", "up")
	ministry := func(name string) string { return filepath.Join("..", "demo", "ministry", name+".csv") }
	o.command("import", "registry", "--units", ministry("units"), "--employees", ministry("employees"), "--appointments", ministry("appointments"))
	return o
}

// outside is the environment without settings of Loket: a test's own are all that count.
func outside() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "LOKET_") })
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// command runs a sub-command to its end and gives what it printed.
func (o *office) command(args ...string) string {
	o.t.Helper()
	out, err := o.outcome(args...)
	require.NoError(o.t, err, "loket %s\n%s", strings.Join(args, " "), out)
	return out
}

// outcome runs a sub-command to its end, well or not.
func (o *office) outcome(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(o.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, o.binary, args...)
	cmd.Env = o.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// start runs `loket serve` and waits until it is ready.
func (o *office) start() *office { return o.run("serve") }

// run runs a sub-command that serves, and waits until it is ready.
func (o *office) run(args ...string) *office {
	o.t.Helper()
	o.launch(args...)
	o.awaits(o.ready, "ready")
	return o
}

// awaits waits for what a process that lives will come to; one that died never will, and its last words say why.
func (o *office) awaits(what func() bool, called string) {
	o.t.Helper()
	require.Eventually(o.t, func() bool {
		select {
		case <-o.ended:
			return true
		default:
			return what()
		}
	}, time.Minute, 50*time.Millisecond, "never %s:\n%s", called, o.output)
	select {
	case <-o.ended:
		require.Fail(o.t, "loket died before it was "+called, "%v\n%s", o.exit, o.output.tail(30))
	default:
	}
}

// launch runs a sub-command that serves, and does not wait.
func (o *office) launch(args ...string) {
	o.t.Helper()
	o.process = exec.Command(o.binary, args...)
	o.process.Env, o.process.Stdout, o.process.Stderr = o.env, o.output, o.output
	o.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(o.t, o.process.Start())
	process, ended := o.process, make(chan struct{})
	o.ended = ended
	go func() { o.exit = process.Wait(); close(ended) }()
	o.t.Cleanup(o.kill)
}

func (o *office) ready() bool { return o.answers("/readyz") }

// answers tells whether a page is there.
func (o *office) answers(path string) bool {
	answer, err := http.Get(o.base + path)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// kill ends the process as a power cut would.
func (o *office) kill() {
	if o.process == nil {
		return
	}
	_ = o.process.Process.Kill()
	<-o.ended
	o.process = nil
}

// stop asks the process to end and gives how long it took.
func (o *office) stop() time.Duration {
	o.t.Helper()
	began := time.Now()
	require.NoError(o.t, o.process.Process.Signal(syscall.SIGTERM))
	<-o.ended
	require.NoError(o.t, o.exit, "%s", o.output)
	o.process = nil
	return time.Since(began)
}
