package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Deadlines of QUALITY 3. A request whose header takes longer is a slow attack or a dead line.
const (
	headerTime = 5 * time.Second
	readTime   = 15 * time.Second
	writeTime  = 30 * time.Second
	idleTime   = time.Minute
	// DrainTime is how long a stopping server waits for requests under way.
	DrainTime = 30 * time.Second
	headerMax = 64 << 10
)

// Server builds an http.Server with the deadlines and bounds of QUALITY 3 around a handler, which is an Engine.
func (e *Edge) Server(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerMax, ErrorLog: slog.NewLogLogger(e.cfg.Log.Handler(), slog.LevelDebug),
	}
}

// Serve answers on the listener until ctx ends; then /readyz says no, event streams are told to end, and requests
// under way have up to DrainTime. Nil after a whole drain.
func (e *Edge) Serve(ctx context.Context, server *http.Server, on net.Listener) error {
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	select {
	case err := <-served:
		e.close()
		return fmt.Errorf("serve on %s: %w", on.Addr(), err)
	case <-ctx.Done():
	}
	e.close()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), DrainTime)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		return errors.Join(fmt.Errorf("drain requests: %w", err), server.Close())
	}
	return nil
}
