package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"loket/internal/config"
	"loket/internal/demo"
)

// demoFile marks a data folder as a demo's, and remembers what its first start chose.
const demoFile = "demo.json"

type demoCommand struct {
	Speed  int    `default:"1" placeholder:"N" help:"Divide deadlines by N: 600 lets a working day pass in a minute. Fixed at the first start of a data folder."`
	Reset  bool   `help:"Begin anew: throw the data folder's content away first."`
	Data   string `default:"loket-data" type:"path" placeholder:"DIR" help:"Folder for everything the demo keeps."`
	Listen string `placeholder:"ADDRESS" help:"Address and port of portal and API. Default: 127.0.0.1:8080, or the next free port."`
}

// Help tells more than one line.
func (demoCommand) Help() string {
	return `Portal, API, a Temporal server, mail caught in a mailbox page, and an invented ministry with ready-made sign-ins and open cases in every state; nothing leaves this machine. The start page is at /demo. Stop it with Ctrl-C, or kill it: started again, everything goes on where it was.

  loket demo
  loket demo --speed 600              watch a two-day deadline pass in minutes
  loket demo --data /tmp/try --reset`
}

// Run plays the demo until asked to stop.
func (c *demoCommand) Run(p *process) (err error) {
	folder, err := c.enter()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.lock.Unlock()) }()
	return c.play(p, folder)
}

// folder is a demo's data folder, ours as long as the lock is held.
type folder struct {
	path  string
	lock  *flock.Flock
	state demoState
}

// demoState is what demoFile holds: the ports that were had last, so that links in mail keep working.
type demoState struct {
	Portal   int `json:"portal"`
	Temporal int `json:"temporal"`
	// Apps are the applications', in the order of demoApps.
	Apps []int `json:"apps,omitempty"`
}

// enter takes the folder. One that holds something else is refused: a demo opens accounts whose password everybody
// knows.
func (c *demoCommand) enter() (folder, error) {
	f := folder{path: c.Data, lock: flock.New(filepath.Join(c.Data, "demo.lock"), flock.SetPermissions(0o600))}
	if c.Speed < 1 || c.Speed > 1_000_000 {
		return f, misuse("--speed is a whole number from 1 to 1000000")
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return f, fmt.Errorf("make the data folder: %w", err)
	}
	entries, err := os.ReadDir(c.Data)
	if err != nil {
		return f, fmt.Errorf("read the data folder: %w", err)
	}
	if len(entries) > 0 && !isDemo(c.Data) && !onlyLock(entries) {
		return f, misuse("%s holds something that is no demo: name another folder with --data", c.Data)
	}
	taken, err := f.lock.TryLock()
	if err != nil {
		return f, fmt.Errorf("lock the data folder: %w", err)
	}
	if !taken {
		return f, misuse("a demo runs in %s already: stop it, or name another folder with --data", c.Data)
	}
	if c.Reset {
		if err := empty(c.Data); err != nil {
			return f, fmt.Errorf("empty the data folder: %w", err)
		}
	}
	return f, f.load()
}

// onlyLock tells whether a first start got no further than its lock.
func onlyLock(entries []os.DirEntry) bool {
	return len(entries) == 1 && entries[0].Name() == "demo.lock"
}

// empty removes what is in the folder, the lock that we hold excepted.
func empty(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == "demo.lock" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(path, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) load() error {
	body, err := os.ReadFile(filepath.Join(f.path, demoFile))
	if errors.Is(err, fs.ErrNotExist) {
		return f.save()
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, &f.state); err != nil {
		return fmt.Errorf("read %s: %w", demoFile, err)
	}
	return nil
}

func (f *folder) save() error {
	body, err := json.Marshal(f.state)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(f.path, demoFile), body, 0o600)
}

// The ports that are tried first.
const (
	portalPort   = 8080
	temporalPort = 8233
)

