package edge

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"loket/models"
)

// clock is a wall that tests move by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// safeBuffer is a log that handlers write while the test reads.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// bench is an edge with a few routes behind it.
type bench struct {
	*Edge
	engine *gin.Engine
	clock  *clock
	log    *safeBuffer
}

func refuseAsJSON(c *gin.Context, err error) {
	status := map[string]int{"not_found": 404, "method_not_allowed": 405, "forbidden": 403, "too_many": 429, "invalid": 422, "internal": 500}
	var p *models.Problem
	if !errors.As(err, &p) {
		p = models.ErrInternal
	}
	c.JSON(status[p.Code], p)
}

func setup(t *testing.T, change func(*Config)) *bench {
	t.Helper()
	b := &bench{clock: newClock(), log: &safeBuffer{}}
	cfg := Config{PublicURL: "http://localhost:8080", Table: NewTable(), Refuse: refuseAsJSON, Now: b.clock.Now,
		Log: slog.New(slog.NewJSONHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if change != nil {
		change(&cfg)
	}
	var err error
	b.Edge, err = New(cfg)
	require.NoError(t, err)
	b.engine, err = b.Engine()
	require.NoError(t, err)
	b.route("GET", "/pages/:id", func(c *gin.Context) { c.String(http.StatusOK, strings.Repeat("page ", 400)) })
	b.route("POST", "/pages/:id", func(c *gin.Context) {
		body, err := io.ReadAll(c.Request.Body)
		if err != nil {
			c.String(http.StatusRequestEntityTooLarge, "too large")
			return
		}
		c.String(http.StatusOK, "%d from %s", len(body), c.ClientIP())
	})
	b.route("GET", "/panic", func(*gin.Context) { panic("the ceiling fell") })
	require.Empty(t, cfg.Table.Faults(b.engine))
	return b
}

func (b *bench) route(method, path string, h gin.HandlerFunc, change ...func(*Route)) {
	r := Route{Method: method, Path: path, Access: Public(), Summary: "For tests"}
	for _, f := range change {
		f(&r)
	}
	b.cfg.Table.Handle(&b.engine.RouterGroup, r, h)
}

// ask sends one request; headers are name, value pairs, "Host" included.
func (b *bench) ask(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "localhost:8080"
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.engine.ServeHTTP(w, r)
	return w
}

func TestHeaders(t *testing.T) {
	t.Run("every answer carries them", func(t *testing.T) {
		b := setup(t, nil)
		for _, path := range []string{"/pages/1", "/nowhere", "/panic", "/healthz"} {
			h := b.ask("GET", path, "").Header()
			require.Equal(t, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "+
				"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", h.Get("Content-Security-Policy"), path)
			require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
			require.Equal(t, "no-referrer", h.Get("Referrer-Policy"), path)
			require.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"), path)
			require.Equal(t, "no-store", h.Get("Cache-Control"), path)
			require.Empty(t, h.Get("Strict-Transport-Security"), path)
			require.Empty(t, h.Get("Server"), path)
		}
	})
	t.Run("TLS is asked for again only where there is TLS", func(t *testing.T) {
		b := setup(t, func(c *Config) { c.PublicURL = "https://loket.kem.example" })
		h := b.ask("GET", "/pages/1", "", "Host", "loket.kem.example").Header()
		require.Equal(t, "max-age=31536000", h.Get("Strict-Transport-Security"))
	})
	t.Run("a form may lead to a client of the provider", func(t *testing.T) {
		require.Contains(t, ContentPolicy("https://app.kem.example"), "; form-action 'self' https://app.kem.example; ")
	})
}

func TestRequestID(t *testing.T) {
	b := setup(t, nil)
	t.Run("a sane id is kept", func(t *testing.T) {
		require.Equal(t, "proxy-0123.ABC_x", b.ask("GET", "/healthz", "", HeaderRequestID, "proxy-0123.ABC_x").Header().Get(HeaderRequestID))
	})
	for name, given := range map[string]string{"none": "", "a short one": "abc", "a long one": strings.Repeat("a", 65), "one that forges a log line": "abcdefgh\" level=ERROR"} {
		t.Run("a new id stands in for "+name, func(t *testing.T) {
			id := b.ask("GET", "/healthz", "", HeaderRequestID, given).Header().Get(HeaderRequestID)
			require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, id)
		})
	}
}

func TestAccessLog(t *testing.T) {
	b := setup(t, nil)
	b.ask("GET", "/pages/s3cret?q=s3cret", "", "Authorization", "Bearer s3cret", "Cookie", "session=s3cret")
	b.ask("GET", "/links/s3cret", "")
	require.Contains(t, b.log.String(), `"route":"/pages/:id","status":200`)
	require.Contains(t, b.log.String(), `"route":"unmatched","status":404`)
	require.NotContains(t, b.log.String(), "s3cret")
}

func TestPanic(t *testing.T) {
	b := setup(t, nil)
	w := b.ask("GET", "/panic", "", "Accept-Encoding", "gzip")
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.JSONEq(t, `{"code":"internal"}`, w.Body.String())
	require.Empty(t, w.Header().Get("Content-Encoding"))
	require.Contains(t, b.log.String(), "the ceiling fell")
	require.NotContains(t, w.Body.String(), "ceiling")
}

func TestGuard(t *testing.T) {
	b := setup(t, nil)
	b.engine.GET("/smuggled", func(c *gin.Context) { c.String(http.StatusOK, "in") })
	require.Equal(t, http.StatusNotFound, b.ask("GET", "/smuggled", "").Code)
	require.Equal(t, []string{"GET /smuggled: not declared"}, b.cfg.Table.Faults(b.engine))
	require.Equal(t, http.StatusMethodNotAllowed, b.ask("DELETE", "/pages/1", "").Code)
}

func TestCrossSite(t *testing.T) {
	b := setup(t, nil)
	for _, c := range []struct {
		name    string
		method  string
		headers []string
		want    int
	}{
		{"a form on another site is refused", "POST", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		{"a form on a neighbouring host is refused", "POST", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://other.localhost:8080"}, 403},
		{"an old browser on another site is refused", "POST", []string{"Origin", "https://evil.example"}, 403},
		{"a hidden origin is refused", "POST", []string{"Origin", "null"}, 403},
		{"our own form passes", "POST", []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://localhost:8080"}, 200},
		{"our own form in an old browser passes", "POST", []string{"Origin", "http://localhost:8080"}, 200},
		{"a program passes", "POST", nil, 200},
		{"a link from another site passes", "GET", []string{"Sec-Fetch-Site", "cross-site"}, 200},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, b.ask(c.method, "/pages/1", "x", c.headers...).Code) })
	}
	t.Run("what a protocol lets other sites post is sent on as GET, and is handled there alone", func(t *testing.T) {
		b.route("POST", "/foreign", func(c *gin.Context) { c.String(http.StatusOK, "handled") }, func(r *Route) { r.Foreign = true })
		from := []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://client.example"}
		form := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, from...)
		w := b.ask("POST", "/foreign?mode=x", "client_id=mitra&scope=openid+email&state=%0d%0aX", form...)
		require.Equal(t, http.StatusSeeOther, w.Code)
		require.Equal(t, "/foreign?client_id=mitra&scope=openid+email&state=%0D%0AX", w.Header().Get("Location"))
		require.Equal(t, http.StatusForbidden, b.ask("POST", "/foreign", "client_id=mitra", from...).Code, "no form")
		require.Equal(t, http.StatusForbidden, b.ask("POST", "/foreign", "a="+strings.Repeat("x", foreignForm), form...).Code, "too long for an address")
		require.Equal(t, "handled", b.ask("POST", "/foreign", "client_id=mitra", "Content-Type", "application/x-www-form-urlencoded").Body.String())
	})
}

