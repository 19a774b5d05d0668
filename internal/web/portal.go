package web

import (
	"errors"
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"

	"loket/internal/auth"
	"loket/internal/desk"
	"loket/internal/edge"
	"loket/internal/i18n"
)

// Config is what the portal stands on. Zone is the office's own time, in which pages write dates; Calendar is the
// office's business calendar, by id; Now is the time that cases live in. Closing is closed when the server stops, so that open streams end.
type Config struct {
	Desk     desk.Counter
	Words    *i18n.Catalog
	Agency   string
	Zone     *time.Location
	Calendar string
	Now      func() time.Time
	Cookies  edge.Cookies
	Closing  <-chan struct{}
	// SignOn is what applications sign people in by; nil where nothing is opened from here.
	SignOn SignOn
	// Demo is where a demo has its ready-made sign-ins, told at the door; empty everywhere else.
	Demo string
	Log  *slog.Logger
	// Pages are those that several portals share, such as tests put up; nil parses them anew.
	Pages *Pages
}

// Portal is the counter for people: pages and forms over the desk.
type Portal struct {
	Config
	assets *Assets
	pages  *Pages
}

// New parses every template and names the static files; any fault of theirs is told here, at start.
func New(c Config) (*Portal, error) {
	if c.Desk == nil || c.Words == nil || c.Zone == nil || c.Now == nil || c.Log == nil {
		return nil, errors.New("the portal needs a desk, words, a zone, a clock and a log")
	}
	assets, err := NewAssets()
	if err != nil {
		return nil, err
	}
	if c.Pages == nil {
		if c.Pages, err = NewPages(c.Words, assets, c.Zone); err != nil {
			return nil, err
		}
	}
	return &Portal{Config: c, assets: assets, pages: c.Pages}, nil
}

// serve turns a page's handler into gin's: it finds out who asks, lets in whom the route admits, and turns whatever is
// refused into a page that says why.
func (p *Portal) serve(r route) gin.HandlerFunc {
	return func(c *gin.Context) {
		if r.quiet {
			c.Request = c.Request.WithContext(auth.Quiet(c.Request.Context()))
		}
		v, err := p.visit(c)
		if err == nil {
			err = v.plainForm()
		}
		if err == nil {
			err = v.answer(r)
		}
		if err != nil {
			v.refuse(err)
		}
	}
}
