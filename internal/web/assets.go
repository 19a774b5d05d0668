package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"
)

//go:embed static
var staticFiles embed.FS

// staticPrefix stands before the hash of the tree: /static/<hash>/loket.css. Files name each other relatively, so one
// hash for the whole tree lets every one of them be cached for good.
const staticPrefix = "/static/"

// Assets serves the style sheets, scripts, fonts and pictures that are part of the program.
type Assets struct {
	files fs.FS
	hash  string
}

// NewAssets reads the embedded tree and names it by its content.
func NewAssets() (*Assets, error) {
	files, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, fmt.Errorf("open static files: %w", err)
	}
	sum := sha256.New()
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	return &Assets{files: files, hash: hex.EncodeToString(sum.Sum(nil))[:12]}, nil
}

// URL gives the address of a file, such as "loket.css".
func (a *Assets) URL(name string) string { return staticPrefix + a.hash + "/" + name }

// Serve answers /static/:hash/*file. During a rolling update an older page may ask under its own hash: it gets the
// file as it is now, not to be kept.
func (a *Assets) Serve(c *gin.Context) {
	name := strings.TrimPrefix(path.Clean(c.Param("file")), "/")
	info, err := fs.Stat(a.files, name)
	if err != nil || info.IsDir() {
		c.AbortWithStatus(http.StatusNotFound)
		return
	}
	cache := "no-cache"
	if c.Param("hash") == a.hash {
		cache = "public, max-age=31536000, immutable"
	}
	c.Header("Cache-Control", cache)
	if strings.HasSuffix(name, ".woff2") { // not in every machine's table of types
		c.Header("Content-Type", "font/woff2")
	}
	http.ServeFileFS(c.Writer, c.Request, a.files, name)
}
