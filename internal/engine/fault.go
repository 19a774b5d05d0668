//go:build !slim

package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// The phases of a server's life. Its parts start and end in no order, and warn
// of each other's absence: that is no news to an operator.
const (
	starting int32 = iota
	serving
	ending
)

// fault is the first thing that went beyond repair in the embedded server, and
// the phase in which to take its words.
type fault struct {
	once   sync.Once
	err    error
	failed chan struct{}
	phase  atomic.Int32
}

func newFault() *fault { return &fault{failed: make(chan struct{})} }

func (f *fault) report(err error) {
	f.once.Do(func() {
		f.err = err
		close(f.failed)
	})
}

// Err is nil until something was reported.
func (f *fault) Err() error {
	select {
	case <-f.failed:
		return f.err
	default:
		return nil
	}
}

// serverLogger carries the server's words to slog. Where the server would end
// the process (Fatal) or panic, it reports a fault and ends that goroutine alone:
// the code after a Fatal counts on never being reached.
type serverLogger struct {
	to    *slog.Logger
	fault *fault
}

var _ log.WithLogger = serverLogger{}

// Debug and Info are the server's own bookkeeping: both are debug to an office.
func (l serverLogger) Debug(msg string, tags ...tag.Tag) { l.log(slog.LevelDebug, msg, tags) }
func (l serverLogger) Info(msg string, tags ...tag.Tag)  { l.log(slog.LevelDebug, msg, tags) }
func (l serverLogger) Warn(msg string, tags ...tag.Tag)  { l.log(slog.LevelWarn, msg, tags) }
func (l serverLogger) Error(msg string, tags ...tag.Tag) { l.log(slog.LevelError, msg, tags) }

// DPanic panics in development builds of the server only: here it is an error.
func (l serverLogger) DPanic(msg string, tags ...tag.Tag) { l.log(slog.LevelError, msg, tags) }
func (l serverLogger) Panic(msg string, tags ...tag.Tag)  { l.end(msg, tags) }
func (l serverLogger) Fatal(msg string, tags ...tag.Tag)  { l.end(msg, tags) }

func (l serverLogger) With(tags ...tag.Tag) log.Logger {
	return serverLogger{to: slog.New(l.to.Handler().WithAttrs(attributes(tags))), fault: l.fault}
}

func (l serverLogger) log(level slog.Level, msg string, tags []tag.Tag) {
	phase := l.fault.phase.Load()
	if phase == ending || phase == starting && level < slog.LevelError {
		level = slog.LevelDebug
	}
	if ctx := context.Background(); l.to.Enabled(ctx, level) {
		l.to.LogAttrs(ctx, level, msg, attributes(tags)...)
	}
}

func (l serverLogger) end(msg string, tags []tag.Tag) {
	l.log(slog.LevelError, msg, tags)
	var said strings.Builder
	for _, a := range attributes(tags) {
		fmt.Fprintf(&said, "; %s", a)
	}
	if l.fault.phase.Load() != ending {
		l.fault.report(errors.New("the embedded engine failed: " + msg + said.String()))
	}
	runtime.Goexit()
}

func attributes(tags []tag.Tag) []slog.Attr {
	all := make([]slog.Attr, 0, len(tags))
	for _, t := range tags {
		if t != nil {
			all = append(all, slog.Any(t.Key(), t.Value()))
		}
	}
	return all
}
