package edge

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	pathHealth  = "/healthz"
	pathReady   = "/readyz"
	pathMetrics = "/metrics"
)

// probeTime is how long all checks together may take.
const probeTime = 2 * time.Second

// Check is one thing that must work before requests are worth sending here.
type Check struct {
	Name string
	Run  func(context.Context) error
}

// readiness is the answer of /readyz. Why a check failed stands in the log; the page is public.
type readiness struct {
	Ready  bool              `json:"ready"`
	Checks map[string]string `json:"checks"`
}

func probe(template string) bool {
	return template == pathHealth || template == pathReady || template == pathMetrics
}

func (e *Edge) mountHealth(engine *gin.Engine) {
	metrics := promhttp.HandlerFor(e.registry, promhttp.HandlerOpts{DisableCompression: true})
	for path, what := range map[string]struct {
		summary string
		handle  gin.HandlerFunc
	}{
		pathHealth:  {"Tells that the process answers", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) }},
		pathReady:   {"Tells whether requests are worth sending here, and which check fails", e.ready},
		pathMetrics: {"Prometheus metrics, for neighbours on a private network alone", e.nearby(gin.WrapH(metrics))},
	} {
		e.cfg.Table.Handle(&engine.RouterGroup, Route{Method: http.MethodGet, Path: path, Access: Public(), Summary: what.summary}, what.handle)
	}
}

// ready runs all checks at once and answers 503 with the names of those that fail, or while the server stops.
func (e *Edge) ready(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), probeTime)
	defer cancel()
	results := make(chan struct {
		name string
		err  error
	}, len(e.cfg.Checks))
	for _, check := range e.cfg.Checks {
		go func() {
			err := check.Run(ctx)
			results <- struct {
				name string
				err  error
			}{check.Name, err}
		}()
	}
	answer := readiness{Ready: e.closing.Err() == nil, Checks: map[string]string{}}
	for _, check := range e.cfg.Checks {
		answer.Checks[check.Name] = "late"
	}
	for range e.cfg.Checks {
		select {
		case r := <-results:
			answer.Checks[r.name] = "ok"
			if r.err != nil {
				answer.Checks[r.name] = "failed"
				e.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "not ready", slog.String("check", r.name), slog.String("error", r.err.Error()))
			}
		case <-ctx.Done():
		}
	}
	for _, state := range answer.Checks {
		answer.Ready = answer.Ready && state == "ok"
	}
	if !answer.Ready {
		c.JSON(http.StatusServiceUnavailable, answer)
		return
	}
	c.JSON(http.StatusOK, answer)
}

// nearby lets through only who connects directly from this machine or a private network: metrics tell how busy an
// office is, and what a proxy passes on comes from outside.
func (e *Edge) nearby(handle gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		addr, err := netip.ParseAddr(c.RemoteIP())
		near := err == nil && (addr.Unmap().IsLoopback() || addr.Unmap().IsPrivate())
		for _, h := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"} {
			near = near && c.GetHeader(h) == ""
		}
		if !near {
			c.String(http.StatusNotFound, "Not found.\n")
			return
		}
		handle(c)
	}
}
