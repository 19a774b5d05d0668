package edge

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"loket/models"
)

// unmatched stands for every path that no route has: paths are not logged, they may hold the token of a link.
const unmatched = "unmatched"

// meters count requests by template, never by path, so that their number stays bounded.
type meters struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

func newMeters(reg *prometheus.Registry) meters {
	labels := []string{"method", "route", "status"}
	m := meters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "loket_http_requests_total", Help: "Requests answered."}, labels),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "loket_http_request_seconds", Help: "Time to answer.",
			Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 15}}, labels[:2]),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "loket_http_requests_in_flight", Help: "Requests being answered now."}),
	}
	reg.MustRegister(m.requests, m.seconds, m.inFlight, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe measures and logs each request: template, not path; no query, which may hold what somebody searched for.
func (e *Edge) observe(c *gin.Context) {
	began := time.Now()
	c.Request = c.Request.WithContext(models.WithArrival(c.Request.Context(), began))
	e.meters.inFlight.Inc()
	defer e.meters.inFlight.Dec()
	c.Next()
	route, method, status := c.FullPath(), methodLabel(c.Request.Method), c.Writer.Status()
	if route == "" {
		route = unmatched
	}
	took := time.Since(began)
	e.meters.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	if r, ok := e.cfg.Table.Of(c); !ok || !r.Stream {
		e.meters.seconds.WithLabelValues(method, route).Observe(took.Seconds())
	}
	e.cfg.Log.LogAttrs(c.Request.Context(), severity(route, status), "request",
		slog.String("method", method), slog.String("route", route), slog.Int("status", status),
		slog.Int("bytes", max(c.Writer.Size(), 0)), slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.String("ip", c.ClientIP()), slog.String("account", c.GetString(keyAccount)), slog.String("request_id", RequestID(c)))
}

// severity keeps probes out of the ordinary log and lets failures stand out.
func severity(route string, status int) slog.Level {
	switch {
	case status >= http.StatusInternalServerError && route != pathReady:
		return slog.LevelError
	case route == pathHealth || route == pathReady || route == pathMetrics:
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// methodLabel bounds a label that the caller chooses.
func methodLabel(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// recoverPanic turns a panic into the problem "internal", once logged with its stack. http.ErrAbortHandler is no
// defect: it is how a handler cuts a connection.
func (e *Edge) recoverPanic(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(http.ErrAbortHandler)
		}
		e.cfg.Log.LogAttrs(context.WithoutCancel(c.Request.Context()), slog.LevelError, "panic", slog.Any("cause", cause),
			slog.String("route", c.FullPath()), slog.String("request_id", RequestID(c)), slog.String("stack", string(debug.Stack())))
		if c.Writer.Written() {
			c.Abort()
			return
		}
		e.refuse(c, models.ErrInternal)
	}()
	c.Next()
}
