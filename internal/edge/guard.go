package edge

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"loket/models"
)

// hosts says which Host a request may name.
type hosts struct {
	origin   string // scheme://host[:port], lower case
	public   string // host:port of the public address, the port always written
	port     string // the scheme's own port, which a Host may leave out
	loopback bool
}

func parseHosts(publicURL string) (hosts, error) {
	u, err := url.Parse(strings.ToLower(publicURL))
	if err != nil {
		return hosts{}, fmt.Errorf("read the public address: %w", err)
	}
	port := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	if port == "" || u.Hostname() == "" {
		return hosts{}, fmt.Errorf("read the public address: %q is no http or https address", publicURL)
	}
	h := hosts{origin: u.Scheme + "://" + u.Host, port: port, loopback: models.LoopbackHost(u.Hostname())}
	h.public = net.JoinHostPort(u.Hostname(), port)
	if u.Port() != "" {
		h.public = net.JoinHostPort(u.Hostname(), u.Port())
	}
	return h, nil
}

// know tells whether a Host header names this installation: the public address, or, where that is this machine
// alone, localhost or a loopback address at any port. Anything else is somebody's attempt to have links built for their host, or
// a page that rebinds a name of its own to this address.
func (h hosts) know(header string) bool {
	name, port, ok := splitHost(strings.ToLower(header))
	if !ok {
		return false
	}
	if h.loopback && models.LoopbackHost(name) && !strings.HasSuffix(name, ".localhost") {
		return true
	}
	if port == "" {
		port = h.port
	}
	return net.JoinHostPort(name, port) == h.public
}

// splitHost takes a Host header apart. The port, where one is given, must be a number.
func splitHost(header string) (name, port string, ok bool) {
	u, err := url.Parse("//" + header)
	if err != nil || u.Host != header || u.Hostname() == "" || u.User != nil || strings.HasSuffix(header, ":") {
		return "", "", false
	}
	return u.Hostname(), u.Port(), true
}

// checkHost answers 421 to an unknown Host. Probes come by address and are let through.
func (e *Edge) checkHost(c *gin.Context) {
	if probe(c.FullPath()) || e.hosts.know(c.Request.Host) {
		c.Next()
		return
	}
	c.String(http.StatusMisdirectedRequest, "This host is not served here.\n")
	c.Abort()
}

// checkOrigin refuses what another site makes a browser send. Programs send neither Sec-Fetch-Site nor Origin and
// pass; they bear a token, which no browser adds by itself.
func (e *Edge) checkOrigin(c *gin.Context) {
	if err := e.origins.Check(c.Request); err != nil {
		if r, ok := e.cfg.Table.Of(c); ok && r.Foreign && e.sentOn(c) {
			return
		}
		e.cfg.Log.LogAttrs(c.Request.Context(), slog.LevelWarn, "cross-site request refused", slog.String("route", c.FullPath()),
			slog.String("ip", c.ClientIP()), slog.String("request_id", RequestID(c)))
		e.refuse(c, models.ErrForbidden)
		return
	}
	c.Next()
}

// foreignForm is the most that another site's form may hold: it becomes an address.
const foreignForm = 8 << 10

// sentOn leads what another site posted to the same address as GET, which changes nothing and says nothing of the reader
// to it. It answers false to what is no such form.
func (e *Edge) sentOn(c *gin.Context) bool {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, foreignForm)
	if c.ContentType() != "application/x-www-form-urlencoded" || c.Request.ParseForm() != nil {
		return false
	}
	c.Redirect(http.StatusSeeOther, c.Request.URL.Path+"?"+c.Request.PostForm.Encode())
	c.Abort()
	return true
}

// guard answers 404 to a route that nothing declares, should one ever get past the tests.
func (e *Edge) guard(c *gin.Context) {
	if c.FullPath() != "" {
		if _, ok := e.cfg.Table.Of(c); !ok {
			e.cfg.Log.LogAttrs(c.Request.Context(), slog.LevelError, "route not declared", slog.String("route", c.FullPath()))
			e.refuse(c, models.ErrNotFound)
			return
		}
	}
	c.Next()
}

// ContentPolicy is the Content-Security-Policy of every answer (QUALITY 3). The OpenID authorize page passes the
// origins that its form leads to; everybody else passes none.
func ContentPolicy(formTargets ...string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
		strings.Join(append([]string{"form-action 'self'"}, formTargets...), " ") + "; base-uri 'none'; frame-ancestors 'none'"
}

// headers sets what every answer carries. Answers are not stored unless a handler that serves public files says so.
func (e *Edge) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", ContentPolicy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if strings.HasPrefix(e.hosts.origin, "https:") {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	c.Next()
}

// checkText refuses an address that holds what is no text: databases take neither a null character nor broken UTF-8,
// and nobody types them.
func (e *Edge) checkText(c *gin.Context) {
	if !text(c.Request.URL.Path) {
		e.refuse(c, models.ErrNotFound)
		return
	}
	for name, values := range c.Request.URL.Query() {
		for _, v := range append(values, name) {
			if !text(v) {
				e.refuse(c, models.Invalid(models.Fault("query", "text_unseen_characters")))
				return
			}
		}
	}
	c.Next()
}

func text(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
