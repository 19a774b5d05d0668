package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"loket/internal/bench"
	"loket/internal/config"
	"loket/internal/keyring"
)

// site is where a benchmark's installations live: one folder with one keyring, on databases of one server.
type site struct {
	p   *process
	dir string
	url string
}

// settings are those of an ordinary installation.
func (s *site) settings(databaseURL string) (config.Config, error) {
	return config.Load([]string{"LOKET_DATA_DIR=" + s.dir, "LOKET_LISTEN=127.0.0.1:0", "LOKET_PUBLIC_URL=http://127.0.0.1:8080",
		"LOKET_DATABASE_URL=" + databaseURL})
}

// open opens an installation. What it logs goes to a file, as it would in an office.
func (s *site) open(databaseURL string) (h *house, err error) {
	cfg, err := s.settings(databaseURL)
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "loket.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if h, err = open(s.p.ctx, cfg, newLog(cfg, log)); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	h.stack.parts = append([]part{{"log", func(context.Context) error { return log.Close() }}}, h.stack.parts...)
	return h, nil
}

// prepare makes an installation of a database: its tables, its clock and its calendar.
func (s *site) prepare(databaseURL string) (err error) {
	h, err := s.open(databaseURL)
	if err != nil {
		return err
	}
	defer h.close(&err)
	if err := h.store.Migrate(s.p.ctx); err != nil {
		return err
	}
	return h.settle(s.p.ctx, 1)
}

// office is the office that is measured, with as many officers as it needs units.
func (s *site) office(units int) (bench.Office, error) {
	ring, err := keyring.Open(filepath.Join(s.dir, "keyring.json"))
	if err != nil {
		return bench.Office{}, fmt.Errorf("open the keyring: %w", err)
	}
	return bench.Office{Units: units, Officers: 12, Digest: bench.Digest(ring.Current(keyring.Token).Secret), Now: time.Now()}, nil
}

// counters serves what an installation answers without its engine: everything that is only read.
func (s *site) counters(_ context.Context, databaseURL string) (base string, stop func() error, err error) {
	h, err := s.open(databaseURL)
	if err != nil {
		return "", nil, err
	}
	base, err = s.serve(h, func() error {
		h.engineAt = "127.0.0.1:1" // nobody listens there, and nobody is asked
		if err := h.dial(nil); err != nil {
			return err
		}
		if err := h.letIn(); err != nil {
			return err
		}
		h.desk = h.deskOn(h.clock)
		return nil
	})
	return base, h.stack.stop, err
}

// serve puts up the counters of an opened house, connected as the caller does it, and gives their address.
func (s *site) serve(h *house, connect func() error) (base string, err error) {
	if err = h.settle(s.p.ctx, 1); err == nil {
		err = connect()
	}
	var on net.Listener
	if err == nil {
		on, err = listen(h.cfg)
	}
	if err == nil {
		err = h.counters(on, nil)
	}
	if err != nil {
		return "", errors.Join(err, h.stack.stop())
	}
	return "http://" + on.Addr().String(), nil
}
