package main

import (
	"errors"

	"loket/internal/bench"
)

// working is an installation that works cases: counters, worker and upkeep in this process.
type working struct {
	house *house
	base  string
	url   string
}

func (w *working) side() bench.Side { return bench.Side{Base: w.base, DatabaseURL: w.url} }

// start starts an installation. at is an engine that runs already, empty to start one on the same PostgreSQL.
func (s *site) start(databaseURL, at, namespace string) (*working, error) {
	h, err := s.open(databaseURL)
	if err != nil {
		return nil, err
	}
	h.cfg.TemporalAddress = at
	if namespace != "" {
		h.cfg.TemporalNamespace = namespace
	}
	w := &working{house: h, url: databaseURL}
	w.base, err = s.serve(h, func() error {
		if err := h.connect(s.p.ctx); err != nil {
			return err
		}
		if at != "" {
			if err := h.tryNamespace(s.p.ctx); err != nil {
				return err
			}
		}
		if err := h.upkeep(); err != nil {
			return err
		}
		h.workCases()
		h.stack.loop("changes", h.desk.Run)
		return nil
	})
	return w, err
}

// whole starts an installation, another beside it where wanted, and makes a database for the bare program.
func (s *site) whole(second bool, run func(ours, full *working, bareURL string) (*bench.Report, error)) (r *bench.Report, err error) {
	bareURL, err := s.another("bare")
	if err != nil {
		return nil, err
	}
	ours, err := s.start(s.url, "", "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ours.house.stack.stop()) }()
	var full *working
	if second {
		url, err := s.another("full")
		if err != nil {
			return nil, err
		}
		if full, err = s.start(url, ours.house.engineAt, "loket-full"); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, full.house.stack.stop()) }()
	}
	return run(ours, full, bareURL)
}

// another makes and prepares a database beside the site's own, named after it.
func (s *site) another(name string) (string, error) {
	url, err := beside(s.p.ctx, s.url, name)
	if err != nil {
		return "", err
	}
	return url, s.prepare(url)
}
