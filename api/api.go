package api

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/i18n"
)

// Prefix is the path under which every operation lies.
const Prefix = "/api/v1"

// perMinute is how many requests an account may make in a minute (QUALITY section 3).
const perMinute = 120

// Config is what the counter stands on. Desk and Catalog are required.
type Config struct {
	Desk    desk.Counter
	Catalog *i18n.Catalog
	Version string       // of the program, shown in the document
	Log     *slog.Logger // slog.Default when nil
	// Closing, when given, is closed as the server stops: event streams then end at once.
	Closing <-chan struct{}
	// Now is wall time; time.Now when nil.
	Now func() time.Time
	// Pulse is the time between two heartbeats of an event stream, 15 s when zero; Recheck the time between two
	// looks at the token behind it, a minute when zero; StreamLife its whole life, 10 minutes when zero.
	Pulse, Recheck, StreamLife time.Duration
}

// API is the JSON counter, built once and mounted on an engine.
type API struct{ *service }

// service is what handlers share.
type service struct {
	desk    desk.Counter
	catalog *i18n.Catalog
	log     *slog.Logger
	closing <-chan struct{}
	now     func() time.Time
	pulse   time.Duration
	recheck time.Duration
	life    time.Duration

	rate   *edge.Limiter // of an account, whatever its tokens and addresses
	huma   huma.API
	shapes []shapeRule
	routes []edge.Route
	served []served
}

// served is one operation that waits to be mounted.
type served struct {
	method, path string
	handle       gin.HandlerFunc
}

// New declares every operation. Mount serves them; OpenAPI and Routes need no engine.
func New(c Config) *API {
	s := &service{desk: c.Desk, catalog: c.Catalog, log: c.Log, closing: c.Closing, now: c.Now,
		pulse: or(c.Pulse, 15*time.Second), recheck: or(c.Recheck, time.Minute), life: or(c.StreamLife, 10*time.Minute)}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.rate = edge.NewLimiter(perMinute, time.Minute, s.now)
	s.shapes = shapeRules()
	s.huma = huma.NewAPI(s.document(c.Version), s)
	s.huma.UseMiddleware(s.arrive, s.readStrictly)
	for _, declare := range []func(){s.entryOperations, s.activationOperations, s.registrationOperations, s.recoveryOperations, s.traderOperations, s.companyOperations, s.meOperations, s.tokenOperations, s.sessionOperations, s.securityOperations,
		s.memoOperations, s.attachmentOperations, s.commentOperations, s.letterOperations, s.stepOperations, s.revisionOperations, s.conversationOperations, s.inboxOperations, s.bulkOperations, s.stepUpOperations, s.unitOperations, s.employeeOperations,
		s.calendarOperations, s.exportOperations, s.dashboardOperations, s.auditOperations, s.noticeOperations, s.directoryOperations, s.grantOperations,
		s.delegationOperations, s.applicationOperations, s.accessOperations, s.linkingOperations, s.consentOperations} {
		declare()
	}
	s.describe()
	s.sample()
	s.documentRoutes()
	return &API{s}
}

func or(d, fallback time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return fallback
}

// Handle records an operation until Mount; with ServeHTTP it makes the service huma's adapter, so that the document
// exists before any engine does.
func (s *service) Handle(op *huma.Operation, handler func(huma.Context)) {
	s.served = append(s.served, served{op.Method, ginPath(op.Path), func(c *gin.Context) { handler(humagin.NewContext(op, c)) }})
}

// ServeHTTP is part of huma's adapter and serves nothing: the engine does.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// Mount registers every route on the engine, whose handlers before it are the edge's.
func (a *API) Mount(engine *gin.Engine) {
	for _, r := range a.served {
		engine.Handle(r.method, r.path, r.handle)
	}
}

// Routes lists every route that Mount registers, for the edge's table.
func (a *API) Routes() []edge.Route { return slices.Clone(a.routes) }

// OpenAPI gives the OpenAPI 3.1 document as indented JSON.
func (a *API) OpenAPI() []byte {
	doc, err := json.MarshalIndent(a.huma.OpenAPI(), "", "  ")
	if err != nil {
		panic(fmt.Errorf("write the OpenAPI document: %w", err)) // made of our own types alone: a defect
	}
	return doc
}
