//go:build !slim

package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/server/temporal"
)

// stopPatience bounds clearing up after a failed start.
const stopPatience = 10 * time.Second

// Embedded is a Temporal server in this process, with all four services on
// loopback ports.
type Embedded struct {
	server temporal.Server
	fault  *fault
	ports  ports
	store  *store
	lock   *flock.Flock

	launched chan struct{} // closes when the launch ended, well or not; nil before
	stopping sync.Once
	stopped  chan struct{}
	stopErr  error
}

// StartEmbedded starts a server and returns when its namespace and search
// attributes can be used; ctx bounds the wait. A folder or database that another
// process serves, a port in use, a store of another shape are errors; nothing in
// the server ends the process (see Failed).
func StartEmbedded(ctx context.Context, cfg EmbeddedConfig) (*Embedded, error) {
	cfg = cfg.withDefaults()
	e := &Embedded{fault: newFault(), stopped: make(chan struct{})}
	if err := e.start(ctx, cfg); err != nil {
		clearing, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
		defer cancel()
		return nil, errors.Join(fmt.Errorf("starting the embedded engine: %w", err), e.Stop(clearing))
	}
	e.fault.phase.CompareAndSwap(starting, serving)
	return e, nil
}

// announce leaves the server's address where Running finds it.
func (e *Embedded) announce(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, addressFile), []byte(e.HostPort()+"\n"), 0o600); err != nil {
		return fmt.Errorf("writing down its address: %w", err)
	}
	return nil
}

// withdraw removes the address of a server that is gone.
func withdraw(dir string) error {
	if err := os.Remove(filepath.Join(dir, addressFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing its address: %w", err)
	}
	return nil
}

// HostPort is the address of the server's frontend.
func (e *Embedded) HostPort() string { return loopback(e.ports.frontend) }

// Failed closes when the server broke beyond repair; Err then says why. The
// process lives on and still serves reads.
func (e *Embedded) Failed() <-chan struct{} { return e.fault.failed }

// Err is what broke, nil while nothing did.
func (e *Embedded) Err() error { return e.fault.Err() }

// Stop ends the server, about a second, and gives folder and database free. It
// returns early with ctx's error when that ends first; repeats are harmless.
func (e *Embedded) Stop(ctx context.Context) error {
	go e.stopping.Do(func() {
		defer close(e.stopped)
		e.fault.phase.Store(ending)
		if e.launched != nil {
			<-e.launched // a server cannot be interrupted while it starts
		}
		if e.server != nil {
			e.stopErr = guard("stopping", e.server.Stop)
		}
		if e.store != nil {
			e.stopErr = errors.Join(e.stopErr, e.store.release())
		}
		if e.lock != nil {
			e.stopErr = errors.Join(e.stopErr, withdraw(filepath.Dir(e.lock.Path())), e.lock.Unlock())
		}
	})
	select {
	case <-e.stopped:
		return e.stopErr
	case <-ctx.Done():
		return fmt.Errorf("stopping the embedded engine: %w", ctx.Err())
	}
}

func (e *Embedded) start(ctx context.Context, cfg EmbeddedConfig) error {
	var err error
	if e.lock, err = lockFolder(cfg.Dir); err != nil {
		return err
	}
	if err := withdraw(cfg.Dir); err != nil {
		return err
	}
	if e.store, err = openStore(ctx, cfg, e.fault); err != nil {
		return err
	}
	if e.ports, err = choosePorts(cfg.Port); err != nil {
		return err
	}
	if err := e.launch(ctx, cfg); err != nil {
		return err
	}
	if err := e.ready(ctx, cfg); err != nil {
		return err
	}
	return e.announce(cfg.Dir)
}

// launch builds and starts the server apart, so that ctx's end does not have to
// wait for it.
func (e *Embedded) launch(ctx context.Context, cfg EmbeddedConfig) error {
	e.launched = make(chan struct{})
	var started error
	go func() {
		defer close(e.launched)
		started = guard("starting", func() error {
			server, err := temporal.NewServer(serverOptions(cfg, e.store, e.ports, e.fault)...)
			if err != nil {
				return fmt.Errorf("configuring the server: %w", err)
			}
			e.server = server
			return server.Start()
		})
	}()
	select {
	case <-e.launched:
		return errors.Join(started, e.Err())
	case <-ctx.Done():
		return ctx.Err()
	}
}

// guard turns a panic of do, or the end of its goroutine (see serverLogger), into
// an error.
func guard(what string, do func() error) error {
	done := make(chan error, 1)
	go func() {
		err := fmt.Errorf("%s the server: it gave up", what)
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("%s the server: panic: %v\n%s", what, r, debug.Stack())
			}
			done <- err
		}()
		err = do()
	}()
	return <-done
}

func (e *Embedded) ready(ctx context.Context, cfg EmbeddedConfig) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-e.Failed():
			cancel(e.Err())
		case <-ctx.Done():
		}
	}()
	c, err := client.NewLazyClient(client.Options{
		HostPort: e.HostPort(), Namespace: cfg.Namespace, Logger: log.NewStructuredLogger(cfg.Logger),
	})
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	defer c.Close()
	err = await(ctx, "the server", func(ctx context.Context) error { return Healthy(ctx, c) })
	if err == nil {
		err = PrepareNamespace(ctx, c, cfg.Namespace, cfg.Retention)
	}
	return errors.Join(err, e.Err())
}

func lockFolder(dir string) (*flock.Flock, error) {
	if dir == "" {
		return nil, errors.New("no folder is given")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making its folder: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "engine.lock"), flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", dir, err)
	}
	if !taken {
		return nil, fmt.Errorf("%w in %s: stop it, or give this one a folder of its own", ErrInUse, dir)
	}
	return lock, nil
}

// ports are the gRPC ports of the four services.
type ports struct{ frontend, history, matching, worker int }

// choosePorts finds four different free ports by holding all of them at once;
// the server would end the process if it found one in use.
func choosePorts(frontend int) (ports, error) {
	var p ports
	for _, each := range []struct {
		port   *int
		wanted int
	}{{&p.frontend, frontend}, {&p.history, 0}, {&p.matching, 0}, {&p.worker, 0}} {
		l, err := net.Listen("tcp", loopback(each.wanted))
		if err != nil {
			return ports{}, fmt.Errorf("port %d is not free: %w", each.wanted, err)
		}
		defer func() { _ = l.Close() }()
		*each.port = l.Addr().(*net.TCPAddr).Port
	}
	return p, nil
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
