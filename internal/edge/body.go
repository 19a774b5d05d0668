package edge

import (
	"compress/gzip"
	"net/http"
	"strings"
	"time"

	gingzip "github.com/gin-contrib/gzip"
	"github.com/gin-gonic/gin"
)

// uploadTime is how long an upload may take: 25 MB at 2 Mbit/s.
const uploadTime = 2 * time.Minute

// bound limits the body to what the route declares, and gives uploads and streams the time that they need: the
// server's own deadlines fit everything else.
func (e *Edge) bound(c *gin.Context) {
	r, _ := e.cfg.Table.Of(c)
	limit := r.Body
	if limit <= 0 {
		limit = DefaultBody
	}
	if c.Request.Body != nil {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	}
	control := http.NewResponseController(c.Writer)
	switch {
	case r.Stream:
		// Past its read deadline a connection counts as gone and the request's context ends.
		_ = control.SetReadDeadline(time.Time{})
		_ = control.SetWriteDeadline(time.Now().Add(writeTime))
	case limit > DefaultBody:
		_ = control.SetReadDeadline(time.Now().Add(uploadTime))
		_ = control.SetWriteDeadline(time.Now().Add(uploadTime + writeTime))
	}
	c.Next()
}

// BeforeEvent gives the next event of a stream its own write deadline: a stream may last, a reader that has gone
// away may not hold it.
func BeforeEvent(w http.ResponseWriter) error {
	return http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTime))
}

// compress answers with gzip where the client can read it and nothing speaks against it: an event must not wait in a
// compressor, a range counts uncompressed bytes, and HEAD has no body to measure.
func compress(t *Table) gin.HandlerFunc {
	return gingzip.Gzip(gzip.BestSpeed, gingzip.WithCustomShouldCompressFn(func(c *gin.Context) bool {
		r, declared := t.Of(c)
		return declared && !r.Stream && c.Request.Method != http.MethodHead && c.GetHeader("Range") == "" &&
			c.GetHeader("If-None-Match") == "" && c.GetHeader("If-Modified-Since") == "" &&
			strings.Contains(c.GetHeader("Accept-Encoding"), "gzip")
	}))
}
