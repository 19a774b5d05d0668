package edge

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"loket/models"
)

// Config is what the edge stands on.
type Config struct {
	PublicURL string   // the address people type: http://localhost:8080, https://loket.kem.example
	Proxies   []string // addresses or networks whose X-Forwarded-For is believed; none by default
	Log       *slog.Logger
	Table     *Table // every route that the engine serves
	// Refuse writes a refusal in the shape and language of the counter that the path belongs to. The error is a
	// *models.Problem; anything that was private has been logged and replaced by models.ErrInternal.
	Refuse func(*gin.Context, error)
	// Checks must all pass for /readyz.
	Checks []Check
	// Tracing is OpenTelemetry's middleware, nil without an endpoint; see Tracing.
	Tracing gin.HandlerFunc
	// Now is wall time; time.Now when nil.
	Now func() time.Time
}

// Edge is what stands before both counters: one engine, its limits, its metrics and its end.
type Edge struct {
	cfg      Config
	hosts    hosts
	origins  *http.CrossOriginProtection
	registry *prometheus.Registry
	meters   meters
	limits   map[Rate]*Limiter
	closing  context.Context
	close    context.CancelFunc
}

// New builds the edge; the error names a public address or a proxy that cannot be understood.
func New(cfg Config) (*Edge, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	h, err := parseHosts(cfg.PublicURL)
	if err != nil {
		return nil, err
	}
	origins := http.NewCrossOriginProtection()
	if err := origins.AddTrustedOrigin(h.origin); err != nil {
		return nil, fmt.Errorf("trust the public address %s: %w", cfg.PublicURL, err)
	}
	e := &Edge{cfg: cfg, hosts: h, origins: origins, registry: prometheus.NewRegistry(), limits: map[Rate]*Limiter{
		RateSignIn:     NewLimiter(10, time.Minute, cfg.Now),
		RatePublicForm: NewLimiter(20, time.Hour, cfg.Now),
		RateLookup:     NewLimiter(60, time.Minute, cfg.Now),
		rateLink:       NewLimiter(60, time.Minute, cfg.Now),
	}}
	e.meters = newMeters(e.registry)
	e.closing, e.close = context.WithCancel(context.Background())
	return e, nil
}

// Engine returns a gin engine that everything passes in this order, with /healthz, /readyz and /metrics served and
// declared in the table. The counters mount their routes on it; Table.Faults then tells whether all is declared.
func (e *Edge) Engine() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.HandleMethodNotAllowed = true
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
	if err := engine.SetTrustedProxies(e.cfg.Proxies); err != nil {
		return nil, fmt.Errorf("trust the proxies: %w", err)
	}
	engine.Use(identify, e.observe)
	if e.cfg.Tracing != nil {
		engine.Use(e.cfg.Tracing)
	}
	engine.Use(e.recoverPanic, e.headers, e.checkHost, e.checkText, e.checkOrigin, e.guard, e.limit, e.bound, compress(e.cfg.Table))
	engine.NoRoute(func(c *gin.Context) { e.cfg.Refuse(c, models.ErrNotFound) })
	engine.NoMethod(func(c *gin.Context) { e.cfg.Refuse(c, models.ErrMethod) }) // gin has set Allow
	e.mountHealth(engine)
	return engine, nil
}

// Registry is where other parts register their metrics.
func (e *Edge) Registry() *prometheus.Registry { return e.registry }

// Closing is closed when the server stops: event streams end then, so that the drain need not wait for them.
func (e *Edge) Closing() <-chan struct{} { return e.closing.Done() }

// refuse writes a refusal and ends the request.
func (e *Edge) refuse(c *gin.Context, err error) {
	e.cfg.Refuse(c, err)
	c.Abort()
}
