package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"loket/internal/bench"
	"loket/internal/pgserver"
)

type benchCommand struct {
	Memo    benchMemo    `cmd:"" help:"Memos from sending to done, beside a bare Temporal program; long lists; growth."`
	Read    benchRead    `cmd:"" help:"The status page over a million cases, beside a bare Gin handler."`
	Waiting benchWaiting `cmd:"" help:"Memory and CPU with many cases waiting; the engine apart."`
	Start   benchStart   `cmd:"" help:"How soon a demo answers, and its memory when idle."`
	Engine  benchEngine  `cmd:"" hidden:""`
	Door    benchDoor    `cmd:"" help:"Sign-ins and activations per second, memory while many sign in, and whether answers take alike."`
	Inbox   benchInbox   `cmd:"" help:"A head's inbox over a million cases, and the plan of each statement behind it."`
}

// benchOn is what every figure is measured on.
type benchOn struct {
	Postgres string `placeholder:"URL" help:"An empty PostgreSQL database of one's own, which is filled and left so. Default: a server started for the run from Debian's binaries."`
	JSON     bool   `name:"json" help:"Print the report as JSON."`
}

type benchFill struct {
	benchOn
	Cases  int           `default:"1000000" help:"Cases in the database."`
	Open   int           `default:"10000" help:"Cases of these that are open."`
	Units  int           `default:"2000" help:"Units of the invented office."`
	Period time.Duration `default:"30s" help:"How long to ask at the fixed rate."`
}

type benchRead struct{ benchFill }

// Run measures the status page.
func (c *benchRead) Run(p *process) error {
	return c.measure(p, bench.Reads.Read)
}

type benchInbox struct{ benchFill }

// Run measures the inbox.
func (c *benchInbox) Run(p *process) error {
	return c.measure(p, bench.Reads.Inbox)
}

func (c *benchFill) measure(p *process, run func(bench.Reads, context.Context) (*bench.Report, error)) error {
	if c.Cases < 2 || c.Open < 0 || c.Open >= c.Cases || c.Units < 2 {
		return misuse("--cases is at least 2 and more than --open; --units at least 2")
	}
	return c.on(p, func(s *site) (*bench.Report, error) {
		office, err := s.office(c.Units)
		if err != nil {
			return nil, err
		}
		return run(bench.Reads{DatabaseURL: s.url, Office: office, Cases: c.Cases, Open: c.Open, Serve: s.counters,
			Callers: 8, Turns: 5, Turn: c.Period / 15, PerSecond: 200, Steady: c.Period, Tell: p.tell}, p.ctx)
	})
}

// on runs one measurement on a site of its own and prints what it found.
func (o benchOn) on(p *process, run func(*site) (*bench.Report, error)) (err error) {
	dir, err := os.MkdirTemp("", "loket-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s := &site{p: p, dir: dir, url: o.Postgres}
	if o.Postgres == "" {
		server, err := o.server(p.ctx)
		if err != nil {
			return err
		}
		defer server.Stop()
		if s.url, err = newDatabase(p.ctx, server.URL(), "loket"); err != nil {
			return err
		}
	}
	if err := s.prepare(s.url); err != nil {
		return err
	}
	report, err := run(s)
	if report != nil {
		err = errors.Join(err, o.print(p, report))
	}
	return err
}

// server starts PostgreSQL as an office would run it: nothing is forgotten in a power cut.
func (benchOn) server(ctx context.Context) (*pgserver.Server, error) {
	s, err := pgserver.Launch(ctx, "shared_buffers=1GB", "max_wal_size=8GB", "maintenance_work_mem=512MB", "max_connections=300")
	if err != nil {
		return nil, fmt.Errorf("%w; or name a database with --postgres", err)
	}
	return s, nil
}

func (o benchOn) print(p *process, r *bench.Report) error {
	if o.JSON {
		return r.JSON(p.stdout)
	}
	return r.Print(p.stdout)
}

func (p *process) tell(text string) { _, _ = fmt.Fprint(p.stderr, text) }

// newDatabase makes a database on the server that an address names, and gives its address.
func newDatabase(ctx context.Context, server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("read the database address: %w", err)
	}
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize()+" template template0"); err != nil {
		return "", fmt.Errorf("make a database: %w", err)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// beside makes a database whose name begins as that of another.
func beside(ctx context.Context, database, name string) (string, error) {
	u, err := url.Parse(database)
	if err != nil {
		return "", fmt.Errorf("read the database address: %w", err)
	}
	return newDatabase(ctx, database, strings.Trim(u.Path, "/")+"_"+name)
}

type benchMemo struct {
	benchOn
	Cases  int  `default:"800" help:"One-person memos through each program, beside those that warm it up."`
	AtOnce int  `default:"50" help:"Memos under way at once."`
	Lists  int  `default:"20" help:"Long memos together; 0 leaves them out."`
	Rows   int  `default:"500" help:"Rows of a long memo."`
	Growth bool `help:"Also compare the cost of a memo beside few and beside many closed cases."`
	Closed int  `default:"100000" help:"Closed cases for --growth."`
	Units  int  `default:"1000" help:"Units of the invented office."`
}

// Run measures memos.
func (c *benchMemo) Run(p *process) error {
	if c.Cases < 1 || c.AtOnce < 1 || c.Lists < 0 || c.Rows < 1 || c.Rows > 500 || c.Units < 2 {
		return misuse("--cases, --at-once and --rows are at least 1, --rows at most 500, --units at least 2")
	}
	return c.on(p, func(s *site) (*bench.Report, error) {
		office, err := s.office(c.Units)
		if err != nil {
			return nil, err
		}
		m := bench.Memos{Office: office, Serve: s.counters, Cases: c.Cases, AtOnce: c.AtOnce, Batches: 4, Lists: c.Lists, Rows: c.Rows, Closed: c.Closed, Tell: p.tell}
		return s.whole(c.Growth, func(ours, full *working, bareURL string) (*bench.Report, error) {
			m.Ours, m.BareURL, m.Engine, m.Namespace = ours.side(), bareURL, ours.house.engineAt, ours.house.cfg.TemporalNamespace
			if full != nil {
				side := full.side()
				m.Full = &side
			}
			return m.Run(p.ctx)
		})
	})
}
