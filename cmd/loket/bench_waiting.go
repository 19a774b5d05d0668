package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loket/internal/bench"
	"loket/internal/engine"
)

type benchWaiting struct {
	benchOn
	Counts []int         `name:"cases" default:"1000,10000" help:"How many cases wait at each look, ascending."`
	AtOnce int           `default:"50" help:"Memos sent at once."`
	Settle time.Duration `default:"150s" help:"How long to leave the process alone before looking: Go gives memory back within minutes."`
	Watch  time.Duration `default:"30s" help:"How long to watch its CPU."`
	Units  int           `default:"1000" help:"Units of the invented office."`
}

// Run measures what waiting costs, with the counters and the engine as processes of their own.
func (c *benchWaiting) Run(p *process) error {
	if len(c.Counts) == 0 || !slices.IsSorted(c.Counts) || c.Counts[0] < 1 {
		return misuse("--cases is a list of ascending numbers, like 1000,10000")
	}
	return c.on(p, func(s *site) (r *bench.Report, err error) {
		office, err := s.office(c.Units)
		if err != nil {
			return nil, err
		}
		loket, stop, err := s.apart()
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, stop()) }()
		return bench.Waiting{Office: office, DatabaseURL: s.url, Base: loket.base, Loket: loket.pid, Engine: loket.enginePID,
			Counts: c.Counts, AtOnce: c.AtOnce, Settle: c.Settle, Watch: c.Watch, Tell: p.tell}.Run(p.ctx)
	})
}

type benchStart struct {
	Settle time.Duration `default:"60s" help:"How long to leave the demo alone before its memory is read."`
	JSON   bool          `name:"json" help:"Print the report as JSON."`
}

// Run measures how soon a demo answers, and what it takes when nobody asks it anything.
func (c *benchStart) Run(p *process) (err error) {
	dir, err := os.MkdirTemp("", "loket-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	address, err := freeAddress()
	if err != nil {
		return err
	}
	s := &site{p: p, dir: dir}
	began := time.Now()
	demo, err := s.child(nil, "demo", "--data", filepath.Join(dir, "demo"), "--listen", address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, demo.stop()) }()
	ctx, cancel := context.WithTimeout(p.ctx, c.Settle+time.Minute)
	defer cancel()
	r, err := bench.Start{Address: "http://" + address + "/demo", Began: began, Process: demo.cmd.Process.Pid, Settle: c.Settle}.Run(ctx)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, demo.said)
	}
	return benchOn{JSON: c.JSON}.print(p, r)
}

// running is an installation whose counters and engine are processes of their own.
type running struct {
	base           string
	pid, enginePID int
}

// apart starts an engine and, once that is up, the counters with the worker.
func (s *site) apart(settings ...string) (r running, stop func() error, err error) {
	temporal, err := freeAddress()
	if err != nil {
		return r, nil, err
	}
	portal, err := freeAddress()
	if err != nil {
		return r, nil, err
	}
	eng, err := s.child([]string{"LOKET_DATABASE_URL=" + s.url}, "bench", "engine", "--listen", temporal)
	if err != nil {
		return r, nil, err
	}
	serve, err := s.child(append([]string{"LOKET_DATABASE_URL=" + s.url, "LOKET_DATA_DIR=" + s.dir, "LOKET_TEMPORAL_ADDRESS=" + temporal,
		"LOKET_LISTEN=" + portal}, settings...), "serve")
	if err != nil {
		return r, nil, errors.Join(err, eng.stop())
	}
	stop = func() error { return errors.Join(serve.stop(), eng.stop()) }
	if err := serve.awaitReady(s.p.ctx, portal); err != nil {
		return r, nil, errors.Join(err, stop())
	}
	return running{"http://" + portal, serve.cmd.Process.Pid, eng.cmd.Process.Pid}, stop, nil
}

// child is this program in a process of its own.
type child struct {
	cmd    *exec.Cmd
	said   *bytes.Buffer // to be read when the process has ended
	exited chan error
}

func (s *site) child(environ []string, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(self, args...), said: &bytes.Buffer{}, exited: make(chan error, 1)}
	ours := slices.DeleteFunc(slices.Clone(s.p.environ), func(v string) bool {
		return strings.HasPrefix(v, "LOKET_") && !strings.HasPrefix(v, "LOKET_TEST_")
	})
	c.cmd.Env, c.cmd.Dir, c.cmd.Stdout, c.cmd.Stderr = append(ours, environ...), s.dir, c.said, c.said
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start loket %s: %w", args[0], err)
	}
	go func() { c.exited <- c.cmd.Wait() }()
	return c, nil
}

// stop asks the process to end, and makes it after half a minute.
func (c *child) stop() error {
	_ = c.cmd.Process.Signal(os.Interrupt)
	timer := time.NewTimer(30 * time.Second)
	defer timer.Stop()
	select {
	case err := <-c.exited:
		var ended *exec.ExitError
		if errors.As(err, &ended) { // as told to
			return nil
		}
		return err
	case <-timer.C:
		return c.cmd.Process.Kill()
	}
}

func (c *child) awaitReady(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if answer, err := readiness(ctx, address); err == nil && answer.Ready {
			return nil
		}
		select {
		case err := <-c.exited:
			c.exited <- err
			return fmt.Errorf("loket ended before it was ready: %w\n%s", err, c.said)
		case <-ctx.Done():
			return fmt.Errorf("loket is not ready: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

func freeAddress() (string, error) {
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return on.Addr().String(), on.Close()
}

// benchEngine is the engine alone, so that its memory can be told from ours. It is no command for people.
type benchEngine struct {
	Listen string `required:"" help:"Loopback address of the engine."`
}

// Run serves until asked to stop.
func (c *benchEngine) Run(p *process) error {
	cfg, err := p.settings()
	if err != nil {
		return err
	}
	_, source := cfg.Database()
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return misuse("--listen is host:port")
	}
	number, err := net.LookupPort("tcp", port)
	if err != nil {
		return misuse("--listen is host:port")
	}
	server, err := engine.StartEmbedded(p.ctx, engine.EmbeddedConfig{Dir: filepath.Join(cfg.DataDir, "engine"), PostgresURL: source, Port: number,
		Namespace: cfg.TemporalNamespace, Logger: quieter(newLog(cfg, p.stderr))})
	if err != nil {
		return err
	}
	<-p.ctx.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), stopTime)
	defer cancel()
	return server.Stop(ctx)
}