func TestBody(t *testing.T) {
	b := setup(t, nil)
	b.route("POST", "/upload", func(c *gin.Context) {
		n, err := io.Copy(io.Discard, c.Request.Body)
		c.String(http.StatusOK, "%d %v", n, err == nil)
	}, func(r *Route) { r.Body = 3 * DefaultBody })
	require.Equal(t, http.StatusOK, b.ask("POST", "/pages/1", strings.Repeat("x", DefaultBody)).Code)
	require.Equal(t, http.StatusRequestEntityTooLarge, b.ask("POST", "/pages/1", strings.Repeat("x", DefaultBody+1)).Code)
	require.Equal(t, "3145728 true", b.ask("POST", "/upload", strings.Repeat("x", 3*DefaultBody)).Body.String())
	require.Equal(t, "3145728 false", b.ask("POST", "/upload", strings.Repeat("x", 3*DefaultBody+1)).Body.String())
}

func TestCompression(t *testing.T) {
	b := setup(t, nil)
	b.route("GET", "/events", func(c *gin.Context) { c.String(http.StatusOK, strings.Repeat("page ", 400)) }, func(r *Route) { r.Stream = true })
	require.Equal(t, "gzip", b.ask("GET", "/pages/1", "", "Accept-Encoding", "gzip, br").Header().Get("Content-Encoding"))
	require.Less(t, b.ask("GET", "/pages/1", "", "Accept-Encoding", "gzip").Body.Len(), 200)
	require.Empty(t, b.ask("GET", "/pages/1", "").Header().Get("Content-Encoding"))
	require.Empty(t, b.ask("GET", "/events", "", "Accept-Encoding", "gzip").Header().Get("Content-Encoding"))
	require.Empty(t, b.ask("GET", "/pages/1", "", "Accept-Encoding", "gzip", "Range", "bytes=0-1").Header().Get("Content-Encoding"))
}