// listen takes the portal's address: the one asked for, or the last one, or the first free port from 8080 on.
func (c *demoCommand) listen(p *process, f *folder) (net.Listener, error) {
	if c.Listen != "" {
		l, err := net.Listen("tcp", c.Listen)
		if err != nil {
			return nil, fmt.Errorf("--listen %s cannot be had: %w", c.Listen, err)
		}
		return l, nil
	}
	l, err := nextFree(f.state.Portal, portalPort)
	if err != nil {
		return nil, err
	}
	got := portOf(l)
	if wanted := max(f.state.Portal, portalPort); got != wanted {
		p.sayf("Port %d is taken; this demo uses %d.", wanted, got)
	}
	f.state.Portal = got
	return l, nil
}

// nextFree listens on the last port, if any, else on the first of twenty from the usual one on.
func nextFree(last, usual int) (net.Listener, error) {
	var errs []error
	for _, port := range append([]int{last}, upTo(usual, 20)...) {
		if port == 0 {
			continue
		}
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return l, nil
		}
		errs = append(errs, err)
	}
	return nil, fmt.Errorf("no port is free: %w", errs[len(errs)-1])
}

func upTo(first, n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = first + i
	}
	return list
}

func portOf(l net.Listener) int {
	if a, ok := l.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}

// settings are the demo's own: of the environment only what a look at the program may want.
func (c *demoCommand) settings(p *process, f folder, portal string, smtp net.Addr) (config.Config, error) {
	environ := []string{"LOKET_DATA_DIR=" + f.path, "LOKET_LISTEN=" + portal, "LOKET_PUBLIC_URL=http://" + localhost(portal),
		"LOKET_SMTP_URL=smtp://" + smtp.String() + "?tls=none", "LOKET_MAIL_FROM=Loket (demo) <loket@kem.example>"}
	for _, v := range p.environ {
		name, _, _ := strings.Cut(v, "=")
		if slices.Contains([]string{"LOKET_AGENCY_NAME", "LOKET_AGENCY_ADDRESS", "LOKET_AGENCY_CONTACT", "LOKET_LOG_LEVEL", "LOKET_LOG_FORMAT"}, name) {
			environ = append(environ, v)
		}
	}
	return config.Load(environ)
}

// localhost writes an address of this machine by its name.
func localhost(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip != nil && !ip.IsLoopback() && !ip.IsUnspecified() {
		return address
	}
	return net.JoinHostPort("localhost", port)
}

// logFile is where the demo's log goes, so that the terminal keeps showing the addresses.
func (f folder) logFile() (*os.File, error) {
	return os.OpenFile(filepath.Join(f.path, "loket.log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
}

// announce prints where everything is.
func announce(w io.Writer, h *house, temporal string, s *demo.Seeder, took time.Duration) {
	_, _ = fmt.Fprintf(w, "\nLoket, demo. Ready in %.1f s.\n\n  start page      %s/demo\n  portal          %s\n  API             %s/docs\n  mailbox         %s/mailbox\n",
		took.Seconds(), h.cfg.PublicURL, h.cfg.PublicURL, h.cfg.PublicURL, h.cfg.PublicURL)
	if temporal != "" {
		_, _ = fmt.Fprintf(w, "  Temporal        %s\n", temporal)
	}
	_, _ = fmt.Fprintf(w, "  data folder     %s\n", h.cfg.DataDir)
	if h.clock.Speed > 1 {
		_, _ = fmt.Fprintf(w, "  deadlines       run %d times as fast\n", h.clock.Speed)
	}
	_, _ = fmt.Fprintf(w, "\nSign-ins, all with the password %s\n\n", demo.Password)
	for _, in := range s.SignIns() {
		_, _ = fmt.Fprintf(w, "  %-22s %-16s %s, %s\n", in.Username, in.Role, in.Name, in.Unit)
	}
	_, _ = fmt.Fprintln(w, "\nThe ministry and its cases are being set up; the start page tells how far it is. Ctrl-C stops, the data stay.")
}

// seedLater plays the demo's beginning beside everything else.
func (h *house) seedLater(s *demo.Seeder) {
	h.stack.loop("demo", func(ctx context.Context) {
		if err := s.Run(ctx); err != nil {
			h.log.Error("the demo could not be set up", "error", err)
		}
		debug.FreeOSMemory() // what starting and seeding took is not needed again
		<-ctx.Done()
	})
}
