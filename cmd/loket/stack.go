package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Stopping takes at most this long in all (ARCHITECTURE section 4), and no part may use it up for the others.
const (
	stopTime = 28 * time.Second
	partTime = 12 * time.Second
)

// stack is what runs, in the order in which it was put up; it comes down in the opposite order, so that each part
// still has what it stands on while it finishes.
type stack struct {
	log    *slog.Logger
	parts  []part
	broken chan error
}

type part struct {
	name string
	stop func(context.Context) error
}

func newStack(log *slog.Logger) *stack { return &stack{log: log, broken: make(chan error, 1)} }

// add puts up something that only needs stopping.
func (s *stack) add(name string, stop func(context.Context) error) {
	s.parts = append(s.parts, part{name, stop})
}

// run puts up something that works until its context ends. An end before that breaks the stack.
func (s *stack) run(name string, work func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		err := work(ctx)
		if ctx.Err() == nil {
			if err == nil {
				err = errors.New("ended by itself")
			}
			select {
			case s.broken <- fmt.Errorf("%s: %w", name, err):
				err = nil // told once
			default: // another part broke first
			}
		}
		done <- err
	}()
	s.add(name, func(within context.Context) error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-within.Done():
			return within.Err()
		}
	})
}

// loop runs something that ends without an error when its context does.
func (s *stack) loop(name string, work func(context.Context)) {
	s.run(name, func(ctx context.Context) error { work(ctx); return nil })
}

// wait returns when ctx ends, with nil, or when a part breaks.
func (s *stack) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.broken:
		return err
	}
}

// stop takes everything down. Errors of single parts are logged: the others come down all the same.
func (s *stack) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	var late []error
	for _, p := range slices.Backward(s.parts) {
		within, done := context.WithTimeout(ctx, partTime)
		err := p.stop(within)
		done()
		if err != nil && !errors.Is(err, context.Canceled) {
			s.log.Warn("a part did not stop well", "part", p.name, "error", err)
			late = append(late, fmt.Errorf("stop %s: %w", p.name, err))
		}
	}
	s.parts = nil
	return errors.Join(late...)
}
