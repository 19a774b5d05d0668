//go:build !slim

package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/route"
	"github.com/temporalio/ui-server/v2/ui"
)

// UI is Temporal's web pages on a loopback port, for reading alone.
type UI struct {
	server  *http.Server
	address string
	stopped chan struct{}
}

// StartUI serves the pages until Stop. Everything that would change a workflow is
// refused, since only updates may (a terminated case would never be decided).
// A port in use is an error. The pages' own server is not used: it ends the
// process when it cannot listen.
func StartUI(cfg UIConfig) (*UI, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	listener, err := net.Listen("tcp", loopback(cfg.Port))
	if err != nil {
		return nil, fmt.Errorf("port %d for Temporal's pages is not free: %w", cfg.Port, err)
	}
	handler, err := uiHandler(cfg)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("preparing Temporal's pages: %w", err), listener.Close())
	}
	address := listener.Addr().String()
	u := &UI{
		server:  &http.Server{Handler: onlyHost(address, handler), ReadHeaderTimeout: 5 * time.Second},
		address: address,
		stopped: make(chan struct{}),
	}
	go func() {
		defer close(u.stopped)
		if err := u.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			cfg.Logger.Error("Temporal's pages ended", "error", err)
		}
	}()
	return u, nil
}

// URL is where a browser finds the pages; its origin is what CodecHandler allows.
func (u *UI) URL() string { return "http://" + u.address }

// Stop ends the pages.
func (u *UI) Stop(ctx context.Context) error {
	err := u.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, u.server.Close())
	}
	<-u.stopped
	return err
}

func uiHandler(cfg UIConfig) (http.Handler, error) {
	provider, err := config.NewConfigProviderWithRefresh(&config.Config{
		TemporalGRPCAddress: cfg.TemporalAddress,
		DefaultNamespace:    cfg.Namespace,
		EnableUI:            true,
		DisableWriteActions: true,
		DisableNewsFetch:    true,
		HideLogs:            true,
		Codec:               config.Codec{Endpoint: cfg.CodecEndpoint},
	})
	if err != nil {
		return nil, fmt.Errorf("configuring them: %w", err)
	}
	assets, err := ui.Assets()
	if err != nil {
		return nil, fmt.Errorf("opening their files: %w", err)
	}
	if assets, err = fs.Sub(assets, "local"); err != nil {
		return nil, fmt.Errorf("opening their files: %w", err)
	}
	e := echo.New()
	e.Use(middleware.Recover(), middleware.Gzip(), middleware.Secure())
	route.SetHealthRoute(e)
	if err := route.SetAPIRoutes(e, provider, nil); err != nil {
		return nil, err
	}
	if err := route.SetUIRoutes(e, "", assets, provider); err != nil {
		return nil, err
	}
	route.SetRenderRoute(e, "/")
	return e, nil
}

// onlyHost refuses requests that name another host: a page elsewhere whose name
// is made to point at loopback must not read cases.
func onlyHost(address string, next http.Handler) http.Handler {
	_, port, _ := net.SplitHostPort(address)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != address && r.Host != "localhost:"+port {
			http.Error(w, http.StatusText(http.StatusMisdirectedRequest), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