func TestForeignMethod(t *testing.T) {
	b := setup(t, nil)
	answer := b.ask("DELETE", "/pages/1", "")
	require.Equal(t, http.StatusMethodNotAllowed, answer.Code)
	require.Contains(t, answer.Body.String(), "method_not_allowed", "the counter's own words")
	require.Equal(t, "GET, POST", answer.Header().Get("Allow"))
	require.NotEmpty(t, answer.Header().Get("Content-Security-Policy"), "it passes what everything passes")
}

func TestMetrics(t *testing.T) {
	b := setup(t, nil)
	b.ask("GET", "/pages/1", "")
	b.ask("GET", "/pages/2", "")
	b.ask("BREW", "/pages/2", "")
	t.Run("requests are counted by template", func(t *testing.T) {
		server := httptest.NewServer(b.engine)
		defer server.Close()
		resp, err := http.Get(server.URL + "/metrics")
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Contains(t, string(body), `loket_http_requests_total{method="GET",route="/pages/:id",status="200"} 2`)
		require.Contains(t, string(body), `loket_http_requests_total{method="other",route="unmatched",status="405"} 1`)
		require.Contains(t, string(body), "go_goroutines")
	})
	t.Run("nobody outside reads them", func(t *testing.T) {
		require.Equal(t, http.StatusNotFound, b.ask("GET", "/metrics", "").Code, "192.0.2.1 is no private address")
		require.Equal(t, http.StatusNotFound, b.ask("GET", "/metrics", "", "X-Forwarded-For", "127.0.0.1").Code)
	})
}

func TestCookies(t *testing.T) {
	t.Run("over TLS they are bound to the host", func(t *testing.T) {
		w := httptest.NewRecorder()
		NewCookies(true).Set(w, "session", "abc", time.Hour)
		require.Equal(t, "__Host-session=abc; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax", w.Header().Get("Set-Cookie"))
	})
	t.Run("on a laptop they go without TLS", func(t *testing.T) {
		w := httptest.NewRecorder()
		NewCookies(false).Set(w, "session", "abc", 0)
		require.Equal(t, "session=abc; Path=/; HttpOnly; SameSite=Lax", w.Header().Get("Set-Cookie"))
	})
	t.Run("a cookie without the prefix is not ours", func(t *testing.T) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", "session=planted")
		require.Empty(t, NewCookies(true).Get(r, "session"))
		require.Equal(t, "planted", NewCookies(false).Get(r, "session"))
	})
	t.Run("clearing ends it at once", func(t *testing.T) {
		w := httptest.NewRecorder()
		NewCookies(true).Clear(w, "session")
		require.Equal(t, "__Host-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax", w.Header().Get("Set-Cookie"))
	})
}

func TestTracing(t *testing.T) {
	require.Nil(t, Tracing("loket", ""))
	b := setup(t, func(c *Config) { c.Tracing = Tracing("loket", "http://localhost:4318") })
	require.Equal(t, http.StatusOK, b.ask("GET", "/pages/1", "").Code)
}

func decode(t *testing.T, w *httptest.ResponseRecorder) readiness {
	t.Helper()
	var r readiness
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &r))
	return r
}
