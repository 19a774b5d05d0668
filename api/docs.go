package api

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"time"

	"github.com/gin-gonic/gin"

	"loket/internal/edge"
)

// Swagger UI as published on npm (version and sums in docs/VENDOR), our page and its start around it. No part of it
// is inline, so the program's ordinary content security policy holds.
//
//go:embed docs/index.html docs/init.js docs/page.css docs/swagger-ui-bundle.js docs/swagger-ui.css
var docsFiles embed.FS

// documentRoutes serves the document and its page, to anybody: there is nothing secret in them.
func (s *service) documentRoutes() {
	s.serve(Prefix+"/openapi.json", "OpenAPI 3.1 document as JSON", s.rendered("application/openapi+json", func() ([]byte, error) {
		return s.huma.OpenAPI().MarshalJSON()
	}))
	s.serve(Prefix+"/openapi.yaml", "OpenAPI 3.1 document as YAML", s.rendered("application/openapi+yaml", s.huma.OpenAPI().YAML))
	s.serve("/docs", "Documentation of the API", s.docsFile("index.html", "text/html; charset=utf-8"))
	s.serve("/docs/", "Leads to the documentation of the API", func(c *gin.Context) { c.Redirect(http.StatusMovedPermanently, "/docs") })
	for name, kind := range map[string]string{"init.js": "text/javascript; charset=utf-8", "page.css": "text/css; charset=utf-8",
		"swagger-ui.css": "text/css; charset=utf-8", "swagger-ui-bundle.js": "text/javascript; charset=utf-8"} {
		s.serve("/docs/"+name, "Part of the documentation page", s.docsFile(name, kind))
	}
}

func (s *service) serve(at, summary string, handle gin.HandlerFunc) {
	s.routes = append(s.routes, edge.Route{Method: http.MethodGet, Path: at, Access: edge.Public(), Summary: summary})
	s.served = append(s.served, served{http.MethodGet, at, handle})
}

func (s *service) docsFile(name, kind string) gin.HandlerFunc {
	return s.rendered(kind, func() ([]byte, error) { return docsFiles.ReadFile(path.Join("docs", name)) })
}

// rendered makes a body now and serves it with a tag made of its content, so that browsers ask for it once. What
// cannot be made is a defect of the program and stops it at start.
func (s *service) rendered(kind string, body func() ([]byte, error)) gin.HandlerFunc {
	data, err := body()
	if err != nil {
		panic("api: " + err.Error())
	}
	sum := sha256.Sum256(data)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return func(c *gin.Context) {
		c.Header("Content-Type", kind)
		c.Header("ETag", tag)
		c.Header("Cache-Control", "no-cache") // asked for again each time, sent again only when it changed
		http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(data))
	}
}
