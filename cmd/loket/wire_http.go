package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"loket/api"
	"loket/internal/config"
	"loket/internal/edge"
	"loket/internal/engine"
	"loket/internal/web"
)

// extra is a handler that only some commands serve beside the counters.
type extra struct {
	edge.Route
	handler http.Handler
}

// listen takes the address, or says whose setting it is.
func listen(cfg config.Config) (net.Listener, error) {
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("LOKET_LISTEN %s cannot be had: %w", cfg.Listen, err)
	}
	return l, nil
}

// newEdge is what stands before whatever is served.
func (h *house) newEdge(table *edge.Table, refuse func(*gin.Context, error)) (*edge.Edge, error) {
	return edge.New(edge.Config{PublicURL: h.cfg.PublicURL, Proxies: h.cfg.Proxies, Log: h.log, Table: table, Refuse: refuse,
		Checks: []edge.Check{{Name: "database", Run: h.store.Ping}, {Name: "files", Run: h.files.Check},
			{Name: "engine", Run: func(ctx context.Context) error { return engine.Healthy(ctx, h.engine) }}},
		Tracing: edge.Tracing(serviceName, h.cfg.OTLPEndpoint)})
}

// counters serves the portal and the API on the listener. assets makes handlers that need the portal's files.
func (h *house) counters(on net.Listener, extras func(asset func(string) string) ([]extra, error)) error {
	var toAPI, toPortal func(*gin.Context, error)
	table := edge.NewTable()
	e, err := h.newEdge(table, func(c *gin.Context, err error) {
		if strings.HasPrefix(c.Request.URL.Path, api.Prefix+"/") {
			toAPI(c, err)
			return
		}
		toPortal(c, err)
	})
	if err != nil {
		return err
	}
	opens, err := h.openid()
	if err != nil {
		return err
	}
	rest := api.New(api.Config{Desk: h.desk, Catalog: h.words, Version: version, Log: h.log, Closing: e.Closing()})
	portal, err := web.New(web.Config{Desk: h.desk, Words: h.words, Agency: h.cfg.AgencyName, Zone: h.zone, Calendar: h.cfg.Calendar, Now: h.now,
		Cookies: edge.NewCookies(h.cfg.SecureCookies()), Closing: e.Closing(), SignOn: opens, Demo: h.startPage, Log: h.log})
	if err != nil {
		return fmt.Errorf("prepare the portal: %w", err)
	}
	toAPI, toPortal = rest.Refuse, portal.Refuse
	router, err := e.Engine()
	if err != nil {
		return err
	}
	rest.Mount(router)
	table.Declare(rest.Routes()...)
	portal.Mount(table, &router.RouterGroup)
	mountOpenID(table, router, opens)
	if err := mountExtras(table, router, extras); err != nil {
		return err
	}
	return h.serveHTTP(e, table, router, on)
}

func mountExtras(table *edge.Table, router *gin.Engine, extras func(asset func(string) string) ([]extra, error)) error {
	if extras == nil {
		return nil
	}
	assets, err := web.NewAssets()
	if err != nil {
		return err
	}
	list, err := extras(assets.URL)
	if err != nil {
		return err
	}
	for _, x := range list {
		table.Handle(&router.RouterGroup, x.Route, gin.WrapH(x.handler))
	}
	return nil
}

// pulse answers health and metrics alone, for a process without counters.
func (h *house) pulse(on net.Listener) error {
	table := edge.NewTable()
	e, err := h.newEdge(table, func(c *gin.Context, _ error) { c.String(http.StatusNotFound, "A worker serves no pages.\n") })
	if err != nil {
		return err
	}
	router, err := e.Engine()
	if err != nil {
		return err
	}
	return h.serveHTTP(e, table, router, on)
}

// serveHTTP serves until the stack comes down, unless a route is served that nothing declares.
func (h *house) serveHTTP(e *edge.Edge, table *edge.Table, router *gin.Engine, on net.Listener) error {
	if faults := table.Faults(router); len(faults) > 0 {
		return fmt.Errorf("the route table: %s", strings.Join(faults, "; "))
	}
	server := e.Server(router)
	h.stack.run("http", func(ctx context.Context) error { return e.Serve(ctx, server, on) })
	return nil
}
