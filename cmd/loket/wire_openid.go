package main

import (
	"fmt"
	"time"

	"github.com/gin-gonic/gin"

	"loket/internal/edge"
	"loket/internal/linking"
	"loket/internal/oidc"
)

// openid makes the OpenID provider, which has applications told of ended sessions as long as the stack stands.
func (h *house) openid() (*oidc.Provider, error) {
	p, err := oidc.New(oidc.Config{Store: h.store, Keys: h.ring, Issuer: h.cfg.PublicURL, Now: time.Now, CaseNow: h.now, Links: h.desk, Log: h.log})
	if err != nil {
		return nil, fmt.Errorf("prepare the OpenID provider: %w", err)
	}
	h.stack.loop("farewells", p.Run)
	return p, nil
}

// mountOpenID serves what programs ask the provider; its pages for people are the portal's.
func mountOpenID(table *edge.Table, router *gin.Engine, p *oidc.Provider) {
	for _, e := range p.Endpoints() {
		table.Handle(&router.RouterGroup, edge.Route{Method: e.Method, Path: e.Path, Access: edge.Public(), Summary: e.Summary}, gin.WrapF(e.Handler))
	}
}

// linking asks applications that have their own login about their users.
func (h *house) linking() *linking.Service {
	return linking.New(linking.Config{Asker: linking.NewHTTP(nil), Secrets: h.store, Keys: h.ring, Now: time.Now, Log: h.log})
}
