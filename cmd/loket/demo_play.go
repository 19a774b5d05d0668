package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"loket/internal/demo"
	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/engine"
	"loket/internal/mail/mailbox"
	"loket/models"
)

// play puts everything up, in this process and on this machine alone.
func (c *demoCommand) play(p *process, f folder) (err error) {
	began := time.Now()
	p.saveMemory()
	log, err := f.logFile()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	on, err := c.listen(p, &f)
	if err != nil {
		return err
	}
	letters, err := mailbox.Open(filepath.Join(f.path, "mail"))
	if err != nil {
		return err
	}
	smtp, err := letters.Listen("127.0.0.1:0", slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, smtp.Close()) }()
	cfg, err := c.settings(p, f, on.Addr().String(), smtp.Addr())
	if err != nil {
		return err
	}
	h, err := open(p.ctx, cfg, newLog(cfg, log))
	if err != nil {
		return err
	}
	defer h.close(&err)
	return c.perform(p, h, &f, on, letters, began)
}

// saveMemory has a demo, which shares a laptop with other programs, trade some time for less memory. GOGC still decides
// where it is given.
func (p *process) saveMemory() {
	if !slices.ContainsFunc(p.environ, func(v string) bool { return strings.HasPrefix(v, "GOGC=") }) {
		debug.SetGCPercent(demoGCPercent)
	}
}

// demoGCPercent is by how much a demo's memory may grow before it is cleaned; Go's usual is 100.
const demoGCPercent = 25

// perform puts up the parts over an open house.
func (c *demoCommand) perform(p *process, h *house, f *folder, on net.Listener, letters *mailbox.Mailbox, began time.Time) error {
	if err := h.settle(p.ctx, c.Speed); err != nil {
		return err
	}
	if h.clock.Speed != c.Speed && c.Speed != 1 {
		p.sayf("The cases in %s run %d times as fast since their first start; --reset begins anew.", f.path, h.clock.Speed)
	}
	if err := h.connect(p.ctx); err != nil {
		return err
	}
	seeder, err := h.seeder(letters)
	if err != nil {
		return err
	}
	if err := h.upkeep(); err != nil {
		return err
	}
	h.workCases()
	h.stack.loop("changes", h.desk.Run)
	temporal, err := h.temporalPages(f)
	if err != nil {
		p.sayf("Temporal's own pages are left out: %v", err)
	}
	h.startPage = "/demo"
	if err := h.counters(on, h.demoPages(seeder, letters, temporal)); err != nil {
		return err
	}
	if err := h.applications(p.ctx, f); err != nil {
		return err
	}
	if err := f.save(); err != nil {
		return err
	}
	h.seedLater(seeder)
	announce(p.stdout, h, temporal, seeder, time.Since(began))
	return h.untilAsked(p.ctx)
}

func (h *house) seeder(letters *mailbox.Mailbox) (*demo.Seeder, error) {
	return demo.New(demo.Config{Store: h.store, Desk: h.desk, Past: func(c models.Clock) desk.Memos { return h.deskOn(c) }, Hash: h.hasher.Hash,
		Mail: letters, Words: h.words, Agency: h.cfg.AgencyName, Clock: h.clock, Now: time.Now, Log: h.log})
}

// demoPages are the start page and the mailbox.
func (h *house) demoPages(s *demo.Seeder, letters *mailbox.Mailbox, temporal string) func(func(string) string) ([]extra, error) {
	return func(asset func(string) string) ([]extra, error) {
		start, err := demo.NewPage(s, h.words, asset, demo.Facts{Agency: h.cfg.AgencyName, Folder: h.cfg.DataDir, Temporal: temporal, Speed: h.clock.Speed})
		if err != nil {
			return nil, err
		}
		box, err := mailbox.NewPage(letters, h.words, h.zone)
		if err != nil {
			return nil, err
		}
		page := func(path, summary string, handler http.Handler) extra {
			return extra{edge.Route{Method: http.MethodGet, Path: path, Access: edge.Public(), Summary: summary}, handler}
		}
		return []extra{
			page("/demo", "The demo's start page", start),
			page("/demo/:file", "How far the demo is, and lists to try out", start),
			page("/mailbox", "The demo's mail", box),
			page("/mailbox/:id", "One message, or the mailbox's style sheet", box),
			page("/mailbox/:id/html", "A message as its reader sees it", box),
		}, nil
	}
}

// temporalPages serves Temporal's own pages on a port of their own, and beside them what shows payloads in the clear.
// A slim build has none.
func (h *house) temporalPages(f *folder) (string, error) {
	codec, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	port, err := f.temporalPort()
	if err != nil {
		return "", errors.Join(err, codec.Close())
	}
	ui, err := engine.StartUI(engine.UIConfig{Port: port, TemporalAddress: h.engineAt, Namespace: h.cfg.TemporalNamespace,
		CodecEndpoint: "http://" + codec.Addr().String(), Logger: quieter(h.log)})
	if err != nil {
		return "", errors.Join(err, codec.Close())
	}
	h.stack.add("Temporal's pages", ui.Stop)
	server := &http.Server{Handler: engine.CodecHandler(engine.NewCodec(h.ring), ui.URL()), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second}
	h.stack.run("codec", func(ctx context.Context) error {
		stop := context.AfterFunc(ctx, func() { _ = server.Close() })
		defer stop()
		if err := server.Serve(codec); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return ui.URL(), nil
}

// temporalPort finds a free port for Temporal's pages, the last one if it can be had.
func (f *folder) temporalPort() (int, error) {
	l, err := nextFree(f.state.Temporal, temporalPort)
	if err != nil {
		return 0, err
	}
	f.state.Temporal = portOf(l)
	return f.state.Temporal, l.Close()
}
